"""What people see: every standing, how late, how long still, who holds it up, in which order."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import TENTH_OF_JUNE, assignment, calendar, indicator, office, schedule, task
from engine_driver import june

from plan_definitions.model import Clause, Evidence, Kind
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import board
from workflows.engine.board import Row, WaitsFor
from workflows.engine.records import Assignment, Extension, Facts, Obstacle, Promise
from workflows.engine.situation import Situation
from workflows.engine.states import Standing, State
from workflows.engine.words import standing_words

YESTERDAY, TODAY = date(2026, 6, 4), date(2026, 6, 5)
SIGNS = task("signs", ("thon-1", "thon-2"), due=june(8))
GIFTS = task("gifts", ("thon-1",), start=june(3), after=("signs",))


def situation(
    *held: Assignment, tasks: tuple[ScheduledTask, ...] = (GIFTS, SIGNS), **fields: Any
) -> Situation:
    plan = schedule(*tasks, **fields)
    return Situation(plan, WorkingCalendar(plan.calendar), {a.id: a for a in held})


def row(
    *others: Assignment,
    as_of: date = TODAY,
    tasks: tuple[ScheduledTask, ...] = (GIFTS, SIGNS),
    state: State = State.STARTED,
    **fields: Any,
) -> Row:
    """The row of the village's gifts, due on Wednesday the tenth."""
    held = assignment("gifts/thon-1", state, **({"start": june(3)} | fields))
    return board.row(held, situation(held, *others, tasks=tasks), as_of)


OPEN_SIGNS = (assignment("signs/thon-1", due=june(8)), assignment("signs/thon-2", due=june(8)))


@pytest.mark.parametrize(
    ("standing", "state", "fields", "as_of", "others"),
    [
        (Standing.NOT_DUE, State.WAITING, {}, june(2), OPEN_SIGNS),
        (Standing.WAITING_FOR_OTHERS, State.WAITING, {}, june(3), OPEN_SIGNS),
        (Standing.WAITING_FOR_OTHERS, State.WAITING, {}, june(30), OPEN_SIGNS),
        (Standing.NOT_DUE, State.WAITING, {"start": june(8)}, june(5), ()),
        (Standing.IN_PROGRESS, State.OPEN, {}, june(5), ()),
        (Standing.IN_PROGRESS, State.STARTED, {"due": None}, june(30), ()),
        (Standing.DUE_SOON, State.OPEN, {}, june(8), ()),
        (Standing.DUE_SOON, State.STARTED, {}, june(10), ()),
        (Standing.OVERDUE, State.STARTED, {}, june(11), ()),
        (Standing.AWAITING_CHECK, State.SUBMITTED, {}, june(30), ()),
        (Standing.DONE_ON_TIME, State.DONE, {"done_on": june(10), "finished_on": june(15)}, june(30), ()),
        (Standing.DONE_LATE, State.DONE, {"done_on": june(11)}, june(30), ()),
        (Standing.CANCELLED, State.CANCELLED, {}, june(30), ()),
    ],
    ids=[
        "its time has not come", "others hold it up", "past due others still do", "only its start is to come",
        "in hand", "without a date", "from the first reminder", "due today", "from the day after",
        "reported", "done in time, accepted later", "done late", "cancelled",
    ],
)  # fmt: skip
def test_every_standing(
    standing: Standing, state: State, fields: dict[str, Any], as_of: date, others: tuple[Assignment, ...]
) -> None:
    assert row(*others, state=state, as_of=as_of, **fields).standing is standing


def test_without_a_start_others_hold_it_up_once_its_planned_days_begin() -> None:
    tasks = (replace(GIFTS, start=None), SIGNS)
    for as_of, standing in ((june(2), Standing.NOT_DUE), (june(3), Standing.WAITING_FOR_OTHERS)):
        shown = row(*OPEN_SIGNS, state=State.WAITING, start=june(1), as_of=as_of, tasks=tasks)
        assert (shown.standing, shown.start) == (standing, None)


def test_ongoing_work_stands_apart_and_is_never_late() -> None:
    tasks = (replace(GIFTS, kind=Kind.ONGOING), SIGNS)
    shown = row(as_of=june(30), tasks=tasks)
    assert (shown.standing, shown.days_late, shown.next_rung) == (Standing.ONGOING, 0, None)
    done = row(state=State.DONE, done_on=june(30), tasks=tasks)
    assert (done.standing, done.days_late) == (Standing.DONE_ON_TIME, 0)


def test_counts_hold_every_standing() -> None:
    shown = [row(), row(as_of=june(11)), row(as_of=june(12))]
    counts = board.counts(shown)
    assert set(counts) == {standing.value for standing in Standing}
    assert (counts["in_progress"], counts["overdue"], sum(counts.values())) == (1, 2, 3)


# How late, how long still


@pytest.mark.parametrize(
    ("as_of", "late", "working", "left"),
    [
        (june(5), 0, 0, 3),
        (june(6), 0, 0, 3),
        (june(10), 0, 0, 0),
        (june(11), 1, 1, None),
        (june(15), 5, 3, None),
    ],
)
def test_days_late_are_calendar_days_and_ladders_count_working_days(
    as_of: date, late: int, working: int, left: int | None
) -> None:
    shown = row(as_of=as_of)
    assert (shown.days_late, shown.working_days_late, shown.working_days_left) == (late, working, left)


def test_a_holiday_is_no_working_day() -> None:
    held = assignment("gifts/thon-1")
    known = situation(held, calendar=calendar(days_off={june(9): "Nghỉ"}))
    assert board.row(held, known, june(8)).working_days_left == 1


def test_finished_work_is_judged_by_the_day_it_was_done() -> None:
    shown = row(state=State.DONE, done_on=june(12), finished_on=june(19), as_of=june(30))
    assert (shown.days_late, shown.working_days_late) == (2, 2)
    given = row(state=State.DONE, done_on=june(12), due=june(15), original_due=TENTH_OF_JUNE, as_of=june(30))
    assert (given.standing, given.due, given.original_due) == (Standing.DONE_ON_TIME, june(15), TENTH_OF_JUNE)


def test_waiting_work_past_its_due_is_not_late_and_names_who_holds_it_up() -> None:
    shown = row(*OPEN_SIGNS, state=State.WAITING, as_of=june(30))
    assert (shown.days_late, shown.working_days_left, shown.next_rung) == (0, None, None)
    assert shown.waits_for == (
        WaitsFor("signs/thon-1", "thon-1", "Thôn 1", "Nhiệm vụ signs"),
        WaitsFor("signs/thon-2", "thon-2", "Thôn 2", "Nhiệm vụ signs"),
    )
    assert row(*OPEN_SIGNS, as_of=june(30)).waits_for == ()


@pytest.mark.parametrize(
    ("others", "as_of", "words"),
    [
        (OPEN_SIGNS[:1], june(2), "Not due yet"),
        (OPEN_SIGNS[:1], june(3), "Waiting for earlier work"),
        (OPEN_SIGNS[:1], june(30), "Waiting for earlier work"),
        (OPEN_SIGNS, june(30), "Waiting for others"),
        ((), june(30), "Not due yet"),
    ],
)
def test_work_whose_day_has_come_is_never_called_not_due_yet_while_its_unit_is_behind(
    others: tuple[Assignment, ...], as_of: date, words: str
) -> None:
    shown = row(*others, state=State.WAITING, as_of=as_of)
    assert standing_words(shown).say(str) == words
    assert shown.waits_for_own == (words == "Waiting for earlier work")
    # To machines it is what it was.
    assert shown.standing is (Standing.WAITING_FOR_OTHERS if len(others) > 1 else Standing.NOT_DUE)


# What is known beside


def test_facts_are_shown() -> None:
    facts = Facts(
        obstacle=Obstacle(june(3), "police"), extension=Extension(june(4), june(15)),
        promise=Promise(june(12), june(4), 0), returned_on=june(4), figures={"gifts": 3},
        evidence_to_follow=True, late_at_publication=True,
    )  # fmt: skip
    shown = row(facts=facts)
    assert (shown.obstacle, shown.obstacle_since, shown.obstacle_waits_for) == (True, june(3), "police")
    assert (shown.extension_asked, shown.promise_until, shown.returned_on) == (True, june(12), june(4))
    assert (shown.figures, shown.evidence_to_follow, shown.late_at_publication) == ({"gifts": 3}, True, True)


def test_a_resolved_obstacle_is_none() -> None:
    shown = row(facts=Facts(obstacle=Obstacle(june(3), "police", resolved_on=june(4))))
    assert (shown.obstacle, shown.obstacle_waits_for) == (False, None)


@pytest.mark.parametrize(
    ("state", "stuck", "asked"),
    [
        (State.WAITING, True, True),
        (State.STARTED, True, True),
        (State.SUBMITTED, True, False),  # a date that nobody works towards any more is not asked for
        (State.DONE, False, False),
        (State.CANCELLED, False, False),
    ],
)
def test_nothing_is_left_open_that_nobody_could_answer(state: State, stuck: bool, asked: bool) -> None:
    facts = Facts(obstacle=Obstacle(june(3), "police"), extension=Extension(june(4), june(15)))
    held = assignment("gifts/thon-1", state, facts=facts)
    shown = board.row(held, situation(held), june(30))
    assert (shown.obstacle, shown.extension_asked) == (stuck, asked)


@pytest.mark.parametrize(
    ("unanswered", "asked_on", "state", "silent"),
    [
        (1, YESTERDAY, State.STARTED, False),
        (2, YESTERDAY, State.STARTED, True),
        (2, TODAY, State.STARTED, False),
        (3, TODAY, State.STARTED, True),
        (5, YESTERDAY, State.SUBMITTED, False),
    ],
)
def test_silent_after_two_letters_but_not_for_the_one_of_the_day(
    unanswered: int, asked_on: date, state: State, silent: bool
) -> None:
    assert row(state=state, facts=Facts(unanswered=unanswered, asked_on=asked_on)).silent is silent


def test_the_office_does_not_wait_for_its_own_answer() -> None:
    held = assignment("gifts/vhxh", State.STARTED, facts=Facts(unanswered=5))
    assert not board.row(held, situation(held), TODAY).silent


def test_a_flag_stands_while_a_predecessor_is_open_again() -> None:
    flagged = Facts(flagged=True)
    assert row(*OPEN_SIGNS, facts=flagged).flagged
    done = tuple(a._replace(state=State.DONE, done_on=june(4), finished_on=june(4)) for a in OPEN_SIGNS)
    assert not row(*done, facts=flagged).flagged


def test_what_the_plan_says_of_it() -> None:
    tasks = (
        replace(
            GIFTS, helpers=("police",), accept="deputy_chair", evidence=Evidence.REQUIRED, none_allowed=True,
            confidential=True, note="Không nêu tên trẻ", indicators=(indicator(),),
        ),
        SIGNS,
    )  # fmt: skip
    shown = row(tasks=tasks)
    assert (shown.title, shown.unit_name, shown.helpers) == ("Nhiệm vụ gifts", "Thôn 1", ("police",))
    assert (shown.accept, shown.evidence, shown.none_allowed) == ("deputy_chair", Evidence.REQUIRED, True)
    assert (shown.confidential, shown.note, shown.requested) == (True, "Không nêu tên trẻ", False)


def test_units_that_are_asked_have_nobody_to_accept_their_work() -> None:
    held = assignment("gifts/youth")
    tasks = (task("gifts", ("youth",), accept="deputy_chair"),)
    shown = board.row(held, situation(held, tasks=tasks), june(5))
    assert (shown.requested, shown.accept) == (True, None)


CLAUSES = {
    "V.6.2": Clause("V.6.2", "Cắm biển", "duty", named=True, lead=("villages",)),
    "II.4.6": Clause("II.4.6", "An toàn", "duty", named=False, lead=("villages",)),
    "V.3.3": Clause("V.3.3", "Phúc tra", "duty", named=True, lead=("police",)),
}


@pytest.mark.parametrize(
    ("unit", "clauses", "named"),
    [
        ("thon-1", ("V.6.2", "II.4.6", "V.3.3", "X.1"), True),
        ("police", ("V.3.3", "II.4.6", "V.6.2", "X.1"), True),
        ("vhxh", ("II.4.6", "V.6.2", "V.3.3", "X.1"), False),
    ],
)
def test_clauses_that_name_the_unit_come_first(unit: str, clauses: tuple[str, ...], named: bool) -> None:
    held = assignment(f"gifts/{unit}")
    tasks = (task("gifts", (unit,), clauses=("II.4.6", "V.6.2", "V.3.3", "X.1")),)
    shown = board.row(held, situation(held, tasks=tasks, clauses=CLAUSES), june(5))
    assert (shown.clauses, shown.named) == (clauses, named)


# Which rows, in which order


def test_rows_come_in_the_order_of_the_plan() -> None:
    held = (
        assignment("signs/thon-2"), assignment("signs/thon-1"), assignment("gifts/thon-1"),
        assignment("gone/thon-1", State.DONE),
    )  # fmt: skip
    known = situation(*held)
    assert [r.id for r in board.rows(known, june(5))] == ["gifts/thon-1", "signs/thon-1", "signs/thon-2"]
    assert [r.id for r in board.rows(known, june(5), [held[0]])] == ["signs/thon-2"]


def test_done_work_of_a_unit_that_left_the_office_stays_on_the_board() -> None:
    held = assignment("signs/thon-9", State.DONE, done_on=june(4), finished_on=june(4))
    shown = board.rows(situation(held), june(5))[0]
    assert (shown.unit, shown.unit_name, shown.requested) == ("thon-9", "thon-9", False)


def test_turns_come_in_their_order() -> None:
    days = tuple(date(2026, 6, day) for day in (5, 12))
    held = tuple(assignment(f"news/{u}/{n}", due=days[n - 1]) for n in (2, 1) for u in ("thon-2", "thon-1"))
    known = situation(*held, tasks=(task("news", ("thon-1", "thon-2"), repeat=days),))
    assert [r.id for r in board.rows(known, june(1))] == [
        "news/thon-1/1", "news/thon-1/2", "news/thon-2/1", "news/thon-2/2",
    ]  # fmt: skip


def test_letters_show_first_what_presses_most() -> None:
    def shown(name: str, **fields: Any) -> Row:
        held = assignment(f"{name}/thon-1", State.STARTED, **fields)
        tasks = tuple(task(n, ("thon-1",)) for n in ("returned", "late", "today", "soon", "rest", "other"))
        return board.row(held, situation(held, tasks=tasks), june(9))

    rows = [
        shown("rest", due=june(26)),
        shown("other", due=None),
        shown("soon", due=june(11)),
        shown("today", due=june(9)),
        shown("late", due=june(3)),
        shown("returned", due=june(15), facts=Facts(returned_on=june(8))),
    ]
    order = [r.task for r in sorted(rows, key=board.letter_order)]
    assert order == ["returned", "late", "today", "soon", "rest", "other"]


def test_the_offices_units_stand_in_their_own_order() -> None:
    units = [u.id for u in office().units.values()]
    held = [assignment(f"gifts/{u}") for u in reversed(units)]
    known = situation(*held, tasks=(task("gifts", units),))
    assert [r.unit for r in board.rows(known, june(5))] == units


def test_a_unit_that_waits_for_its_own_work_is_not_held_up_by_others() -> None:
    own = (assignment("signs/thon-1", due=june(8)),)
    assert row(*own, state=State.WAITING, as_of=june(30)).standing is Standing.NOT_DUE
    assert row(*OPEN_SIGNS, state=State.WAITING, as_of=june(30)).standing is Standing.WAITING_FOR_OTHERS
