"""The list of a document's clauses: what each asks for, and of whom."""

from enum import StrEnum
from typing import Any

from plan_definitions.diagnostics import Report, Unreadable
from plan_definitions.forms import FLAG, LABEL, LONG_TEXT, NAME, Form, choice, read_clause_id
from plan_definitions.model import Clause, Name, Office
from plan_definitions.read_groups import UnknownUnits, unknown_units
from plan_definitions.records import Key, Record, named_entries, one_or_more
from plan_definitions.yaml_nodes import Entry, Node


class ClauseForm(StrEnum):
    """What a clause is: a fact, or a duty that ends with a result, on a day, or not at all."""

    FACT = "fact"
    DELIVERABLE = "deliverable"
    EVENT = "event"
    ONGOING = "ongoing"


CLAUSE = Record(
    {
        "duty": Key(LONG_TEXT, required=True),
        "lead": Key(one_or_more(NAME)),
        "with": Key(one_or_more(NAME), "helpers"),
        "form": Key(choice(ClauseForm), required=True),
        "named": Key(FLAG, required=True),
        "facts": Key(LONG_TEXT),
        "cite": Key(LABEL),
    }
)


def _entries(node: Node, report: Report) -> list[tuple[str, Entry]]:
    return list(named_entries(node, report, read_clause_id))


CLAUSES = Record(
    {"clauses": Key(Form(_entries, {"type": "object", "additionalProperties": CLAUSE.schema}), required=True)}
)


def read_clauses(node: Node, office: Office | None, report: Report) -> dict[str, Clause] | None:
    """The clauses by number; `office` (None where it could not be read) knows the units they name."""
    try:
        entries = CLAUSES.values(node, report).get("clauses")
    except Unreadable:
        return None
    if entries is None:
        return None
    unknown = None if office is None else unknown_units(office.units, office.groups, report)
    clauses: dict[str, Clause] = {}
    for number, entry in entries:
        report.places["clause", number] = entry.key.place
        try:
            clauses[number] = _read_clause(number, entry, unknown, report)
        except Unreadable:
            report.unread.add(number)
    if unknown is not None:
        unknown.report_all()
    return clauses


def _read_clause(number: str, entry: Entry, unknown: UnknownUnits | None, report: Report) -> Clause:
    before = report.errors
    values: dict[str, Any] = CLAUSE.values(entry.value, report, entry.key.place)
    for field in ("lead", "helpers"):
        names: tuple[Name, ...] = values.get(field, ())
        if unknown is not None:
            for name in names:
                unknown.look_up(name)
        values[field] = tuple(name.text for name in names)
    if report.errors > before:
        raise Unreadable
    return Clause(id=number, **values)
