"""Where assignments stand on a day: what is counted, ordered and chosen by, without the rest of a row."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from plan_definitions.model import Kind
from plan_definitions.schedule import ScheduledTask
from workflows.engine.readiness import blockers
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, Standing, State

SILENT_AFTER = 2
"""Letters without an answer after which a unit counts as *chưa phản hồi* (product.md, *Words*)."""


_LATE = (Standing.OVERDUE, Standing.DONE_LATE)


class Placed(NamedTuple):
    """An assignment and where it stands on a day.

    A board of a hundred thousand pieces of work counts and orders these, and makes rows only of those it
    shows. What both have bears the same name in both: whatever lists either may take the other.
    """

    assignment: Assignment
    definition: ScheduledTask
    standing: Standing
    days_late: int

    @property
    def id(self) -> str:
        """The assignment's name."""
        return self.assignment.id

    @property
    def title(self) -> str:
        """What is to be done."""
        return self.definition.title

    @property
    def unit(self) -> str:
        """Who does it."""
        return self.assignment.unit

    @property
    def state(self) -> State:
        """How far it has come."""
        return self.assignment.state

    @property
    def due(self) -> date | None:
        """The due date in force."""
        return self.assignment.due

    @property
    def original_due(self) -> date | None:
        """The due date of the plan."""
        return self.assignment.original_due

    @property
    def rung(self) -> int:
        """How many rungs of its ladder have been passed."""
        return self.assignment.rung

    @property
    def obstacle(self) -> bool:
        """Whether something still stands in the way."""
        return self.assignment.obstacle is not None

    @property
    def extension_asked(self) -> bool:
        """Whether more time was asked for and nobody answered yet."""
        return self.assignment.extension_asked

    @property
    def silent(self) -> bool:
        """Whether its unit left letters unanswered."""
        return self.assignment.facts.unanswered >= SILENT_AFTER and self.assignment.state in IN_HAND

    @property
    def evidence_to_follow(self) -> bool:
        """Whether proof was promised with the report."""
        return self.assignment.facts.evidence_to_follow

    @property
    def returned_on(self) -> date | None:
        """When a report was sent back."""
        return self.assignment.facts.returned_on


def in_order(
    situation: Situation, as_of: date, assignments: Iterable[Assignment] | None = None
) -> list[Placed]:
    """Where `assignments` (default: all of the situation's) stand, in the order written.

    Those whose task the plan in force lost are left out.
    """
    chosen = situation.assignments.values() if assignments is None else assignments
    order = {name: position for position, name in enumerate(situation.schedule.tasks)}
    units = {name: position for position, name in enumerate(situation.schedule.office.units)}
    known = sorted(
        situation.tasks_known(chosen),
        key=lambda a: (order[a.task], units.get(a.unit, len(units)), a.occurrence or 0),
    )
    return [place(assignment, situation, as_of) for assignment in known]


def place(assignment: Assignment, situation: Situation, as_of: date) -> Placed:
    """Where one assignment stands on a day."""
    standing = standing_of(assignment, situation, as_of)
    late = 0
    if standing in _LATE:
        late = _late_days(assignment, as_of)
    return Placed(assignment, situation.task(assignment), standing, late)


def given_start(assignment: Assignment, task: ScheduledTask) -> date | None:
    """The start people were given: without one in the plan, the day of publication is nobody's start."""
    return assignment.start if task.start is not None or assignment.occurrence is not None else None


def _late_days(assignment: Assignment, as_of: date) -> int:
    """Calendar days past the due date in force, until done for finished work."""
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
    """Others hold it up once its own time has come: its start, or what its planned working days need.

    A unit that waits for its own unfinished work is not held up by others.
    """
    its_time = _time_has_come(assignment, task, situation, as_of)
    held_up = its_time and any(b.unit != assignment.unit for b in blockers(assignment, situation))
    return Standing.WAITING_FOR_OTHERS if held_up else Standing.NOT_DUE


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
