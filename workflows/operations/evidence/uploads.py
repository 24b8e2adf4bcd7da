"""Files that come through the window: given a name that is one, kept like any other evidence."""

import unicodedata
from pathlib import Path

from workflows.operations.evidence.kept_files import KeptFile, keep_bytes

_LONGEST_NAME = 120
"""Bytes of a kept file's name: file systems take 255, and a path stands before it."""


def keep_upload(home: Path, name: str, data: bytes) -> KeptFile:
    """Keep a file that somebody sent. Raises MoveRefused as `keep_bytes`."""
    return keep_bytes(home, safe_name(name), data)


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
