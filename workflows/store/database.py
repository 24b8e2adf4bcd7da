"""The database: one engine a process, transactions as `with` blocks, the schema settled at opening."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, ProgrammingError

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, system_reason
from workflows.store.commits import Commits
from workflows.store.driver_errors import forget_values
from workflows.store.driver_refusals import refused
from workflows.store.plans import ScheduleCache
from workflows.store.schema import refuse_newer, settle, version
from workflows.store.transaction import Transaction
from workflows.texts import N_

BUSY_SECONDS = 15.0
"""How long a writer waits for another one."""

_WRITES = "dondoc_writes"

_RESERVED: dict[str, Any] = {"hide_parameters": True}
"""Errors reach logs, and parameters are the text of letters and people's addresses."""


class Database:
    """The store of one process; may be shared by its threads. Open it with `Database.open`."""

    def __init__(self, engine: Engine, busy_seconds: float = BUSY_SECONDS) -> None:
        self._engine = engine
        self._patience = busy_seconds
        self._turn = Lock() if engine.dialect.name == "sqlite" else None
        self._writer = engine.execution_options(**{_WRITES: True})
        # A read sees one moment of the database, however many statements it takes.
        snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = engine.execution_options(**snapshot) if engine.dialect.name == "postgresql" else engine
        self._schedules = ScheduleCache()

    @classmethod
    def open(cls, url: str, *, create: bool, busy_seconds: float = BUSY_SECONDS) -> "Database":
        """Open the database at `url` (`sqlite:///FILE` or `postgresql://...`), its tables brought up to date.

        With `create` a missing one is made; otherwise that is refused. Raises EnvironmentRefused where the
        database cannot be reached, is none of ours, or was made by a newer program.
        """
        place = _url(url)
        with _refusals(place):
            if place.get_backend_name() == "sqlite":
                _find_file(place, create=create)
            engine = _engine(place, busy_seconds)
            try:
                settle(engine.execution_options(**{_WRITES: True}), create=create)
            except BaseException:
                engine.dispose()
                raise
        return cls(engine, busy_seconds)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def url(self) -> str:
        """Where it is, without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One operation's transaction: committed at the end of the block, undone by an exception.

        On SQLite it holds the write lock from the start, so what it read stays true until it commits.
        """
        with self._in_turn(), self._transaction(self._writer) as transaction:
            yield transaction

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Writers of this process queue: SQLite lets whoever happens to ask next in, and others starve.

        Who has waited too long asks SQLite all the same, which then says why not.
        """
        held = self._turn is not None and self._turn.acquire(timeout=self._patience)
        try:
            yield
        finally:
            if held and self._turn is not None:
                self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One moment of the database, for reading."""
        with self._transaction(self._reader) as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Transaction]:
        with _refusals(engine.url), engine.begin() as connection:
            yield Transaction(connection, self._schedules)

    @contextmanager
    def commits(self) -> Iterator[Commits]:
        """A watch on what other connections commit, on a connection of its own."""
        with _refusals(self._engine.url), self._engine.connect() as connection:
            yield Commits(connection)

    def check(self) -> None:
        """Raise EnvironmentRefused where a newer program has changed the tables since they were opened."""
        with _refusals(self._engine.url), self._engine.begin() as connection:
            refuse_newer(version(connection))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


_KINDS = Phrase("use sqlite:///FILE or postgresql://USER@HOST/NAME")
_NO_ADDRESS = N_("what DONDOC_DATABASE_URL holds is not a database address")


def _url(url: str) -> URL:
    """The address, its password where it is hidden when shown. Raises EnvironmentRefused, repeating none."""
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        raise EnvironmentRefused(_NO_ADDRESS, _KINDS) from None
    if "@" in (place.host or ""):
        # Everything after the password's own @ was taken for the host.
        raise EnvironmentRefused(_NO_ADDRESS, Phrase("write an @ within the password as %40"))
    if place.get_backend_name() == "postgresql":
        if passwords := place.normalized_query.get("password"):
            place = place.difference_update_query(["password"]).set(password=passwords[-1])
        return place.set(drivername="postgresql+psycopg")
    if place.get_backend_name() != "sqlite":
        raise EnvironmentRefused(
            "databases of the kind {kind} are not supported", mend=_KINDS, kind=place.get_backend_name()
        )
    return place


def _in_memory(place: URL) -> bool:
    return place.database in {None, "", ":memory:"}


def _find_file(place: URL, *, create: bool) -> None:
    """Make sure of SQLite's file: SQLite itself would make a missing one, readable by everybody."""
    if _in_memory(place):
        return
    file = Path(str(place.database))
    if file.exists():
        return
    if not create:
        raise EnvironmentRefused(
            "there is no database at {file}",
            mend=Phrase("publish a plan first: `dondoc publish PLAN`"),
            file=file,
        )
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise EnvironmentRefused(
            "cannot make {file}: {reason}", file=file, reason=system_reason(error)
        ) from error


def _engine(place: URL, busy_seconds: float) -> Engine:
    if place.get_backend_name() == "postgresql":
        # Positional parameters: the statements of `changes` are run with tuples.
        asked = {"options": f"-c lock_timeout={round(1000 * busy_seconds)}"}
        engine = create_engine(
            place, paramstyle="format", pool_pre_ping=True, connect_args=asked, **_RESERVED
        )  # fmt: skip
        forget_values(engine)
        return engine
    options = _RESERVED | {"connect_args": {"timeout": busy_seconds, "check_same_thread": False}}
    if _in_memory(place):
        options["poolclass"] = StaticPool
    engine = create_engine(place, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: SQLiteConnection, _record: object) -> None:
        # The driver's own BEGIN comes too late and is never IMMEDIATE; `_begin` says it instead.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that read first could not become a writer once another one wrote.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _refusals(place: URL) -> Iterator[None]:
    """Say what the database refused (locked, full, unreachable) without the statement or a password."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if _is_bad_option(error):
            # The driver's words would repeat a value, which may be a misplaced password.
            raise EnvironmentRefused(_BAD_OPTIONS, _LOOK_AT_OPTIONS) from None
        if not _is_refusal(error):
            raise
        raise refused(place, error.orig) from error


_BAD_OPTIONS = N_("PostgreSQL does not know what DONDOC_DATABASE_URL says after the question mark")
_LOOK_AT_OPTIONS = Phrase("Write options there as NAME=VALUE, with & between them, or none.")


def _is_refusal(error: DatabaseError | InterfaceError) -> bool:
    """Whether the environment refused; a mistake in a statement or in its data is a bug and stays one."""
    return type(error).__name__ in {"OperationalError", "InterfaceError", "DatabaseError"}


def _is_bad_option(error: DatabaseError | InterfaceError) -> bool:
    """Whether PostgreSQL's driver refused an address before it asked any server."""
    return isinstance(error, ProgrammingError) and error.statement is None
