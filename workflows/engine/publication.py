"""What publishing a plan does to assignments: all of them new, or, published again, a revision."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from plan_definitions.schedule import Schedule, ScheduledAssignment
from workflows.engine.records import (
    NOTHING_KNOWN,
    Asked,
    Assignment,
    Change,
    NoticeKind,
    Record,
)
from workflows.engine.round import notice
from workflows.engine.states import UNFINISHED, State, Verb

PUBLISH = "publish"
"""Who moved it, when publishing did."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing would do, change by change; `unchanged` assignments stay as they are.

    `renamed` pairs the old and the new name where tasks declared `was`.
    """

    created: tuple[Change, ...]
    changed: tuple[Change, ...]
    removed: tuple[Change, ...]
    renamed: tuple[tuple[str, str], ...]
    unchanged: int

    @property
    def changes(self) -> tuple[Change, ...]:
        """Everything to save, in an order that never meets a name twice."""
        return self.removed + self.changed + self.created


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The plan, revision, date and instant that every record of one publication carries."""

    plan: str
    revision: int
    as_of: date
    now: datetime
    by: str

    def record(self, name: str, verb: Verb, before: State | None, after: State, **facts: object) -> Record:
        given = {key: value for key, value in facts.items() if value is not None}
        return Record(
            name,
            verb,
            before,
            after,
            self.as_of,
            self.now,
            self.by,
            facts={"revision": self.revision, **given},
        )


def publish(
    schedule: Schedule,
    standing: Mapping[str, Assignment],
    *,
    revision: int,
    as_of: date,
    now: datetime,
    by: str = PUBLISH,
) -> Publication:
    """What publishing `schedule` does to the assignments that stand (none: the first publication).

    Progress is kept: matched assignments change their dates only, unfinished ones without a match are
    cancelled, done ones stay (engine.md, *Revision*). Occurrences match by the date before rolling.
    """
    stamp = _Stamp(schedule.id, revision, as_of, now, by)
    match = _Matcher(schedule, standing)
    created, changed, renamed, unchanged = list[Change](), list[Change](), list[tuple[str, str]](), 0
    matched: set[str] = set()
    for planned in planned_assignments(schedule):
        found = match.find(planned)
        if found is None:
            created.append(_create(planned, stamp))
            continue
        matched.add(found.id)
        if found.id != planned.id:
            renamed.append((found.id, planned.id))
        change = _revise(found, planned, stamp)
        if change is None:
            unchanged += 1
        else:
            changed.append(change)
    gone = (a for a in standing.values() if a.id not in matched and a.facts.replaces is None)
    removed = tuple(_remove(a, stamp) for a in gone if a.state in UNFINISHED)
    return Publication(tuple(created), tuple(changed), removed, tuple(renamed), unchanged)


def planned_assignments(schedule: Schedule) -> Iterator[ScheduledAssignment]:
    """Every assignment of a plan, in the order of its tasks."""
    for task in schedule.tasks.values():
        yield from task.assignments


class _Matcher:
    """Finds the standing assignment that a planned one continues."""

    def __init__(self, schedule: Schedule, standing: Mapping[str, Assignment]) -> None:
        self._was = {task.id: task.was for task in schedule.tasks.values() if task.was is not None}
        self._named = standing
        self._by_day = {
            (a.task, a.unit, a.unrolled_due): a for a in standing.values() if a.occurrence is not None
        }

    def find(self, planned: ScheduledAssignment) -> Assignment | None:
        task = planned.task
        # A rename counts only until it has been carried out: the new name then stands by itself.
        for name in (task, self._was.get(task)):
            if name is None:
                continue
            if planned.occurrence is not None:
                found = self._by_day.get((name, planned.unit, planned.unrolled_due))
            else:
                found = self._named.get(f"{name}/{planned.unit}")
            if found is not None:
                return found
        return None


def _create(planned: ScheduledAssignment, stamp: _Stamp) -> Change:
    """A new assignment; one whose due date has passed already waits for the office before any ladder."""
    start = planned.start
    start = max(start, stamp.as_of) if start is not None else None
    late = planned.due is not None and planned.due < stamp.as_of
    assignment = Assignment(
        number=0, plan=stamp.plan, id=planned.id, task=planned.task, unit=planned.unit,
        occurrence=planned.occurrence, state=State.WAITING, start=start,
        original_due=planned.due, due=planned.due, unrolled_due=planned.unrolled_due, next_look=stamp.as_of,
        facts=replace(NOTHING_KNOWN, late_at_publication=True) if late else NOTHING_KNOWN,
    )  # fmt: skip
    due = planned.due.isoformat() if planned.due else None
    record = stamp.record(planned.id, Verb.CREATE, None, State.WAITING, due=due)
    return Change(
        None, assignment, record, (notice(assignment, NoticeKind.PUBLISHED, planned.unit, stamp.as_of),)
    )


def _revise(found: Assignment, planned: ScheduledAssignment, stamp: _Stamp) -> Change | None:
    """The same work under its new name and dates; None where nothing changes.

    A changed due date starts the ladder afresh; a granted extension wins unless the new date is later. What
    a revision had cancelled and a later one brings back waits again.
    """
    after = replace(
        found,
        id=planned.id,
        task=planned.task,
        occurrence=planned.occurrence,
        unrolled_due=planned.unrolled_due,
    )
    # What people cancelled stays so until the office reopens it.
    if found.state is State.CANCELLED and found.facts.removed_by_revision:
        after = replace(after, state=State.WAITING, finished_on=None, next_look=stamp.as_of)
    if after.state in UNFINISHED:
        after = _with_dates(after, planned, stamp)
    if after == found:
        return None
    moved = after.due != found.due
    record = stamp.record(
        planned.id, Verb.REVISE, found.state, after.state,
        due=after.due.isoformat() if moved and after.due else None,
        was_due=found.due.isoformat() if moved and found.due else None,
        was=found.id if found.id != planned.id else None,
    )  # fmt: skip
    told = moved and after.state is not State.SUBMITTED
    kind = NoticeKind.REDATED
    return Change(found, after, record, (notice(after, kind, after.unit, stamp.as_of),) if told else ())


def _with_dates(assignment: Assignment, planned: ScheduledAssignment, stamp: _Stamp) -> Assignment:
    start = planned.start
    if assignment.state is State.WAITING:
        start = (
            max(start, stamp.as_of) if start is not None and start != assignment.start else assignment.start
        )
        if planned.start is None:
            start = None
    elif assignment.start is not None:
        start = assignment.start
    facts = replace(assignment.facts, removed_by_revision=False)
    after = replace(assignment, start=start, original_due=planned.due, facts=facts)
    if planned.due == assignment.original_due:
        return after
    extension = assignment.facts.extension
    granted = extension is not None and extension.state is Asked.GRANTED
    due = planned.due
    if granted and assignment.due is not None and (due is None or due <= assignment.due):
        due = assignment.due
    if due == assignment.due:
        return after
    fresh = replace(after.facts, late_at_publication=False, held_until=None, promise=None)
    return replace(after, due=due, rung=0, reminded_for=None, next_look=stamp.as_of, facts=fresh)


def _remove(assignment: Assignment, stamp: _Stamp) -> Change:
    """Unfinished work that the plan no longer has is cancelled, with the revision as the reason."""
    after = replace(
        assignment,
        state=State.CANCELLED,
        finished_on=stamp.as_of,
        next_look=None,
        facts=replace(assignment.facts, removed_by_revision=True),
    )
    record = stamp.record(assignment.id, Verb.CANCEL, assignment.state, after.state)
    told = assignment.state is not State.WAITING
    kind = NoticeKind.CANCELLED
    return Change(assignment, after, record, (notice(after, kind, after.unit, stamp.as_of),) if told else ())
