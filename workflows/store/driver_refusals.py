"""What a database means when it refuses: which sentence people read, and what mends it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.engine import URL

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused
from workflows.texts import N_

_LEAST_ROOM: Final = 1 << 20
"""Bytes: a disk with less says `disk I/O error` where SQLite cannot even begin its log."""

_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})
_LOCK_NOT_AVAILABLE, _DEADLOCK, _DISK_FULL = "55P03", "40P01", "53100"
"""SQLSTATE of PostgreSQL."""

NOT_STORED = Phrase("Nothing was stored. Make room there, then do it again.")

_LOOK_AT_RIGHTS = Phrase("Look at the owner and the mode of the file and of its folder.")

_LOOK_AT_SERVER = Phrase(
    "See whether PostgreSQL runs there; then look at the host, name, user and password in "
    "DONDOC_DATABASE_URL."
)

_SQLITE_SAYS: Mapping[str, tuple[str, Phrase]] = MappingProxyType(
    {
        "SQLITE_READONLY": (N_("the database {place} may not be written"), _LOOK_AT_RIGHTS),
        "SQLITE_CANTOPEN": (N_("the database {place} cannot be opened"), _LOOK_AT_RIGHTS),
        "SQLITE_NOTADB": (
            N_("{place} is no database"),
            Phrase("Look at DONDOC_DATABASE_URL. If it names the right file, restore the last backup."),
        ),
        "SQLITE_CORRUPT": (
            N_("the database {place} is damaged"),
            Phrase("Stop `dondoc up`, and restore the last backup: `dondoc restore FILE --force`."),
        ),
    }
)
"""What an error of SQLite means, by the first words of its name, and what mends it."""


def refused(place: URL, error: Any) -> EnvironmentRefused:
    """The refusal of the database at `place`, from its driver's error; without statement or password."""
    shown = place.render_as_string(hide_password=True)
    if _is_full(place, error):
        return EnvironmentRefused(
            "the disk that holds {place} is full", NOT_STORED, place=_file(place) or shown
        )
    if _is_busy(error):
        return EnvironmentRefused(
            "the database {place} is busy: somebody else has been writing for too long",
            Phrase("Nothing was stored. Try again in a moment; if it stays so, see who holds it open."),
            place=shown,
        )
    for kind, (sentence, mend) in _SQLITE_SAYS.items():
        if _kind(error).startswith(kind):
            return EnvironmentRefused(sentence, mend, place=_file(place) or shown)
    # The driver's words may go over several lines.
    reason = " ".join(str(error).split())
    if place.get_backend_name() == "postgresql" and getattr(error, "sqlstate", None) is None:
        return EnvironmentRefused(
            "PostgreSQL does not let us in at {place}: “{reason}”",
            _LOOK_AT_SERVER,
            place=shown,
            reason=reason,
        )
    return EnvironmentRefused("the database {place} says no: “{reason}”", place=shown, reason=reason)


def _file(place: URL) -> str | None:
    return place.database if place.get_backend_name() == "sqlite" else None


def _is_full(place: URL, error: Any) -> bool:
    if getattr(error, "sqlstate", None) == _DISK_FULL or _kind(error) == "SQLITE_FULL":
        return True
    if not _kind(error).startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return False
    folder = Path(str(_file(place))).parent
    return folder.is_dir() and shutil.disk_usage(folder).free < _LEAST_ROOM


def _is_busy(error: Any) -> bool:
    state = getattr(error, "sqlstate", None)
    return _kind(error).startswith(tuple(_BUSY)) or state in {_LOCK_NOT_AVAILABLE, _DEADLOCK}


def _kind(error: Any) -> str:
    """SQLite's name of the error; nothing for other databases."""
    return getattr(error, "sqlite_errorname", None) or ""
