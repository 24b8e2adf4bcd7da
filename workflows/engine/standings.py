"""Where assignments stand on a day: states judged against the dates."""

from datetime import date

from plan_definitions.model import Kind
from plan_definitions.schedule import ScheduledTask
from workflows.engine.readiness import blockers
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import Standing, State

SILENT_AFTER = 2
"""Letters without an answer after which a unit counts as *chưa phản hồi* (product.md, *Words*)."""

_LATE = (Standing.OVERDUE, Standing.DONE_LATE)


def given_start(assignment: Assignment, task: ScheduledTask) -> date | None:
    """The start people were given: without one in the plan, the day of publication is nobody's start."""
    return assignment.start if task.start is not None or assignment.occurrence is not None else None


def days_late(assignment: Assignment, standing: Standing, as_of: date) -> int:
    """Calendar days past the due date in force, until done for finished work; 0 for what is not late."""
    if standing not in _LATE:
        return 0
    until = assignment.done_on if assignment.state is State.DONE else as_of
    return 0 if assignment.due is None or until is None else (until - assignment.due).days


def standing_of(assignment: Assignment, situation: Situation, as_of: date) -> Standing:
    """The state judged against the dates; due today is not overdue, waiting work never is."""
    task = situation.task(assignment)
    standing_work = task.kind is Kind.ONGOING and assignment.occurrence is None
    match assignment.state:
        case State.CANCELLED:
            return Standing.CANCELLED
        case State.SUBMITTED:
            return Standing.AWAITING_CHECK
        case State.DONE:
            late = (
                assignment.due is not None
                and assignment.done_on is not None
                and assignment.done_on > assignment.due
            )
            return Standing.DONE_LATE if late and not standing_work else Standing.DONE_ON_TIME
        case State.WAITING:
            return _standing_of_waiting(assignment, task, situation, as_of)
    if standing_work:
        return Standing.ONGOING
    if assignment.due is None:
        return Standing.IN_PROGRESS
    if as_of > assignment.due:
        return Standing.OVERDUE
    soon = situation.ladder_days(assignment.due, task.ladder).soon
    return Standing.DUE_SOON if as_of >= soon else Standing.IN_PROGRESS


def _standing_of_waiting(
    assignment: Assignment, task: ScheduledTask, situation: Situation, as_of: date
) -> Standing:
    """A unit that waits for its own unfinished work only is not held up by others."""
    held_up = any(b.unit != assignment.unit for b in held_up_by(assignment, task, situation, as_of))
    return Standing.WAITING_FOR_OTHERS if held_up else Standing.NOT_DUE


def held_up_by(
    assignment: Assignment, task: ScheduledTask, situation: Situation, as_of: date
) -> tuple[Assignment, ...]:
    """What keeps waiting work from beginning once its own time has come; its own unit's work may be among it.

    Its time is its start, or what its planned working days need.
    """
    if assignment.state is not State.WAITING or not _time_has_come(assignment, task, situation, as_of):
        return ()
    return blockers(assignment, situation)


def hangs_on_others(assignment: Assignment, situation: Situation, as_of: date) -> bool:
    """Whether where it stands cannot be told without its predecessors."""
    task = situation.task(assignment)
    return (
        assignment.state is State.WAITING
        and bool(task.after)
        and _time_has_come(assignment, task, situation, as_of)
    )


def _time_has_come(assignment: Assignment, task: ScheduledTask, situation: Situation, as_of: date) -> bool:
    begins = given_start(assignment, task)
    if begins is None and assignment.due is not None:
        begins = situation.calendar.before(assignment.due, task.span)
    return begins is None or as_of >= begins
