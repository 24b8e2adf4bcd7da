"""The village and its gifts: one assignment in any state, and the moves people make on it."""

from dataclasses import replace
from datetime import date
from typing import Any

from builders import FIRST_OF_JUNE, assignment, edge, indicator, schedule, task
from engine_driver import noon

from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import moves
from workflows.engine.orders import Actor, Order
from workflows.engine.records import (
    Assignment,
    Change,
    Extension,
)
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb

W, O, S, U, D, C = State  # noqa: E741 - in the order of the table
VILLAGE = Actor("thon-1/head", frozenset({"thon-1"}), frozenset())
CLERK = Actor("vhxh", frozenset({"vhxh"}), frozenset({"standing_office"}))
DEPUTY = Actor("deputy_chair", frozenset({"deputy"}), frozenset({"deputy_chair"}))
POLICE = Actor("police", frozenset({"police"}), frozenset())
TODAY = date(2026, 6, 9)

GIFTS = task("gifts", ("thon-1",), indicators=(indicator(),))


def held(state: State, **fields: Any) -> Assignment:
    """The village's assignment in a state, with the dates that go with it."""
    known: dict[str, Any] = {"start": FIRST_OF_JUNE}
    if state in (U, D):
        known |= {"submitted_on": TODAY, "done_on": TODAY}
    if state in (D, C):
        known |= {"finished_on": TODAY}
    return assignment("gifts/thon-1", state, **(known | fields))


def situation(*others: Assignment, tasks: tuple[ScheduledTask, ...] = (GIFTS,)) -> Situation:
    plan = schedule(*tasks)
    return Situation(plan, WorkingCalendar(plan.calendar), {a.id: a for a in others})


def carry_out(
    verb: Verb,
    by: Actor,
    at: Assignment,
    *others: Assignment,
    tasks: tuple[ScheduledTask, ...] = (GIFTS,),
    as_of: date = TODAY,
    **order: Any,
) -> list[Change]:
    asked = Order(verb, at.id, by, **({"note": "vì mưa lũ"} | order))
    return moves.carry_out(asked, situation(at, *others, tasks=tasks), as_of=as_of, now=noon(as_of))


def moved(verb: Verb, by: Actor, at: Assignment, *others: Assignment, **order: Any) -> Assignment:
    """The assignment after the move."""
    return carry_out(verb, by, at, *others, **order)[0].after


TWO_DAYS_ON = date(2026, 6, 11)
ASKED = Extension(TODAY, date(2026, 6, 12))
LATE: dict[str, Any] = {"due": date(2026, 6, 5), "rung": 1}

SIGNS = task("signs", ("thon-1",))
AFTER_SIGNS = replace(GIFTS, after=(edge("signs"),))
