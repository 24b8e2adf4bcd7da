"""What slips: the plan walked forward from what is known today."""

from dataclasses import dataclass
from datetime import date

from plan_definitions.schedule import Edge, ScheduledTask
from workflows.engine.readiness import due_when_opened
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import State


@dataclass(frozen=True, slots=True)
class Slip:
    """A task that will not keep its date: the due date in force and the day now to be expected."""

    task: str
    title: str
    units: tuple[str, ...]
    due: date
    expected: date


def expected_days(
    situation: Situation, as_of: date, *, because: str | None = None, new_due: date | None = None
) -> dict[str, date]:
    """The day on which each assignment can be expected to be done, by name; cancelled ones are left out.

    Finished work counts with the day it was done. Work in hand is expected on its due date, overdue work on
    the next working day; waiting work when its predecessors allow, with the working days the plan gives it.
    `because` supposes that one assignment is done on `new_due` (or, without it, on its due date).
    """
    expected: dict[str, date] = {}
    for name in situation.graph.order():
        task = situation.schedule.tasks[name]
        for assignment in situation.of_task(name):
            supposed = (new_due or assignment.due) if assignment.id == because else None
            day = supposed or _expected(assignment, task, situation, as_of, expected)
            if day is not None:
                expected[assignment.id] = day
    return expected


def _expected(
    assignment: Assignment, task: ScheduledTask, situation: Situation, as_of: date, known: dict[str, date]
) -> date | None:
    match assignment.state:
        case State.CANCELLED:
            return None
        case State.DONE | State.SUBMITTED:
            return assignment.done_on or assignment.finished_on
        case State.WAITING:
            opening = max(_opening(assignment, task, situation, known), assignment.start or as_of)
            return due_when_opened(assignment, task, opening, situation)
    if assignment.due is None or as_of <= assignment.due:
        return assignment.due
    return situation.calendar.after(as_of, 1)


def _opening(
    assignment: Assignment, task: ScheduledTask, situation: Situation, known: dict[str, date]
) -> date:
    """The day on which the last hard predecessor can be expected to have been done, lags added."""
    days = [
        day for edge in task.after if not edge.soft for day in _edge_days(assignment, edge, situation, known)
    ]
    return max(days, default=date.min)


def _edge_days(
    assignment: Assignment, edge: Edge, situation: Situation, known: dict[str, date]
) -> list[date]:
    before = situation.schedule.tasks[edge.task]
    members = [a for a in situation.of_task(edge.task) if not edge.same_unit or a.unit == assignment.unit]
    days: list[date] = []
    for occurrence in {a.occurrence for a in members}:
        reached = sorted(known[a.id] for a in members if a.occurrence == occurrence and a.id in known)
        needed = len(reached) if edge.same_unit else before.complete_when.needed(len(reached))
        if needed:
            day = reached[needed - 1]
            days.append(situation.calendar.add(day, edge.lag) if edge.lag else day)
    return days


def slips(
    situation: Situation, as_of: date, *, because: str, new_due: date | None = None
) -> tuple[Slip, ...]:
    """The tasks after one assignment that will not keep their dates on account of it, nearest first.

    With `new_due`: those that the new date moves, against the date in force. Without: those that its being
    late already moves, against its having been done in time.
    """
    cause = situation.assignments[because]
    now_expected = expected_days(situation, as_of, because=because if new_due else None, new_due=new_due)
    in_time = expected_days(situation, as_of, because=because)
    found: list[Slip] = []
    for name in situation.graph.downstream(cause.task):
        task = situation.schedule.tasks[name]
        moved = [
            a for a in situation.of_task(name)
            if a.state is State.WAITING and a.due is not None and a.id in now_expected
            and now_expected[a.id] > max(a.due, in_time.get(a.id, a.due))
        ]  # fmt: skip
        if moved:
            worst = max(moved, key=lambda a: now_expected[a.id])
            units = tuple(dict.fromkeys(a.unit for a in moved))
            found.append(
                Slip(
                    name, task.title, units, worst.due or worst.original_due or as_of, now_expected[worst.id]
                )
            )
    return tuple(found)
