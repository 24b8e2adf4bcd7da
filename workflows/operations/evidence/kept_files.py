"""Evidence files: kept in the home under random names, never mailed, never served from where they lie."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, MoveRefused, WrongUse, is_disk_full, system_reason
from workflows.operations.evidence.photographs import BrokenPicture, without_metadata
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

_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
"""Brands of photographs in the container of ISO/IEC 23008-12; other brands of its are films."""


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
    """Copy a file into the home's evidence folder, as `keep_bytes` does.

    Raises WrongUse where it cannot be read, and what `keep_bytes` raises.
    """
    try:
        with file.open("rb") as opened:
            # One byte past the limit is enough to refuse it.
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise WrongUse("cannot read {file}: {reason}", file=str(file), reason=system_reason(error)) from error
    return keep_bytes(home, file.name, data)


def keep_bytes(home: Path, name: str, data: bytes) -> KeptFile:
    """Keep what a file holds under a random name; photographs lose place, time and device.

    Raises MoveRefused where it is empty, too large, of no known kind, or a photograph that cannot be cleaned,
    EnvironmentRefused where the home has no room for it.
    """
    if not data or len(data) > LARGEST:
        raise MoveRefused("{file} is empty or larger than {limit} MB", file=name, limit=LARGEST >> 20)
    media_type = media_type_of(data[:16])
    if media_type is None:
        raise _not_taken(name, data[:16])
    try:
        cleaned = without_metadata(data, media_type)
    except BrokenPicture as error:
        raise MoveRefused(
            "{file} is damaged: place and time cannot be taken out of it; please take the photograph anew",
            file=name,
        ) from error
    target = home / FOLDER / secrets.token_hex(16)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(cleaned)
    except OSError as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise EnvironmentRefused(
            "{file} cannot be kept in {folder}: {reason}",
            Phrase("Nothing was stored. Make room there, then do it again.") if is_disk_full(error) else None,
            file=name, folder=target.parent, reason=system_reason(error),
        ) from error  # fmt: skip
    return KeptFile(target, name, media_type, len(cleaned), hashlib.sha256(cleaned).hexdigest())


def _not_taken(name: str, head: bytes) -> MoveRefused:
    """What to do instead with a file of a kind that is not taken."""
    if head[4:8] != b"ftyp":
        return MoveRefused("{file} is no PDF, photograph or office document", file=name)
    if head[8:12] in _HEIC:
        return MoveRefused(
            "{file} is a HEIC photograph, which many computers cannot open; please send it as JPEG "
            "(iPhone: Settings, Camera, Formats, Most Compatible)",
            file=name,
        )
    return MoveRefused("{file} is a film; please send photographs or a PDF", file=name)


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
