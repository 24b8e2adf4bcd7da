"""When an assignment may open, who holds it up, and how much time it then has."""

from dataclasses import dataclass
from datetime import date, timedelta

from plan_definitions.model import Threshold
from plan_definitions.schedule import Edge, ScheduledTask
from workflows.engine.completion import Completion, completion
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import State


@dataclass(frozen=True, slots=True)
class Readiness:
    """The day an assignment may open (None while others hold it up) and what it waits for.

    `allowed` is the day on which predecessors and lags let it go, whatever its own start says. `morning` is
    the day on which a daily round opens it: a report of one day is followed up on the morning after.
    """

    day: date | None
    waits_for: tuple[Assignment, ...] = ()
    allowed: date = date.min
    morning: date = date.min


def edge_completions(assignment: Assignment, edge: Edge, situation: Situation) -> list[Completion]:
    """One judgement for each occurrence that the edge waits for.

    `same_unit` ties to the unit's own (the same occurrence where both tasks repeat alike), otherwise the
    predecessor's threshold holds; a repeated predecessor means all its occurrences.
    """
    if not edge.same_unit:
        return list(situation.completions(edge.task).values())
    return [completion(group, Threshold()) for group in own_groups(assignment, edge, situation)]


def own_groups(assignment: Assignment, edge: Edge, situation: Situation) -> list[list[Assignment]]:
    """The unit's own work that a `same_unit` edge waits for, by occurrence."""
    groups: dict[int | None, list[Assignment]] = {}
    for held in situation.own(edge.task, situation.origin(assignment)):
        groups.setdefault(held.occurrence, []).append(held)
    if situation.schedule.tasks[edge.task].repeats:
        groups.pop(None, None)
    if assignment.occurrence in groups and _repeat_alike(assignment.task, edge.task, situation):
        return [groups[assignment.occurrence]]
    return list(groups.values())


def _repeat_alike(one: str, other: str, situation: Situation) -> bool:
    """Whether two repeated tasks take turns together: as many of them."""
    return _turns(situation.schedule.tasks[one]) == _turns(situation.schedule.tasks[other])


def _turns(task: ScheduledTask) -> int:
    """How many turns each unit takes, without the standing work beside them."""
    return sum(turn.occurrence is not None for turn in task.turns)


def readiness(assignment: Assignment, situation: Situation) -> Readiness:
    """When a waiting assignment may open: every hard predecessor satisfied, lags passed, start come.

    The day is computed from the facts alone, so that rounds missed in between do not change it.
    """
    allowed = reported = date.min
    waits_for: list[Assignment] = []
    for edge in situation.schedule.tasks[assignment.task].after:
        if edge.soft:
            continue
        for judged in edge_completions(assignment, edge, situation):
            if judged.finished_on is None or judged.done_on is None:
                waits_for.extend(judged.missing)
                continue
            lagged = situation.calendar.add(judged.done_on, edge.lag) if edge.lag else judged.done_on
            allowed = max(allowed, judged.finished_on, lagged)
            reported = max(reported, judged.finished_on)
    if waits_for:
        return Readiness(None, tuple(waits_for))
    day = max(allowed, assignment.start or situation.first_day)
    return Readiness(day, (), allowed, max(day, reported + timedelta(1)))


def blockers(assignment: Assignment, situation: Situation) -> tuple[Assignment, ...]:
    """Who really holds a waiting assignment up: where a predecessor itself waits, those it waits for."""
    edges = situation.schedule.tasks[assignment.task].after
    if not edges:
        return ()
    # Only `same_unit` tells the members of a task apart: otherwise all of them wait for the same.
    key = assignment.id if any(edge.same_unit for edge in edges) else assignment.task
    if key not in situation.held_up_by:
        situation.held_up_by[key] = _blockers(assignment, situation)
    return situation.held_up_by[key]


def _blockers(assignment: Assignment, situation: Situation) -> tuple[Assignment, ...]:
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
    the due date and opening plus the planned working days (engine.md, *Nobody is blamed*). What was past due
    on the day of publication and opens on it keeps its date: the office says what becomes of it.
    """
    if assignment.due is None:
        return None
    planned = task.start if assignment.occurrence is None else assignment.start
    if planned is not None and opened_on <= planned:
        return assignment.due
    if assignment.facts.late_at_publication and opened_on <= (assignment.start or opened_on):
        return assignment.due
    return max(assignment.due, situation.calendar.after(opened_on, task.span))
