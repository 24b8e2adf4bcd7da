"""Files that come through the window: cleaned, checked by content, kept like any other evidence."""

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.operations.evidence import KeptFile, keep_file, media_type_of
from workflows.operations.photographs import without_metadata

_LONGEST_NAME = 120
"""Bytes of a kept file's name: file systems take 255, and a path stands before it."""


def keep_upload(home: Path, name: str, data: bytes) -> KeptFile:
    """Keep a file that somebody sent; photographs lose place, time and device.

    Raises MoveRefused where it is empty, too large or of no known kind.
    """
    media_type = media_type_of(data[:16])
    cleaned = without_metadata(data, media_type) if media_type else data
    with TemporaryDirectory(prefix="dondoc-") as folder:
        file = Path(folder) / safe_name(name)
        file.write_bytes(cleaned)
        return keep_file(home, file)


def safe_name(name: str) -> str:
    """A file name that is one: no folders, no controls or text direction marks, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        stem, ending = shown, ""
    ending = ending[:10]
    while len(f"{stem}{dot}{ending}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}".strip(" .") or "file"
