"""YAML text to nodes with places, over the events of PyYAML's C parser.

PyYAML's own composer hides what a clerk must see (a key written twice), crashes on deep nesting and unfolds
aliases without a bound. Walking the parser's events costs about a third of `yaml.load` and leaves every
decision here. Scalars stay text: what they mean is decided where they are read.
"""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs forget to export it

from plan_definitions.diagnostics import Phrase, Report, Unreadable
from plan_definitions.source import Place, SourceFile
from plan_definitions.yaml_syntax import report_syntax_error

MAX_DEPTH = 64
"""Collections inside collections; a plan needs seven."""

FREE_ALIASED_NODES = 10_000
ALIASED_NODES_PER_NODE = 10
"""What aliases unfold to may exceed what is written by this factor, and by a free allowance for short files.

A default of thirty keys merged into every task stays far below; aliases that double at each level do not.
"""


class ScalarNode(NamedTuple):
    """A text; `plain` means without quotes, so that other programs may read it as another type."""

    text: str
    plain: bool
    place: Place


class SequenceNode(NamedTuple):
    """A list."""

    items: "list[Node]"
    place: Place


class Entry(NamedTuple):
    """A key and what stands under it."""

    key: ScalarNode
    value: "Node"


class MappingNode(NamedTuple):
    """Keys, each once, in the order written; keys merged with `<<` come last and keep their own places."""

    entries: dict[str, Entry]
    place: Place


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode

_new = tuple.__new__

# The stubs make every mark optional, which holds for events that a program builds, not for parsed ones.
_Event: TypeAlias = Any


def read_nodes(source: SourceFile, report: Report) -> Node | None:
    """The one document of a file, or None where nothing can be made of it; mistakes go to the report.

    Never raises for what a file holds.
    """
    text, tabs = _without_tabs(source, report)
    try:
        return _Builder(text, source.name, report).document()
    except Unreadable:
        return None
    except yaml.YAMLError as error:
        # Broken indentation behind a tab is the tab's fault, which is reported already.
        if not tabs:
            report_syntax_error(error, source, report)
        return None


# A comment (or a text after " #") may hold tabs: no parser looks at it.
_COMMENT = re.compile(r"(?:^|\s)#.*")


def _without_tabs(source: SourceFile, report: Report) -> tuple[str, bool]:
    """The text with each tab as one space, which keeps columns, and whether one stood outside comments."""
    if "\t" not in source.text:
        return source.text, False
    found = [
        (number, line.index("\t"))
        for number, line in enumerate(source.lines, start=1)
        if "\t" in _COMMENT.sub("", line)
    ]
    if found:
        line, column = found[0]
        place = Place(source.name, line, column + 1, column + 2)
        message = Phrase("a tab stands here; lines with tabs: {count}", {"count": len(found)})
        report.error("tab", place, message, Phrase("put spaces in place of every tab"))
    return source.text.replace("\t", " "), bool(found)


@dataclass(slots=True)
class _Anchored:
    """A node that aliases may name, and how many nodes it unfolds to; `node` is None while it is open."""

    line: int
    node: Node | None = None
    size: int = 0


class _Builder:
    """Builds the nodes of one document by descending into its events; `MAX_DEPTH` bounds the recursion."""

    def __init__(self, text: str, file: str, report: Report) -> None:
        # A sign that UTF-8 cannot hold never gets here: the text was decoded from UTF-8.
        parser = CParser(text)
        self._next_event = parser.get_event
        self._file = file
        self._report = report
        self._depth = 0
        self._written = 0
        self._aliased = 0
        self._anchors: dict[str, _Anchored] = {}

    def document(self) -> Node:
        self._next_event()  # the start of the stream
        event = self._next_event()
        if event.__class__ is yaml.StreamEndEvent:
            raise self._report.refuse(
                "empty-file", Place(self._file, 1, 1, 2), Phrase("the file says nothing")
            )
        node = self._node(self._next_event())
        self._next_event()  # the end of the document
        event = self._next_event()
        if event.__class__ is not yaml.StreamEndEvent:
            message = Phrase("a second document begins here; a file holds one")
            raise self._refuse("several-documents", event, message, Phrase("remove the line `---`"))
        return node

    def _node(self, event: _Event) -> Node:
        self._written += 1
        if event.__class__ is yaml.ScalarEvent and event.anchor is None and event.tag is None:
            return self._scalar(event)
        if event.__class__ is yaml.AliasEvent:
            return self._alias(event)
        return self._marked(event)

    def _scalar(self, event: _Event) -> ScalarNode:
        start, end = event.start_mark, event.end_mark
        line, column = start.line, start.column + 1
        # A text over several lines is underlined at its first character only.
        end_column = end.column + 1 if end.line == line else column + 1
        # Most of a file is scalars; the named constructors would take twice as long.
        place = _new(Place, (self._file, line + 1, column, end_column))
        return _new(ScalarNode, (event.value, event.style == "", place))

    def _marked(self, event: _Event) -> Node:
        """A collection, or a scalar with an anchor or a tag."""
        if event.tag is not None:
            message = Phrase("tags such as `!!` are not part of the plan language")
            self._report.error("yaml-tag", self._place(event), message, Phrase("remove the word with `!`"))
        anchor = event.anchor
        if anchor is None:
            return self._content(event)
        known = self._anchors.get(anchor)
        if known is not None:
            values = {"name": anchor, "line": known.line}
            message = Phrase("the anchor `&{name}` is already set on line {line}", values)
            self._report.error("duplicate-anchor", self._place(event), message)
        anchored = self._anchors[anchor] = _Anchored(event.start_mark.line + 1)
        before = self._written + self._aliased
        anchored.node = self._content(event)
        anchored.size = self._written + self._aliased - before + 1
        return anchored.node

    def _content(self, event: _Event) -> Node:
        if event.__class__ is yaml.ScalarEvent:
            return self._scalar(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            message = Phrase("nested more than {limit} levels deep", {"limit": MAX_DEPTH})
            raise self._refuse("too-deep", event, message)
        node = self._sequence(event) if event.__class__ is yaml.SequenceStartEvent else self._mapping(event)
        self._depth -= 1
        return node

    def _alias(self, event: _Event) -> Node:
        name = event.anchor
        anchored = self._anchors.get(name)
        if anchored is None or anchored.node is None:
            message = Phrase("no anchor `&{name}` stands before `*{name}`", {"name": name})
            raise self._refuse("unknown-alias", event, message)
        self._aliased += anchored.size
        if self._aliased > FREE_ALIASED_NODES + ALIASED_NODES_PER_NODE * self._written:
            message = Phrase("the aliases of this file unfold to more than the file may hold")
            raise self._refuse("too-many-aliases", event, message)
        return anchored.node

    def _sequence(self, opening: _Event) -> SequenceNode:
        items: list[Node] = []
        next_event, end = self._next_event, yaml.SequenceEndEvent
        while (event := next_event()).__class__ is not end:
            items.append(self._node(event))
        return SequenceNode(items, self._place(opening))

    def _mapping(self, opening: _Event) -> MappingNode:
        entries: dict[str, Entry] = {}
        merged: list[Node] = []
        next_event, end = self._next_event, yaml.MappingEndEvent
        while (event := next_event()).__class__ is not end:
            key, value = self._node(event), self._node(next_event())
            if not isinstance(key, ScalarNode):
                message = Phrase("a list or a mapping cannot be a key")
                self._report.error("key-not-text", key.place, message)
            elif key.text == "<<" and key.plain:
                merged.append(value)
            elif key.text in entries:
                self._report_duplicate(key, entries)
            else:
                entries[key.text] = Entry(key, value)
        for source in merged:
            self._merge(source, entries)
        return MappingNode(entries, self._place(opening))

    def _merge(self, source: Node, entries: dict[str, Entry]) -> None:
        """Add the keys of `<<: *name` or `<<: [*one, *two]`; what is written out, or merged earlier, wins."""
        for part in source.items if isinstance(source, SequenceNode) else [source]:
            if isinstance(part, MappingNode):
                for name, entry in part.entries.items():
                    entries.setdefault(name, entry)
            else:
                message = Phrase("`<<` takes over the keys of a mapping, and this is none")
                self._report.error("merge-not-mapping", part.place, message)

    def _report_duplicate(self, key: ScalarNode, entries: dict[str, Entry]) -> None:
        values = {"key": key.text, "line": entries[key.text].key.place.line}
        message = Phrase("`{key}` stands here a second time; the first is on line {line}", values)
        self._report.error("duplicate-key", key.place, message, Phrase("keep one of the two"))

    def _place(self, event: _Event) -> Place:
        start, end = event.start_mark, event.end_mark
        column = start.column + 1
        one_line = end.line == start.line and end.column > start.column
        return Place(self._file, start.line + 1, column, end.column + 1 if one_line else column + 1)

    def _refuse(self, code: str, event: _Event, message: Phrase, mend: Phrase | None = None) -> Unreadable:
        return self._report.refuse(code, self._place(event), message, mend)
