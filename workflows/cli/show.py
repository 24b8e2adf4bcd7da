"""`dondoc show`: the tasks of a plan with owners and resolved dates."""

from collections.abc import Iterable

import typer

from plan_definitions.diagnostics import Phrase, did_you_mean
from plan_definitions.overview import budget_by_source, clause_coverage
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
_HEADINGS = (N_("Due"), N_("Task"), N_("Name in the plan"), N_("Leads"), N_("Helps"), N_("Slack"))


def show(context: typer.Context, plan: PlanFile, unit: UnitName = None, as_json: AsJson = False) -> None:
    """Print a plan's tasks, owners and dates; with `unit`, those it leads or helps with."""
    session = Session.of(context)
    schedule = accepted_plan(plan).schedule
    if unit is not None and unit not in schedule.office.units:
        raise NotFound("there is no unit `{name}`", did_you_mean(unit, schedule.office.units), name=unit)
    tasks = [task for task in schedule.tasks.values() if unit is None or unit in (*task.leads, *task.helpers)]
    if as_json:
        output.document(_document(schedule, tasks, unit), session.translate)
    else:
        _print_tasks(schedule, tasks, session)
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


def _print_tasks(schedule: Schedule, tasks: Iterable[ScheduledTask], session: Session) -> None:
    translate, language = session.translate, session.language
    print(schedule.title)
    anchors = (f"{name} {date_numeric(day, language)}" for name, day in schedule.anchors.items())
    print(f"{translate(_ANCHORS)}: {', '.join(anchors)}")
    rows = [
        (
            _due(task, language),
            task.title,
            task.id,
            _leads(schedule, task, session),
            ", ".join(_unit_or_group(schedule, name) for name in task.helper_names),
            _slack(task),
        )
        for task in tasks
    ]
    output.table(
        [translate(heading) for heading in _HEADINGS], rows, right=frozenset({_HEADINGS.index("Slack")})
    )
    output.say(Phrase("Slack counts working days; * stands on a chain without any."), translate)


def _due(task: ScheduledTask, language: Language) -> str:
    """`thứ Sáu, 12/6`; of repeated work how often and from when to when."""
    days = [held.due for held in task.assignments if held.due is not None and held.unit == task.leads[0]]
    if task.repeats and days:
        return (
            f"{count(len(days), language)} × {day_month(days[0], language)}-{day_month(days[-1], language)}"
        )
    return "" if task.due is None else date_short(task.due, language)


def _leads(schedule: Schedule, task: ScheduledTask, session: Session) -> str:
    if task.each is None:
        return _unit_or_group(schedule, task.leads[0])
    each = Phrase("each of {group} ({count})", {"group": task.each, "count": len(task.leads)})
    return each.say(session.translate)


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
