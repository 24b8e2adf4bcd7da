"""Evidence files: kept in the home under random names, never mailed, never served from where they lie."""

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workflows.errors import MoveRefused, WrongUse
from workflows.store.records import Evidence

FOLDER = "evidence"
LARGEST = 25 * 1024 * 1024
"""Bytes of the largest file taken: a long scanned report, not a video."""

SIGNATURES: dict[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"PK\x03\x04": "application/zip",
    b"\xd0\xcf\x11\xe0": "application/x-ole-storage",
}
"""First bytes of what is taken, judged by content: PDF, photographs, and office documents (zip or OLE)."""

_WEBP = (b"RIFF", b"WEBP")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file copied into the home, not yet noted in the store."""

    path: Path
    name: str
    media_type: str
    size: int
    sha256: str

    def discard(self) -> None:
        """Remove the copy again: the move it belonged to was refused."""
        self.path.unlink(missing_ok=True)


def keep_file(home: Path, file: Path) -> KeptFile:
    """Copy a file into the home's evidence folder under a random name.

    Raises WrongUse where it cannot be read, MoveRefused where it is empty, too large or of no known kind.
    """
    try:
        size = file.stat().st_size
        head = file.open("rb").read(16)
    except OSError as error:
        raise WrongUse("cannot read {file}: {reason}", file=str(file), reason=error.strerror) from error
    media_type = media_type_of(head)
    if not size or size > LARGEST:
        raise MoveRefused("{file} is empty or larger than {limit} MB", file=file.name, limit=LARGEST >> 20)
    if media_type is None:
        raise MoveRefused("{file} is no PDF, photograph or office document", file=file.name)
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / secrets.token_hex(16)
    shutil.copyfile(file, target)
    target.chmod(0o600)
    with target.open("rb") as copied:
        digest = hashlib.file_digest(copied, "sha256").hexdigest()
    return KeptFile(target, file.name, media_type, size, digest)


def media_type_of(head: bytes) -> str | None:
    """The kind of a file by its first 16 bytes; None for what is not taken."""
    if head[:4] == _WEBP[0] and head[8:12] == _WEBP[1]:
        return "image/webp"
    return next((kind for signature, kind in SIGNATURES.items() if head.startswith(signature)), None)


def record_of(file: KeptFile, assignment: int, by: str, now: datetime) -> Evidence:
    """What the store notes about a kept file."""
    return Evidence(
        assignment, now, by, file_name=file.name, stored_as=file.path.name, media_type=file.media_type,
        size=file.size, sha256=file.sha256,
    )  # fmt: skip
