"""A copy of the whole database while others write into it."""

import os
import sqlite3
from contextlib import closing
from errno import ENOSPC
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import make_url

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, system_reason


def file_of(url: str) -> Path:
    """The file that a database address names. Raises EnvironmentRefused for PostgreSQL."""
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        raise EnvironmentRefused(
            "the database is PostgreSQL: this command copies SQLite only",
            Phrase("Use pg_dump and pg_restore, and copy the home besides: docs/scale.md shows both."),
        )
    return Path(str(place.database))


def copy_database(url: str, target: Path) -> None:
    """Copy the database at `url` into a new file of mode 0600: one moment of it, whole and on the disk.

    Raises EnvironmentRefused where it is no SQLite database, is missing, or cannot be read or written.
    """
    source = file_of(url)
    if not source.exists():
        raise EnvironmentRefused("there is no database at {file}", file=source)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            # In one step: readers and writers of a write-ahead log do not wait for each other, and a copy in
            # several would begin again with each commit in between.
            reading.backup(writing)
            # The copy is one file: it must not ask for a log beside it.
            writing.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        no_room = error.sqlite_errorname == "SQLITE_FULL" or not disk_usage(target.parent).free
        raise EnvironmentRefused(
            "the database {file} cannot be copied: {reason}",
            file=source, reason=system_reason(OSError(ENOSPC, "")) if no_room else error,
        ) from error  # fmt: skip
