"""Drawings of a plan: the layout's laws, and that each form says every task and every arrow."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plan_definitions
from plan_definitions.drawing.dot import dot
from plan_definitions.drawing.layers import Item, crossings, layered, layout
from plan_definitions.drawing.mermaid import mermaid
from plan_definitions.drawing.picture import LEGEND, Arrow, Box, Picture, Words, picture
from plan_definitions.drawing.svg import svg
from plan_definitions.drawing.wrapping import width, wrapped
from plan_definitions.graph import Graph
from plan_definitions.load import load_plan
from plan_definitions.schedule import Schedule

PLAN = Path(plan_definitions.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"
SVG = "{http://www.w3.org/2000/svg}"
NASTY = 'Trẻ em "vui" & <khỏe> # 100% \\ end'

WORDS = Words(
    lead=lambda task: task.each or task.leads[0],
    caption=lambda task: f"{task.leads[0]} {task.due}",
    hint=lambda task: f"{task.id}\n{task.title}",
    lag=lambda offset: f"{offset.amount} {offset.step}",
    legend=dict.fromkeys(LEGEND, "chú thích"),
)


def parsed(text: str) -> ET.Element:
    """The root of an SVG; raises ParseError where it is not well-formed."""
    return ET.fromstring(text)  # noqa: S314 - we wrote it


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    loaded = load_plan(PLAN)
    assert loaded.schedule is not None
    return loaded.schedule


@pytest.fixture(scope="module")
def real(schedule: Schedule) -> Picture:
    return picture(schedule, WORDS)


def drawn(*arrows: tuple[str, str], title: str = "Việc", **fields: bool) -> Picture:
    """A picture of a few boxes, named by the arrows."""
    names = dict.fromkeys(name for arrow in arrows for name in arrow)
    boxes = tuple(
        Box(n, title, "ai, khi nào", title, "vhxh", event=False, critical=False, due=None) for n in names
    )
    edges = {"soft": False, "critical": False, **fields}
    return Picture(
        title, boxes, tuple(Arrow(a, b, "", **edges) for a, b in arrows), {"vhxh": "Phòng"}, WORDS.legend
    )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Acyclic graphs: every name waits only for names before it."""
    size = draw(st.integers(1, 14))
    names = [f"t{n}" for n in range(size)]
    before = {
        name: draw(st.lists(st.sampled_from(names[:n]), max_size=3, unique=True)) if n else []
        for n, name in enumerate(names)
    }
    return Graph.of(before)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(1, 5))
def test_layers_hold_each_box_once_below_what_it_waits_for(graph: Graph, widest: int) -> None:
    layers = layered(graph, str, widest)
    level = {name: n for n, layer in enumerate(layers) for name in layer}
    assert sorted(name for layer in layers for name in layer) == sorted(graph.predecessors)
    assert max(map(len, layers)) <= widest
    assert all(level[before] < level[name] for name, given in graph.predecessors.items() for before in given)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(1, 5))
def test_boxes_and_lanes_of_a_layer_never_touch(graph: Graph, widest: int) -> None:
    plan = layout(graph, str, widest, box=100.0, lane=10.0)

    def room(item: object) -> float:
        return 100.0 if isinstance(item, str) else 10.0

    full = max(sum(map(room, layer)) for layer in plan.layers)
    for layer in plan.layers:
        for left, right in pairwise(layer):
            assert plan.x[right] - plan.x[left] >= (room(left) + room(right)) / 2 - 1e-6
        assert all(room(item) / 2 - 1e-6 <= plan.x[item] <= full - room(item) / 2 + 1e-6 for item in layer)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_an_arrow_passes_every_layer_between_its_ends(graph: Graph) -> None:
    plan = layout(graph, str, 3, box=100.0, lane=10.0)
    level = {item: n for n, layer in enumerate(plan.layers) for item in layer}
    for (before, after), way in plan.ways.items():
        assert (way[0], way[-1]) == (before, after)
        assert [level[item] for item in way] == list(range(level[before], level[after] + 1))


def test_crossings_are_counted() -> None:
    down: dict[Item, list[Item]] = {"a": ["y"], "b": ["x"], "c": ["y"], "x": [], "y": []}
    assert crossings([["a", "b", "c"], ["x", "y"]], down) == 1
    assert crossings([["b", "a", "c"], ["x", "y"]], down) == 0


def test_sweeping_uncrosses_what_can_be_uncrossed() -> None:
    graph = Graph.of({"a": [], "b": [], "c": [], "x": ["c"], "y": ["b"], "z": ["a"]})
    plan = layout(graph, str, 3, box=10.0, lane=1.0)
    down: dict[Item, list[Item]] = {"c": ["x"], "b": ["y"], "a": ["z"], "x": [], "y": [], "z": []}
    assert crossings(plan.layers, down) == 0


def test_the_real_plan_fits_a_wide_screen(real: Picture) -> None:
    root = parsed(svg(real))
    assert float(root.attrib["width"]) <= 1700
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"


def test_the_svg_holds_every_task_and_every_arrow(real: Picture) -> None:
    root = parsed(svg(real))
    tasks = {group.attrib["id"]: group for group in root.iter(f"{SVG}g")}
    assert set(tasks) == {box.id for box in real.boxes}
    for box in real.boxes:
        words = [element.text or "" for element in tasks[box.id].iter(f"{SVG}text")]
        assert " ".join(words) == f"{box.title} {box.caption}"
    arrows = [path for path in root.iter(f"{SVG}path") if "marker-end" in path.attrib]
    told = {path.findtext(f"{SVG}title", "").partition(" (")[0] for path in arrows}
    assert told == {f"{arrow.before} → {arrow.after}" for arrow in real.arrows}
    assert len(arrows) == len(real.arrows) == 96


def test_the_svg_needs_nothing_from_elsewhere(real: Picture) -> None:
    text = svg(real)
    assert "<script" not in text
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)|(?:href|src)=", text)
    assert "prefers-color-scheme:dark" in text


def test_lines_of_a_title_fit_their_box(real: Picture) -> None:
    root = parsed(svg(real))
    for group in root.iter(f"{SVG}g"):
        box = next(rect for rect in group.iter(f"{SVG}rect") if "box" in rect.attrib["class"])
        size = {"name": 13, "caption": 11}
        for text in group.iter(f"{SVG}text"):
            assert width(text.text or "") * size[text.attrib["class"]] <= float(box.attrib["width"])
            assert float(text.attrib["y"]) < float(box.attrib["y"]) + float(box.attrib["height"])


def test_the_chain_without_slack_is_marked(schedule: Schedule, real: Picture) -> None:
    critical = {box.id for box in real.boxes if box.critical}
    assert critical == {name for name, task in schedule.tasks.items() if task.critical}
    tight = {(arrow.before, arrow.after) for arrow in real.arrows if arrow.critical}
    assert {("script", "hall-setup"), ("hall-setup", "rehearsal"), ("rehearsal", "ceremony")} <= tight
    assert ("plan-distribution", "unit-confirm") not in tight
    root = parsed(svg(real))
    thick = [path for path in root.iter(f"{SVG}path") if path.attrib.get("class") == "arrow critical"]
    assert len(thick) == len(tight) + 1, "and one in the legend"


def test_colours_go_by_lead_and_the_legend_counts(real: Picture) -> None:
    assert next(iter(real.leads)) == "vhxh"
    assert len({real.hue(lead) for lead in real.leads}) == len(real.leads)
    legend = [
        text.text or "" for text in parsed(svg(real)).iter(f"{SVG}text") if text.attrib["class"] == "key"
    ]
    assert "vhxh: 27" in legend
    assert sum(int(entry.rpartition(": ")[2]) for entry in legend if ": " in entry) == 69


@pytest.mark.parametrize("draw", [svg, dot, mermaid])
def test_signs_of_the_form_itself_may_stand_in_a_title(draw: object) -> None:
    assert callable(draw)
    text = draw(drawn(("end", "b"), title=NASTY))
    if draw is svg:
        words = [element.text or "" for element in parsed(text).iter(f"{SVG}text")]
        assert NASTY in " ".join(words)
    elif draw is dot:
        assert 'digraph "Trẻ em \\"vui\\" & <khỏe> # 100% \\\\ end" {' in text
    else:
        assert text.splitlines()[1] == 'title: "Trẻ em \\"vui\\" & <khỏe> # 100% \\\\ end"'
        assert 't_end["Trẻ em #quot;vui#quot; & <khỏe> #35; 100% \\ end"]' in text


def test_mermaid_says_every_task_and_arrow(real: Picture) -> None:
    lines = mermaid(real).splitlines()
    assert lines[3] == "flowchart TB"
    assert sum(bool(re.match(r'  t_[a-z0-9-]+(\(\[|\[)"', line)) for line in lines) == 69
    assert sum("-->" in line or "==>" in line or "-.->" in line for line in lines) == 96
    assert '  t_budget-approval -->|"1 working_day"| t_gift-prepare' in lines
    assert "  t_hall-setup ==> t_rehearsal" in lines
    styles = [line for line in lines if line.startswith("  classDef lead")]
    assert len(styles) == len(real.leads)
    # A comma inside a colour would end it.
    assert all(re.fullmatch(r"  classDef lead\d+ fill:#\w{6},stroke:#\w{6},color:#\w{6}", s) for s in styles)


def test_dot_says_every_task_and_arrow(real: Picture) -> None:
    lines = dot(real).splitlines()
    assert (lines[0].endswith("{"), lines[-1]) == (True, "}")
    assert sum(" [label=" in line and "->" not in line and line.startswith('  "') for line in lines) == 69
    assert sum(" -> " in line for line in lines) == 96


def test_soft_arrows_are_dashed() -> None:
    soft = drawn(("a", "b"), soft=True)
    assert "t_a -.-> t_b" in mermaid(soft)
    assert "style=dashed" in dot(soft)
    assert 'class="arrow soft"' in svg(soft)


def test_a_plan_of_one_task_is_drawn() -> None:
    alone = Picture("Một việc", drawn(("a", "b")).boxes[:1], (), {"vhxh": "Phòng"}, WORDS.legend)
    assert len(list(parsed(svg(alone)).iter(f"{SVG}g"))) == 1


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=80))
def test_wrapping_loses_no_word(text: str) -> None:
    assert " ".join(wrapped(text, 20)).split() == text.split()


def test_what_no_break_spaces_join_stays_together() -> None:
    assert wrapped("villages (06) · thứ\u00a0Hai,\u00a001/6", 14)[-1] == "thứ\u00a0Hai,\u00a001/6"
