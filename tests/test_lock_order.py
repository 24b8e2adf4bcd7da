"""On PostgreSQL several write at once: whoever waits for a lock holds none that the other one needs."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import Any

import pytest
from conftest import PostgresDatabases
from lock_order import watched
from operation_cases import KIM_THANH, PLAN, at, june, letter_to, move, publish_plan, round_on
from store_builders import queued_letter

from notifications.parts import UnitSection
from notifications.summaries import round_letters
from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.operations.answers import carry_out_once
from workflows.operations.move import PlanReference
from workflows.operations.tickets import begin_round, renew
from workflows.store.database import Database
from workflows.store.submissions import Submissions

pytestmark = pytest.mark.postgres

WHERE = PlanReference(KIM_THANH, PLAN)


@pytest.fixture
def database(postgres: PostgresDatabases) -> Iterator[Database]:
    with postgres.lent() as address, closing(Database.open(address, create=False)) as opened:
        publish_plan(opened)
        round_on(opened, june(1))
        yield opened


def wait_until_somebody_waits(database: Database) -> None:
    """Until another session stands before a lock."""
    with database.read() as transaction:
        connection = transaction.notices._connection
        for _ in range(3000):
            waiting = connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted").scalar()
            if waiting:
                return
            time.sleep(0.01)
    pytest.fail("nobody waits")


def test_a_round_at_work_writes_letters_while_another_asks_for_its_turn(database: Database) -> None:
    """The asker holds the office and waits for the round; a new letter only points at the office."""
    ticket = begin_round(database, KIM_THANH, as_of=june(2), now=at(june(2)))
    with ThreadPoolExecutor(1) as threads, database.write() as transaction:
        renew(transaction, ticket, at(june(2)))  # type: ignore[arg-type]
        asked = threads.submit(begin_round, database, KIM_THANH, as_of=june(2), now=at(june(2)))
        wait_until_somebody_waits(database)
        assert transaction.letters.queue(queued_letter("once", office=KIM_THANH)) != [None]
    assert asked.result().why == "busy"  # type: ignore[union-attr]


def test_two_forms_about_one_plan_are_carried_out_one_after_the_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each form's key points at the plan before the form locks it."""
    both_have_their_keys = Barrier(2)
    claim: Callable[..., bool] = Submissions.claim

    def claimed(*arguments: object, **options: object) -> bool:
        granted = claim(*arguments, **options)
        both_have_their_keys.wait()
        return granted

    monkeypatch.setattr(Submissions, "claim", claimed)

    def start(village: str) -> str:
        def order(actor: Actor) -> Order:
            return Order(Verb.START, f"signs/{village}", actor)

        answer = carry_out_once(
            database, WHERE, village, f"signs/{village}", order, once=village, as_of=june(2), now=at(june(2))
        )
        return str(answer.row.state)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(start, ("thon-1", "thon-2"))) == ["started", "started"]


def test_a_report_waits_while_the_letters_of_a_morning_are_put_into_words(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reported_meanwhile(*arguments: Any, **options: Any) -> Any:
        report.append(threads.submit(move, database, Verb.SUBMIT, "handover/youth", "youth", june(9)))
        wait_until_somebody_waits(database)
        return round_letters(*arguments, **options)

    monkeypatch.setattr("workflows.operations.mail.summarise.round_letters", reported_meanwhile)
    report: list[Future[None]] = []
    with ThreadPoolExecutor(1) as threads:
        round_on(database, june(9))
    report[0].result()
    _, letter = letter_to(database, "youth@kim-thanh.example", june(9))
    (section,) = letter.parts
    assert isinstance(section, UnitSection)
    assert [item.assignment for item in section.pressing] == ["handover/youth"]


def test_locking_a_letter_after_its_plan_is_noticed(database: Database) -> None:
    wrong = pytest.raises(AssertionError, match="letters after plans")
    with wrong, watched(database), database.write() as transaction:
        transaction.plans.hold([1])
        transaction.letters.find(KIM_THANH, hold=True)


def test_moving_work_without_its_plan_is_noticed(database: Database) -> None:
    wrong = pytest.raises(AssertionError, match="without the plan")
    with wrong, watched(database), database.write() as transaction:
        transaction.assignments.wake(1, june(2), tasks=["signs"])
