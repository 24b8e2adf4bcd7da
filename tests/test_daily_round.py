"""The daily round's flow over several offices: one that fails stops nobody, and only what is owed is done."""

import gc
import itertools
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from traceback import format_exception
from typing import Any

import pytest
from operation_cases import at, commune, june, publish_plan, rows, small_plan, snapshot
from sqlalchemy import text

from workflows.errors import DonDocError, EnvironmentRefused, WrongUse
from workflows.flows.server import Server, flows_at, hand_in_logs_and_events, running_server
from workflows.flows.store import using
from workflows.garbage import FOR_A_CALL
from workflows.operations import round as operations
from workflows.operations.round import Rounds, RoundsFailed, run_round
from workflows.operations.shards import offices_owing
from workflows.operations.tickets import LEASE, Clock, NoRound, Ticket, begin_round
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.store.records import Claim
from workflows.store.submissions import KEPT

pytestmark = pytest.mark.prefect

OFFICES = ("an-duong", "an-hoa", "kim-thanh")
TUESDAY = june(9)


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """Three offices with the small plan, whose round of the 9th is owed."""
    shutil.copy(migrated_file, tmp_path / "dondoc.db")
    with closing(Database.open(f"sqlite:///{tmp_path / 'dondoc.db'}", create=False)) as opened:
        for name in OFFICES:
            publish_plan(opened, small_plan(office=commune(name)))
        yield opened


@pytest.fixture
def settings(tmp_path: Path, database: Database, prefect_server: Server) -> Iterator[Settings]:
    """Inside, flows run against the server of this session and these settings."""
    known = Settings(home=tmp_path)
    with running_server(prefect_server.home), using(known, clock=lambda: at(TUESDAY)):
        yield known


def round_of(**parameters: Any) -> Rounds:
    """The flow; Prefect is imported once its surroundings are set."""
    from workflows.flows.daily_round import daily_round

    rounds: Rounds = daily_round(**parameters)
    return rounds


def finished(database: Database) -> dict[str, str]:
    found = rows(database, "SELECT office, finished_at FROM rounds WHERE finished_at IS NOT NULL")
    return {str(office): str(instant) for office, instant in found}


def damage(database: Database, office: str, calendar: str) -> str:
    """Put something else in place of an office's calendar; what was there before."""
    [(before,)] = rows(database, "SELECT calendar FROM offices WHERE id = :office", office=office)
    with database.write() as transaction:
        statement = text("UPDATE offices SET calendar = :calendar WHERE id = :office")
        transaction.offices._connection.execute(statement, {"calendar": calendar, "office": office})
    return str(before)


@pytest.mark.usefixtures("settings")
def test_an_office_that_fails_does_not_stop_those_after_it(database: Database) -> None:
    calendar = damage(database, "an-duong", "no calendar at all")
    with pytest.raises(RoundsFailed, match="failed for 1 of 3 offices: an-duong") as failure:
        round_of()
    assert failure.value.offices == ("an-duong",)
    done = finished(database)
    assert set(done) == {"an-hoa", "kim-thanh"}
    with database.read() as transaction:
        assert transaction.rounds.owed(TUESDAY) == ["an-duong"]
    damage(database, "an-duong", calendar)
    again = round_of()
    assert again.none == ()
    assert again.total.letters > 0
    assert {name: when for name, when in finished(database).items() if name in done} == done, "left alone"
    assert round_of() == Rounds(again.total.__class__(TUESDAY))


@pytest.mark.usefixtures("settings")
def test_the_first_shard_s_round_clears_away_what_is_kept_for_some_time(database: Database) -> None:
    with database.write() as transaction:
        plan = transaction.plans.headings()[0].number
        transaction.submissions.claim("long ago", plan, at(TUESDAY, 6) - KEPT)
        transaction.submissions.claim("of late", plan, at(TUESDAY, 6))
    query = "SELECT key FROM submissions"
    round_of(shard=1, shards=2)
    assert len(rows(database, query)) == 2
    round_of(shard=0, shards=2)
    assert rows(database, query) == [("of late",)]


@pytest.mark.usefixtures("settings")
def test_a_database_that_says_no_three_times_is_not_asked_for_every_office(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def refuse(_database: Database, office: str, **_said: object) -> None:
        asked.append(office)
        raise EnvironmentRefused("the database {place} says no: {reason}", place="there", reason="gone")

    from workflows.flows import daily_round

    monkeypatch.setattr(daily_round, "whole_round", refuse)
    monkeypatch.setattr(daily_round, "round_of", daily_round.round_of.with_options(retry_delay_seconds=0))
    publish_plan(database, small_plan(office=commune("xa-sau")))
    with pytest.raises(RoundsFailed, match="failed for 3 of 4 offices: an-duong, an-hoa, kim-thanh"):
        round_of()
    assert asked == [name for name in OFFICES for _ in range(3)], "each thrice, the fourth never"


@pytest.mark.usefixtures("settings")
def test_the_only_office_s_own_failure_is_told(database: Database) -> None:
    damage(database, "an-hoa", "no calendar at all")
    with pytest.raises(DonDocError, match=r"program: ValidationError at json_texts\.py:\d+") as failure:
        round_of(office="an-hoa")
    assert "no calendar" not in "".join(format_exception(failure.value)), "Prefect keeps what it is shown"
    with database.read() as transaction:
        assert transaction.rounds.owed(TUESDAY) == list(OFFICES)


@pytest.mark.usefixtures("settings")
def test_what_prefect_is_not_told_does_not_undo_a_round(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(key: str, **_said: object) -> None:
        asked.append(key)
        raise ConnectionError("the server has gone")

    monkeypatch.setattr("workflows.flows.pages.create_table_artifact", refuse)
    assert round_of().total.letters > 0
    assert set(finished(database)) == set(OFFICES)
    assert asked == ["round-an-duong"], "the others are not kept waiting for a server that has gone"


@pytest.mark.usefixtures("settings")
def test_the_flow_does_what_the_round_in_one_process_does(database: Database, tmp_path: Path) -> None:
    original, copied = (sqlite3.connect(tmp_path / name) for name in ("dondoc.db", "copy.db"))
    with closing(original), closing(copied):
        original.backup(copied)
    with closing(Database.open(f"sqlite:///{tmp_path / 'copy.db'}", create=False)) as copy:
        for name in OFFICES:
            assert not isinstance(run_round(copy, name, as_of=TUESDAY, now=at(TUESDAY)), NoRound)
        expected = snapshot(copy)
    round_of()
    assert snapshot(database) == expected


@pytest.mark.usefixtures("settings")
def test_an_office_at_work_elsewhere_is_left_to_it(database: Database) -> None:
    begin_round(database, "an-hoa", as_of=TUESDAY, now=at(TUESDAY))
    rounds = round_of()
    assert rounds.none == (NoRound("an-hoa", TUESDAY, Claim.BUSY, TUESDAY),)
    assert set(finished(database)) == {"an-duong", "kim-thanh"}
    # A worker gets its parameters as texts.
    assert round_of(now=(at(TUESDAY) + LEASE).isoformat()).none == ()
    assert set(finished(database)) == set(OFFICES)


@pytest.mark.usefixtures("settings")
def test_a_round_that_was_too_slow_leaves_the_office_to_another(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    escalate, heirs = operations.escalate, list[Ticket | NoRound]()

    def lose_first(store: Database, ticket: Ticket, clock: Clock) -> operations.Climbed:
        if ticket.office == "an-hoa":
            heirs.append(begin_round(store, "an-hoa", as_of=TUESDAY, now=clock() + LEASE))
        return escalate(store, ticket, clock)

    monkeypatch.setattr(operations, "escalate", lose_first)
    assert round_of().none == (NoRound("an-hoa", TUESDAY, Claim.BUSY, TUESDAY),)
    assert [type(heir) for heir in heirs] == [Ticket], "a lost lease is no reason to try again"
    assert set(finished(database)) == {"an-duong", "kim-thanh"}


@pytest.mark.usefixtures("settings")
def test_a_round_looks_for_garbage_rarely_and_leaves_the_process_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    escalate, inside = operations.escalate, list[int]()

    def ask(store: Database, ticket: Ticket, clock: Clock) -> operations.Climbed:
        inside.append(gc.get_threshold()[0])
        return escalate(store, ticket, clock)

    monkeypatch.setattr(operations, "escalate", ask)
    before = gc.get_threshold()
    round_of(office="an-hoa")
    assert (inside, gc.get_threshold()) == ([FOR_A_CALL], before)


@pytest.mark.usefixtures("database")
def test_flows_of_a_process_that_runs_for_days_leave_nothing_behind(
    tmp_path: Path, prefect_server: Server
) -> None:
    """Prefect keeps for the end of the process what each of its background threads held."""
    kept = list[int]()
    home, known = prefect_server.home, Settings(home=tmp_path)
    for _ in range(4):
        with flows_at(home, prefect_server.address), using(known, clock=lambda: at(TUESDAY)):
            round_of(office="an-hoa", as_of=TUESDAY)
        kept.append(len(threading._threading_atexits))  # type: ignore[attr-defined]
    hand_in_logs_and_events()
    assert kept[1:] == [kept[0]] * 3


def test_flows_use_the_database_that_their_caller_keeps_open(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has worked out for one round serves the next."""

    def refuse(*_: object, **__: object) -> Database:
        raise AssertionError("opened once more")

    monkeypatch.setattr(Database, "open", refuse)
    with using(settings, database, clock=lambda: at(TUESDAY)):
        assert round_of().total.letters > 0
        assert round_of(office="an-hoa", as_of=TUESDAY).total.letters == 0
    assert set(finished(database)) == set(OFFICES)
    with pytest.raises(AssertionError, match="opened once more"):
        round_of()
    with database.write() as transaction:
        transaction.offices._connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with using(settings, database), pytest.raises(EnvironmentRefused, match="schema 9999, newer"):
        round_of()


def test_each_end_is_stamped_when_it_comes(database: Database, settings: Settings) -> None:
    minutes = itertools.count()

    def clock() -> datetime:
        return at(TUESDAY) + timedelta(minutes=next(minutes))

    with using(settings, clock=clock):
        round_of()
    stamps = rows(database, "SELECT begun_at, finished_at FROM rounds ORDER BY office")
    assert all(begun < ended for begun, ended in stamps)
    assert all(ended < begun for (_, ended), (begun, _) in itertools.pairwise(stamps))


def test_a_shard_owes_its_own_offices_only(database: Database) -> None:
    shares = [offices_owing(database, TUESDAY, shard, 3) for shard in range(3)]
    # The same on every machine: a hash of the name, not of this process's making.
    assert shares == [["kim-thanh"], [], ["an-duong", "an-hoa"]]
    run_round(database, "an-duong", as_of=TUESDAY, now=at(TUESDAY))
    assert offices_owing(database, TUESDAY, 2, 3) == ["an-hoa"]
    with pytest.raises(WrongUse, match="no shard 3 of 3"):
        offices_owing(database, TUESDAY, 3, 3)
