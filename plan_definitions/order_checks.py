"""Checks of dates and order: what comes after what, and whether the dates agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce

from plan_definitions.dates import TaskDates
from plan_definitions.diagnostics import Diagnostic, Phrase
from plan_definitions.graph import Arrow, Graph
from plan_definitions.model import Dependency, Kind
from plan_definitions.under_check import UnderCheck, error, warning
from plan_definitions.working_days import FIRST_YEAR, LAST_YEAR, SATURDAY, DateOutOfRange, public_holidays

_MAX_EDGES = 12


def cycles(plan: UnderCheck) -> Iterator[Diagnostic]:
    """No task waits for itself, directly or through others; soft edges state an order too and count."""
    tasks = plan.definition.tasks
    for task in tasks.values():
        for before in task.after:
            if before.task.text == task.id:
                message = Phrase("task `{name}` waits for itself", {"name": task.id})
                yield error("self-dependency", before.task.place, message)
    others = {name: [d.task.text for d in t.after if d.task.text != name] for name, t in tasks.items()}
    for cycle in Graph.of(others).cycles():
        place = _edge(plan, cycle[-1]).task.place
        yield error("cycle", place, Phrase("tasks wait in a circle: {edges}", {"edges": _told(plan, cycle)}))


def _told(plan: UnderCheck, cycle: tuple[Arrow, ...]) -> Phrase:
    """The cycle edge by edge, each with its line."""
    told = reduce(
        lambda first, second: Phrase("{first}; {second}", {"first": first, "second": second}),
        (_told_edge(plan, arrow) for arrow in cycle[:_MAX_EDGES]),
    )
    if len(cycle) > _MAX_EDGES:
        told = Phrase("{first}; and {count} more", {"first": told, "count": len(cycle) - _MAX_EDGES})
    return told


def _told_edge(plan: UnderCheck, arrow: Arrow) -> Phrase:
    before, name = arrow
    values = {"task": name, "before": before, "line": _edge(plan, arrow).task.place.line}
    return Phrase("`{task}` after `{before}` (line {line})", values)


def _edge(plan: UnderCheck, arrow: Arrow) -> Dependency:
    before, name = arrow
    return next(d for d in plan.definition.tasks[name].after if d.task.text == before)


def double_dependencies(plan: UnderCheck) -> Iterator[Diagnostic]:
    """A predecessor is named once: two lags for one edge would contradict each other."""
    for task in plan.definition.tasks.values():
        if len(task.after) < 2:  # noqa: PLR2004 - nothing to compare
            continue
        seen: set[str] = set()
        for before in task.after:
            if before.task.text in seen:
                message = Phrase("`{name}` stands twice under `after`", {"name": before.task.text})
                yield error("double-dependency", before.task.place, message)
            seen.add(before.task.text)


def missing_dates(plan: UnderCheck) -> Iterator[Diagnostic]:
    """A task or event is due some day or repeats; only standing work has no date."""
    for task in plan.readable_tasks():
        if task.due is None and task.repeat is None and task.kind is not Kind.ONGOING:
            message = Phrase("task `{name}` has neither `due` nor `repeat`", {"name": task.id})
            mend = Phrase("for standing work write `kind: ongoing`")
            yield error("missing-due", task.place, message, mend)


def plan_without_dates(plan: UnderCheck) -> Iterator[Diagnostic]:
    """A plan has at least one due date: rehearsal, the forecast and next year's plan reckon from its days."""
    tasks = list(plan.readable_tasks())
    if len(tasks) < len(plan.definition.tasks) or any(task.due or task.repeat for task in tasks):
        return
    if tasks and all(task.kind is Kind.ONGOING for task in tasks):
        message = Phrase("all of the plan is standing work: no task has a date")
        mend = Phrase("give one task a `due`, or standing work its check-ins with `repeat`")
        yield error("no-dates", plan.place("plan", ""), message, mend)


def due_before_start(plan: UnderCheck) -> Iterator[Diagnostic]:
    """The due date, rolled, is not before the start."""
    for task in plan.readable_tasks():
        dates = plan.dates.get(task.id)
        if dates is None or task.repeat or task.due is None or not dates.start or not dates.due:
            continue
        if dates.due < dates.start:
            message = Phrase(
                "due {due}, before it starts on {start}", {"due": dates.due, "start": dates.start}
            )
            yield error("due-before-start", task.due.place, message, _rolled(plan, dates))


def due_before_predecessor(plan: UnderCheck) -> Iterator[Diagnostic]:
    """No task is due before one that it waits for, lag included; rolled dates count, soft edges do not."""
    for task in plan.readable_tasks():
        dates = plan.dates.get(task.id)
        if dates is None:
            continue
        for before in task.after:
            earlier = plan.dates.get(before.task.text)
            if before.soft or earlier is None or before.task.text == task.id:
                continue
            for own, needed in _compared(plan, dates, before, earlier):
                if own < needed:
                    yield _contradiction(plan, before, dates, own, earlier.due, needed)
                    break


def _compared(
    plan: UnderCheck, dates: TaskDates, before: Dependency, earlier: TaskDates
) -> Iterator[tuple[date, date]]:
    """Pairs of a due date and the earliest it may be.

    A repeated predecessor means all its occurrences, except that a unit's own n-th turn follows its own n-th
    turn where both repeat alike.
    """
    turns, earlier_turns = dates.occurrences, earlier.occurrences
    if before.same_unit and turns and len(turns) == len(earlier_turns):
        pairs = [(own.due, other.due) for own, other in zip(turns, earlier_turns, strict=True)]
    else:
        first = turns[0].due if turns else dates.due
        pairs = [(first, earlier.due)] if first and earlier.due else []
    for own, other in pairs:
        try:
            yield own, plan.calendar.add(other, before.lag) if before.lag else other
        except DateOutOfRange:
            yield own, date.max


def _contradiction(
    plan: UnderCheck, before: Dependency, dates: TaskDates, own: date, due: date | None, needed: date
) -> Diagnostic:
    values = {"due": own, "name": before.task.text, "before": due, "needed": needed}
    if before.lag is None:
        message = Phrase("due {due}, before `{name}`, which it waits for, is due on {before}", values)
    else:
        message = Phrase("due {due}, but with its lag after `{name}` it cannot be before {needed}", values)
    return error("due-before-predecessor", before.task.place, message, _rolled(plan, dates))


def _rolled(plan: UnderCheck, dates: TaskDates) -> Phrase | None:
    """Why a due date is not the one that was written."""
    if dates.unrolled_due is None or dates.due == dates.unrolled_due:
        return None
    values: dict[str, object] = {"planned": dates.unrolled_due, "due": dates.due}
    name = plan.calendar.day_off_name(dates.unrolled_due)
    if name is None:
        return Phrase("{planned} is a day off and moved to {due}", values)
    return Phrase("{planned} is a day off ({name}) and moved to {due}", values | {"name": name})


def left_out_occurrences(plan: UnderCheck) -> Iterator[Diagnostic]:
    """A repeat that meets a week without working days loses that turn; the clerk should know."""
    for task in plan.readable_tasks():
        dates = plan.dates.get(task.id)
        if task.repeat is None or dates is None or not dates.left_out:
            continue
        days = ", ".join(day.isoformat() for day in dates.left_out[:_MAX_EDGES])
        message = Phrase("no working day of its own is left for the occurrence of {days}", {"days": days})
        yield warning("left-out-occurrence", task.repeat.place, message)


def unvouched_years(plan: UnderCheck) -> Iterator[Diagnostic]:
    """Every year the plan reaches into has holidays that somebody checked (calendar.yaml, `vouched`)."""
    years = {
        day.year
        for dates in plan.dates.values()
        for day in (dates.start, dates.due, dates.unrolled_due, *(turn.due for turn in dates.occurrences))
        if day is not None
    }
    for year in sorted(years):
        if not plan.calendar.vouches_for(year) and "vouched" not in plan.unread:
            message = Phrase("nobody has vouched for the holidays of {year} in the calendar", {"year": year})
            mend = Phrase("check the announced days off, then add {year} to `vouched`", {"year": year})
            yield warning("unvouched-year", plan.place("calendar", ""), message, mend)


def needless_make_up_days(plan: UnderCheck) -> Iterator[Diagnostic]:
    """A make-up working day is a weekend or holiday on which nobody would work otherwise."""
    for day in plan.definition.calendar.working_days:
        if _works_anyway(day):
            message = Phrase("{day} is a working day anyway and makes up for nothing", {"day": day})
            yield warning("needless-make-up-day", plan.place("working_day", day.isoformat()), message)


def _works_anyway(day: date) -> bool:
    """Whether a day is neither a weekend nor a public holiday."""
    known = FIRST_YEAR <= day.year <= LAST_YEAR
    return known and day.weekday() < SATURDAY and day not in public_holidays(day.year).days_off
