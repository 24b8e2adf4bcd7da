"""From a checked definition to a schedule: groups fanned out, dates worked out, rules filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from plan_definitions.dates import ResolvedDates, TaskDates, effective_roll, resolve_dates
from plan_definitions.model import Kind, Ladder, Office, PlanDefinition, TaskDefinition
from plan_definitions.schedule import Edge, Schedule, ScheduledTask, Turn
from plan_definitions.slack import Allowance, allowances
from plan_definitions.working_days import WorkingCalendar

DEFAULT_LADDER = "default"

_NOBODY_REMINDED = Ladder(DEFAULT_LADDER, remind=(), escalate=())
"""Stands for `default` in a plan that has none; the checks warn of it (`missing-default-ladder`)."""


class MovedDate(NamedTuple):
    """A due date rolled off a day off; `day_off` is the name of the holiday, None for a weekend."""

    task: str
    occurrence: int | None
    planned: date
    due: date
    day_off: str | None


def schedule(
    definition: PlanDefinition, calendar: WorkingCalendar, resolved: ResolvedDates | None = None
) -> Schedule:
    """Work a plan out, for publishing; `definition` has passed the checks without errors.

    `resolved` are its dates where the caller has worked them out already.

    Raises ValueError where it has not: a name, a date or an order that `checks.check` refuses.
    """
    resolved = resolved or resolve_dates(definition, calendar)
    if resolved.diagnostics:
        codes = ", ".join(sorted({diagnostic.code for diagnostic in resolved.diagnostics}))
        raise ValueError(f"the plan {definition.id} has mistakes: {codes}")
    allowed = allowances(definition, resolved.tasks, calendar)
    tasks = {
        name: _scheduled(task, definition, resolved.tasks[name], allowed[name])
        for name, task in definition.tasks.items()
    }
    return Schedule(
        id=definition.id,
        title=definition.title,
        theme=definition.theme,
        office=definition.office,
        calendar=definition.calendar,
        document=definition.document,
        clauses=definition.clauses or {},
        anchors=definition.anchors,
        tasks=tasks,
    )


def lead_units(task: TaskDefinition, office: Office) -> tuple[str, ...]:
    """The units that each hold an assignment of a task."""
    return office.members(task.lead.name.text)


def helper_units(task: TaskDefinition, office: Office) -> tuple[str, ...]:
    """The units that help, groups expanded, each once; whoever leads does not help itself."""
    named = (unit for name in task.helpers for unit in office.members(name.text))
    leads = frozenset(lead_units(task, office))
    return tuple(unit for unit in dict.fromkeys(named) if unit not in leads)


def moved_dates(plan: Schedule, calendar: WorkingCalendar) -> tuple[MovedDate, ...]:
    """Every due date that rolled, in the order of the plan: no move is silent (language.md, *Dates*)."""
    return tuple(_moves(plan, calendar))


def _moves(plan: Schedule, calendar: WorkingCalendar) -> Iterator[MovedDate]:
    for task in plan.tasks.values():
        for turn in task.turns:
            if turn.due is not None and turn.unrolled_due not in (None, turn.due):
                reason = calendar.day_off_name(turn.unrolled_due)
                yield MovedDate(task.id, turn.occurrence, turn.unrolled_due, turn.due, reason)


def _scheduled(
    task: TaskDefinition, definition: PlanDefinition, dates: TaskDates, allowed: Allowance
) -> ScheduledTask:
    return ScheduledTask(
        id=task.id,
        title=task.title,
        kind=task.kind,
        leads=lead_units(task, definition.office),
        helpers=helper_units(task, definition.office),
        each=task.lead.name.text if task.lead.each else None,
        helper_names=tuple(name.text for name in task.helpers),
        start=dates.start,
        due=dates.due,
        unrolled_due=dates.unrolled_due,
        span=allowed.span,
        roll=effective_roll(task),
        repeats=task.repeat is not None,
        after=tuple(Edge(d.task.text, d.lag, d.soft, d.same_unit) for d in task.after),
        ladder=_ladder(task, definition.ladders),
        clauses=tuple(clause.text for clause in task.clauses),
        evidence=task.evidence,
        none_allowed=task.none_allowed,
        confidential=task.confidential,
        accept=None if task.accept is None else task.accept.text,
        complete_when=task.complete_when,
        indicators=task.indicators,
        budget=task.budget,
        note=task.note,
        was=task.was,
        critical=allowed.critical,
        slack=allowed.slack,
        turns=tuple(_turns(task, dates)),
        opens=allowed.opens,
    )


def _ladder(task: TaskDefinition, ladders: Mapping[str, Ladder]) -> Ladder:
    if task.ladder is not None:
        return ladders[task.ladder.text]
    return ladders.get(DEFAULT_LADDER, _NOBODY_REMINDED)


def _turns(task: TaskDefinition, dates: TaskDates) -> Iterator[Turn]:
    """One of a plain task, one an occurrence of a repeated one; ongoing work stands beside its check-ins.

    The standing turn of repeated ongoing work has no due date: its check-ins fall due, it never does.
    """
    if not dates.occurrences:
        yield Turn(None, dates.start, dates.due, dates.unrolled_due)
        return
    if task.kind is Kind.ONGOING:
        yield Turn(None, dates.start, None, None)
    for n, found in enumerate(dates.occurrences, 1):
        yield Turn(n, found.start, found.due, found.unrolled_due)
