"""JSON Schemas of the plan file and of the files it names, for editors that complete and explain.

They are made of the same tables that the reader obeys (`records.Record`), so an editor and `dondoc check`
agree on every key and form. What needs more than one value to judge (names, order, dates) only the check can
say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from plan_definitions.diagnostics import Translate
from plan_definitions.explanations import EXPLANATIONS, TITLES
from plan_definitions.forms import IDENTIFIER, Schema
from plan_definitions.read import PLAN
from plan_definitions.read_calendar import CALENDAR
from plan_definitions.read_clauses import CLAUSES
from plan_definitions.read_units import OFFICE
from plan_definitions.records import Record


class FileKind(StrEnum):
    """The files that make a plan."""

    PLAN = "plan"
    UNITS = "units"
    CALENDAR = "calendar"
    CLAUSES = "clauses"


_TABLES: Mapping[FileKind, Record] = {
    FileKind.PLAN: PLAN,
    FileKind.UNITS: OFFICE,
    FileKind.CALENDAR: CALENDAR,
    FileKind.CLAUSES: CLAUSES,
}
_DIALECT = "http://json-schema.org/draft-07/schema#"
"""What yaml-language-server understands best."""

_CLAUSE_NUMBER = {"type": "string", "pattern": "^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$"}


def json_schema(kind: FileKind, translate: Translate) -> dict[str, Any]:
    """The schema of one kind of file, every key explained in the language of `translate`."""
    names = _CLAUSE_NUMBER if kind is FileKind.CLAUSES else IDENTIFIER.schema
    explain = _explainer(kind, translate)
    described = _described(_TABLES[kind].schema, (), names, explain)
    return {"$schema": _DIALECT, "title": TITLES[kind.value].say(translate), **described}


def _explainer(kind: FileKind, translate: Translate) -> Callable[[tuple[str, ...]], str | None]:
    def explain(path: tuple[str, ...]) -> str | None:
        phrase = EXPLANATIONS.get(".".join((kind.value, *path)))
        return None if phrase is None else phrase.say(translate)

    return explain


def _described(
    schema: Schema, path: tuple[str, ...], names: Schema, explain: Callable[[tuple[str, ...]], str | None]
) -> dict[str, Any]:
    """A schema with its explanations; `*` in a path stands for a name of the file's own."""
    result = dict(schema)
    text = explain(path) if path else None
    if text is not None:
        # First, so that whoever reads the file sees the words before the pattern.
        result = {"description": text, **result}
    if "properties" in schema:
        result["properties"] = {
            key: _described(value, (*path, key), names, explain)
            for key, value in schema["properties"].items()
        }
    if isinstance(schema.get("additionalProperties"), Mapping):
        result["propertyNames"] = dict(names)
        result["additionalProperties"] = _described(
            schema["additionalProperties"], (*path, "*"), names, explain
        )
    if "items" in schema:
        result["items"] = _inside(schema["items"], path, names, explain)
    if "anyOf" in schema:
        result["anyOf"] = [_inside(each, path, names, explain) for each in schema["anyOf"]]
    return result


def _inside(
    schema: Schema, path: tuple[str, ...], names: Schema, explain: Callable[[tuple[str, ...]], str | None]
) -> dict[str, Any]:
    """One of several forms, or an item of a list: explained with the key it stands under, not again."""
    described = _described(schema, path, names, explain)
    described.pop("description", None)
    return described
