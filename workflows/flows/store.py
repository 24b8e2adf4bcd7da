"""What a flow needs at hand: the settings that hold for it, the database, a clock.

Called in-process (by a command), flows use that command's settings; run by a worker they read their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from pathlib import Path

from workflows.operations.queueing import HANOI
from workflows.settings import Settings, read_settings
from workflows.store.database import Database

_given: ContextVar[Settings | None] = ContextVar("settings", default=None)


@contextmanager
def using(settings: Settings) -> Iterator[None]:
    """Let the flows called inside the block work with `settings`."""
    token = _given.set(settings)
    try:
        yield
    finally:
        _given.reset(token)


def settings_here() -> Settings:
    """The settings of the calling command, else those of the working folder."""
    return _given.get() or read_settings(Path.cwd())


@contextmanager
def opened_store() -> Iterator[Database]:
    """The database of the settings that hold, closed at the end of the block."""
    database = Database.open(settings_here().database, create=False)
    try:
        yield database
    finally:
        database.close()


def clock() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def today(instant: datetime) -> date:
    """The date of an instant where the offices are."""
    return instant.astimezone(HANOI).date()
