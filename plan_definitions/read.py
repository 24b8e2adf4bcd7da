"""A plan file's nodes to a PlanDefinition, with the shared files it names."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any, Protocol

from plan_definitions.diagnostics import Phrase, Report, Unreadable
from plan_definitions.expressions import REMINDER, WORKING_DAYS
from plan_definitions.forms import DATE, FLAG, IDENTIFIER, LABEL, NAME, TEXT, Form, choice, scalar
from plan_definitions.model import Document, Ladder, Name, PlanDefinition, Role, Rung, Signer, TaskDefinition
from plan_definitions.read_calendar import read_calendar
from plan_definitions.read_clauses import read_clauses
from plan_definitions.read_tasks import TASK, read_tasks
from plan_definitions.read_units import read_office
from plan_definitions.records import Key, Record, list_of, named_entries, one_or_more, record
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Node

FORMAT = 1
"""The version of the language that this reader knows."""


class SharedFiles(Protocol):
    """Opens the files a plan names."""

    def nodes(self, name: Name, report: Report) -> Node | None:
        """The nodes of the file, or None (and why, in the report)."""


def read_format(node: Node, report: Report) -> int:
    """`format: 1`."""
    text = scalar(node, report).text
    if text != str(FORMAT):
        values = {"text": text[:40], "known": FORMAT}
        message = Phrase("format `{text}` is not known; this program reads format {known}", values)
        raise report.refuse("format-version", node.place, message)
    return FORMAT


RUNG = Record(
    {
        "after": Key(WORKING_DAYS, required=True),
        "to": Key(one_or_more(choice(Role)), required=True),
    }
)
LADDER = Record(
    {
        "remind": Key(list_of(REMINDER)),
        "escalate": Key(list_of(record(RUNG, Rung))),
        "urgent": Key(FLAG),
    }
)


def read_ladders(node: Node, report: Report) -> dict[str, Ladder]:
    """Ladders by name; later rungs come later."""
    ladders: dict[str, Ladder] = {}
    for identifier, entry in named_entries(node, report):
        before = report.errors
        report.places["ladder", identifier] = entry.key.place
        try:
            values = {"remind": (), "escalate": (), **LADDER.values(entry.value, report, entry.key.place)}
        except Unreadable:
            report.unread.add(identifier)
            continue
        ladder = Ladder(id=identifier, **values)
        _refuse_unordered_rungs(ladder, entry.key.place, report)
        if report.errors > before:
            report.unread.add(identifier)
        ladders[identifier] = ladder
    return ladders


def _refuse_unordered_rungs(ladder: Ladder, place: Place, report: Report) -> None:
    days = [rung.after for rung in ladder.escalate]
    if any(later <= earlier for earlier, later in pairwise(days)):
        message = Phrase("the rungs of ladder `{name}` do not rise", {"name": ladder.id})
        mend = Phrase("each rung comes more working days after the due date than the one before")
        report.error("rung-order", place, message, mend)


def _read_anchors(node: Node, report: Report) -> dict[str, date]:
    anchors: dict[str, date] = {}
    for identifier, entry in named_entries(node, report):
        report.places["anchor", identifier] = entry.key.place
        try:
            anchors[identifier] = DATE.read(entry.value, report)
        except Unreadable:
            report.unread.add(identifier)
    return anchors


SIGNER = Record({"authority": Key(TEXT), "title": Key(TEXT), "name": Key(TEXT)})
DOCUMENT = Record(
    {
        "issuer": Key(TEXT),
        "symbol": Key(TEXT),
        "number": Key(LABEL),
        "based_on": Key(one_or_more(TEXT)),
        "signer": Key(record(SIGNER, Signer)),
        "recipients": Key(one_or_more(TEXT)),
        "venue": Key(TEXT),
    }
)

ANCHORS = Form(_read_anchors, {"type": "object", "additionalProperties": DATE.schema})
LADDERS = Form(read_ladders, {"type": "object", "additionalProperties": LADDER.schema})
TASKS = Form(read_tasks, {"type": "object", "additionalProperties": TASK.schema, "minProperties": 1})

PLAN = Record(
    {
        "format": Key(Form(read_format, {"const": FORMAT}), required=True),
        "id": Key(IDENTIFIER, required=True),
        "title": Key(TEXT, required=True),
        "theme": Key(TEXT),
        "units": Key(NAME, "office", required=True),
        "calendar": Key(NAME, required=True),
        "clauses": Key(NAME),
        "document": Key(record(DOCUMENT, Document)),
        "anchors": Key(ANCHORS),
        "ladders": Key(LADDERS),
        "tasks": Key(TASKS, required=True),
    }
)

_NEEDED = ("id", "title", "office", "calendar", "tasks")


def read_plan(node: Node, files: SharedFiles, report: Report) -> PlanDefinition | None:
    """The plan as far as it can be read, or None where its names cannot be checked; mistakes in the report.

    Raises nothing for what the files hold.
    """
    try:
        values = PLAN.values(node, report)
    except Unreadable:
        return None
    values.pop("format", None)
    report.places["plan", ""] = node.place
    _read_shared(values, files, report)
    if not all(values.get(name) is not None for name in _NEEDED):
        return None
    values = {"anchors": {}, "ladders": {}, **values}
    _refuse_shared_names(values["tasks"], report)
    return PlanDefinition(**values, places=report.places)


def _read_shared(values: dict[str, Any], files: SharedFiles, report: Report) -> None:
    """Put what the shared files say in the place of their names."""
    readers = (("office", read_office), ("calendar", read_calendar))
    for name, read in readers:
        if name in values:
            found = files.nodes(values[name], report)
            values[name] = None if found is None else read(found, report)
    if "clauses" in values:
        found = files.nodes(values["clauses"], report)
        values["clauses"] = None if found is None else read_clauses(found, values.get("office"), report)


def _refuse_shared_names(tasks: Mapping[str, TaskDefinition], report: Report) -> None:
    """A task and an anchor of one name: a date expression could mean either."""
    for identifier, task in tasks.items():
        anchor = report.places.get(("anchor", identifier))
        if anchor is not None:
            values = {"name": identifier, "line": anchor.line}
            message = Phrase("`{name}` is already the name of an anchor, on line {line}", values)
            report.error("duplicate-name", task.place, message)
            report.unread.add(identifier)
