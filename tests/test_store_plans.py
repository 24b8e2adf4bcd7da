"""Offices, plans, the board's queries and small repositories, on both databases."""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from builders import (
    FIRST_OF_JUNE,
    MORNING,
    TENTH_OF_JUNE,
    assignment,
    calendar,
    change,
    contact,
    edge,
    indicator,
    office,
    schedule,
    task,
    unit,
)
from store_builders import PUBLISHED_AT, published

from plan_definitions.model import (
    Away,
    BudgetLine,
    Channel,
    Clause,
    Document,
    Kind,
    Signer,
    Step,
    Threshold,
)
from plan_definitions.model import Evidence as EvidenceRule
from plan_definitions.schedule import Schedule
from workflows.engine.records import Assignment, Facts
from workflows.engine.states import State, Verb
from workflows.errors import NotFound
from workflows.store.database import Database
from workflows.store.records import Evidence, StoredPlan

WHOLE = schedule(
    task("list", ("vhxh", "thon-1"), start=FIRST_OF_JUNE, indicators=(indicator(), indicator("any", None))),
    task("weekly", ("thon-1", "thon-2"), repeat=(date(2026, 6, 5), date(2026, 6, 12)), each="villages"),
    task(
        "gifts",
        after=("list", edge("weekly", -2, step=Step.WEEK, soft=True), edge("list", 1, same_unit=True)),
        kind=Kind.EVENT,
        evidence=EvidenceRule.DOCUMENT,
        complete_when=Threshold(percent=80),
        budget=(BudgetLine("Quà", 90, 50_000, "commune"),),
        slack=3,
        note='Dấu " và \\ và \u2028',
    ),
    office=office(
        units=[unit("vhxh", contacts=(contact(away=Away(FIRST_OF_JUNE, TENTH_OF_JUNE)),)), unit("thon-1")]
    ),
    calendar=calendar({date(2026, 4, 27): "Giỗ Tổ", date(2026, 9, 1): "Quốc khánh"}, (date(2026, 1, 10),)),
    document=Document(
        "ubnd", "/KH-UBND", None, ("157/KH-UBND",), Signer("KT. CHỦ TỊCH", None, "Tình"), ("city",)
    ),
    clauses={"V.6": Clause("V.6", "Rà soát", "duty", named=False, cite="mục V.6")},
)


def publish(database: Database, plan: Schedule, sources: dict[str, str] | None = None) -> StoredPlan:
    with database.write() as transaction:
        transaction.offices.save(plan.office, plan.calendar)
        return transaction.plans.save_revision(
            plan, sources or {}, published_on=FIRST_OF_JUNE, published_at=PUBLISHED_AT, by="vhxh/an"
        )


def test_an_office_comes_back_as_it_was_saved_last(database: Database) -> None:
    for name in ("Tên cũ", "Ủy ban nhân dân xã"):
        with database.write() as transaction:
            transaction.offices.save(replace(WHOLE.office, name=name), WHOLE.calendar)
    with database.read() as transaction:
        assert transaction.offices.get("kim-thanh") == replace(WHOLE.office, name="Ủy ban nhân dân xã")
        assert transaction.offices.calendar("kim-thanh") == WHOLE.calendar
        assert transaction.offices.ids() == ["kim-thanh"]
        with pytest.raises(NotFound):
            transaction.offices.get("an-duong")
        with pytest.raises(NotFound):
            transaction.offices.calendar("an-duong")


def test_a_schedule_comes_back_exactly(database: Database, database_url: str) -> None:
    stored = publish(database, WHOLE)
    another_process = Database.open(database_url, create=False)
    with another_process.read() as transaction:
        found = transaction.plans.get("kim-thanh", WHOLE.id)
    another_process.close()
    assert found == stored
    assert found.schedule == WHOLE
    assert (found.revision, found.published_on, found.closed_on) == (1, FIRST_OF_JUNE, None)


def test_read_only_mappings_are_kept_too(database: Database) -> None:
    frozen = replace(
        WHOLE, tasks=MappingProxyType(dict(WHOLE.tasks)), anchors=MappingProxyType(dict(WHOLE.anchors))
    )
    assert publish(database, frozen).schedule == WHOLE


def test_a_text_typed_on_another_keyboard_keeps_its_own_spelling_in_the_files_only(
    database: Database,
) -> None:
    typed = unicodedata.normalize("NFD", "Tháng trẻ em")
    stored = publish(database, schedule(title=typed), {"plan.yaml": typed})
    with database.read() as transaction:
        assert transaction.plans.sources(stored.number) == {"plan.yaml": typed}
        assert transaction.plans.headings()[0].title == "Tháng trẻ em"


def test_every_revision_keeps_its_files_and_its_schedule(database: Database) -> None:
    first, second = schedule(title="Một"), schedule(title="Hai")
    number = publish(database, first, {"plan.yaml": "# một\n"}).number
    with database.write() as transaction:
        assert transaction.plans.close(number, TENTH_OF_JUNE) is True
        assert transaction.plans.close(number, TENTH_OF_JUNE) is False
        assert transaction.plans.running("kim-thanh") == []
    again = publish(database, second, {"plan.yaml": "# hai\n", "units.yaml": ""})
    assert (again.number, again.revision, again.schedule, again.closed_on) == (number, 2, second, None)
    with database.read() as transaction:
        assert transaction.plans.sources(number) == {"plan.yaml": "# hai\n", "units.yaml": ""}
        assert transaction.plans.sources(number, 1) == {"plan.yaml": "# một\n"}
        assert transaction.plans.schedule(number, 1) == first
        assert transaction.plans.running("kim-thanh") == [again]
        for absent in (lambda: transaction.plans.sources(number, 3), lambda: transaction.plans.by_number(9)):
            with pytest.raises(NotFound):
                absent()


def test_an_undone_revision_is_not_remembered(database: Database) -> None:
    number = publish(database, schedule(title="Một")).number

    def publish_and_fail() -> None:
        with database.write() as transaction:
            undone = transaction.plans.save_revision(
                schedule(title="Sai"), {}, published_on=FIRST_OF_JUNE, published_at=MORNING, by="publish"
            )
            assert (undone.revision, undone.schedule.title) == (2, "Sai")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish_and_fail()
    assert publish(database, schedule(title="Hai")).schedule.title == "Hai"
    with database.read() as transaction:
        assert transaction.plans.schedule(number, 2).title == "Hai"


def test_two_communes_may_use_one_plan_id(database: Database) -> None:
    one, two = published(database), published(database, office_id="an-duong")
    with database.read() as transaction:
        assert transaction.plans.get("an-duong", "thang-tre-em-2026").number == two
        assert [h.number for h in transaction.plans.headings("kim-thanh")] == [one]
        assert [h.office for h in transaction.plans.headings(running=True)] == ["kim-thanh", "an-duong"]
        with pytest.raises(NotFound):
            transaction.plans.get("an-duong", "another")


def due(name: str, day: int | None, state: State = State.WAITING) -> Assignment:
    return assignment(name, state, next_look=None if day is None else date(2026, 6, day))


def names(found: list[Assignment]) -> list[str]:
    return [a.id for a in found]


def test_the_board_is_read_by_unit_by_state_and_by_task(database: Database) -> None:
    rows = [due("a/thon-1", 1), due("a/thon-2", 1, State.OPEN), due("b/thon-1", 1, State.DONE)]
    plan = published(database, *rows)
    published(database, *rows, office_id="an-duong")
    with database.read() as transaction:
        board = transaction.assignments
        assert names(board.of_plan(plan)) == ["a/thon-1", "a/thon-2", "b/thon-1"]
        assert names(board.of_plan(plan, units=["thon-1"])) == ["a/thon-1", "b/thon-1"]
        assert names(board.of_plan(plan, states=[State.OPEN, State.DONE])) == ["a/thon-2", "b/thon-1"]
        assert board.of_plan(plan, units=[]) == []
        assert names(board.of_tasks(plan, ["a"])) == ["a/thon-1", "a/thon-2"]
        assert names(list(board.by_numbers([3, 1, 99]).values())) == ["a/thon-1", "b/thon-1"]
        counts = board.count_by_state(plan)
        assert counts == dict.fromkeys(State, 0) | {State.WAITING: 1, State.OPEN: 1, State.DONE: 1}
        with pytest.raises(NotFound):
            board.get(plan, "a/thon-9")


def test_the_round_sees_what_time_may_change_in_batches_without_skips(database: Database) -> None:
    days: list[int | None] = [3, 1, None, 2, 1, 9, 2]
    plan = published(database, *(due(f"t{n}/vhxh", day) for n, day in enumerate(days)))
    published(database, due("t0/vhxh", 1), office_id="an-duong")
    seen: list[str] = []
    last = None
    while True:
        with database.write() as transaction:
            batch = transaction.assignments.to_look_at(plan, date(2026, 6, 3), limit=2, after=last)
            # What is looked at moves on, within the pass's own range too: it must not come again.
            moves = [(a, date(2026, 6, 3) if n == 0 else None) for n, a in enumerate(batch)]
            transaction.assignments.look_again(moves)
        if not batch:
            break
        seen, last = seen + names(batch), batch[-1]
    assert seen == ["t1/vhxh", "t4/vhxh", "t3/vhxh", "t6/vhxh", "t0/vhxh", "t1/vhxh", "t3/vhxh"]


def test_the_round_may_look_at_some_states_only(database: Database) -> None:
    plan = published(database, due("a/vhxh", 1), due("b/vhxh", 1, State.OPEN))
    with database.read() as transaction:
        found = transaction.assignments.to_look_at(plan, FIRST_OF_JUNE, states=[State.OPEN])
    assert names(found) == ["b/vhxh"]


def test_the_round_may_look_at_turns_of_any_state_besides(database: Database) -> None:
    turn = due("c/vhxh/1", 1, State.OPEN)._replace(occurrence=1)
    plan = published(database, due("a/vhxh", 1), due("b/vhxh", 1, State.OPEN), turn)
    with database.read() as transaction:
        found = transaction.assignments.to_look_at(plan, FIRST_OF_JUNE, states=[State.WAITING], or_turns=True)
    assert names(found) == ["a/vhxh", "c/vhxh/1"]


def test_waking_reaches_unfinished_work_that_sleeps(database: Database) -> None:
    rows = [
        due("a/vhxh", None),
        due("b/vhxh", 30),
        due("b/thon-1", 2),
        due("b/thon-2", None, State.DONE),
        due("c/vhxh", 30),
    ]
    plan = published(database, *rows)
    with database.write() as transaction:
        assert transaction.assignments.wake(plan, date(2026, 6, 3), ids=["a/vhxh"], tasks=["b"]) == 2
        found = transaction.assignments.to_look_at(plan, date(2026, 6, 3))
        assert names(found) == ["b/thon-1", "a/vhxh", "b/vhxh"]
        assert transaction.assignments.wake(plan, date(2026, 6, 3)) == 0


def test_what_was_woken_meanwhile_stays_awake(database: Database) -> None:
    plan = published(database, due("a/vhxh", 30, State.OPEN), due("b/vhxh", 30))
    with database.write() as transaction:
        moved, looked_at = transaction.assignments.of_plan(plan)
        transaction.assignments.wake(plan, FIRST_OF_JUNE, tasks=["a", "b"])
        later = {"state": State.STARTED, "next_look": date(2026, 6, 20)}
        assert transaction.apply(plan, [change(moved, Verb.START, later)]) == []
        transaction.assignments.look_again([(looked_at, None)])
        assert [a.next_look for a in transaction.assignments.of_plan(plan)] == [FIRST_OF_JUNE, FIRST_OF_JUNE]
        assert transaction.assignments.get(plan, "a/vhxh").state is State.STARTED


def test_letters_without_an_answer_are_counted_while_the_unit_has_the_work(database: Database) -> None:
    plan = published(database, assignment("a/vhxh"), assignment("b/vhxh", State.DONE))
    with database.write() as transaction:
        transaction.assignments.count_letter([1, 2], FIRST_OF_JUNE)
        transaction.assignments.count_letter([1], date(2026, 6, 2))
        asked = Facts(unanswered=2, asked_on=date(2026, 6, 2))
        assert [a.facts for a in transaction.assignments.of_plan(plan)] == [asked, Facts()]
        for left in (replace(asked, unanswered=1), Facts(), Facts()):
            transaction.assignments.take_back_letter([1, 2])
            assert transaction.assignments.get(plan, "a/vhxh").facts == left


def test_the_heading_of_a_plan_tells_that_letters_were_counted(database: Database) -> None:
    plan = published(database, assignment("a/vhxh"))
    with database.write() as transaction:
        (before,) = transaction.plans.headings()
        transaction.assignments.count_letter([], FIRST_OF_JUNE)
        assert transaction.plans.headings() == [before]
        number = transaction.assignments.get(plan, "a/vhxh").number
        transaction.assignments.count_letter([number], FIRST_OF_JUNE)
        (counted,) = transaction.plans.headings()
        transaction.assignments.take_back_letter([number])
        (taken_back,) = transaction.plans.headings()
    assert len({before, counted, taken_back}) == 3


def test_evidence_comes_back_as_it_was_noted(database: Database) -> None:
    published(database, assignment())
    file = Evidence(1, MORNING, "vhxh/an", None, "ảnh.jpg", "f3a9", "image/jpeg", 5_000_000_000, "ab" * 32)
    paper = Evidence(1, MORNING, "vhxh/an", document="12/BC-VHXH, 2026-06-09")
    with database.write() as transaction:
        ids = [transaction.evidence.add(e) for e in (file, paper)]
        expected = [replace(e, id=n) for e, n in zip((file, paper), ids, strict=True)]
        assert transaction.evidence.of_assignment(1) == expected
        assert transaction.evidence.get(ids[1]) == expected[1]
        with pytest.raises(NotFound):
            transaction.evidence.get(99)


def test_bumping_a_contact_revokes_its_links_only(database: Database) -> None:
    published(database)
    published(database, office_id="an-duong")
    with database.write() as transaction:
        tokens = transaction.tokens
        assert tokens.version("kim-thanh", "vhxh/an") == 1
        assert [tokens.bump("kim-thanh", "vhxh/an") for _ in range(2)] == [2, 3]
        assert tokens.version("kim-thanh", "vhxh/an") == 3
        assert tokens.version("kim-thanh", "vhxh/binh") == tokens.version("an-duong", "vhxh/an") == 1


def test_a_sender_never_passes_its_quota_in_any_day(database: Database) -> None:
    day, hour = timedelta(hours=24), timedelta(hours=1)
    with database.write() as transaction:
        senders = transaction.senders
        assert [senders.take("a@x.example", MORNING + n * hour, 40, 100) for n in range(4)] == [40, 40, 20, 0]
        assert senders.take("b@x.example", MORNING, 40, 100) == 40
        almost = MORNING + hour - timedelta(minutes=1)
        assert senders.take("a@x.example", almost + day, 40, 100) == 0
        assert senders.used("a@x.example", MORNING + day + hour) == 60
        assert senders.take("a@x.example", MORNING + day + hour, 90, 100) == 40
        assert senders.take("a@x.example", MORNING + 9 * day, -5, 100) == 0
        assert senders.used("a@x.example", MORNING + 9 * day) == 0


def test_what_was_set_aside_in_vain_goes_back_to_the_quota(database: Database) -> None:
    with database.write() as transaction:
        senders = transaction.senders
        assert senders.left("a@x.example", MORNING, 100) == 100
        assert senders.take("a@x.example", MORNING, 40, 100) == 40
        assert senders.left("a@x.example", MORNING, 100) == 60
        senders.give_back("a@x.example", MORNING + timedelta(minutes=5), 30)
        assert senders.used("a@x.example", MORNING) == 10
        # More than was set aside this hour is not believed: the quota must never be passed.
        senders.give_back("a@x.example", MORNING, 11)
        senders.give_back("a@x.example", MORNING + timedelta(hours=1), 10)
        assert senders.used("a@x.example", MORNING) == 10
        assert senders.left("a@x.example", MORNING, 5) == 0


def test_a_sender_pauses_until_its_time_or_until_it_is_let_go(database: Database) -> None:
    until = MORNING + timedelta(hours=1)
    with database.write() as transaction:
        senders = transaction.senders
        assert senders.paused("a@x.example", MORNING) is None
        senders.pause("a@x.example", until, "535 refused")
        assert senders.paused("a@x.example", MORNING) == (until, "535 refused")
        assert senders.paused("a@x.example", until) is None
        senders.resume("a@x.example")
        assert senders.paused("a@x.example", MORNING) is None


def test_a_zalo_contact_of_an_office_is_kept(database: Database) -> None:
    people = office(
        units=[unit("thon-1", contacts=(contact(channel=Channel.ZALO, phone="0912", email=None),))]
    )
    with database.write() as transaction:
        transaction.offices.save(people, calendar())
        assert transaction.offices.get("kim-thanh") == people
