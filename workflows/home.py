"""The home: the folder where one installation keeps its database, secrets and mail (`DONDOC_HOME`)."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, system_reason

_OWNER_ONLY_FOLDER = 0o700
_SECRET_BYTES = 32

AS_OWNER = Phrase("Run it as the user who owns the home, or look at the mode of the folder.")
"""What lets into a home that is closed."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home that exists; its owner alone may look into it."""

    path: Path

    @classmethod
    def existing(cls, path: Path) -> "Home":
        """The home at `path`. Raises EnvironmentRefused when there is none, or it is somebody else's."""
        if not path.is_dir():
            raise EnvironmentRefused(
                "there is no home at {path}",
                Phrase("Publish a plan first (dondoc publish PLAN), or say where the home is (DONDOC_HOME)."),
                path=path,
            )
        return cls._ours(path)

    @classmethod
    def create(cls, path: Path) -> "Home":
        """The home at `path`, made with mode 0700 where it is missing. Raises EnvironmentRefused."""
        try:
            path.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentRefused(
                "the home {path} cannot be made: {reason}", path=path, reason=system_reason(error)
            ) from error
        return cls._ours(path)

    @classmethod
    def _ours(cls, path: Path) -> "Home":
        if not is_open(path):
            raise EnvironmentRefused("the home {path} is closed to this user", AS_OWNER, path=path)
        return cls(path)

    def secret(self, name: str) -> str:
        """The random secret kept in the file `name`, made with mode 0600 on first use.

        Two processes that both find it missing end with the same one. Raises EnvironmentRefused when the
        home cannot be read or written.
        """
        target = self.path / name
        try:
            if not target.exists():
                _write_once(target, secrets.token_urlsafe(_SECRET_BYTES))
            return target.read_text(encoding="ascii").strip()
        except OSError as error:
            raise EnvironmentRefused(
                "the secret {path} cannot be kept: {reason}", path=target, reason=system_reason(error)
            ) from error


def _write_once(target: Path, text: str) -> None:
    """Put a complete file in place unless somebody else was first; never shows half a file."""
    handle, unfinished = mkstemp(dir=target.parent, prefix=f".{target.name}.")  # mkstemp makes mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(text)
        # link, unlike rename, refuses to replace what the other process has put there.
        os.link(unfinished, target)
    except FileExistsError:
        pass
    finally:
        Path(unfinished).unlink()


def is_open(path: Path) -> bool:
    """Whether there is a home and this process may use it."""
    return os.access(path, os.R_OK | os.W_OK | os.X_OK)


def readable_by_others(path: Path) -> bool:
    """Whether anyone but the owner may read a file: for secrets, something to mend."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
