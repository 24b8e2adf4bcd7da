"""Letters that leave together: what one of them shows about the others, and what each leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import FIRST_OF_JUNE, task
from operation_cases import (
    VILLAGES,
    at,
    june,
    letter_to,
    move,
    publish_plan,
    round_on,
    small_plan,
    unanswered,
)
from smtp_server import At, ScriptedServer
from store_builders import get
from test_deliver import LANE, NOON, SENDER, Clock, Scripted, address, queue, send

from notifications.outcomes import Kind, Outcome, Stage
from workflows.engine.states import Verb
from workflows.operations.mail.deliver import deliver
from workflows.operations.mail.outbox import retry_letter
from workflows.store.database import Database
from workflows.store.records import LetterState
from workflows.store.records import Outcome as Finished

VILLAGE = "thon-2@kim-thanh.example"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


def test_a_newer_letter_that_does_not_go_takes_no_older_one_with_it(
    database: Database, server: ScriptedServer
) -> None:
    """The summary of Monday is on its way while Wednesday's letter is written, and comes back."""
    extra = task("extra", VILLAGES, start=FIRST_OF_JUNE, due=june(26))
    publish_plan(database, small_plan(tasks={"extra": extra}))
    for day in (june(1), june(8)):
        round_on(database, day)
    weekly, _ = letter_to(database, VILLAGE, june(8))
    with database.write() as transaction:
        claimed = transaction.letters.claim(at(june(10), 7), timedelta(minutes=15), 1000)
    round_on(database, june(10))
    daily, said = letter_to(database, VILLAGE, june(10))
    with database.write() as transaction:
        for claim in claimed:
            waits = Finished(claim.was, not_before=at(june(10), 9), attempted=False)
            transaction.letters.finish(claim.letter.id, claim.token, waits, at(june(10), 8))
    for name in {item.assignment for item in said.items} - {"extra/thon-2"}:
        move(database, Verb.SUBMIT, name, "thon-2", june(10))
    send(database, server, at(june(10), 10))
    assert get(database, daily.id).state is LetterState.SUPERSEDED
    assert get(database, weekly.id).state is LetterState.SENT


def test_a_letter_tried_again_in_vain_counts_as_asked_no_less_than_before(
    database: Database, server: ScriptedServer
) -> None:
    publish_plan(database)
    round_on(database, june(1))
    send(database, server, at(june(1)))
    round_on(database, june(8))
    old, _ = letter_to(database, VILLAGE, june(8))
    send(database, server, at(june(13), 8))
    assert get(database, old.id).state is LetterState.EXPIRED
    round_on(database, june(15))
    send(database, server, at(june(15)))
    before = unanswered(database, "signs/thon-2")
    retry_letter(database, old.id, now=at(june(15), 9))
    assert unanswered(database, "signs/thon-2") == before + 1
    send(database, server, at(june(15), 10))
    assert get(database, old.id).state is LetterState.SUPERSEDED
    assert unanswered(database, "signs/thon-2") == before > 0


def test_an_address_that_does_not_exist_is_asked_for_once_in_a_batch(
    database: Database, server: ScriptedServer
) -> None:
    first, second = *queue(database), *queue(database, kind="closing")
    server.play(At.RCPT, "550 5.1.1 no such mailbox", only_for=address(1), times=None)
    sent = send(database, server, lane=replace(LANE, per_day=100))
    assert server.commands.count(At.RCPT) == 1
    assert (sent.sent, sent.dead) == (0, 2)
    assert {get(database, letter).state for letter in (first, second)} == {LetterState.DEAD}
    assert (get(database, second).last_reply or "").startswith("no such address: ")
    with database.read() as transaction:
        assert transaction.senders.used(SENDER.address, NOON) == 1


def test_quota_comes_back_to_the_hour_in_which_it_was_set_aside(database: Database) -> None:
    queue(database, 40)
    clock = Clock(NOON + timedelta(minutes=59, seconds=50))

    def next_hour(_number: int) -> None:
        clock.now += timedelta(seconds=20)

    away = Outcome(Kind.DEFERRED, Stage.MAIL, 421, "421 closing", breaks_circuit=True)
    deliver(database, Scripted([away], on_call=next_hour), replace(LANE, per_day=100), clock)
    with database.read() as transaction:
        assert transaction.senders.used(SENDER.address, clock.now) == 0
