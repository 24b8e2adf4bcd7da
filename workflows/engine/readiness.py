"""When a task counts as complete, when its successors may open, and who holds them up."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from plan_definitions.model import Threshold
from plan_definitions.schedule import Edge, ScheduledTask
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import State


@dataclass(frozen=True, slots=True)
class Completion:
    """How far one occurrence of a task has come.

    `finished_on` is the day it came to count as complete, `done_on` the day the work that completed it was
    done (lags count from it); both None while it is not. `all_cancelled` says that nothing was left to do.
    """

    finished_on: date | None
    done_on: date | None
    all_cancelled: bool
    missing: tuple[Assignment, ...]

    @property
    def satisfied(self) -> bool:
        """Whether successors may follow."""
        return self.finished_on is not None


@dataclass(frozen=True, slots=True)
class Readiness:
    """The day an assignment may open (None while others hold it up) and what it waits for."""

    day: date | None
    waits_for: tuple[Assignment, ...] = ()


def completion(members: Sequence[Assignment], threshold: Threshold) -> Completion:
    """Judge the assignments of one task and occurrence.

    Cancelled ones leave the count; all cancelled counts as satisfied (engine.md, *Completion*). The day is
    the first on which enough were done of those not cancelled by then.
    """
    ended = sorted(
        (a for a in members if a.state in (State.DONE, State.CANCELLED)),
        key=lambda a: a.finished_on or date.min,
    )
    left, done_days = len(members), list[date]()
    for position, assignment in enumerate(ended):
        if assignment.state is State.CANCELLED:
            left -= 1
        else:
            insort(done_days, assignment.done_on or assignment.finished_on or date.min)
        same_day = position + 1 < len(ended) and ended[position + 1].finished_on == assignment.finished_on
        needed = threshold.needed(left)
        if not same_day and len(done_days) >= needed:
            day = assignment.finished_on or date.min
            return Completion(day, done_days[needed - 1] if needed else day, left == 0, ())
    missing = tuple(a for a in members if a.state not in (State.DONE, State.CANCELLED))
    return Completion(None, None, False, missing)


def predecessors(
    assignment: Assignment, edge: Edge, situation: Situation
) -> tuple[tuple[Assignment, ...], Threshold]:
    """The assignments an edge ties `assignment` to, and how many of them it takes.

    `same_unit` ties to the unit's own (the same occurrence where both tasks repeat alike), otherwise the
    predecessor's threshold holds; a repeated predecessor means all its occurrences.
    """
    before = situation.schedule.tasks[edge.task]
    members = situation.of_task(edge.task)
    if not edge.same_unit:
        return members, before.complete_when
    own = tuple(a for a in members if a.unit == assignment.unit)
    if assignment.occurrence is not None and before.repeats:
        own = tuple(a for a in own if a.occurrence == assignment.occurrence) or own
    return own, Threshold()


def _by_occurrence(members: Iterable[Assignment]) -> list[list[Assignment]]:
    grouped: dict[int | None, list[Assignment]] = {}
    for member in members:
        grouped.setdefault(member.occurrence, []).append(member)
    return list(grouped.values())


def edge_completions(assignment: Assignment, edge: Edge, situation: Situation) -> list[Completion]:
    """One judgement for each occurrence that the edge waits for."""
    members, threshold = predecessors(assignment, edge, situation)
    return [completion(group, threshold) for group in _by_occurrence(members)]


def readiness(assignment: Assignment, situation: Situation) -> Readiness:
    """When a waiting assignment may open: every hard predecessor satisfied, lags passed, start come.

    The day is computed from the facts alone, so that rounds missed in between do not change it.
    """
    task = situation.schedule.tasks[assignment.task]
    day = assignment.start or date.min
    waits_for: list[Assignment] = []
    for edge in task.after:
        if edge.soft:
            continue
        for judged in edge_completions(assignment, edge, situation):
            if judged.finished_on is None or judged.done_on is None:
                waits_for.extend(judged.missing)
                continue
            lagged = situation.calendar.add(judged.done_on, edge.lag) if edge.lag else judged.done_on
            day = max(day, judged.finished_on, lagged)
    return Readiness(None, tuple(waits_for)) if waits_for else Readiness(day)


def is_complete_without(assignment: Assignment, situation: Situation) -> bool:
    """Whether the task (this occurrence) has reached its threshold although `assignment` is unfinished."""
    task = situation.schedule.tasks[assignment.task]
    members = [a for a in situation.of_task(task.id) if a.occurrence == assignment.occurrence]
    return completion(members, task.complete_when).satisfied


def blockers(assignment: Assignment, situation: Situation) -> tuple[Assignment, ...]:
    """Who really holds a waiting assignment up: where a predecessor itself waits, those it waits for."""
    found: dict[str, Assignment] = {}
    seen: set[str] = set()
    pending = [assignment]
    while pending:
        current = pending.pop()
        for other in readiness(current, situation).waits_for:
            if other.id in seen:
                continue
            seen.add(other.id)
            deeper = other.state is State.WAITING and readiness(other, situation).waits_for
            if deeper:
                pending.append(other)
            else:
                found[other.id] = other
    return tuple(found[name] for name in sorted(found))


def due_when_opened(
    assignment: Assignment, task: ScheduledTask, opened_on: date, situation: Situation
) -> date | None:
    """The due date in force for work opened on a day: never less time than the plan gave, if opened late.

    Late against the plan's own start; without one, when the planned working days no longer fit. The later of
    the due date and opening plus the planned working days (engine.md, *Nobody is blamed*).
    """
    if assignment.due is None:
        return None
    planned = task.start if assignment.occurrence is None else assignment.start
    if planned is not None and opened_on <= planned:
        return assignment.due
    return max(assignment.due, situation.calendar.after(opened_on, task.span))
