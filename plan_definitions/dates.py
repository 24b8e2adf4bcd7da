"""Dates of a plan: expressions over anchors and other tasks, occurrences of repeated ones, roll."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from plan_definitions.diagnostics import Diagnostic, Phrase, Severity
from plan_definitions.graph import Graph
from plan_definitions.model import (
    DateExpression,
    Kind,
    Offset,
    PlanDefinition,
    Repeat,
    Roll,
    Step,
    TaskDefinition,
)
from plan_definitions.references import References
from plan_definitions.source import Place
from plan_definitions.working_days import FIRST_YEAR, LAST_YEAR, DateOutOfRange, WorkingCalendar

MAX_OCCURRENCES = 500
"""More repeats than a weekly task has in nine years are a slip of the pen in a bound."""

_NO_OFFSET = Offset(0, Step.DAY)


class Occurrence(NamedTuple):
    """One turn of a repeated task: it opens on `start` and is due on `due`, the rolled `unrolled_due`."""

    start: date
    due: date
    unrolled_due: date


class TaskDates(NamedTuple):
    """The planned dates of a task; None where the plan gives none.

    A repeated task starts at its `from` bound and is due with its last occurrence. `left_out` are days on
    which an occurrence would fall due no later than the one before it, rolled back over a week of holidays.
    """

    start: date | None = None
    due: date | None = None
    unrolled_due: date | None = None
    occurrences: tuple[Occurrence, ...] = ()
    left_out: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedDates:
    """The dates of every task that has them, and what stood in the way of the others."""

    tasks: Mapping[str, TaskDates]
    diagnostics: tuple[Diagnostic, ...]


def effective_roll(task: TaskDefinition) -> Roll:
    """How a task's due date moves off a day off: an event always keeps its date (language.md, *Kinds*)."""
    return Roll.KEEP if task.kind is Kind.EVENT else task.roll


def repeat_days(repeat: Repeat, first: date, last: date) -> Iterator[date]:
    """The unrolled due dates of a repeated task, both bounds included (language.md, *Repeat*).

    `every N weeks` counts from the first such weekday; a day that a month lacks is its last day.
    """
    if repeat.weekday is not None:
        day = first + timedelta((repeat.weekday - first.weekday()) % 7)
        while day <= last:
            yield day
            day += timedelta(weeks=repeat.every_weeks)
        return
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        day = date(year, month, min(repeat.month_day or 1, monthrange(year, month)[1]))
        if first <= day <= last:
            yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months


def occurrences(
    days: Iterable[date], first: date, roll: Roll, calendar: WorkingCalendar
) -> tuple[tuple[Occurrence, ...], tuple[date, ...]]:
    """The turns of a repeated task, and the days left out because no working day of their own remains.

    The first turn opens on `first`, each further one on the working day after the due date before it
    (engine.md); with `roll: previous` a whole week off would make two fall due on one day.
    """
    kept: list[Occurrence] = []
    left_out: list[date] = []
    for day in days:
        due = calendar.roll(day, roll)
        if kept and due <= kept[-1].due:
            left_out.append(day)
            continue
        start = calendar.next_working_day(kept[-1].due) if kept else first
        kept.append(Occurrence(min(start, due), due, day))
    return tuple(kept), tuple(left_out)


def resolve_dates(
    definition: PlanDefinition, calendar: WorkingCalendar, unread: frozenset[str] = frozenset()
) -> ResolvedDates:
    """Work out the dates of all tasks, those that others are measured from first.

    Naming a task means its rolled, planned due date; for a repeated one that of its last occurrence. Names in
    `unread` were refused elsewhere: nothing that needs them is dated, and nothing is said about it.
    """
    resolver = _Resolver(definition, calendar, unread)
    measured_from = resolver.tasks_measured_from()
    graph = Graph.of(measured_from)
    on_cycles = resolver.refuse_cycles(graph)
    undatable = {*on_cycles, *graph.downstream(*on_cycles)}
    resolver.undated |= undatable
    rest = {name: given for name, given in measured_from.items() if name not in undatable}
    for name in Graph.of(rest).order():
        resolver.resolve(definition.tasks[name])
    return ResolvedDates(resolver.dates, (*resolver.diagnostics, *resolver.unknown.diagnostics()))


def expressions(task: TaskDefinition) -> Iterator[DateExpression]:
    """Every date expression of a task."""
    given = (task.repeat.first, task.repeat.last) if task.repeat else (task.start, task.due)
    return (expression for expression in given if expression is not None)


class _Undated(Exception):
    """A date cannot be known; the mistake behind it is already noted."""


class _Resolver:
    def __init__(self, definition: PlanDefinition, calendar: WorkingCalendar, unread: frozenset[str]) -> None:
        self.definition = definition
        self.calendar = calendar
        self.unread = unread
        self.dates: dict[str, TaskDates] = {}
        self.diagnostics: list[Diagnostic] = []
        self.undated: set[str] = set()
        self.unknown = References("unknown-anchor", _no_such_date, _places_of_dates(definition))
        self._evaluated: dict[tuple[str | date, Offset | None], date] = {}

    def tasks_measured_from(self) -> dict[str, list[str]]:
        """For each readable task, the tasks its dates are measured from."""
        tasks, anchors = self.definition.tasks, self.definition.anchors
        return {
            name: [
                e.base
                for e in expressions(task)
                if isinstance(e.base, str) and e.base not in anchors and e.base in tasks
            ]
            for name, task in tasks.items()
            if name not in self.unread
        }

    def refuse_cycles(self, graph: Graph) -> set[str]:
        """Note dates that are measured from each other; the names on such cycles."""
        for cycle in graph.cycles():
            chain = " → ".join(f"`{name}`" for name in (cycle[0][0], *(after for _, after in cycle)))
            message = Phrase("dates are measured from each other: {chain}", {"chain": chain})
            place = next(
                e.place for e in expressions(self.definition.tasks[cycle[0][0]]) if e.base == cycle[-1][0]
            )
            help_ = Phrase("measure one of them from an anchor")
            self.diagnostics.append(Diagnostic("date-cycle", Severity.ERROR, place, message, help_))
        return {name for cycle in graph.cycles() for name, _ in cycle}

    def resolve(self, task: TaskDefinition) -> None:
        """Note the dates of one task, or that it has none because of a mistake."""
        try:
            self.dates[task.id] = self._repeated(task.repeat, task) if task.repeat else self._single(task)
        except _Undated:
            self.undated.add(task.id)

    def _single(self, task: TaskDefinition) -> TaskDates:
        start, unrolled = self._all(task.start, task.due)
        if unrolled is None:
            return TaskDates(start)
        return TaskDates(start, self.calendar.roll(unrolled, effective_roll(task)), unrolled)

    def _repeated(self, repeat: Repeat, task: TaskDefinition) -> TaskDates:
        first, last = self._all(repeat.first, repeat.last)
        if first is None or last is None:
            raise _Undated
        days = list(islice(repeat_days(repeat, first, last), MAX_OCCURRENCES + 1))
        bounds = {"first": first, "last": last, "most": MAX_OCCURRENCES}
        if not days:
            message = Phrase("no such day lies from {first} to {last}", bounds)
            raise self._refuse("empty-repeat", repeat.place, message)
        if len(days) > MAX_OCCURRENCES:
            message = Phrase("more than {most} occurrences from {first} to {last}", bounds)
            raise self._refuse("too-many-occurrences", repeat.place, message)
        turns, left_out = occurrences(days, first, effective_roll(task), self.calendar)
        return TaskDates(turns[0].start, turns[-1].due, turns[-1].unrolled_due, turns, left_out)

    def _all(self, *given: DateExpression | None) -> tuple[date | None, ...]:
        """Evaluate each, so that a mistake in one does not hide a mistake in the next."""
        days: list[date | None] = []
        undated = False
        for expression in given:
            try:
                days.append(None if expression is None else self.evaluate(expression))
            except _Undated:
                undated = True
        if undated:
            raise _Undated
        return tuple(days)

    def evaluate(self, expression: DateExpression) -> date:
        """The date an expression means; raises `_Undated` once its mistake is noted."""
        key = (expression.base, expression.offset)
        day = self._evaluated.get(key)
        if day is None:
            base = expression.base
            day = self._named(base, expression.place) if isinstance(base, str) else base
            try:
                day = self.calendar.add(day, expression.offset or _NO_OFFSET)
                if not FIRST_YEAR < day.year < LAST_YEAR:
                    # A year of margin, so that whatever is counted from a plan's dates has a calendar.
                    raise DateOutOfRange(day)  # noqa: TRY301
            except DateOutOfRange:
                raise self._out_of_range(expression.place) from None
            self._evaluated[key] = day
        return day

    def _named(self, name: str, place: Place) -> date:
        day = self.definition.anchors.get(name)
        if day is not None:
            return day
        if name in self.unread or name in self.undated:
            raise _Undated
        dates = self.dates.get(name)
        if dates is None:
            self.unknown.add(name, place)
            raise _Undated
        if dates.due is None:
            message = Phrase("task `{name}` has no due date to measure from", {"name": name})
            raise self._refuse("undated-task", place, message)
        return dates.due

    def _out_of_range(self, place: Place) -> _Undated:
        years = {"first": FIRST_YEAR + 1, "last": LAST_YEAR - 1}
        message = Phrase("this date lies outside the years {first} to {last}", years)
        return self._refuse("date-out-of-range", place, message)

    def _refuse(self, code: str, place: Place, message: Phrase) -> _Undated:
        self.diagnostics.append(Diagnostic(code, Severity.ERROR, place, message))
        return _Undated(code)


def _no_such_date(name: str) -> Phrase:
    return Phrase("`{name}` is neither an anchor nor a task of this plan", {"name": name})


def _places_of_dates(definition: PlanDefinition) -> dict[str, Place | None]:
    """What a date may be measured from, and where it stands."""
    anchors = {name: definition.places.get(("anchor", name)) for name in definition.anchors}
    return {**{task.id: task.place for task in definition.tasks.values()}, **anchors}
