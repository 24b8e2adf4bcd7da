"""Closing a plan on a store: no round looks at it again, each unit gets its count, nothing waits any more."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from builders import task
from operation_cases import (
    KIM_THANH,
    PLAN,
    at,
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
from notifications.parts import Closing, ClosingReport, Voice
from plan_definitions.model import Kind
from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.errors import MoveRefused, NotFound
from workflows.operations.close import Closed, close_plan
from workflows.operations.move import PlanReference
from workflows.operations.reading.board import read_board
from workflows.operations.reading.first_page import read_first_page
from workflows.operations.reading.judged import read_judged
from workflows.operations.reading.work import read_work
from workflows.operations.together import carry_out_together, preview
from workflows.store.database import Database


def close(database: Database) -> Closed:
    return close_plan(database, KIM_THANH, PLAN, by="vhxh", as_of=june(30), now=at(june(30), 16))


def test_each_unit_gets_thanks_and_its_count_once(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "handover/youth", "youth", june(9))
    done = close(database)
    assert (done.plan, done.unfinished, done.letters) == (PLAN, 11, 8)
    letters = [said for _, said in letters_of(database, kinds=[LetterKind.CLOSING.value])]
    (youth,) = [said.parts[0] for said in letters if said.recipient.unit == "youth"]
    assert isinstance(youth, Closing)
    assert (youth.tally.on_time, youth.undone) == (1, ())
    with pytest.raises(NotFound, match="closed already"):
        close(database)


def test_the_leadership_and_the_office_read_how_all_of_it_ended(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "handover/youth", "youth", june(9))
    done = close(database)
    letters = [said for _, said in letters_of(database, kinds=[LetterKind.CLOSING.value])]
    reports = {
        said.recipient.unit: (said.recipient.voice, said.parts[0])
        for said in letters
        if isinstance(said.parts[0], ClosingReport)
    }
    assert {unit: voice for unit, (voice, _) in reports.items()} == {
        "chair": Voice.REPORT, "deputy": Voice.REPORT, "vhxh": Voice.ORDER,
    }  # fmt: skip
    for _, report in reports.values():
        assert (report.tally.done, report.tally.unfinished, report.tally.up_to) == (
            1,
            done.unfinished,
            june(30),
        )
        assert sum(one.tally.done for one in report.units) == 1
        assert report.tally.total == sum(one.tally.total for one in report.units)
        assert ("Nhiệm vụ signs", ("Thôn 1", "Thôn 2", "Thôn 3")) in {
            (u.title, u.leads) for u in report.undone
        }
    (office,) = [said for said in letters if said.recipient.unit == "vhxh"]
    assert [type(part) for part in office.parts] == [ClosingReport, Closing]


def test_one_mailbox_of_both_leaders_gets_one_report(database: Database) -> None:
    whole = small_plan()
    units = dict(whole.office.units)
    units["chair"] = replace(units["chair"], contacts=units["deputy"].contacts)
    publish_plan(database, replace(whole, office=replace(whole.office, units=units)))
    close(database)
    letters = [said for _, said in letters_of(database, kinds=[LetterKind.CLOSING.value])]
    assert sum(isinstance(part, ClosingReport) for said in letters for part in said.parts) == 2


def test_standing_work_is_not_left_undone(database: Database) -> None:
    publish_plan(
        database, small_plan(tasks={"watch": task("watch", ("police",), kind=Kind.ONGOING, due=None)})
    )
    round_on(database, june(1))
    assert close(database).unfinished == 12
    parts = [
        part for _, said in letters_of(database, kinds=[LetterKind.CLOSING.value]) for part in said.parts
    ]
    undone = [one.title for part in parts if isinstance(part, Closing | ClosingReport) for one in part.undone]
    assert "Nhiệm vụ check" in undone
    assert "Nhiệm vụ watch" not in undone


def test_a_closed_plan_stands_still(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    close(database)
    on_the_day, later = (
        [
            (row.id, row.standing, row.working_days_late)
            for row in read_board(database, KIM_THANH, PLAN, as_of=day).rows
        ]
        for day in (june(30), date(2026, 8, 3))
    )
    assert on_the_day == later
    first, judged = (
        read(database, KIM_THANH, PLAN, as_of=date(2026, 8, 3))
        for read in (partial(read_first_page, most=99), read_judged)
    )
    assert first.as_of == judged.as_of == june(30)
    work = read_work(database, KIM_THANH, PLAN, "signs/thon-1", as_of=date(2026, 8, 3))
    assert ("signs/thon-1", work.row.standing, work.row.working_days_late) in on_the_day


def test_a_closed_plan_is_looked_at_no_more_and_others_run_on(database: Database) -> None:
    publish_plan(database)
    publish_plan(database, small_plan(id="he-2026"))
    round_on(database, june(1))
    close(database)
    before = states_of_plan(database)
    assert round_on(database, june(30)).letters > 0
    assert states_of_plan(database) == before
    of_today = [said for _, said in letters_of(database) if said.as_of == june(30)]
    kinds = {
        name: {said.kind for said in of_today if name in {plan.id for plan in said.plans}}
        for name in (PLAN, "he-2026")
    }
    assert kinds[PLAN] == {LetterKind.CLOSING}
    assert LetterKind.CLOSING not in kinds["he-2026"]


def states_of_plan(database: Database) -> list[tuple[object, ...]]:
    """Every assignment of the plan that is closed, without the count of letters it was asked in."""
    return [row[:-1] for row in snapshot(database)["states"] if row[1] == PLAN]


def test_what_nobody_was_told_yet_is_dropped_with_the_plan(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(3))
    move(database, Verb.ACCEPT, "signs/thon-1", "vhxh", june(3))
    close(database)
    with database.read() as transaction:
        assert transaction.notices.pending(KIM_THANH, june(30)) == []
    dropped = rows(database, "SELECT kind, dropped FROM notices WHERE dropped IS NOT NULL")
    assert ("accepted", "plan closed") in dropped


def test_closing_is_in_the_history_and_the_chain_holds(database: Database) -> None:
    publish_plan(database)
    close(database)
    with database.read() as transaction:
        (heading,) = transaction.plans.headings()
        assert heading.closed_on == june(30)
        last = list(transaction.history.of_plan(heading.number))[-1].record
        assert (last.verb, last.by, last.assignment) == (Verb.CLOSE, "vhxh", None)
        assert transaction.history.verify(heading.number).broken_at is None


@pytest.mark.parametrize("by", ["nobody-at-all", "thon-1", "deputy_chair"])
def test_only_the_standing_office_closes(database: Database, by: str) -> None:
    publish_plan(database)
    with pytest.raises(MoveRefused, match=by):
        close_plan(database, KIM_THANH, PLAN, by=by, as_of=june(30), now=at(june(30)))
    with database.read() as transaction:
        (heading,) = transaction.plans.headings()
        assert heading.closed_on is None


def test_the_work_of_a_closed_plan_is_moved_by_nobody(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(3))
    close(database)
    before = snapshot(database)
    where = PlanReference(KIM_THANH, PLAN)

    def accept(by: Actor) -> Order:
        return Order(Verb.ACCEPT, "signs/thon-1", by)

    with pytest.raises(MoveRefused, match="closed"):
        move(database, Verb.RETURN, "signs/thon-1", "vhxh", june(30), note="Thiếu ảnh")
    with pytest.raises(MoveRefused, match="closed"):
        carry_out_together(
            database, where, "vhxh", [("signs/thon-1", [accept])],
            once="a" * 64, as_of=june(30), now=at(june(30)),
        )  # fmt: skip
    with pytest.raises(MoveRefused, match="closed"):
        preview(
            database, where, "vhxh", ["signs/thon-1"], lambda _name, by: accept(by),
            as_of=june(30), now=at(june(30)),
        )  # fmt: skip
    assert snapshot(database) == before


def test_an_unknown_plan_cannot_be_closed(database: Database) -> None:
    publish_plan(database)
    with pytest.raises(NotFound):
        close_plan(database, KIM_THANH, "khac", by="vhxh", as_of=june(30), now=at(june(30)))
