"""Moves on a store: checked, recorded, kept with their evidence, told at once and once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any, cast

import pytest
from builders import FIRST_OF_JUNE, task
from operation_cases import (
    KIM_THANH,
    PLAN,
    URGENT,
    VILLAGES,
    FragileDatabase,
    Killed,
    at,
    commune,
    june,
    letters_of,
    move,
    publish_plan,
    round_on,
    rows,
    small_plan,
    snapshot,
)

from notifications.letters import LetterKind
from notifications.parts import Decided, Decision
from plan_definitions.model import Evidence
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Answered, Assignment, Via
from workflows.engine.states import Standing, State, Verb
from workflows.errors import MoveRefused, NotFound
from workflows.operations.evidence.kept_files import KeptFile
from workflows.operations.move import PlanReference, carry_out
from workflows.store.database import Database
from workflows.store.records import StoredRecord

WHERE = PlanReference(KIM_THANH, PLAN)
SIGNS = "signs/thon-2"


def get(database: Database, name: str = SIGNS) -> Assignment:
    with database.read() as transaction:
        return transaction.assignments.get(transaction.plans.get(KIM_THANH, PLAN).number, name)


def history(database: Database, name: str = SIGNS) -> list[StoredRecord]:
    with database.read() as transaction:
        number = transaction.plans.get(KIM_THANH, PLAN).number
        return transaction.history.of_assignment(transaction.assignments.get(number, name).number)


def decisions(database: Database) -> list[tuple[str, Decided, str]]:
    """Address, decision and assignment of each decision letter."""
    found = []
    for stored, said in letters_of(database, kinds=[LetterKind.DECISION.value]):
        (part,) = said.parts
        assert isinstance(part, Decision)
        found.append((stored.address.partition("@")[0], part.decided, part.item.assignment))
    return found


def under_way(database: Database) -> None:
    publish_plan(database)
    round_on(database, FIRST_OF_JUNE)


def order_of(verb: Verb, name: str = SIGNS, **said: Any) -> Any:
    def order(actor: Actor) -> Order:
        return Order(verb, name, actor, **said)

    return order


def test_a_move_changes_the_row_and_says_how_it_stands(database: Database) -> None:
    under_way(database)
    row = carry_out(
        database,
        WHERE,
        "thon-2/head",
        order_of(Verb.SUBMIT, done_on=june(3)),
        as_of=june(4),
        now=at(june(4), 9),
    )
    assert (row.state, row.standing, row.done_on) == (State.SUBMITTED, Standing.AWAITING_CHECK, june(3))
    assert get(database).state is State.SUBMITTED
    last = history(database)[-1].record
    assert (last.verb, last.by, last.as_of, last.now) == (
        Verb.SUBMIT, "thon-2/head", june(4), at(june(4), 9),
    )  # fmt: skip


def test_evidence_is_kept_with_the_move(database: Database) -> None:
    signs = task("signs", VILLAGES, start=FIRST_OF_JUNE, due=june(8), evidence=Evidence.DOCUMENT)
    publish_plan(database, small_plan(tasks={"signs": signs}))
    round_on(database, FIRST_OF_JUNE)
    file = KeptFile(Path("/home/evidence/f3a9"), "biển.jpg", "image/jpeg", 12_345, "ab" * 32)
    order = order_of(Verb.SUBMIT, evidence_files=1, document="12/BC, 2026-06-03")
    carry_out(database, WHERE, "thon-2", order, as_of=june(4), now=at(june(4)), files=[file])
    with database.read() as transaction:
        kept = transaction.evidence.of_assignment(get(database).number)
    assert [(e.file_name, e.stored_as, e.document, e.added_by) for e in kept] == [
        ("biển.jpg", "f3a9", None, "thon-2"),
        (None, None, "12/BC, 2026-06-03", "thon-2"),
    ]


def test_a_decision_is_told_at_once_in_a_letter_of_its_own(database: Database) -> None:
    under_way(database)
    move(database, Verb.SUBMIT, SIGNS, "thon-2", june(3))
    move(database, Verb.RETURN, SIGNS, "vhxh", june(4), note="thiếu ảnh")
    move(database, Verb.EXTEND, SIGNS, "thon-2", june(4), until=june(12), note="chờ biển")
    move(database, Verb.REFUSE, SIGNS, "vhxh", june(5), note="gấp")
    move(database, Verb.OBSTACLE, SIGNS, "thon-2", june(5), note="thiếu biển")
    move(database, Verb.RESOLVE, SIGNS, "vhxh", june(5), note="có biển rồi")
    assert decisions(database) == [
        ("thon-2", Decided.RETURNED, SIGNS),
        ("thon-2", Decided.EXTENSION_REFUSED, SIGNS),
        ("thon-2", Decided.OBSTACLE_ANSWERED, SIGNS),
    ]
    with database.read() as transaction:
        assert [
            n for n in transaction.notices.pending(KIM_THANH, june(5)) if n.notice.kind == "returned"
        ] == []


def test_returned_twice_for_one_due_date_a_unit_hears_twice(database: Database) -> None:
    under_way(database)
    for _ in range(2):
        move(database, Verb.SUBMIT, SIGNS, "thon-2", june(3))
        move(database, Verb.RETURN, SIGNS, "vhxh", june(3), note="thiếu ảnh")
    assert len(decisions(database)) == 2


def test_a_letter_never_quotes_a_note(database: Database) -> None:
    under_way(database)
    move(database, Verb.SUBMIT, SIGNS, "thon-2", june(3), note="cháu Lan nhà ông Bảy")
    move(database, Verb.RETURN, SIGNS, "vhxh", june(4), note="ảnh có cháu Lan")
    round_on(database, june(4))
    assert not any("Lan" in stored.content for stored, _ in letters_of(database))


def test_a_leader_s_answer_reaches_the_office_and_the_unit(database: Database) -> None:
    under_way(database)
    for day in (june(8), june(11)):
        round_on(database, day)
    move(database, Verb.PROPOSE, SIGNS, "vhxh", june(11), until=june(16))
    move(database, Verb.ANSWER, SIGNS, "deputy", june(11), answer=Answered.AGREED)
    assert decisions(database) == [
        ("vhxh", Decided.LEADER_ANSWERED, SIGNS),
        ("thon-2", Decided.LEADER_ANSWERED, SIGNS),
    ]
    assert get(database).due == june(16)


def test_one_mailbox_of_office_and_unit_reads_a_leader_s_answer_once(database: Database) -> None:
    shared = commune()
    mailbox = replace(shared.units["thon-2"], contacts=shared.units["vhxh"].contacts)
    publish_plan(database, small_plan(office=replace(shared, units={**shared.units, "thon-2": mailbox})))
    for day in (FIRST_OF_JUNE, june(8), june(11)):
        round_on(database, day)
    move(database, Verb.PROPOSE, SIGNS, "vhxh", june(11), until=june(16))
    move(database, Verb.ANSWER, SIGNS, "deputy", june(11), answer=Answered.AGREED)
    assert decisions(database) == [("vhxh", Decided.LEADER_ANSWERED, SIGNS)]
    told = rows(database, "SELECT letter_id FROM notices WHERE kind = 'leader_answered'")
    ((stored, _),) = letters_of(database, kinds=[LetterKind.DECISION.value])
    assert told == [(stored.id,), (stored.id,)], "nothing is left pending"


def test_killed_in_the_middle_neither_move_nor_letter_is_there(database: Database) -> None:
    under_way(database)
    move(database, Verb.SUBMIT, SIGNS, "thon-2", june(3))
    before = snapshot(database)
    for dies_at in range(1, 100):
        dying = FragileDatabase(database, dies_at)
        with pytest.raises(Killed):
            carry_out(
                cast("Database", dying), WHERE, "vhxh", order_of(Verb.RETURN, note="thiếu"),
                as_of=june(4), now=at(june(4)),
            )  # fmt: skip
        if dying.commits:
            break
        assert snapshot(database) == before
    assert dies_at > 5
    assert (get(database).state, len(decisions(database))) == (State.STARTED, 1)


def test_of_two_at_once_one_is_first_and_the_other_is_told(database: Database) -> None:
    under_way(database)
    move(database, Verb.SUBMIT, SIGNS, "thon-2", june(3))
    together = Barrier(2)

    def attempt(verb: Verb) -> str:
        together.wait()
        try:
            move(database, verb, SIGNS, "vhxh", june(4), note="thiếu ảnh")
        except MoveRefused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(attempt, (Verb.ACCEPT, Verb.RETURN)))
    assert sorted(results) == ["done", "refused"]
    assert len(history(database)) == 4
    assert len(decisions(database)) == (1 if get(database).state is State.STARTED else 0)


REFUSALS: dict[str, tuple[Verb, str, str, type[Exception], str]] = {
    "an unknown assignment": (Verb.START, "signs/thon-9", "thon-2", NotFound, "thon-9"),
    "an unknown person": (Verb.START, SIGNS, "ai-do", MoveRefused, "ai-do"),
    "another's work": (Verb.START, SIGNS, "thon-1", MoveRefused, "thon-1"),
    "a move out of order": (Verb.ACCEPT, SIGNS, "vhxh", MoveRefused, "possible only from"),
    "no reason": (Verb.OBSTACLE, SIGNS, "thon-2", MoveRefused, "reason"),
}


@pytest.mark.parametrize(("verb", "name", "who", "error", "says"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_changes_nothing(
    database: Database, verb: Verb, name: str, who: str, error: type[Exception], says: str
) -> None:
    under_way(database)
    before = snapshot(database)
    with pytest.raises(error, match=says):
        move(database, verb, name, who, june(4))
    assert snapshot(database) == before


def test_a_refusal_speaks_of_titles_to_people_and_of_ids_to_the_command(database: Database) -> None:
    under_way(database)
    with pytest.raises(MoveRefused) as refused:
        move(database, Verb.START, SIGNS, "thon-1", june(4))
    said = refused.value.say(str)
    assert "`signs/thon-2`" in said
    shown = refused.value.for_people(str)
    assert "“Nhiệm vụ signs (Thôn 2)” is not for “Thôn 1”" in shown
    assert "thon-" not in shown
    assert "`" not in shown


def test_an_unknown_plan_or_office_is_not_found(database: Database) -> None:
    under_way(database)
    for where in (PlanReference(KIM_THANH, "khac"), PlanReference("an-duong", PLAN)):
        with pytest.raises(NotFound):
            carry_out(database, where, "thon-2", order_of(Verb.START), as_of=june(4), now=at(june(4)))


def test_work_taken_out_by_a_revision_cannot_be_moved(database: Database) -> None:
    under_way(database)
    plan = small_plan()
    kept = {name: t for name, t in plan.tasks.items() if name not in ("signs", "check")}
    publish_plan(database, replace(plan, tasks=kept), june(4))
    with pytest.raises(NotFound, match="taken"):
        move(database, Verb.REOPEN, SIGNS, "vhxh", june(4), note="cần")


def test_what_is_finished_wakes_what_waited_for_it(database: Database) -> None:
    under_way(database)
    round_on(database, june(2))
    assert get(database, "check/police").next_look is None
    for village in VILLAGES:
        via = {"on_behalf_of": village, "via": Via.PHONE}
        move(database, Verb.SUBMIT, f"signs/{village}", "vhxh", june(3), **via)
        move(database, Verb.ACCEPT, f"signs/{village}", "vhxh", june(3))
    assert get(database, "check/police").next_look == june(3)
    round_on(database, june(4))
    assert get(database, "check/police").state is State.OPEN


def test_reassigned_work_is_new_work_of_the_other_unit(database: Database) -> None:
    under_way(database)
    row = carry_out(
        database, WHERE, "vhxh", order_of(Verb.REASSIGN, to="police", note="thôn vắng người"),
        as_of=june(4), now=at(june(4)),
    )  # fmt: skip
    assert (row.id, row.state) == (SIGNS, State.CANCELLED)
    heir = get(database, "signs/police")
    assert (heir.state, heir.facts.replaces) == (State.OPEN, SIGNS)
    round_on(database, june(4))
    told = {
        (item.assignment, stored.address.partition("@")[0])
        for stored, said in letters_of(database)
        if said.as_of == june(4)
        for item in said.items
    }
    assert {("signs/police", "police"), (SIGNS, "thon-2")} <= told


def test_the_history_tells_who_wrote_for_whom(database: Database) -> None:
    under_way(database)
    move(
        database, Verb.START, "signs/thon-3", "standing_office", june(4),
        on_behalf_of="thon-3", via=Via.ZALO, said_by="Trưởng thôn",
    )  # fmt: skip
    last = history(database, "signs/thon-3")[-1].record
    assert (last.by, last.on_behalf_of, last.via) == ("standing_office", "thon-3", Via.ZALO)
    assert last.facts["said_by"] == "Trưởng thôn"


def test_the_other_commune_s_work_of_the_same_name_stands_still(database: Database) -> None:
    under_way(database)
    publish_plan(database, small_plan(office=commune("an-duong")))
    round_on(database, FIRST_OF_JUNE, "an-duong")
    move(database, Verb.SUBMIT, SIGNS, "thon-2", june(4), office_id="an-duong")
    assert get(database).state is State.OPEN


def test_an_extension_that_moves_others_is_for_the_deputy(database: Database) -> None:
    tasks = {"signs": task("signs", VILLAGES, start=FIRST_OF_JUNE, due=june(8), ladder=URGENT)}
    publish_plan(database, small_plan(tasks=tasks))
    round_on(database, FIRST_OF_JUNE)
    until: date = june(17)
    move(database, Verb.EXTEND, SIGNS, "thon-2", june(4), until=until, note="chờ biển")
    with pytest.raises(MoveRefused, match="deputy"):
        move(database, Verb.GRANT, SIGNS, "vhxh", june(4), until=until)
    move(database, Verb.GRANT, SIGNS, "deputy", june(4), until=until)
    assert (get(database).due, decisions(database)) == (until, [("thon-2", Decided.EXTENSION_GRANTED, SIGNS)])


def test_a_check_in_is_not_reported_before_its_turn(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    with pytest.raises(MoveRefused, match="cannot be reported before its turn begins on 2026-06-08"):
        move(database, Verb.SUBMIT, "news/thon-2/2", "thon-2", june(2))
    move(database, Verb.SUBMIT, "news/thon-2/1", "thon-2", june(2))
    # On its Monday it may be, whether or not a round has come by.
    move(database, Verb.SUBMIT, "news/thon-2/2", "thon-2", june(8))


def test_a_leader_s_yes_is_told_to_whom_the_proposal_concerns(database: Database) -> None:
    """The case is answered for all of its villages; one of them had no part in what was proposed."""
    publish_plan(database)
    for day in (june(1), june(8), june(10)):
        round_on(database, day)
    move(database, Verb.PROPOSE, SIGNS, "vhxh", june(10), until=june(12))
    for village in ("thon-1", "thon-2"):
        move(database, Verb.ANSWER, f"signs/{village}", "deputy", june(10), answer=Answered.AGREED)
    assert (get(database).due, get(database, "signs/thon-1").due) == (june(12), june(8))
    assert {name for _, _, name in decisions(database)} == {SIGNS}
    assert history(database, "signs/thon-1")[-1].record.verb is Verb.ANSWER
