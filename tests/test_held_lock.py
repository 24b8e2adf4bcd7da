"""Somebody else holds the database: a sentence in bounded time, nothing done by halves, on it goes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from cli_cases import FIRST_DAY, PLAN, Office, open_office
from conftest import PostgresDatabases
from operation_cases import at, june, move, publish_plan, round_on, small_plan, snapshot
from released_schemas import LANE, TakesTwo

from workflows.engine.states import Verb
from workflows.errors import EnvironmentRefused
from workflows.operations.mail.deliver import deliver
from workflows.store.database import Database

HOLDER = """
import sqlite3, sys
holder = sqlite3.connect(sys.argv[1], isolation_level=None)
holder.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
BUSY = "cơ sở dữ liệu {place} đang bận: một nơi khác đang ghi quá lâu"
SHORTLY = 0.2
"""Seconds that a test waits for a lock."""


@contextmanager
def held_by_another(file: Path) -> Iterator[None]:
    """Another process writes into an SQLite file and does not come to an end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    patience = Database.open.__func__.__kwdefaults__  # type: ignore[attr-defined]
    monkeypatch.setitem(patience, "busy_seconds", SHORTLY)
    opened = open_office(tmp_path, capsys, monkeypatch)
    opened.publish()
    opened.open_work(FIRST_DAY)
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.4 done")
    opened.write(PLAN.replace("Kế hoạch mẫu", "Kế hoạch khác"))
    return opened


@pytest.mark.parametrize(
    "call",
    [
        ("task", "submit", "guide/vhxh", "--by", "vhxh", "--file", "report.pdf"),
        ("publish", "{plan}", "--yes"),
        ("revoke", "thon-1"),
    ],
    ids=["task", "publish", "revoke"],
)
def test_a_verb_that_finds_the_database_held_says_so_and_works_afterwards(
    office: Office, call: tuple[str, ...]
) -> None:
    before, call = office.standing(), tuple(word.format(plan=office.plan) for word in call)
    with held_by_another(office.home / "dondoc.db"):
        code, out, err = office.call(*call, language="vi")
    place = f"sqlite:///{office.home / 'dondoc.db'}"
    assert (code, out, err.splitlines()[-2:][0]) == (3, "", BUSY.format(place=place))
    assert office.standing() == before
    assert list(office.home.glob("evidence/*")) == []
    assert office.call(*call)[0] == 0


@contextmanager
def tables_held(url: str) -> Iterator[None]:
    """Another session of PostgreSQL holds what round, delivery and moves need."""
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE plans, offices, letters, rounds, senders IN ACCESS EXCLUSIVE MODE")
        yield
        holder.rollback()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> str:
    if request.param == "sqlite":
        (tmp_path / "dondoc.db").write_bytes(migrated_file.read_bytes())
        return f"sqlite:///{tmp_path / 'dondoc.db'}"
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    return databases.migrated()


def test_round_delivery_move_and_publication_wait_for_nobody_forever(url: str, tmp_path: Path) -> None:
    with closing(Database.open(url, create=False, busy_seconds=SHORTLY)) as database:
        publish_plan(database)
        round_on(database, june(1))
        before = snapshot(database)
        file = tmp_path / "dondoc.db"
        with held_by_another(file) if url.startswith("sqlite") else tables_held(url):
            for act in (
                lambda: round_on(database, june(8)),
                lambda: deliver(database, TakesTwo(-100), LANE, lambda: at(june(1), 9)),
                lambda: move(database, Verb.START, "signs/thon-1", "thon-1", june(2)),
                lambda: publish_plan(database, small_plan(title="Kế hoạch khác"), june(2)),
            ):
                with pytest.raises(EnvironmentRefused, match="is busy"):
                    act()
        assert snapshot(database) == before
        move(database, Verb.START, "signs/thon-1", "thon-1", june(2))
        publish_plan(database, small_plan(title="Kế hoạch khác"), june(2))
        assert deliver(database, TakesTwo(-100), LANE, lambda: at(june(2), 9)).sent > 0
        assert round_on(database, june(8)).letters > 0
