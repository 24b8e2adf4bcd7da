"""The `tasks:` of a plan: nodes to task definitions."""

from collections.abc import Mapping

from plan_definitions.diagnostics import Phrase, Report, Unreadable
from plan_definitions.expressions import DATE_EXPRESSION, LAG, REPEAT, THRESHOLD
from plan_definitions.forms import AMOUNT, FLAG, IDENTIFIER, LONG_TEXT, NAME, TEXT, Form, choice
from plan_definitions.model import (
    BudgetLine,
    Dependency,
    Evidence,
    Indicator,
    Kind,
    Lead,
    Roll,
    TaskDefinition,
)
from plan_definitions.records import Key, Record, entries_of, list_of, named_entries, one_or_more, record
from plan_definitions.yaml_nodes import Entry, MappingNode, Node

EACH = Record({"each": Key(NAME, "name", required=True)})
_EACH = record(EACH, lambda name: Lead(name, each=True))


def read_lead(node: Node, report: Report) -> Lead:
    """One unit, or `{each: GROUP}`: every member by itself."""
    if isinstance(node, MappingNode):
        return _EACH.read(node, report)
    return Lead(NAME.read(node, report))


DEPENDENCY = Record(
    {
        "task": Key(NAME, required=True),
        "lag": Key(LAG),
        "soft": Key(FLAG),
        "same_unit": Key(FLAG),
    }
)
_DEPENDENCY = record(DEPENDENCY, Dependency)


def read_dependency(node: Node, report: Report) -> Dependency:
    """A task, or `{task: x, lag: ..., soft: ..., same_unit: ...}`."""
    if isinstance(node, MappingNode):
        return _DEPENDENCY.read(node, report)
    return Dependency(NAME.read(node, report))


INDICATOR = Record(
    {"title": Key(TEXT, required=True), "target": Key(AMOUNT), "unit": Key(TEXT)},
)


def read_indicators(node: Node, report: Report) -> tuple[Indicator, ...]:
    """Counted results by id, in the order written."""
    indicators = []
    for identifier, entry in named_entries(node, report):
        before = report.errors
        try:
            values = INDICATOR.values(entry.value, report, entry.key.place)
        except Unreadable:
            continue
        if report.errors == before:
            indicators.append(Indicator(id=identifier, **values))
    return tuple(indicators)


BUDGET_LINE = Record(
    {
        "item": Key(TEXT, required=True),
        "quantity": Key(AMOUNT, required=True),
        "unit_price": Key(AMOUNT, required=True),
        "source": Key(TEXT, required=True),
    }
)

LEAD = Form(read_lead, {"anyOf": [NAME.schema, EACH.schema]})
DEPENDENCIES = one_or_more(Form(read_dependency, {"anyOf": [NAME.schema, DEPENDENCY.schema]}))
INDICATORS = Form(read_indicators, {"type": "object", "additionalProperties": INDICATOR.schema})

TASK = Record(
    {
        "title": Key(TEXT, required=True),
        "note": Key(LONG_TEXT),
        "kind": Key(choice(Kind)),
        "clauses": Key(one_or_more(NAME)),
        "lead": Key(LEAD, required=True),
        "with": Key(one_or_more(NAME), "helpers"),
        "start": Key(DATE_EXPRESSION),
        "due": Key(DATE_EXPRESSION),
        "repeat": Key(REPEAT),
        "after": Key(DEPENDENCIES),
        "ladder": Key(NAME),
        "roll": Key(choice(Roll)),
        "evidence": Key(choice(Evidence)),
        "none_allowed": Key(FLAG),
        "confidential": Key(FLAG),
        "accept": Key(NAME),
        "complete_when": Key(THRESHOLD),
        "indicators": Key(INDICATORS),
        "budget": Key(list_of(record(BUDGET_LINE, BudgetLine))),
        "was": Key(IDENTIFIER),
    }
)


def read_tasks(node: Node, report: Report) -> dict[str, TaskDefinition]:
    """The tasks in the order written.

    A task of which something was refused is read as far as it goes, and its name stands in `report.unread`.
    """
    tasks: dict[str, TaskDefinition] = {}
    for identifier, entry in named_entries(node, report):
        before = report.errors
        task = _read_task(identifier, entry, report)
        if report.errors > before:
            report.unread.add(identifier)
        if task is not None:
            tasks[identifier] = task
    _refuse_taken_names(tasks, node, report)
    if not entries_of(node, report):
        raise report.refuse("no-tasks", node.place, Phrase("the plan holds no task"))
    return tasks


def _read_task(identifier: str, entry: Entry, report: Report) -> TaskDefinition | None:
    """The task, or None where it lacks what every task has."""
    try:
        values = TASK.values(entry.value, report, entry.key.place)
    except Unreadable:
        return None
    if "complete_when" in values:
        place = entries_of(entry.value, report)["complete_when"].value.place
        report.places["complete_when", identifier] = place
    if "repeat" in values:
        _refuse_own_dates(entry.value, report)
    if "title" not in values or "lead" not in values:
        return None
    if values.get("kind") is Kind.EVENT:
        values.setdefault("roll", Roll.KEEP)
    return TaskDefinition(id=identifier, place=entry.key.place, **values)


def _refuse_own_dates(node: Node, report: Report) -> None:
    """A repeated task takes its dates from `repeat`."""
    entries = entries_of(node, report)
    for name in ("due", "start"):
        if name in entries:
            message = Phrase("`{key}` stands beside `repeat`, which gives the dates", {"key": name})
            report.error("repeat-with-date", entries[name].key.place, message, Phrase("keep one of the two"))


def _refuse_taken_names(tasks: Mapping[str, TaskDefinition], node: Node, report: Report) -> None:
    """`was` names an id that the plan no longer uses, and no two tasks name the same one."""
    claimed: dict[str, str] = {}
    for identifier, entry in entries_of(node, report).items():
        was = tasks[identifier].was if identifier in tasks else None
        if was is None:
            continue
        if was in tasks:
            message = Phrase("`was` names `{name}`, which is a task of this plan", {"name": was})
            report.error("was-taken", entries_of(entry.value, report)["was"].value.place, message)
        elif was in claimed:
            values = {"name": was, "other": claimed[was]}
            message = Phrase("`was` names `{name}`, which `{other}` names as well", values)
            report.error("was-taken", entries_of(entry.value, report)["was"].value.place, message)
        claimed.setdefault(was, identifier)
