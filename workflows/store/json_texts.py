"""Frozen records as JSON texts and back, without loss."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from plan_definitions.model import CalendarDefinition, Office
from plan_definitions.schedule import Schedule
from workflows.engine.records import NOTHING_KNOWN, Facts

Value = TypeVar("Value", Office, CalendarDefinition, Schedule, Facts)


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    # Made on first use: working out a schedule's shape takes longer than most commands.
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def dump(value: Office | CalendarDefinition | Schedule) -> str:
    """The JSON text of a record."""
    # Read-only mappings are dictionaries to JSON; pydantic does not know them.
    return _adapter(type(value)).dump_json(value, fallback=_dictionary, warnings=False).decode()


def _dictionary(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a record")


def load(kind: type[Value], text: str) -> Value:
    """The record a JSON text holds."""
    value: Value = _adapter(kind).validate_json(text)
    return value


def dump_facts(facts: Facts) -> str | None:
    """The JSON text of what is known beside the state, None where nothing is.

    Equal facts have equal texts: the text guards the row against being saved over.
    """
    if facts is NOTHING_KNOWN or facts == NOTHING_KNOWN:
        return None
    content = _adapter(Facts).dump_python(facts, mode="json", exclude_defaults=True, fallback=_dictionary)
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def load_facts(text: str | None) -> Facts:
    """What a JSON text (or NULL) says is known."""
    return NOTHING_KNOWN if text is None else _facts(text)


@lru_cache(maxsize=1_024)
def _facts(text: str) -> Facts:
    # The facts of most assignments in hand are alike: so many letters unanswered, and nothing else.
    return load(Facts, text)


def dump_counts(counts: Mapping[str, int]) -> str:
    """The JSON text of named counts."""
    return json.dumps(dict(counts), sort_keys=True)


def load_counts(text: str) -> dict[str, int]:
    """The named counts a JSON text holds."""
    counts: dict[str, int] = json.loads(text)
    return counts
