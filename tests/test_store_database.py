"""Opening a store: tables made and checked, refusals with their mend, one moment a reading."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from builders import assignment, change
from conftest import PostgresDatabases
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError, InternalError
from store_builders import published

from workflows.engine.states import State, Verb
from workflows.errors import EnvironmentRefused
from workflows.store.database import Database
from workflows.store.schema import SCHEMAS
from workflows.store.tables import Base, partial_indexes  # noqa: F401 - they stand in the metadata
from workflows.texts import Language, translator


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection past the store."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_models_and_migrations_agree(empty_database_url: str) -> None:
    Database.open(empty_database_url, create=True).close()
    with connected(empty_database_url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrations_make_the_same_tables_as_the_models(tmp_path: Path) -> None:
    """Alembic compares no conditions of indexes and no table options; the texts of SQLite hold them all."""
    Database.open(f"sqlite:///{tmp_path}/migrated.db", create=True).close()
    engine = create_engine(f"sqlite:///{tmp_path}/modelled.db")
    Base.metadata.create_all(engine)
    engine.dispose()

    def texts(file: str) -> set[frozenset[str]]:
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        with sqlite3.connect(tmp_path / file) as connection:
            rows = connection.execute(query).fetchall()
        # Constraints may stand in another order; a column that was added stands on the line of the last one.
        return {frozenset(part.strip("\t ") for part in re.split(r",\s|\n", row[0])) - {""} for row in rows}

    assert texts("migrated.db") == texts("modelled.db")


def test_the_known_schemas_are_the_packaged_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("workflows.store") / "migrations"))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(revisions)) == SCHEMAS


def test_opening_again_changes_nothing(empty_database_url: str) -> None:
    first = Database.open(empty_database_url, create=True)
    number = published(first, assignment())
    first.close()
    again = Database.open(empty_database_url, create=True)
    with again.read() as transaction:
        assert transaction.assignments.get(number, "gifts/vhxh").state is State.OPEN
    again.close()


def test_a_database_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentRefused, match=r"no database at .*dondoc\.db") as refusal:
        Database.open(f"sqlite:///{tmp_path}/dondoc.db", create=False)
    assert refusal.value.mend is not None
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_is_none_of_ours(empty_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "dondoc.db").touch()
    with pytest.raises(EnvironmentRefused, match="no Đôn Đốc database"):
        Database.open(empty_database_url, create=False)
    with connected(empty_database_url) as connection:
        assert inspect(connection).get_table_names() == []


def test_a_database_of_a_newer_program_is_refused(empty_database_url: str) -> None:
    Database.open(empty_database_url, create=True).close()
    with connected(empty_database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(EnvironmentRefused, match="schema 9999, newer than") as refusal:
        Database.open(empty_database_url, create=True)
    assert refusal.value.mend is not None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root@localhost/x", "mysql"),
        ("no address", "not a database address"),
        ("postgresql://nobody:secret@127.0.0.1:1/x", "PostgreSQL does not let us in"),
        ("sqlite:////proc/nowhere/dondoc.db", "cannot make"),
    ],
)
def test_what_cannot_be_opened_says_so_without_a_password(url: str, said: str) -> None:
    with pytest.raises(EnvironmentRefused, match=said) as refusal:
        Database.open(url, create=True)
    assert "secret" not in str(refusal.value)


def test_a_server_that_answers_nobody_is_told_with_its_words_quoted_and_the_mend() -> None:
    with pytest.raises(EnvironmentRefused) as refusal:
        Database.open("postgresql://nobody:secret@127.0.0.1:1/x", create=True)
    said, mend = refusal.value.say(translator(Language.VI)).splitlines()
    assert said.startswith("PostgreSQL không cho vào postgresql+psycopg://nobody:***@127.0.0.1:1/x: “conn")
    assert "DONDOC_DATABASE_URL" in mend


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_know_is_told_with_the_mend(postgres: PostgresDatabases) -> None:
    address = postgres.empty()
    with pytest.raises(EnvironmentRefused, match="PostgreSQL does not let us in") as refusal:
        Database.open(re.sub(r"/dondoc_\d+", "/nobody_made_it", address), create=True)
    assert "nobody_made_it" in str(refusal.value)
    assert refusal.value.mend is not None


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    file.write_bytes(b"PK\x03\x04 not a database at all" * 50)
    with pytest.raises(EnvironmentRefused) as refusal:
        Database.open(f"sqlite:///{file}", create=True)
    said, mend = refusal.value.say(translator(Language.VI)).splitlines()
    assert said == f"{file} không phải là cơ sở dữ liệu"
    assert "DONDOC_DATABASE_URL" in mend


def test_a_folder_in_the_place_of_the_file_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentRefused, match="cannot be opened") as refusal:
        Database.open(f"sqlite:///{tmp_path}", create=True)
    assert refusal.value.mend is not None


def test_a_held_lock_is_said_after_the_wait(migrated_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "dondoc.db"
    file.write_bytes(migrated_file.read_bytes())
    database = Database.open(f"sqlite:///{file}", create=False, busy_seconds=0.05)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(EnvironmentRefused, match="is busy"), database.write():
        pytest.fail("wrote past a lock")
    with database.read() as transaction:
        assert transaction.offices.ids() == []
    holder.execute("ROLLBACK")
    holder.close()
    with database.write() as transaction:
        assert transaction.offices.ids() == []
    database.close()


def test_sqlite_keeps_what_it_said_it_kept(migrated_file: Path) -> None:
    database = Database.open(f"sqlite:///{migrated_file}", create=False)
    with database.read() as transaction:
        connection = transaction._connection
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]
    database.close()
    assert found == ["wal", 2, 1, 15_000]


def test_a_new_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        Database.open(f"sqlite:///{tmp_path}/home/dondoc.db", create=True).close()
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "home" / "dondoc.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_a_store_in_memory_lasts_as_long_as_it_is_open() -> None:
    database = Database.open("sqlite://", create=True)
    number = published(database, assignment())
    with database.read() as transaction:
        assert transaction.assignments.get(number, "gifts/vhxh").number == 1
    database.close()


def test_a_reading_sees_one_moment(database: Database) -> None:
    plan = published(database, assignment())
    with database.read() as reading:
        before = reading.assignments.get(plan, "gifts/vhxh")
        with database.write() as writing:
            assert writing.apply(plan, [change(before, Verb.START, {"state": State.STARTED})]) == []
        assert reading.assignments.get(plan, "gifts/vhxh") == before
        assert reading.history.verify(plan).records == 1
    with database.read() as reading:
        assert reading.assignments.get(plan, "gifts/vhxh").state is State.STARTED


@pytest.mark.postgres
def test_a_reading_cannot_write(postgres: PostgresDatabases) -> None:
    database = Database.open(postgres.migrated(), create=False)
    published(database)
    with pytest.raises(InternalError, match="read-only"), database.read() as reading:
        reading.tokens.bump("kim-thanh", "vhxh/an")
    database.close()


def test_the_address_shown_has_no_password() -> None:
    database = Database.open("sqlite://", create=True)
    assert database.url == "sqlite://"
    database.close()


def test_two_processes_may_open_a_new_database_at_once(empty_database_url: str) -> None:
    program = (
        "import sys; from workflows.store.database import Database; Database.open(sys.argv[1], create=True)"
    )
    command = [sys.executable, "-c", program, empty_database_url]
    opened = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(p.communicate()[1], p.returncode) for p in opened] == [("", 0)] * 3


def test_a_known_database_is_opened_without_alembic(migrated_file: Path) -> None:
    program = (
        "import sys; from workflows.store.database import Database; Database.open(sys.argv[1], create=False);"
        "print([name for name in sys.modules if name.startswith('alembic')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{migrated_file}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_an_error_of_the_database_quotes_no_value(database: Database) -> None:
    """Neither a bug's error nor a refusal's cause holds a letter's text: both end in logs."""
    statement = text("INSERT INTO letters (content, no_such_column) VALUES (:said, 1)")
    values = {"said": "Kính gửi bà Hoa"}
    with pytest.raises((DatabaseError, EnvironmentRefused)) as caught, database.write() as transaction:
        transaction.letters._connection.execute(statement, values)
    told = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO letters" in told, "the statement itself stays, to be found by"
    assert "Hoa" not in str(caught.value) + told


SECRET = "ba-hoa@thon-2.example"
KEPT = "CREATE TEMP TABLE kept (address text UNIQUE, turn integer CHECK (turn > 0))"
KEPT_UNTIL_COMMIT = "CREATE TEMP TABLE kept (address text UNIQUE DEFERRABLE INITIALLY DEFERRED, turn integer)"
TWICE = "INSERT INTO kept VALUES (:said, 1), (:said, 2)"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("table", "statement", "sentence", "kind"),
    [
        # A key that exists, a whole row, a value of another type: PostgreSQL says each of them back.
        (KEPT, TWICE, "duplicate key value", "UniqueViolation"),
        (KEPT_UNTIL_COMMIT, TWICE, "duplicate key value", "UniqueViolation"),
        (KEPT, "INSERT INTO kept VALUES (:said, -1)", "violates check constraint", "CheckViolation"),
        (KEPT, "SELECT CAST(:said AS integer)", "the server refused a value", "InvalidTextRepresentation"),
        (KEPT, "SELECT CAST(:said AS timestamptz)", "the server refused a value", "InvalidDatetimeFormat"),
    ],
)
def test_postgresql_s_own_words_quote_no_value(
    postgres: PostgresDatabases, table: str, statement: str, sentence: str, kind: str
) -> None:
    database = Database.open(postgres.migrated(), create=False)

    def fail() -> None:
        with database.write() as transaction:
            connection = transaction.letters._connection
            connection.execute(text(table))
            connection.execute(text(statement), {"said": SECRET})

    with pytest.raises(DatabaseError, match=kind) as caught:
        fail()
    database.close()
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.orig)
    assert sentence in str(caught.value)
    assert "DETAIL" not in told
    assert SECRET not in told


def test_a_writer_who_waits_too_long_for_another_of_its_process_is_told_so(
    tmp_path: Path, migrated_file: Path
) -> None:
    copied = shutil.copy(migrated_file, tmp_path)
    with (
        closing(Database.open(f"sqlite:///{copied}", create=False, busy_seconds=0.1)) as database,
        ThreadPoolExecutor(1) as others,
    ):

        def write() -> None:
            with database.write():
                pass

        with database.write():
            waiting = others.submit(write)
            with pytest.raises(EnvironmentRefused):
                waiting.result()
        others.submit(write).result()
