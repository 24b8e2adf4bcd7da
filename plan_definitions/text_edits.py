"""Changing single words of a YAML text without touching anything else.

`ruamel.yaml` reads the text and knows where each value stands. It does not write it: its emitter keeps
comments, but loses an unused anchor here and re-folds a line there, and a clerk who compares last year's file
with this year's must see what moved and nothing else. The changes are put into the text itself instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode

_MERGE = "<<"


class Span(NamedTuple):
    """A value's place in a text, in characters; `end` is exclusive. Quotes and a YAML anchor belong to it."""

    start: int
    end: int


@dataclass(slots=True)
class EditableYaml:
    """A YAML text, the places of its values by path, and the changes asked for so far."""

    text: str
    _root: Any = None
    _changes: dict[Span, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._root = YAML().compose(self.text)

    def written(self, *path: str) -> str | None:
        """What stands under a path of keys, quotes and all, or None where there is no single value."""
        span = self._span(path)
        return None if span is None else self.text[span.start : span.end]

    def value(self, *path: str) -> str | None:
        """The value itself under a path of keys, or None where there is no single one."""
        node = self._node(path)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def rewrite(self, path: tuple[str, ...], rewritten: Callable[[str], str]) -> None:
        """Put `rewritten` of a value's text in its place; what YAML aliases and merges share is done once.

        Raises KeyError where there is no single value under the path.
        """
        span = self._span(path)
        if span is None:
            raise KeyError(".".join(path))
        old = self.text[span.start : span.end]
        new = rewritten(old)
        if new != old:
            self._changes[span] = new

    def edited(self) -> str:
        """The text with all changes made."""
        parts, at = [], 0
        for span in sorted(self._changes):
            parts += [self.text[at : span.start], self._changes[span]]
            at = span.end
        return "".join([*parts, self.text[at:]])

    def unchanged(self) -> Iterator[tuple[int, str]]:
        """The lines, numbered from 1, with every changed value cut out of them."""
        kept = list(self.text)
        for span in self._changes:
            kept[span.start : span.end] = [c if c == "\n" else " " for c in kept[span.start : span.end]]
        return enumerate("".join(kept).split("\n"), 1)

    def _span(self, path: tuple[str, ...]) -> Span | None:
        node = self._node(path)
        return Span(node.start_mark.index, node.end_mark.index) if isinstance(node, ScalarNode) else None

    def _node(self, path: tuple[str, ...]) -> Any:
        node = self._root
        for key in path:
            node = _under(node, key)
        return node


def _under(node: Any, key: str) -> Any:
    """The node under a key of a mapping, its own or merged into it; None where there is none."""
    if not isinstance(node, MappingNode):
        return None
    merged: list[MappingNode] = []
    for name, value in node.value:
        if name.value == key:
            return value
        if name.value == _MERGE:
            merged += [value] if isinstance(value, MappingNode) else value.value
    return next((found for each in merged if (found := _under(each, key)) is not None), None)
