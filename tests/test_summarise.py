"""The third step of a round on a store: after an outage one letter says it all, and nothing is told twice."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar, cast

import pytest
from builders import FIRST_OF_JUNE, record, task
from operation_cases import (
    KIM_THANH,
    URGENT,
    VILLAGES,
    FragileDatabase,
    at,
    june,
    letter_to,
    letters_of,
    move,
    publish_plan,
    round_on,
    rows,
    small_plan,
    unanswered,
)

from notifications.letters import Letter
from notifications.parts import Attempt, DeskNote, Digest, Leadership, Part, UnitSection
from workflows.engine import board
from workflows.engine.states import Verb
from workflows.operations.mail.queueing import round_key
from workflows.operations.mail.summarise import summarise
from workflows.operations.publish import publish
from workflows.operations.reading.backgrounds import unheard_since
from workflows.operations.round import advance, escalate, write_letters
from workflows.operations.situations import whole_situation
from workflows.operations.tickets import Ticket, begin_round
from workflows.store.database import Database
from workflows.store.records import LetterState, Outcome, StoredRecord
from workflows.texts import Language

P = TypeVar("P", bound=Part)

THON_1, THON_2, OFFICE, DEPUTY = (f"{u}@kim-thanh.example" for u in ("thon-1", "thon-2", "vhxh", "deputy"))
SENT = Outcome(LetterState.SENT, 250)


def answered(database: Database, outcome: Outcome = SENT, day: date = FIRST_OF_JUNE, to: str = "") -> int:
    """Let a server answer everything due for an address, or for all; how many letters it heard of."""
    heard = 0
    with database.write() as transaction:
        for claim in transaction.letters.claim(at(day, 23), timedelta(minutes=5), 1000):
            mine = to in claim.letter.address
            back = Outcome(claim.was, not_before=claim.letter.not_before, attempted=False)
            transaction.letters.finish(claim.letter.id, claim.token, outcome if mine else back, at(day, 23))
            heard += mine
    return heard


def part_of(letter: Letter, sort: type[P]) -> P:
    return next(part for part in letter.parts if isinstance(part, sort))


def told_in(database: Database, letter_id: int) -> set[tuple[str, str]]:
    with database.read() as transaction:
        return {(n.notice.assignment, n.notice.kind.value) for n in transaction.notices.of_letter(letter_id)}


def started(database: Database) -> None:
    """Published, the first week's letters delivered."""
    publish_plan(database)
    for day in (june(1), june(3)):
        round_on(database, day)
        answered(database, day=day)


def test_after_an_outage_each_reader_gets_one_letter_that_says_it_all(database: Database) -> None:
    started(database)
    round_on(database, june(8))
    answered(database, day=june(8))
    round_on(database, june(9))
    first, said = letter_to(database, OFFICE, june(9))
    told = told_in(database, first.id)
    assert ("signs/thon-2", "escalation") in told
    round_on(database, june(10))
    second, _ = letter_to(database, OFFICE, june(10))
    with database.read() as transaction:
        assert transaction.letters.get(first.id).state is LetterState.SUPERSEDED
    assert told <= told_in(database, second.id)
    assert told_in(database, first.id) == set()
    waiting = [one for one, _ in letters_of(database, states=[LetterState.QUEUED], address=OFFICE)]
    assert [one.id for one in waiting] == [second.id]
    assert said.as_of == june(9)


def test_a_unit_is_not_called_silent_for_letters_that_never_left(database: Database) -> None:
    started(database)
    round_on(database, june(8))
    answered(database, day=june(8))
    delivered = unanswered(database, "signs/thon-2")
    for day in (june(9), june(10), june(11)):
        round_on(database, day)
        assert unanswered(database, "signs/thon-2") <= delivered + 1


def test_the_letter_that_replaces_one_which_never_left_calls_nobody_silent(database: Database) -> None:
    started(database)
    move(database, Verb.START, "signs/thon-2", "thon-2", june(5))
    round_on(database, june(8))
    answered(database, day=june(8))
    round_on(database, june(9))
    assert unanswered(database, "signs/thon-2") == 2
    round_on(database, june(10))
    _, said = letter_to(database, OFFICE, june(10))
    assert "Thôn 2" not in {one.unit_name for one in part_of(said, Digest).silent}


def test_the_pages_count_as_silent_all_day_whom_the_digest_of_the_morning_did(database: Database) -> None:
    started(database)
    said: list[set[str]] = []
    for day in (june(8), june(9), june(10), june(11)):
        round_on(database, day)
        answered(database, day=day)
        _, letter = letter_to(database, OFFICE, day)
        said.append({one.unit_name for one in part_of(letter, Digest).silent})
        with database.read() as transaction:
            (plan,) = transaction.plans.running("kim-thanh")
            shown = board.rows(whole_situation(transaction, plan), day)
        assert {row.unit_name for row in shown if row.silent} == said[-1]
    assert said[0] < said[-1]


def test_what_a_server_took_is_told_once(database: Database) -> None:
    started(database)
    for day in (june(8), june(9)):
        round_on(database, day)
        answered(database, day=day)
    round_on(database, june(10))
    told = [told_in(database, one.id) for one, _ in letters_of(database, address=OFFICE)]
    assert sum(("signs/thon-2", "escalation") in kinds for kinds in told) == 1


@pytest.mark.parametrize("state", [LetterState.IN_DOUBT, LetterState.DEFERRED])
def test_what_may_have_arrived_is_not_withdrawn(database: Database, state: LetterState) -> None:
    started(database)
    round_on(database, june(8))
    answered(database, day=june(8))
    round_on(database, june(9))
    answered(database, Outcome(state, not_before=at(june(10), 12)), june(9), to=THON_2)
    round_on(database, june(10))
    round_on(database, june(11))
    first, _ = letter_to(database, THON_2, june(9))
    withdrawn = state is LetterState.DEFERRED
    assert first.state is (LetterState.SUPERSEDED if withdrawn else LetterState.IN_DOUBT)


def test_a_weekly_summary_waits_until_a_newer_letter_replaces_it(database: Database) -> None:
    started(database)
    round_on(database, june(8))
    weekly, _ = letter_to(database, THON_1, june(8))
    assert weekly.kind == "weekly"
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(8))
    move(database, Verb.SUBMIT, "news/thon-1/2", "thon-1", june(8))
    round_on(database, june(9))
    with database.read() as transaction:
        assert transaction.letters.get(weekly.id).state is LetterState.QUEUED
        other, _ = letter_to(database, THON_2, june(8))
        assert transaction.letters.get(other.id).state is LetterState.SUPERSEDED, "Thôn 2 has a newer one"


def test_an_old_text_to_be_handed_over_gives_way_to_a_newer_one(database: Database) -> None:
    started(database)
    for day in (june(8), june(9)):
        round_on(database, day)
    texts = letters_of(database, address="0900 000 003", states=[LetterState.TO_HAND_OVER])
    rounds = [said.as_of for one, said in texts if one.key.startswith("round:")]
    assert rounds == [june(9)]
    desk = part_of(letter_to(database, OFFICE, june(9))[1], DeskNote)
    # The plan's own extract still waits beside it.
    assert desk.hand_overs.zalo >= 1


def test_what_happened_twice_on_one_day_is_told_in_one_letter(database: Database) -> None:
    started(database)
    clerk = "vhxh"
    for note in ("thiếu ảnh", "xong"):
        move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(4))
        move(database, Verb.ACCEPT, "signs/thon-1", clerk, june(4))
        if note == "thiếu ảnh":
            move(database, Verb.REOPEN, "signs/thon-1", clerk, june(4), note=note)
    accepted = "SELECT letter_id FROM notices WHERE kind = 'accepted'"
    assert rows(database, accepted) == [(None,), (None,)]
    round_on(database, june(8))
    (first, second) = rows(database, accepted)
    assert first == second != (None,)


def test_the_digest_names_the_round_before_and_letters_that_did_not_arrive(database: Database) -> None:
    started(database)
    round_on(database, june(8))
    answered(database, Outcome(LetterState.DEAD, 550, "5.1.1 no such user"), june(8), to=THON_1)
    round_on(database, june(9))
    desk = part_of(letter_to(database, OFFICE, june(9))[1], DeskNote)
    assert desk.last_round == june(8)
    assert [(u.unit_name, u.code) for u in desk.undelivered] == [("Thôn 1", 550)]
    with database.read() as transaction:
        (plan,) = transaction.plans.headings()
    assert set(desk.chain_heads) == {plan.id}


def test_the_leaders_letter_says_what_was_tried_and_what_slips(database: Database) -> None:
    started(database)
    for day in (june(8), june(9), june(10), june(11)):
        round_on(database, day)
        answered(database, day=day)
    (case,) = part_of(letter_to(database, DEPUTY, june(11))[1], Leadership).cases
    assert (case.task, case.members, case.done) == ("signs", 3, 0)
    assert Attempt.REMINDED in {attempt.what for attempt in case.tried}
    assert [affected.title for affected in case.affected] == ["Nhiệm vụ check"]


def test_how_often_the_store_is_asked_does_not_grow_with_what_is_late() -> None:
    def calls(turns: int) -> tuple[int, int]:
        """How often the summary of a day asks, and how many escalations it tells of."""
        database = Database.open("sqlite://", create=True)
        names = [f"late-{n}" for n in range(turns)]
        late = {n: task(n, ("thon-1",), start=june(1), due=june(4), ladder=URGENT) for n in names}
        publish_plan(database, small_plan(tasks=late))
        ticket = begin_round(database, KIM_THANH, as_of=june(5), now=at(june(5)))
        assert isinstance(ticket, Ticket)
        advance(database, ticket, lambda: at(june(5)))
        escalated = escalate(database, ticket, lambda: at(june(5))).escalations
        counting = FragileDatabase(database)
        write_letters(cast("Database", counting), ticket, lambda: at(june(5)))
        database.close()
        return counting.calls, len(escalated)

    (few, three), (many, thirty) = calls(3), calls(30)
    assert (three, thirty) == (3, 30)
    assert few == many


def test_letters_are_in_the_language_asked_for(database: Database) -> None:
    publish_plan(database)
    with database.write() as transaction:
        summarise(transaction, KIM_THANH, as_of=june(8), now=at(june(8)), language=Language.EN)
    stored, said = letter_to(database, THON_1, june(8))
    assert (stored.language, said.language) == ("en", Language.EN)
    assert "Thôn 1" in stored.subject


def test_a_round_letter_is_named_by_office_channel_address_and_day(database: Database) -> None:
    started(database)
    round_on(database, june(8))
    stored, said = letter_to(database, THON_1, june(8))
    assert stored.key == round_key(said) == f"round:kim-thanh:mail:{THON_1}:2026-06-08"


def test_on_the_day_of_publication_the_extract_is_enough(database: Database) -> None:
    started(database)
    with database.read() as transaction:
        [letter] = transaction.letters.find(KIM_THANH, address=THON_1)
    assert letter.kind == "publication"


def test_on_a_day_off_nothing_is_written_or_dropped(database: Database) -> None:
    started(database)
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(5))
    with database.read() as transaction:
        before = transaction.notices.pending(KIM_THANH, june(6))
    with database.write() as transaction:
        assert summarise(transaction, KIM_THANH, as_of=june(6), now=at(june(6))).letters == 0
        assert transaction.notices.pending(KIM_THANH, june(6)) == before


def test_a_revision_without_reminders_stops_no_round(database: Database) -> None:
    reminded = task("radio", ("thon-1",), start=FIRST_OF_JUNE, due=june(5), ladder=URGENT)
    reminded = replace(reminded, ladder=replace(URGENT, remind=(3, 0)))
    publish_plan(database, small_plan(tasks={"radio": reminded}))
    round_on(database, june(1))
    answered(database)
    round_on(database, june(2))
    silent = replace(reminded, ladder=replace(URGENT, remind=()))
    publish(database, small_plan(tasks={"radio": silent}), {}, as_of=june(2), now=at(june(2), 16))
    round_on(database, june(3))
    _, said = letter_to(database, THON_1, june(3))
    assert "radio/thon-1" in {item.assignment for item in said.items}


def test_the_office_s_digest_holds_what_waits_for_its_check(database: Database) -> None:
    started(database)
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(3))
    round_on(database, june(4))
    waiting = part_of(letter_to(database, OFFICE, june(4))[1], Digest).to_check
    assert [(item.assignment, item.waiting_days) for item in waiting] == [("signs/thon-1", 1)]


def test_villages_are_asked_about_their_own_work_only(database: Database) -> None:
    started(database)
    for _, said in letters_of(database):
        for part in said.parts:
            if isinstance(part, UnitSection) and part.unit in VILLAGES:
                assert {item.unit for item in part.items} <= {part.unit}


@pytest.mark.parametrize("oldest_first", [True, False])
def test_a_unit_is_silent_since_the_oldest_of_its_work_that_it_leaves_unanswered(oldest_first: bool) -> None:
    def history(*told: tuple[Verb, int]) -> list[StoredRecord]:
        return [StoredRecord(n, "", record(verb=verb, as_of=date(2026, 6, n))) for verb, n in told]

    old = history((Verb.OPEN, 1), (Verb.REMIND, 8))
    new = history((Verb.OPEN, 4), (Verb.START, 5), (Verb.REMIND, 9))

    assert unheard_since([old, new] if oldest_first else [new, old]) == date(2026, 6, 1)
    assert unheard_since([history((Verb.OPEN, 1), (Verb.START, 2))]) is None
