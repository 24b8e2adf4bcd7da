"""`dondoc show`: the tasks of a plan with owners and resolved dates."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

import typer

from plan_definitions.diagnostics import Phrase, did_you_mean
from plan_definitions.overview import budget_by_source, clause_coverage, critical_chain
from plan_definitions.schedule import Schedule, ScheduledTask
from plan_definitions.scheduling import moved_dates
from plan_definitions.working_days import WorkingCalendar
from workflows.cli import output
from workflows.cli.parameters import AsJson, PlanFile, UnitName
from workflows.cli.plans import accepted_plan
from workflows.cli.session import Session
from workflows.errors import NotFound
from workflows.texts import N_, Language, count, date_numeric, date_short, day_month, money

_ANCHORS = N_("Anchors")
_DUE, _TASK, _ID, _LEADS = N_("Due"), N_("Task"), N_("Name in the plan"), N_("Leads")
_HELPS, _SLACK = N_("Helps"), N_("Slack")
_NARROW = 100
"""On a terminal narrower than this who helps is left out: dates and titles matter more."""


class By(StrEnum):
    """What the table may be parted by."""

    WEEK = "week"
    UNIT = "unit"


class _Part(NamedTuple):
    """A table of its own: all tasks, those of a week, those of a unit."""

    heading: str
    tasks: Sequence[ScheduledTask]
    monday: date | None = None
    unit: str | None = None


def show(
    context: typer.Context,
    plan: PlanFile,
    unit: UnitName = None,
    by: Annotated[
        By | None, typer.Option("--by", help=N_("A table for each week in which something is due, or unit."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a plan's tasks, owners and dates; with `unit`, those it leads or helps with."""
    session = Session.of(context)
    schedule = accepted_plan(plan).schedule
    if unit is not None and unit not in schedule.office.units:
        raise NotFound("there is no unit `{name}`", did_you_mean(unit, schedule.office.units), name=unit)
    tasks = [task for task in schedule.tasks.values() if unit is None or unit in (*task.leads, *task.helpers)]
    if as_json:
        output.document(_document(schedule, tasks, unit), session.translate)
    else:
        _print_head(schedule, session)
        for part in _parts(schedule, tasks, unit, by, session):
            _print_part(schedule, part, session)
        _print_critical(schedule, session)
        _print_sums(schedule, session)


def _document(schedule: Schedule, tasks: Iterable[ScheduledTask], unit: str | None) -> dict[str, object]:
    sums, coverage = budget_by_source(schedule), clause_coverage(schedule)
    return {
        "plan": schedule.id,
        "title": schedule.title,
        "anchors": schedule.anchors,
        "units": [
            {"id": u.id, "name": u.name} for u in schedule.office.units.values() if unit in (None, u.id)
        ],
        "tasks": [_task_document(task, unit) for task in tasks],
        "budget": {"total": sum(sums.values()), "by_source": sums},
        "clauses": {"covered": coverage.covered, "missing": coverage.missing},
    }


def _task_document(task: ScheduledTask, unit: str | None) -> dict[str, object]:
    """A task as JSON; `lead` is a unit, or `{"each": GROUP}` as in the plan file."""
    return {
        "id": task.id,
        "title": task.title,
        "lead": task.leads[0] if task.each is None else {"each": task.each},
        "with": task.helper_names,
        "start": task.start,
        "due": task.due,
        "after": [edge.task for edge in task.after],
        "clauses": task.clauses,
        "critical": task.critical,
        "assignments": [
            {"id": held.id, "unit": held.unit, "start": held.start, "due": held.due}
            for held in task.assignments
            if unit is None or held.unit == unit
        ],
    }


def _print_head(schedule: Schedule, session: Session) -> None:
    print(schedule.title)
    anchors = (f"{name} {date_numeric(day, session.language)}" for name, day in schedule.anchors.items())
    print(f"{session.translate(_ANCHORS)}: {', '.join(anchors)}")


def _parts(
    schedule: Schedule, tasks: Sequence[ScheduledTask], unit: str | None, by: By | None, session: Session
) -> Iterator[_Part]:
    """The tables to print, in the order of the weeks, or of the units in units.yaml."""
    if by is None:
        yield _Part("", tasks)
    elif by is By.WEEK:
        mondays = sorted({monday for task in tasks for monday in _weeks(task)})
        for monday in mondays:
            values = {
                "first": date_short(monday, session.language),
                "last": date_short(monday + timedelta(6), session.language),
            }
            heading = Phrase("From {first} to {last}", values).say(session.translate)
            due = [task for task in tasks if monday in _weeks(task)]
            yield _Part(heading, sorted(due, key=lambda task: _days_in(task, monday)), monday)
        if undated := [task for task in tasks if not _weeks(task)]:
            yield _Part(session.translate(N_("Standing work")), undated)
    else:
        for found in schedule.office.units.values():
            led = [task for task in tasks if found.id in task.leads]
            if led and unit in (None, found.id):
                yield _Part(found.name, sorted(led, key=lambda task: task.due or date.max), unit=found.id)


def _weeks(task: ScheduledTask) -> set[date]:
    """The Mondays of the weeks in which something of a task is due."""
    return {turn.due - timedelta(turn.due.weekday()) for turn in task.turns if turn.due is not None}


def _days_in(task: ScheduledTask, monday: date) -> list[date]:
    """The days of a week on which a task is due."""
    days = {turn.due for turn in task.turns if turn.due is not None}
    return sorted(day for day in days if monday <= day < monday + timedelta(7))


def _print_part(schedule: Schedule, part: _Part, session: Session) -> None:
    translate, language = session.translate, session.language
    if part.heading:
        print(f"\n{part.heading} ({count(len(part.tasks), language)})")
    wide = not sys.stdout.isatty() or output.console().width >= _NARROW
    columns = [
        _DUE,
        _TASK,
        _ID,
        *([_LEADS] if wide or part.unit is None else []),
        *([_HELPS] if wide else []),
        _SLACK,
    ]
    rows = [
        [_cell(column, schedule, task, part.monday, language) for column in columns] for task in part.tasks
    ]
    output.table([translate(column) for column in columns], rows, right=frozenset({len(columns) - 1}))


def _cell(
    column: str, schedule: Schedule, task: ScheduledTask, monday: date | None, language: Language
) -> str:
    if column == _DUE:
        if monday is None:
            return _due(task, language)
        return ", ".join(date_short(day, language) for day in _days_in(task, monday))
    if column == _LEADS:
        return _leads(schedule, task, language)
    if column == _HELPS:
        return ", ".join(_unit_or_group(schedule, name) for name in task.helper_names)
    return {_TASK: task.title, _ID: task.id, _SLACK: _slack(task)}[column]


def _print_critical(schedule: Schedule, session: Session) -> None:
    output.say(Phrase("Slack counts working days; * stands on a chain without any."), session.translate)
    chain = critical_chain(schedule)
    if chain:
        names = Phrase("The longest such chain: {names}", {"names": " → ".join(chain)})
        output.say(names, session.translate)


def _due(task: ScheduledTask, language: Language) -> str:
    """`thứ Sáu, 12/6`; of repeated work how often and from when to when."""
    days = [turn.due for turn in task.turns if turn.due is not None]
    if task.repeats and days:
        return (
            f"{count(len(days), language)} × {day_month(days[0], language)}-{day_month(days[-1], language)}"
        )
    return "" if task.due is None else date_short(task.due, language)


def _leads(schedule: Schedule, task: ScheduledTask, language: Language) -> str:
    """The unit, or the group and how many units of it each lead their own."""
    if task.each is None:
        return _unit_or_group(schedule, task.leads[0])
    return f"{task.each} ({count(len(task.leads), language)})"


def _unit_or_group(schedule: Schedule, name: str) -> str:
    unit = schedule.office.units.get(name)
    return name if unit is None else unit.short or unit.name


def _slack(task: ScheduledTask) -> str:
    return "" if task.slack is None else f"{task.slack}{'*' if task.critical else ''}"


def _print_sums(schedule: Schedule, session: Session) -> None:
    """The moved dates, the money, the clauses: what concerns the plan as a whole."""
    translate, language = session.translate, session.language
    for moved in moved_dates(schedule, WorkingCalendar(schedule.calendar)):
        values = {
            "task": moved.task,
            "planned": date_numeric(moved.planned, language),
            "due": date_numeric(moved.due, language),
            "reason": moved.day_off or Phrase("weekend"),
        }
        output.say(Phrase("`{task}`: {planned} is a day off ({reason}), moved to {due}", values), translate)
    for source, amount in budget_by_source(schedule).items():
        values = {"source": source, "amount": money(amount, language)}
        output.say(Phrase("Budget from {source}: {amount}", values), translate)
    coverage = clause_coverage(schedule)
    if schedule.clauses:
        duties = len(coverage.covered) + len(coverage.missing)
        phrase = Phrase(
            "Clauses carried by a task: {covered} of {all}", {"covered": len(coverage.covered), "all": duties}
        )
        output.say(phrase, translate)
    if coverage.missing:
        output.say(Phrase("Carried by none: {names}", {"names": ", ".join(coverage.missing)}), translate)
