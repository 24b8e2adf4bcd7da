"""A database of each released schema comes up to date with everything in it, on SQLite and PostgreSQL."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from conftest import PostgresDatabases
from operation_cases import KIM_THANH, at, june, move, round_on, rows
from released_schemas import FOLDER, LANE, LAST_DAY, NOTE, TakesTwo, tiny_plan

from workflows.engine.states import State, Verb
from workflows.operations.mail.deliver import deliver
from workflows.operations.reading.history import audit
from workflows.store.database import Database
from workflows.store.records import LetterState
from workflows.store.schema import SCHEMAS, upgrade

COUNTED = (
    "offices", "plans", "revisions", "assignments", "records", "notes", "notices", "letters", "letter_items",
    "frozen_letters", "senders", "condemned_addresses", "rounds", "contact_versions",
)  # fmt: skip


def count_of(table: str) -> str:
    return str(sa.select(sa.func.count()).select_from(sa.table(table)))


def released(schema: str, file: Path) -> sqlite3.Connection:
    """The database of a schema, as SQLite made it."""
    connection = sqlite3.connect(file)
    connection.executescript((FOLDER / f"{schema}.sql").read_text(encoding="utf-8"))
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def on_postgresql(url: str, schema: str, source: sqlite3.Connection) -> None:
    """The same rows in the tables that the schema's own migrations make there."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        upgrade(connection, schema)
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name != "alembic_version":
                _fill(connection, table, source)
    engine.dispose()


def _fill(connection: sa.Connection, table: sa.Table, source: sqlite3.Connection) -> None:
    wanted = sa.select(*(sa.column(column.name) for column in table.columns))
    found = source.execute(str(wanted.select_from(sa.table(table.name)))).fetchall()
    values = [
        {c.name: _value(c.type, value) for c, value in zip(table.columns, row, strict=True)} for row in found
    ]
    if values:
        connection.execute(table.insert(), values)
    for column in table.columns:
        if column.server_default is not None and found:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(sa.select(sa.func.setval(sequence, sa.func.max(column))))


def _value(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    """What SQLite keeps as text or a number, as PostgreSQL wants it."""
    if value is None:
        return None
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(kind, sa.Boolean) else value


@pytest.fixture(params=SCHEMAS)
def schema(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, schema: str, tmp_path: Path) -> tuple[str, dict[str, int]]:
    """The address of a database of the schema, and how many rows each table has."""
    file = tmp_path / "dondoc.db"
    with closing(released(schema, file)) as source:
        counts = {name: source.execute(count_of(name)).fetchone()[0] for name in COUNTED}
        url = f"sqlite:///{file}"
        if request.param == "postgresql":
            databases: PostgresDatabases = request.getfixturevalue("postgres")
            url = databases.empty()
            on_postgresql(url, schema, source)
    return url, counts


def test_every_schema_that_was_released_is_kept() -> None:
    assert [file.stem for file in sorted(FOLDER.glob("*.sql"))] == list(SCHEMAS)


def test_a_schema_that_was_released_is_never_made_otherwise(schema: str, tmp_path: Path) -> None:
    """A migration that is edited later would leave two databases of one version with different tables."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'anew.db'}")
    with engine.begin() as connection:
        upgrade(connection, schema)
    engine.dispose()
    tables = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    with closing(sqlite3.connect(tmp_path / "anew.db")) as anew, closing(sqlite3.connect(":memory:")) as kept:
        kept.executescript((FOLDER / f"{schema}.sql").read_text(encoding="utf-8"))
        assert _shaped(anew.execute(tables)) == _shaped(kept.execute(tables))


def _shaped(found: sqlite3.Cursor) -> list[tuple[str, str]]:
    return [(name, " ".join(sql.replace('"', "").split())) for name, sql in found]


def test_an_old_database_comes_up_to_date_with_its_data(old: tuple[str, dict[str, int]]) -> None:
    url, counts = old
    with closing(Database.open(url, create=False)) as database:
        assert {name: rows(database, count_of(name))[0][0] for name in COUNTED} == counts
        verified = audit(database)
        assert (verified.records, verified.broken_at) == (counts["records"], None)
        with database.read() as transaction:
            (plan,) = transaction.plans.running(KIM_THANH)
            stuck = transaction.assignments.get(plan.number, "signs/thon-2")
            told = transaction.history.of_assignment(stuck.number)
            letters = transaction.letters.find()
            frozen = {one.id: transaction.letters.frozen(one.id) for one in letters}
            last = transaction.rounds.last(KIM_THANH)
            version = transaction.tokens.version(KIM_THANH, "thon-2/head")
        assert plan.schedule == tiny_plan()
        assert (stuck.state, stuck.facts.obstacle is not None) == (State.OPEN, True)
        assert [one.record.note for one in told if one.record.note] == [NOTE]
        assert (last is not None and last.as_of, version) == (LAST_DAY, 2)
        assert {one.state for one in letters} >= {LetterState.QUEUED, LetterState.SENT, LetterState.DEAD}
        sent = [one for one in letters if one.bytes_hash is not None]
        assert len(sent) == counts["frozen_letters"]
        assert [hashlib.sha256(frozen[one.id] or b"").hexdigest() for one in sent] == [
            one.bytes_hash for one in sent
        ]


def test_an_office_goes_on_after_the_upgrade(old: tuple[str, dict[str, int]]) -> None:
    url, counts = old
    with closing(Database.open(url, create=False)) as database:
        move(database, Verb.SUBMIT, "signs/thon-2", "thon-2", june(5))
        assert round_on(database, june(8)).letters > 0
        delivered = deliver(database, TakesTwo(-100), LANE, lambda: at(june(8), 9))
        assert delivered.sent > 0
        assert delivered.left == 0
        assert audit(database).broken_at is None
        assert audit(database).records > counts["records"]
