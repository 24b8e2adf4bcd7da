"""The daily round on a store: what the laws say, kept through kills, repetitions and days of downtime."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any, cast

import pytest
from builders import FIRST_OF_JUNE, edge, task
from conftest import PostgresDatabases
from operation_cases import (
    KIM_THANH,
    URGENT,
    VILLAGES,
    FragileDatabase,
    Killed,
    at,
    commune,
    days,
    june,
    letter_to,
    letters_of,
    move,
    publish_plan,
    round_on,
    rows,
    small_plan,
    snapshot,
)

from notifications.parts import Leadership, UnitSection
from workflows.engine.records import Via
from workflows.engine.states import State, Verb
from workflows.operations import round as operations
from workflows.operations.round import RoundResult, is_day_off, run_round, totals_of
from workflows.operations.tickets import LEASE, NoRound, Ticket, TicketLost, begin_round, finish_round
from workflows.store.database import Database
from workflows.store.records import Claim

TUESDAY, WEDNESDAY, THURSDAY = june(9), june(10), june(11)


def lived_until_wednesday(database: Database) -> None:
    """Published on the 1st, rounds on three days only, some reports; signs are late since Tuesday."""
    publish_plan(database)
    for day in (june(1), june(2), june(4)):
        round_on(database, day)
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(4))
    move(database, Verb.SUBMIT, "news/thon-2/1", "thon-2", june(5))
    move(database, Verb.OBSTACLE, "signs/thon-2", "thon-2", june(5), note="thiếu biển", waits_for="police")


def states(database: Database) -> dict[str, State]:
    return {name: State(state) for name, state in rows(database, "SELECT id, state FROM assignments")}


def test_a_round_opens_reminds_escalates_and_writes_letters(database: Database) -> None:
    lived_until_wednesday(database)
    result = round_on(database, THURSDAY)
    assert result.totals() == {"opened": 3, "reminded": 5, "escalated": 3, "letters": 6}
    late = letter_to(database, "deputy@kim-thanh.example", THURSDAY)[1]
    (part,) = late.parts
    assert isinstance(part, Leadership)
    assert [item.assignment for case in part.cases for item in case.late] == ["signs/thon-2", "signs/thon-3"]


def test_a_second_round_for_a_date_finds_nothing_to_do(database: Database) -> None:
    lived_until_wednesday(database)
    first = round_on(database, THURSDAY)
    before = snapshot(database)
    again = round_on(database, THURSDAY)
    assert again.totals() == dict.fromkeys(first.totals(), 0)
    assert snapshot(database) == before
    with database.read() as transaction:
        kept = transaction.rounds.last(KIM_THANH)
    assert kept is not None
    assert kept.totals == first.totals(), "the date keeps what its rounds did in all"


def test_an_earlier_date_is_refused_and_changes_nothing(database: Database) -> None:
    lived_until_wednesday(database)
    round_on(database, THURSDAY)
    before = snapshot(database)
    refused = run_round(database, KIM_THANH, as_of=WEDNESDAY, now=at(THURSDAY, 8))
    assert refused == NoRound(KIM_THANH, WEDNESDAY, Claim.EARLIER, THURSDAY)
    assert snapshot(database) == before


def test_while_one_round_is_at_work_another_says_so(database: Database) -> None:
    lived_until_wednesday(database)
    ticket = begin_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY))
    assert isinstance(ticket, Ticket)
    before = snapshot(database)
    soon = at(THURSDAY) + LEASE - timedelta(seconds=1)
    busy = run_round(database, KIM_THANH, as_of=THURSDAY, now=soon)
    assert busy == NoRound(KIM_THANH, THURSDAY, Claim.BUSY, THURSDAY)
    assert snapshot(database) == before
    assert not isinstance(
        run_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY) + LEASE), NoRound
    ), "after its lease the first one counts as killed"


def taken_over(database: Database, day: date, by: date) -> Ticket:
    """A round that opened what may start, was then too slow, and lost its office to that of a date."""
    lived_until_wednesday(database)
    slow = begin_round(database, KIM_THANH, as_of=day, now=at(day))
    assert isinstance(slow, Ticket)
    assert operations.advance(database, slow, lambda: at(day)) > 0
    assert isinstance(begin_round(database, KIM_THANH, as_of=by, now=at(day) + LEASE), Ticket)
    return slow


@pytest.mark.parametrize("by", [WEDNESDAY, THURSDAY])
def test_a_round_that_lost_its_lease_writes_nothing_more(database: Database, by: date) -> None:
    slow = taken_over(database, WEDNESDAY, by)
    before = snapshot(database)

    def late() -> datetime:
        return at(WEDNESDAY) + LEASE

    for go_on in (operations.advance, operations.escalate, operations.write_letters):
        with pytest.raises(TicketLost) as lost:
            go_on(database, slow, late)
        assert lost.value.outcome == NoRound(KIM_THANH, WEDNESDAY, Claim.BUSY, WEDNESDAY)
    with pytest.raises(TicketLost):
        finish_round(database, slow, {"opened": 3}, now=late())
    assert snapshot(database) == before
    with database.read() as transaction:
        finished = transaction.rounds.last(KIM_THANH, finished=True)
    assert finished is not None
    assert finished.as_of == june(4)


def test_a_round_holds_its_lease_as_long_as_it_gets_on(database: Database) -> None:
    lived_until_wednesday(database)
    ticket = begin_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY))
    assert isinstance(ticket, Ticket)
    operations.advance(database, ticket, lambda: at(THURSDAY, 7, 9))
    operations.escalate(database, ticket, lambda: at(THURSDAY, 7, 18))
    operations.write_letters(database, ticket, lambda: at(THURSDAY, 7, 27))
    again = begin_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY, 7, 36))
    assert again == NoRound(KIM_THANH, THURSDAY, Claim.BUSY, THURSDAY)
    finish_round(database, ticket, {}, now=at(THURSDAY, 7, 36))
    with database.read() as transaction:
        last = transaction.rounds.last(KIM_THANH)
    assert last is not None
    assert (last.begun_at, last.finished_at) == (at(THURSDAY), at(THURSDAY, 7, 36))


def test_of_two_rounds_started_at_once_one_does_the_work(database: Database) -> None:
    lived_until_wednesday(database)
    together = Barrier(2)

    def start(_: int) -> RoundResult | NoRound:
        together.wait()
        outcome = run_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY))
        return outcome if isinstance(outcome, NoRound) else outcome.result

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(start, range(2)))
    # The second may come when the first has just finished: then it finds nothing to do.
    did = [r for r in results if isinstance(r, RoundResult) and r.opened]
    assert [r.totals() for r in did] == [{"opened": 3, "reminded": 5, "escalated": 3, "letters": 6}]


def test_a_round_that_fails_lets_go_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_until_wednesday(database)

    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(operations, "write_letters", fail)
        with pytest.raises(RuntimeError, match="disk full"):
            run_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY))
    assert round_on(database, THURSDAY).letters == 6


def test_on_a_day_off_states_advance_and_letters_wait(database: Database) -> None:
    saturday, monday = june(6), june(8)
    publish_plan(database)
    round_on(database, june(1))
    assert is_day_off(database, KIM_THANH, saturday)
    assert not is_day_off(database, KIM_THANH, monday)
    result = round_on(database, saturday)
    assert result.letters == 0
    assert round_on(database, monday).letters > 0
    # Reports of the first week that nobody sent give way to those of the second.
    assert states(database)["news/thon-1/1"] is State.CANCELLED
    told = letter_to(database, "thon-1@kim-thanh.example", monday)[1]
    assert "news/thon-1/2" in {item.assignment for item in told.items}


def test_days_missed_end_in_the_same_states_as_rounds_on_every_day(database: Database) -> None:
    publish_plan(database)
    publish_plan(database, small_plan(office=commune("an-duong")))
    for day in days(1, 12):
        round_on(database, day)
    for day in (june(1), june(12)):
        round_on(database, day, "an-duong")
    query = (
        "SELECT a.id, a.state, a.due, a.opened_on, a.rung, a.next_look FROM assignments a"
        " JOIN plans p ON p.number = a.plan_number WHERE p.office = :office ORDER BY 1"
    )
    assert rows(database, query, office=KIM_THANH) == rows(database, query, office="an-duong")


def test_a_chain_of_check_ins_is_caught_up_day_by_day_even_after_a_killed_round(database: Database) -> None:
    """The review opens once the news has given way, and gives way itself before the next round comes."""
    review = task("review", VILLAGES, after=(edge("news", same_unit=True),), repeat=(june(9), june(16)))
    first, second = review.turns
    turns = (replace(first, start=june(8)), replace(second, start=june(10)))
    plan = {"review": replace(review, turns=turns)}
    publish_plan(database, small_plan(tasks=plan))
    publish_plan(database, small_plan(tasks=plan, office=commune("an-duong")))
    for day in days(1, 11):
        round_on(database, day)
    round_on(database, june(1), "an-duong")
    killed = begin_round(database, "an-duong", as_of=june(9), now=at(june(9)))
    assert isinstance(killed, Ticket), "and never heard of again"
    round_on(database, june(11), "an-duong")
    query = (
        "SELECT a.id, a.state, a.due, a.opened_on, a.finished_on, a.next_look FROM assignments a"
        " JOIN plans p ON p.number = a.plan_number WHERE p.office = :office ORDER BY 1"
    )
    caught_up = rows(database, query, office="an-duong")
    assert caught_up == rows(database, query, office=KIM_THANH)
    assert ("review/thon-1/1", "cancelled", "2026-06-08") in [(r[0], r[1], str(r[3])) for r in caught_up]


def test_two_offices_in_one_database_do_not_meddle(database: Database) -> None:
    publish_plan(database)
    publish_plan(database, small_plan(office=commune("an-duong")))
    for day in days(1, 11):
        round_on(database, day)
    with database.read() as transaction:
        assert transaction.rounds.last("an-duong") is None
    untouched = {s for office, _, _, s, *_ in snapshot(database)["states"] if office == "an-duong"}
    assert untouched == {"waiting"}
    round_on(database, THURSDAY, "an-duong")
    addresses = {
        (one.office, one.address.partition("@")[2]) for one, _ in letters_of(database) if "@" in one.address
    }
    assert addresses == {("kim-thanh", "kim-thanh.example"), ("an-duong", "an-duong.example")}


def test_no_address_gets_two_round_letters_in_one_day(database: Database) -> None:
    shared = commune()
    villages = dict.fromkeys(VILLAGES, shared.units["thon-1"].contacts)
    units = {u.id: replace(u, contacts=villages.get(u.id, u.contacts)) for u in shared.units.values()}
    # The deputy reads for the office as well.
    units["deputy"] = replace(units["deputy"], contacts=units["vhxh"].contacts)
    publish_plan(database, small_plan(office=replace(shared, units=units)))
    publish_plan(database, small_plan(id="he-2026", office=replace(shared, units=units)))
    for day in days(1, 19):
        round_on(database, day)
    said = [(stored, letter) for stored, letter in letters_of(database) if stored.key.startswith("round:")]
    assert len(said) > 20
    counted = Counter((stored.address, letter.as_of) for stored, letter in said)
    assert set(counted.values()) == {1}
    sections = [
        {(p.plan.id, p.unit) for p in letter.parts if isinstance(p, UnitSection)} for _, letter in said
    ]
    assert {(plan, village) for plan in ("thang-tre-em-2026", "he-2026") for village in VILLAGES} in sections


def test_every_notice_ends_in_one_letter_or_is_dropped_or_waits_for_its_day(database: Database) -> None:
    lived_until_wednesday(database)
    for day in days(9, 26):
        round_on(database, day)
        if day == june(16):
            move(database, Verb.PROMISE, "signs/thon-2", "thon-2", day, until=june(24))
        if day == june(17):
            move(database, Verb.SUBMIT, "signs/thon-3", "vhxh", day, on_behalf_of="thon-3", via=Via.ZALO)
    unsettled = rows(
        database,
        "SELECT n.kind, n.not_before FROM notices n WHERE n.letter_id IS NULL AND n.dropped IS NULL",
    )
    assert {kind for kind, _ in unsettled} <= {"accepted", "opened", "reminder", "escalation"}
    assert rows(database, "SELECT id FROM notices WHERE letter_id IS NOT NULL AND dropped IS NOT NULL") == []
    lost = (
        "SELECT n.id FROM notices n LEFT JOIN letters l ON l.id = n.letter_id WHERE n.letter_id IS NOT NULL"
    )
    assert rows(database, lost + " AND l.id IS NULL") == []
    assert rows(database, "SELECT count(*) FROM notices WHERE letter_id IS NOT NULL")[0][0] > 20


def test_a_rung_held_back_by_a_promise_is_told_when_the_promise_is_broken(database: Database) -> None:
    tasks = {"signs": task("signs", VILLAGES, start=FIRST_OF_JUNE, due=june(8), ladder=URGENT)}
    publish_plan(database, small_plan(tasks=tasks))
    round_on(database, june(8))
    ticket = begin_round(database, KIM_THANH, as_of=TUESDAY, now=at(TUESDAY))
    assert isinstance(ticket, Ticket)
    operations.advance(database, ticket, lambda: at(TUESDAY))
    operations.escalate(database, ticket, lambda: at(TUESDAY))
    # The rung was climbed, no letter is written yet, and the village promises a day.
    move(database, Verb.PROMISE, "signs/thon-2", "thon-2", TUESDAY, until=WEDNESDAY)
    operations.write_letters(database, ticket, lambda: at(TUESDAY))
    finish_round(database, ticket, {}, now=at(TUESDAY))

    def escalated(day: date) -> set[str]:
        (part,) = letter_to(database, "deputy@kim-thanh.example", day)[1].parts
        assert isinstance(part, Leadership)
        return {item.assignment for case in part.cases for item in case.late}

    assert escalated(TUESDAY) == {"signs/thon-1", "signs/thon-3"}
    round_on(database, WEDNESDAY)
    round_on(database, THURSDAY)
    assert "signs/thon-2" in escalated(THURSDAY)


def test_work_reported_before_the_round_gets_no_reminder(database: Database) -> None:
    lived_until_wednesday(database)
    move(database, Verb.SUBMIT, "signs/thon-2", "thon-2", WEDNESDAY)
    round_on(database, THURSDAY)
    told = [said for stored, said in letters_of(database) if said.as_of == THURSDAY]
    chased = {
        i.assignment for said in told for p in said.parts if isinstance(p, UnitSection) for i in p.attention
    }
    assert "signs/thon-3" in chased
    assert not {"signs/thon-1", "signs/thon-2"} & chased


def test_the_sum_over_offices_counts_everything() -> None:
    one, other = RoundResult(TUESDAY, 1, 2, 3, 4), RoundResult(TUESDAY, 10, 20, 30, 40)
    assert totals_of([one, other], TUESDAY) == RoundResult(TUESDAY, 11, 22, 33, 44)


class Copies:
    """A database in memory, put back as often as asked to where the plan was lived until Wednesday."""

    def __init__(self) -> None:
        self._lived = Database.open("sqlite://", create=True)
        lived_until_wednesday(self._lived)
        self._database = Database.open("sqlite://", create=True)

    def fresh(self) -> Database:
        source, target = (one._engine.raw_connection() for one in (self._lived, self._database))
        assert source.driver_connection is not None
        source.driver_connection.backup(target.driver_connection)
        return self._database

    def close(self) -> None:
        self._lived.close()
        self._database.close()


def killed_and_run_again(database: Database, dies_at: int) -> dict[str, list[Any]]:
    with pytest.raises(Killed):
        run_round(
            cast("Database", FragileDatabase(database, dies_at)), KIM_THANH, as_of=THURSDAY, now=at(THURSDAY)
        )
    again = run_round(database, KIM_THANH, as_of=THURSDAY, now=at(THURSDAY) + LEASE)
    assert not isinstance(again, NoRound)
    return snapshot(database)


def places_to_die(database: Database) -> list[int]:
    """The calls before and after each commit of a round: wherever between two commits a process is killed,
    it leaves the same behind."""
    counting = FragileDatabase(database)
    run_round(cast("Database", counting), KIM_THANH, as_of=THURSDAY, now=at(THURSDAY))
    return sorted({call for commit in counting.commits for call in (commit, commit + 1)})


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several batches a step, so that there is something between them."""
    monkeypatch.setattr(operations, "BATCH", 5)


@pytest.mark.usefixtures("small_batches")
def test_killed_at_any_call_and_run_again_equals_undisturbed() -> None:
    copies = Copies()
    places = places_to_die(undisturbed := copies.fresh())
    expected = snapshot(undisturbed)
    assert len(places) > 15
    for dies_at in places[:-1]:
        assert killed_and_run_again(copies.fresh(), dies_at) == expected, f"killed at call {dies_at}"
    copies.close()


@pytest.mark.postgres
@pytest.mark.usefixtures("small_batches")
def test_killed_and_run_again_equals_undisturbed_on_postgresql(postgres: PostgresDatabases) -> None:
    address = postgres.migrated()
    lived = Database.open(address, create=False)
    lived_until_wednesday(lived)
    lived.close()

    def fresh() -> Database:
        return Database.open(postgres.copied(address), create=False)

    undisturbed = fresh()
    places = places_to_die(undisturbed)
    expected = snapshot(undisturbed)
    undisturbed.close()
    for dies_at in places[1:-1:5]:
        database = fresh()
        assert killed_and_run_again(database, dies_at) == expected, f"killed at call {dies_at}"
        database.close()
