"""The rows that every page, letter, table and JSON document shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plan_definitions.model import Evidence, Kind
from plan_definitions.schedule import ScheduledTask
from workflows.engine import ladder
from workflows.engine.readiness import blockers, readiness
from workflows.engine.records import Asked, Assignment, Extension
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, Standing, State

SILENT_AFTER = 2
"""Letters without an answer after which a unit counts as *chưa phản hồi* (product.md, *Words*)."""


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """An unfinished assignment that holds another one up."""

    assignment: str
    unit: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One assignment as people see it on a day.

    `days_late` counts calendar days past the due date in force (until done, for finished work), the working
    days are what ladders and letters count. `named` says that the document names this unit for one of the
    clauses. `waits_for` names who holds it up, once its own time has come. `next_rung` is the next
    escalation if nothing happens, with the roles that would hear. `requested` units are asked, not
    ordered: other words, no blame.
    """

    plan: str
    plan_title: str
    id: str
    task: str
    title: str
    note: str | None
    kind: Kind
    unit: str
    unit_name: str
    requested: bool
    occurrence: int | None
    state: State
    standing: Standing
    start: date | None
    due: date | None
    original_due: date | None
    opened_on: date | None
    submitted_on: date | None
    done_on: date | None
    days_late: int
    working_days_late: int
    working_days_left: int | None
    rung: int
    next_rung: tuple[date, tuple[str, ...]] | None
    obstacle_since: date | None
    obstacle_waits_for: str | None
    extension: Extension | None
    promise_until: date | None
    waits_for: tuple[WaitsFor, ...]
    clauses: tuple[str, ...]
    named: bool
    helpers: tuple[str, ...]
    accept: str | None
    evidence: Evidence
    none_allowed: bool
    evidence_to_follow: bool
    returned_on: date | None
    silent: bool
    flagged: bool
    missed: bool
    late_at_publication: bool
    confidential: bool
    figures: Mapping[str, int]

    @property
    def obstacle(self) -> bool:
        """Whether something still stands in the way."""
        return self.obstacle_since is not None

    @property
    def extension_asked(self) -> bool:
        """Whether more time was asked for and nobody answered yet."""
        return self.extension is not None and self.extension.state is Asked.ASKED


def rows(situation: Situation, as_of: date, assignments: Iterable[Assignment] | None = None) -> list[Row]:
    """The rows of `assignments` (default: all of the situation's), in the order written."""
    chosen = situation.assignments.values() if assignments is None else assignments
    order = {name: position for position, name in enumerate(situation.schedule.tasks)}
    units = {name: position for position, name in enumerate(situation.schedule.office.units)}
    known = sorted(
        situation.tasks_known(chosen),
        key=lambda a: (order[a.task], units.get(a.unit, len(units)), a.occurrence or 0),
    )
    return [row(assignment, situation, as_of) for assignment in known]


def row(assignment: Assignment, situation: Situation, as_of: date) -> Row:
    """What people see of one assignment on a day."""
    task, office = situation.task(assignment), situation.schedule.office
    facts, calendar = assignment.facts, situation.calendar
    standing = standing_of(assignment, situation, as_of)
    late_until = assignment.done_on if assignment.state is State.DONE else as_of
    late = _late_days(assignment, standing, late_until)
    # Done work stays on the board even when a revision took its unit out of the office.
    unit = office.units.get(assignment.unit)
    obstacle = facts.obstacle if facts.obstacle and facts.obstacle.resolved_on is None else None
    clauses, named = _clauses(assignment.unit, task, situation)
    due, left = assignment.due, None
    if assignment.state in IN_HAND and due is not None and not late:
        left = calendar.between(as_of, due)
    return Row(
        plan=assignment.plan, plan_title=situation.schedule.title, id=assignment.id,
        task=task.id, title=task.title, note=task.note, kind=task.kind,
        unit=assignment.unit, unit_name=unit.name if unit else assignment.unit,
        requested=situation.requested(assignment.unit),
        occurrence=assignment.occurrence, state=assignment.state, standing=standing,
        start=_start(assignment, task), due=due, original_due=assignment.original_due,
        opened_on=assignment.opened_on, submitted_on=assignment.submitted_on, done_on=assignment.done_on,
        days_late=late, working_days_left=left,
        working_days_late=calendar.between(due, late_until) if late and due and late_until else 0,
        rung=assignment.rung, next_rung=ladder.next_rung(assignment, situation, as_of),
        obstacle_since=obstacle.since if obstacle else None,
        obstacle_waits_for=obstacle.waits_for if obstacle else None,
        extension=facts.extension, promise_until=facts.promise.until if facts.promise else None,
        waits_for=_waits_for(assignment, situation) if standing is Standing.WAITING_FOR_OTHERS else (),
        clauses=clauses, named=named, helpers=task.helpers, accept=situation.accepter(assignment),
        evidence=task.evidence, none_allowed=task.none_allowed,
        evidence_to_follow=facts.evidence_to_follow, returned_on=facts.returned_on,
        silent=facts.unanswered >= SILENT_AFTER and assignment.state in IN_HAND,
        flagged=facts.flagged and bool(readiness(assignment, situation).waits_for),
        missed=facts.missed, late_at_publication=facts.late_at_publication,
        confidential=task.confidential, figures=facts.figures,
    )  # fmt: skip


def _start(assignment: Assignment, task: ScheduledTask) -> date | None:
    """The start people were given: without one in the plan, the day of publication is nobody's start."""
    return assignment.start if task.start is not None or assignment.occurrence is not None else None


def _late_days(assignment: Assignment, standing: Standing, until: date | None) -> int:
    if standing not in (Standing.OVERDUE, Standing.DONE_LATE) or assignment.due is None or until is None:
        return 0
    return (until - assignment.due).days


def _clauses(unit: str, task: ScheduledTask, situation: Situation) -> tuple[tuple[str, ...], bool]:
    """The task's clauses, those that name the unit first, and whether any does."""
    if not task.clauses:
        return (), False
    known, office = situation.schedule.clauses, situation.schedule.office

    def names_it(clause_id: str) -> bool:
        clause = known.get(clause_id)
        if clause is None or not clause.named:
            return False
        return any(
            (name in office.groups and unit in office.groups[name]) or name == unit for name in clause.lead
        )

    naming = tuple(c for c in task.clauses if names_it(c))
    return naming + tuple(c for c in task.clauses if c not in naming), bool(naming)


def _waits_for(assignment: Assignment, situation: Situation) -> tuple[WaitsFor, ...]:
    units = situation.schedule.office.units
    return tuple(
        WaitsFor(a.id, a.unit, units[a.unit].name if a.unit in units else a.unit)
        for a in blockers(assignment, situation)
    )


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
    begins = _start(assignment, task)
    if begins is None and assignment.due is not None:
        begins = situation.calendar.before(assignment.due, task.span)
    its_time = begins is None or as_of >= begins
    held_up = its_time and any(b.unit != assignment.unit for b in blockers(assignment, situation))
    return Standing.WAITING_FOR_OTHERS if held_up else Standing.NOT_DUE


def counts(shown: Sequence[Row]) -> dict[str, int]:
    """How many rows stand where: every standing, zeros included."""
    found = {standing.value: 0 for standing in Standing}
    for one in shown:
        found[one.standing.value] += 1
    return found


def letter_order(shown: Row) -> tuple[int, date, str]:
    """Sort key of letters and pages: returned, overdue, due today, due soon, then the rest by date."""
    today = shown.working_days_left == 0
    if shown.returned_on is not None and shown.state in IN_HAND:
        place = 0
    elif shown.standing is Standing.OVERDUE:
        place = 1
    elif shown.standing is Standing.DUE_SOON:
        place = 2 if today else 3
    else:
        place = 4
    return place, shown.due or date.max, shown.id
