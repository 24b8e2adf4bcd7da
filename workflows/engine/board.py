"""The rows that every page, letter, table and JSON document shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from plan_definitions.model import Evidence, Kind
from plan_definitions.schedule import ScheduledTask
from workflows.engine import ladder
from workflows.engine.readiness import blockers, readiness
from workflows.engine.records import Assignment, Extension
from workflows.engine.situation import Situation
from workflows.engine.standings import Placed, given_start, in_order, place
from workflows.engine.states import IN_HAND, Standing, State


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
    days are what ladders and letters count. `extension` is the latest request for time, whatever became of
    it; `extension_asked` says that it waits for an answer. `named` says that the document names this unit
    for one of the clauses. `waits_for` names who holds it up, once its own time has come. `next_rung` is the
    next escalation if nothing happens, with the roles that would hear. `requested` units are asked, not
    ordered: other words, no blame. `number` is the assignment's in the store.
    """

    number: int
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
    extension_asked: bool
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


def rows(situation: Situation, as_of: date, assignments: Iterable[Assignment] | None = None) -> list[Row]:
    """The rows of `assignments` (default: all of the situation's), in the order written."""
    return [row_of(placed, situation, as_of) for placed in in_order(situation, as_of, assignments)]


def row(assignment: Assignment, situation: Situation, as_of: date) -> Row:
    """What people see of one assignment on a day."""
    return row_of(place(assignment, situation, as_of), situation, as_of)


def row_of(placed: Placed, situation: Situation, as_of: date) -> Row:
    """What people see of an assignment whose standing on the day is known."""
    assignment, task, standing, late = placed
    facts, calendar, office = assignment.facts, situation.calendar, situation.schedule.office
    late_until = assignment.done_on if assignment.state is State.DONE else as_of
    # Done work stays on the board even when a revision took its unit out of the office.
    unit = office.units.get(assignment.unit)
    obstacle = assignment.obstacle
    clauses, named = _clauses(assignment.unit, task, situation)
    due, left = assignment.due, None
    if assignment.state in IN_HAND and due is not None and not late:
        left = calendar.between(as_of, due)
    return Row(
        number=assignment.number, plan=assignment.plan, plan_title=situation.schedule.title, id=assignment.id,
        task=task.id, title=task.title, note=task.note, kind=task.kind,
        unit=assignment.unit, unit_name=unit.name if unit else assignment.unit,
        requested=situation.requested(assignment.unit),
        occurrence=assignment.occurrence, state=assignment.state, standing=standing,
        start=given_start(assignment, task), due=due, original_due=assignment.original_due,
        opened_on=assignment.opened_on, submitted_on=assignment.submitted_on, done_on=assignment.done_on,
        days_late=late, working_days_left=left,
        working_days_late=calendar.between(due, late_until) if late and due and late_until else 0,
        rung=assignment.rung, next_rung=ladder.next_rung(assignment, situation, as_of),
        obstacle_since=obstacle.since if obstacle else None,
        obstacle_waits_for=obstacle.waits_for if obstacle else None,
        extension=facts.extension, extension_asked=assignment.extension_asked,
        promise_until=facts.promise.until if facts.promise else None,
        waits_for=_waits_for(assignment, situation) if standing is Standing.WAITING_FOR_OTHERS else (),
        clauses=clauses, named=named, helpers=task.helpers, accept=situation.accepter(assignment),
        evidence=task.evidence, none_allowed=task.none_allowed,
        evidence_to_follow=facts.evidence_to_follow, returned_on=facts.returned_on,
        silent=placed.silent,
        flagged=facts.flagged and bool(readiness(assignment, situation).waits_for),
        missed=facts.missed, late_at_publication=facts.late_at_publication,
        confidential=task.confidential, figures=facts.figures,
    )  # fmt: skip


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


def counts(shown: Iterable[Row | Placed]) -> dict[str, int]:
    """How many stand where: every standing, zeros included."""
    found = Counter(one.standing for one in shown)
    return {standing.value: found[standing] for standing in Standing}


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
