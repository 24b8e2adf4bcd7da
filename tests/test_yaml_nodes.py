"""YAML to nodes: places, what is refused, and agreement with PyYAML where PyYAML can be trusted."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from plan_definitions.diagnostics import Report
from plan_definitions.source import Place, SourceFile
from plan_definitions.yaml_nodes import (
    FREE_ALIASED_NODES,
    MAX_DEPTH,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    read_nodes,
)


def parse(text: str) -> tuple[Node | None, list[tuple[str, int, int]]]:
    """The nodes of a text, and (code, line, column) of what was refused."""
    report = Report()
    node = read_nodes(SourceFile("plan.yaml", text), report)
    return node, [(d.code, d.place.line, d.place.column) for d in report.diagnostics]


def plain(node: Node | None) -> object:
    """A node without its places: dicts, lists and texts."""
    if isinstance(node, MappingNode):
        return {name: plain(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.items]
    return node.text if node is not None else None


def test_every_scalar_keeps_its_place_in_characters_not_bytes() -> None:
    node, refused = parse("việc:\n  hạn: [một, 'hai ba']\n")
    assert refused == []
    assert isinstance(node, MappingNode)
    inner = node.entries["việc"].value
    assert isinstance(inner, MappingNode)
    key, items = inner.entries["hạn"]
    assert key == ScalarNode("hạn", True, Place("plan.yaml", 2, 3, 6))
    assert isinstance(items, SequenceNode)
    assert items.items == [
        ScalarNode("một", True, Place("plan.yaml", 2, 9, 12)),
        ScalarNode("hai ba", False, Place("plan.yaml", 2, 14, 22)),
    ]


def test_a_text_over_several_lines_is_underlined_where_it_begins() -> None:
    node, _ = parse('a: "một\n  hai"\n')
    assert isinstance(node, MappingNode)
    assert node.entries["a"].value.place == Place("plan.yaml", 1, 4, 5)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("a: 1\nb: 2\na: 3\n", ("duplicate-key", 3, 1)),
        ("a: {b: 1, b: 2}\n", ("duplicate-key", 1, 11)),
        ("? [a]\n: b\n", ("key-not-text", 1, 3)),
        ("a: *b\n", ("unknown-alias", 1, 4)),
        ("a: &a [*a]\n", ("unknown-alias", 1, 8)),
        ("a: &x 1\nb: &x 2\n", ("duplicate-anchor", 2, 4)),
        ("<<: 1\n", ("merge-not-mapping", 1, 5)),
        ("a: 1\n---\nb: 2\n", ("several-documents", 2, 1)),
        ("", ("empty-file", 1, 1)),
        ("# chỉ có ghi chú\n", ("empty-file", 1, 1)),
        ("a: !!python/name:os.system\n", ("yaml-tag", 1, 4)),
        ("a: !!str 1\n", ("yaml-tag", 1, 4)),
        ("a: \x07\n", ("control-character", 1, 4)),
        ("việc: \x07\n", ("control-character", 1, 7)),
        ("a: b: c\n", ("yaml-syntax", 1, 5)),
        ("a: 'b\n", ("yaml-syntax", 1, 4)),
        ("a: [b\n", ("yaml-syntax", 1, 4)),
        ("a: {b\n", ("yaml-syntax", 1, 4)),
        ("a: @b\n", ("yaml-syntax", 1, 4)),
        ("- a\nb: c\n", ("yaml-syntax", 2, 1)),
        ("%NO\n", ("yaml-syntax", 1, 4)),
        ("a:\n\tb: c\n", ("tab", 2, 1)),
        ("a:\tb\n", ("tab", 1, 3)),
    ],
)
def test_what_yaml_would_hide_or_stumble_over_is_refused(text: str, refused: tuple[str, int, int]) -> None:
    assert parse(text)[1] == [refused]


def test_a_tab_in_a_comment_is_nobody_s_business() -> None:
    assert parse("# cột\tcột\na: b # cột\tcột\n") == (parse("\na: b\n")[0], [])


def test_broken_indentation_behind_a_tab_is_told_once() -> None:
    assert [code for code, _, _ in parse("a:\n  b: c\n\td: e\n")[1]] == ["tab"]


def test_nesting_is_bounded_exactly() -> None:
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)[1] == []
    assert parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))[1] == [("too-deep", 1, MAX_DEPTH + 1)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_that_crashes_other_readers_is_refused(opening: str) -> None:
    assert [code for code, _, _ in parse(opening * 30_000)[1]] == ["too-deep"]


def test_aliases_are_bounded_by_what_they_unfold_to() -> None:
    wide = ", ".join(["x"] * 99)
    lines = ["a: &a [" + wide + "]", "b: &b [" + ", ".join(["*a"] * 99) + "]"]
    assert FREE_ALIASED_NODES > 99 * 100
    assert parse("\n".join(lines))[1] == []
    lines.append("c: [*b, *b, *b]")
    assert [code for code, _, _ in parse("\n".join(lines))[1]] == ["too-many-aliases"]


def test_a_default_merged_into_every_task_is_no_bomb() -> None:
    keys = ", ".join(f"k{n}: v" for n in range(30))
    tasks = "\n".join(f"t{n}:\n  <<: *default\n  a: b\n  c: d\n  e: f\n" for n in range(2_000))
    assert parse(f"default: &default {{{keys}}}\n{tasks}")[1] == []


def test_merged_keys_yield_to_written_ones_and_to_earlier_merges() -> None:
    node, refused = parse("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 0\n")
    assert refused == []
    assert isinstance(node, MappingNode)
    assert plain(node.entries["z"].value) == {"a": "0", "b": "1", "c": "2"}


def test_a_quoted_merge_sign_is_a_key_like_any_other() -> None:
    node, refused = parse('"<<": a\n')
    assert (plain(node), refused) == ({"<<": "a"}, [])


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_what_pyyaml_writes_is_read_back(value: object, flow: bool) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, default_style='"')
    assert (plain(parse(text)[0]), parse(text)[1]) == (value, [])


@given(st.text(st.sampled_from("ab:-?[]{},&*!|>'\"%@#\n \t<\x85\u2028é\x00"), max_size=40))
def test_any_text_gives_nodes_or_a_reason_in_its_lines(text: str) -> None:
    node, refused = parse(text)
    assert node is not None or refused
    lines = SourceFile("plan.yaml", text).lines
    for _, line, column in refused:
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
