"""A disk of a few megabytes that a test may fill, and free again."""

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """A file system of its own at `folder`."""

    folder: Path

    def fill(self, *, but: int = 0) -> None:
        """Leave no room, or only so many bytes."""
        step = 1 << 20
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            while step:
                try:
                    filler.write(bytes(step))
                except OSError:
                    step //= 2
            filler.truncate(max(filler.tell() - but, 0))

    def free(self) -> None:
        """There is room again."""
        (self.folder / "filler").unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int = 16) -> Iterator[SmallDisk]:
    """Mount one for a while; skips the test, aloud, where this process may not."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = f"no small disk can be mounted, so no full one is tried: {done.stderr.strip()}"
        warnings.warn(why, stacklevel=2)
        pytest.skip(why)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
