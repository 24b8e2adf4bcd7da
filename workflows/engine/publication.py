"""What publishing a plan does to assignments: all of them new, or, published again, a revision."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from plan_definitions.schedule import Schedule, ScheduledAssignment
from workflows.engine.notices import notice
from workflows.engine.records import (
    NOTHING_KNOWN,
    Asked,
    Assignment,
    Change,
    Facts,
    NoticeKind,
    Record,
)
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
    created, changed, renamed = list[Change](), list[Change](), list[tuple[str, str]]()
    matched: set[str] = set()
    for planned in planned_assignments(schedule):
        found = match.find(planned)
        if found is None:
            created.append(_create(match.name(planned), stamp))
            continue
        for held in match.holders(found):
            # Handed on to a unit for which the plan now has the same work: it is one assignment.
            if held.id in matched:
                continue
            matched.add(held.id)
            change = _revise(held, planned, stamp)
            if change is None:
                continue
            changed.append(change)
            if change.after.id != held.id:
                renamed.append((held.id, change.after.id))
    gone = (a for a in standing.values() if a.id not in matched and not _was_handed_on(a, schedule))
    removed = tuple(_remove(a, stamp) for a in gone if a.state in UNFINISHED)
    unchanged = len(matched) - len(changed)
    return Publication(tuple(created), tuple(changed), removed, tuple(renamed), unchanged)


def _was_handed_on(assignment: Assignment, schedule: Schedule) -> bool:
    """Whether people gave the work to a unit for which the plan has none: it stays while its task does."""
    return assignment.facts.replaces is not None and assignment.task in schedule.tasks


def planned_assignments(schedule: Schedule) -> Iterator[ScheduledAssignment]:
    """Every assignment of a plan, in the order of its tasks."""
    for task in schedule.tasks.values():
        yield from task.assignments


class _Matcher:
    """Finds the standing assignments that a planned one continues."""

    def __init__(self, schedule: Schedule, standing: Mapping[str, Assignment]) -> None:
        self._was = {task.id: task.was for task in schedule.tasks.values() if task.was is not None}
        self._named = standing
        self._taken = set(standing)
        self._by_day = {
            (a.task, a.unit, a.unrolled_due): a for a in standing.values() if a.occurrence is not None
        }

    def find(self, planned: ScheduledAssignment) -> Assignment | None:
        """The one of the same task, or of its old name, for the same unit; a turn by its date."""
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

    def holders(self, found: Assignment) -> Iterator[Assignment]:
        """An assignment and those it was handed on to: the plan's dates go with the work."""
        holder: Assignment | None = found
        while holder is not None:
            yield holder
            holder = self._named.get(holder.facts.replaced_by or "")

    def name(self, planned: ScheduledAssignment) -> ScheduledAssignment:
        """A new turn under a number that no other turn of its unit has: names are kept for life."""
        number = planned.occurrence
        while number is not None and _name(planned.task, planned.unit, number) in self._taken:
            number += 1
        name = _name(planned.task, planned.unit, number)
        self._taken.add(name)
        return replace(planned, id=name, occurrence=number)


def _name(task: str, unit: str, occurrence: int | None) -> str:
    return f"{task}/{unit}" if occurrence is None else f"{task}/{unit}/{occurrence}"


def _create(planned: ScheduledAssignment, stamp: _Stamp) -> Change:
    """A new assignment; one whose due date has passed already waits for the office before any ladder."""
    late = planned.due is not None and planned.due < stamp.as_of
    assignment = Assignment(
        number=0, plan=stamp.plan, id=planned.id, task=planned.task, unit=planned.unit,
        occurrence=planned.occurrence, state=State.WAITING, start=_start(planned, stamp),
        original_due=planned.due, due=planned.due, unrolled_due=planned.unrolled_due, next_look=stamp.as_of,
        facts=replace(NOTHING_KNOWN, late_at_publication=True) if late else NOTHING_KNOWN,
    )  # fmt: skip
    due = planned.due.isoformat() if planned.due else None
    record = stamp.record(planned.id, Verb.CREATE, None, State.WAITING, due=due)
    return Change(
        None, assignment, record, (notice(assignment, NoticeKind.PUBLISHED, planned.unit, stamp.as_of),)
    )


def _start(planned: ScheduledAssignment, stamp: _Stamp) -> date:
    """Nothing opens before it was published."""
    return stamp.as_of if planned.start is None else max(planned.start, stamp.as_of)


def _revise(found: Assignment, planned: ScheduledAssignment, stamp: _Stamp) -> Change | None:
    """The same work under its new name and dates; None where nothing changes.

    Turns keep their numbers: a revision that adds or drops one renames nobody's work. What a revision had
    cancelled and a later one brings back waits again.
    """
    after = found._replace(
        id=_name(planned.task, found.unit, found.occurrence),
        task=planned.task,
        facts=_with_links(found, planned.task),
    )
    # What people cancelled stays so until the office reopens it.
    if found.state is State.CANCELLED and found.facts.removed_by_revision:
        facts = replace(after.facts, removed_by_revision=False)
        after = after._replace(
            state=State.WAITING, opened_on=None, finished_on=None, next_look=stamp.as_of, facts=facts
        )
    if after.state in UNFINISHED:
        after = _with_dates(after, planned, stamp)
    if after == found:
        return None
    moved = after.due != found.due
    record = stamp.record(
        after.id, Verb.REVISE, found.state, after.state,
        due=after.due.isoformat() if moved and after.due else None,
        was_due=found.due.isoformat() if moved and found.due else None,
        was=found.id if found.id != after.id else None,
    )  # fmt: skip
    told = moved and after.state in UNFINISHED - {State.SUBMITTED}
    kind = NoticeKind.REDATED
    return Change(found, after, record, (notice(after, kind, after.unit, stamp.as_of),) if told else ())


def _with_links(assignment: Assignment, task: str) -> Facts:
    """The facts, with the names of those it replaces or is replaced by under the task's new name."""
    facts = assignment.facts
    if task == assignment.task or (facts.replaces is None and facts.replaced_by is None):
        return facts

    def renamed(name: str | None) -> str | None:
        return None if name is None else "/".join([task, *name.split("/")[1:]])

    return replace(facts, replaces=renamed(facts.replaces), replaced_by=renamed(facts.replaced_by))


def _with_dates(assignment: Assignment, planned: ScheduledAssignment, stamp: _Stamp) -> Assignment:
    """The plan's new dates. A changed due date starts the ladder afresh; time given beyond the plan's date
    (an extension, a late opening, a return) stays unless the new date is later (engine.md, *Revision*).
    """
    start = assignment.start
    if assignment.state is State.WAITING:
        # What may open already stays so: a later revision is no later publication.
        fresh = _start(planned, stamp)
        start = start if start is not None and max(start, stamp.as_of) == fresh else fresh
    after = assignment._replace(start=start, original_due=planned.due, unrolled_due=planned.unrolled_due)
    if planned.due == assignment.original_due:
        return after
    due, given = planned.due, assignment.due
    if due is not None and given is not None and _was_given_time(assignment) and given > due:
        due = given
    if due == given:
        return after
    late = due is not None and due < stamp.as_of
    facts = replace(after.facts, late_at_publication=late, held_until=None, promise=None)
    return after._replace(due=due, rung=0, reminded_for=None, next_look=stamp.as_of, facts=facts)


def _was_given_time(assignment: Assignment) -> bool:
    extension, original = assignment.facts.extension, assignment.original_due
    granted = extension is not None and extension.state is Asked.GRANTED
    return granted or original is None or (assignment.due is not None and assignment.due > original)


def _remove(assignment: Assignment, stamp: _Stamp) -> Change:
    """Unfinished work that the plan no longer has is cancelled, with the revision as the reason."""
    after = assignment._replace(
        state=State.CANCELLED,
        finished_on=stamp.as_of,
        next_look=None,
        facts=replace(assignment.facts, removed_by_revision=True),
    )
    record = stamp.record(assignment.id, Verb.CANCEL, assignment.state, after.state)
    told = assignment.state is not State.WAITING
    kind = NoticeKind.CANCELLED
    return Change(assignment, after, record, (notice(after, kind, after.unit, stamp.as_of),) if told else ())
