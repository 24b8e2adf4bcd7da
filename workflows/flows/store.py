"""What a flow needs at hand: the settings that hold for it, the database, a clock.

Called in-process (by a command, by `dondoc up`), flows use what their caller gives; run by a worker they
read their own settings.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from workflows.settings import Settings, read_settings
from workflows.store.database import Database
from workflows.texts import LOCAL_ZONE


@dataclass(frozen=True, slots=True)
class _Given:
    """What the caller of a flow gives it."""

    settings: Settings | None = None
    database: Database | None = None
    clock: Callable[[], datetime] | None = None
    stopping: Callable[[], bool] | None = None


_NOTHING = _Given()
_given: ContextVar[_Given] = ContextVar("given", default=_NOTHING)


@contextmanager
def using(
    settings: Settings,
    database: Database | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Iterator[None]:
    """Let the flows called inside the block work with `settings`, perhaps on a clock of the caller's.

    With a `database` that the caller keeps open they need not open one: what it has worked out for the flows
    before (statements, schedules) serves them again.

    `stopping` is asked where a flow may end early without losing anything.
    """
    token = _given.set(_Given(settings, database, clock, stopping))
    try:
        yield
    finally:
        _given.reset(token)


def settings_here() -> Settings:
    """The settings of the calling command, else those of the working folder."""
    return _given.get().settings or read_settings(Path.cwd())


@contextmanager
def opened_store() -> Iterator[Database]:
    """The caller's database; else that of the settings that hold, closed at the end of the block."""
    if (given := _given.get().database) is not None:
        given.check()  # it may have been opened weeks ago
        yield given
        return
    database = Database.open(settings_here().database, create=False)
    try:
        yield database
    finally:
        database.close()


def clock() -> datetime:
    """The present instant, on the caller's clock where there is one."""
    given = _given.get().clock
    return datetime.now(UTC) if given is None else given()


def clock_at(now: datetime | None) -> Callable[[], datetime]:
    """The clock above; or, for a simulated run, one that stands at `now`."""
    return clock if now is None else lambda: now


def stopping() -> bool:
    """Whether the caller wants the flow to end where nothing is lost."""
    asked = _given.get().stopping
    return asked is not None and asked()


def today(instant: datetime) -> date:
    """The date of an instant where the offices are."""
    return instant.astimezone(LOCAL_ZONE).date()
