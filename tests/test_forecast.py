"""What slips: the plan walked forward from today, and what one new date would move."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import assignment, edge, schedule, task
from engine_driver import june

from plan_definitions.model import Threshold
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.forecast import Forecast, Slip, expected_days, slips
from workflows.engine.records import Assignment, Facts, Promise
from workflows.engine.situation import Situation
from workflows.engine.states import State

TODAY = date(2026, 6, 5)
SIGNS = task("signs", ("thon-1", "thon-2"), due=june(8), title="Cắm biển")
CHECK = task("check", ("police",), due=june(15), after=("signs",), span=4, title="Phúc tra")
REPORT = task("report", ("vhxh",), due=june(22), after=(edge("check", 1),), span=4, title="Báo cáo")
PLAN = (SIGNS, CHECK, REPORT)
WAITING = (
    assignment("check/police", State.WAITING, due=june(15), start=june(1)),
    assignment("report/vhxh", State.WAITING, due=june(22), start=june(1)),
)


def situation(*held: Assignment, tasks: tuple[ScheduledTask, ...] = PLAN) -> Situation:
    plan = schedule(*tasks)
    return Situation(plan, WorkingCalendar(plan.calendar), {a.id: a for a in (*held, *WAITING)})


def signs(unit: str, state: State = State.OPEN, **fields: Any) -> Assignment:
    return assignment(f"signs/{unit}", state, **({"due": june(8)} | fields))


def expected(name: str, *held: Assignment, as_of: date = TODAY, **fields: Any) -> date | None:
    return expected_days(situation(*held, **fields), as_of).get(name)


# What is to be expected


@pytest.mark.parametrize(
    ("state", "fields", "day"),
    [
        (State.OPEN, {}, june(8)),
        (State.STARTED, {"due": june(3)}, june(8)),
        (State.STARTED, {"due": june(3), "facts": Facts(promise=Promise(june(11), june(4), 0))}, june(11)),
        (State.STARTED, {"due": june(2), "facts": Facts(promise=Promise(june(4), june(3), 0))}, june(8)),
        (State.STARTED, {"facts": Facts(promise=Promise(june(6), june(3), 0))}, june(8)),
        (State.SUBMITTED, {"done_on": june(3)}, june(5)),
        (State.DONE, {"done_on": june(3), "finished_on": june(4)}, june(3)),
        (State.CANCELLED, {}, None),
        (State.OPEN, {"due": None}, None),
    ],
    ids=[
        "in time", "overdue: the next working day", "promised", "a broken promise", "promised for before due",
        "waits for its check", "done", "cancelled", "no date",
    ],
)  # fmt: skip
def test_when_work_can_be_expected(state: State, fields: dict[str, Any], day: date | None) -> None:
    assert expected("signs/thon-1", signs("thon-1", state, **fields)) == day


def test_waiting_work_keeps_its_date_while_others_keep_theirs() -> None:
    held = (signs("thon-1"), signs("thon-2"))
    assert expected("check/police", *held) == june(15)
    assert expected("report/vhxh", *held) == june(22)


def test_waiting_work_has_its_working_days_after_late_predecessors() -> None:
    """Overdue on the 15th: done on the 16th, checked from the 17th for four days, then a day's lag."""
    held = (signs("thon-1"), signs("thon-2"))
    assert expected("check/police", *held, as_of=june(15)) == june(23)
    assert expected("report/vhxh", *held, as_of=june(15)) == june(30)


def test_a_threshold_waits_for_the_first_who_reach_it() -> None:
    early = replace(SIGNS, complete_when=Threshold(count=1))
    held = (signs("thon-1", State.DONE, done_on=june(3), finished_on=june(3)), signs("thon-2"))
    assert expected("check/police", *held, as_of=june(15), tasks=(early, CHECK, REPORT)) == june(15)
    assert expected("check/police", *held, as_of=june(15)) == june(23)


def test_soft_edges_delay_nobody() -> None:
    soft = replace(CHECK, after=(edge("signs", soft=True),))
    assert expected("check/police", signs("thon-1"), as_of=june(9), tasks=(SIGNS, soft, REPORT)) == june(15)


def test_same_unit_waits_for_the_units_own() -> None:
    plan = (
        SIGNS,
        task("gifts", ("thon-1", "thon-2"), due=june(12), after=(edge("signs", same_unit=True),), span=2),
    )
    held = (
        signs("thon-1", State.DONE, done_on=june(3), finished_on=june(3)),
        signs("thon-2"),
        assignment("gifts/thon-1", State.WAITING, due=june(12), start=june(1)),
        assignment("gifts/thon-2", State.WAITING, due=june(12), start=june(1)),
    )
    assert expected("gifts/thon-1", *held, as_of=june(15), tasks=(*plan, CHECK, REPORT)) == june(12)
    assert expected("gifts/thon-2", *held, as_of=june(15), tasks=(*plan, CHECK, REPORT)) == june(19)


# What slips


def test_nothing_slips_while_everything_is_in_time() -> None:
    held = (signs("thon-1"), signs("thon-2"))
    assert slips(situation(*held), june(5), because="signs/thon-1") == ()


def test_what_slips_because_of_one_that_is_late() -> None:
    held = (signs("thon-1"), signs("thon-2", State.DONE, done_on=june(5), finished_on=june(5)))
    assert slips(situation(*held), june(15), because="signs/thon-1") == (
        Slip("check", "Phúc tra", ("police",), june(15), june(23)),
        Slip("report", "Báo cáo", ("vhxh",), june(22), june(30)),
    )


def test_who_was_in_time_is_not_blamed() -> None:
    held = (signs("thon-1"), signs("thon-2", State.DONE, done_on=june(5), finished_on=june(5)))
    assert slips(situation(*held), june(15), because="signs/thon-2") == ()


def test_two_who_are_late_together_are_to_blame_together() -> None:
    """One of them in time would have helped nobody; the leader must still hear what waits for both."""
    held = (signs("thon-1"), signs("thon-2"))
    for cause in ("signs/thon-1", "signs/thon-2"):
        assert [s.task for s in slips(situation(*held), june(15), because=cause)] == ["check", "report"]


def test_what_a_new_date_would_move() -> None:
    held = (signs("thon-1"), signs("thon-2"))
    known = situation(*held)
    assert slips(known, june(5), because="signs/thon-1", new_due=june(9)) == (
        Slip("check", "Phúc tra", ("police",), june(15), june(16)),
        Slip("report", "Báo cáo", ("vhxh",), june(22), june(23)),
    )
    assert slips(known, june(5), because="signs/thon-1", new_due=june(8)) == ()
    far = slips(known, june(5), because="signs/thon-1", new_due=june(15))
    assert [(s.task, s.expected) for s in far] == [("check", june(22)), ("report", june(29))]


def test_open_successors_do_not_wait_and_do_not_slip() -> None:
    opened = assignment("check/police", State.OPEN, due=june(15))
    plan = schedule(*PLAN)
    held = {a.id: a for a in (signs("thon-1"), signs("thon-2"), opened, WAITING[1])}
    known = Situation(plan, WorkingCalendar(plan.calendar), held)
    assert slips(known, june(5), because="signs/thon-1", new_due=june(12)) == ()


def test_nothing_follows_the_last_task() -> None:
    assert slips(situation(signs("thon-1")), june(5), because="report/vhxh", new_due=june(30)) == ()


def test_one_forecast_answers_for_every_cause() -> None:
    held = (signs("thon-1"), signs("thon-2", State.DONE, done_on=june(5), finished_on=june(5)))
    known = situation(*held)
    forecast = Forecast(known, june(15))
    for cause in known.assignments:
        assert forecast.slips(cause) == slips(known, june(15), because=cause)
        assert forecast.slips(cause, june(26)) == slips(known, june(15), because=cause, new_due=june(26))
    assert forecast.expected() == expected_days(known, june(15))
    assert forecast.expected("signs/thon-1")["signs/thon-1"] == june(8)
