"""Lists and records: how the forms of single values are put together into tables of keys."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from plan_definitions.diagnostics import Phrase, Report, Unreadable, nearest_name
from plan_definitions.forms import Form, Schema, read_identifier
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a record accepts: the form of its value, and the field of the model it fills."""

    form: Form[Any]
    field: str | None = None
    required: bool = False


class Record:
    """The one table of the keys a mapping accepts, from which it is read, checked and described."""

    def __init__(self, keys: Mapping[str, Key]) -> None:
        self.keys = keys
        self._readers = {name: (key.field or name, key.form.read) for name, key in keys.items()}
        self._required = [name for name, key in keys.items() if key.required]

    def values(self, node: Node, report: Report, at: Place | None = None) -> dict[str, Any]:
        """Field -> value of every key that stands there and could be read.

        Unknown and missing keys are reported; a missing one at `at`, the place of the record's own name, and
        not at all where an unknown key seems to be it. Raises Unreadable where the node is no mapping.
        """
        entries = entries_of(node, report)
        result: dict[str, Any] = {}
        mistyped: list[str | None] = []
        for name, (key, value) in entries.items():
            reader = self._readers.get(name)
            if reader is None:
                mistyped.append(self._refuse_unknown(key, report))
                continue
            try:
                result[reader[0]] = reader[1](value, report)
            except Unreadable:
                continue
        for name in self._required:
            if name not in entries and name not in mistyped:
                message = Phrase("the key `{key}` is missing", {"key": name})
                report.error("missing-key", at or node.place, message)
        return result

    def _refuse_unknown(self, key: ScalarNode, report: Report) -> str | None:
        """Report an unknown key; the key that is meant, or None."""
        near = _nearest_key(key.text, tuple(self.keys))
        keys = ", ".join(self.keys)
        mend = (
            Phrase("did you mean `{name}`?", {"name": near})
            if near
            else Phrase("keys that may stand here: {keys}", {"keys": keys})
        )
        message = Phrase("unknown key `{key}`", {"key": key.text[:80]})
        report.error("unknown-key", key.place, message, mend)
        return near

    @property
    def schema(self) -> Schema:
        """The JSON Schema of the record."""
        return {
            "type": "object",
            "properties": {name: dict(key.form.schema) for name, key in self.keys.items()},
            "required": self._required,
            "additionalProperties": False,
        }


@lru_cache
def _nearest_key(word: str, keys: tuple[str, ...]) -> str | None:
    """Remembered, because a key is mistyped once and copied into every task."""
    return nearest_name(word, keys)


def entries_of(node: Node, report: Report) -> dict[str, Entry]:
    """The entries of a mapping; raises Unreadable for anything else."""
    if not isinstance(node, MappingNode):
        message = Phrase("keys with values are expected here, `key: value`")
        raise report.refuse("wrong-shape", node.place, message)
    return node.entries


def named_entries(
    node: Node, report: Report, read_id: Callable[[Node, Report], str] = read_identifier
) -> Iterator[tuple[str, Entry]]:
    """The entries of a mapping from identifiers; keys that are none are reported and left out."""
    for entry in entries_of(node, report).values():
        try:
            identifier = read_id(entry.key, report)
        except Unreadable:
            report.unread.add(entry.key.text)
            continue
        yield identifier, entry


def items_of(node: Node, report: Report) -> list[Node]:
    """The items of a list; raises Unreadable for anything else."""
    if not isinstance(node, SequenceNode):
        message = Phrase("a list is expected here, `[one, two]`")
        raise report.refuse("wrong-shape", node.place, message)
    return node.items


def list_of(form: Form[T]) -> Form[tuple[T, ...]]:
    """A list; items that cannot be read are reported, each by itself, and left out."""

    def read(node: Node, report: Report) -> tuple[T, ...]:
        return tuple(_readable(items_of(node, report), form, report))

    return Form(read, {"type": "array", "items": form.schema})


def one_or_more(form: Form[T]) -> Form[tuple[T, ...]]:
    """A list, or a single item without brackets."""

    def read(node: Node, report: Report) -> tuple[T, ...]:
        if isinstance(node, SequenceNode):
            return tuple(_readable(node.items, form, report))
        return (form.read(node, report),)

    return Form(read, {"anyOf": [form.schema, {"type": "array", "items": form.schema}]})


def _readable(nodes: list[Node], form: Form[T], report: Report) -> Iterator[T]:
    for node in nodes:
        try:
            yield form.read(node, report)
        except Unreadable:
            continue


def record(keys: Record, build: Callable[..., T]) -> Form[T]:
    """A mapping built into a record of the model, whole or not at all."""

    def read(node: Node, report: Report) -> T:
        before = report.errors
        values = keys.values(node, report)
        if report.errors > before:
            raise Unreadable
        return build(**values)

    return Form(read, keys.schema)
