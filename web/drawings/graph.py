"""What hangs on what: the tasks of a plan in layers, coloured by how they stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from notifications.speech import Speech
from plan_definitions.drawing.layers import Item, Layout, layout
from plan_definitions.drawing.wrapping import wrapped
from plan_definitions.graph import Graph
from web.drawings.gantt import Bar
from web.drawings.svg import drawing, element, label, titled
from workflows.texts import STANDING_LABELS

BOX, GAP, LANE, MARGIN, BETWEEN = 186.0, 18.0, 11.0, 16.0, 46.0
"""Pixels: a box's width, the gap beside it, an arrow's lane, the sheet's edge, the room between layers."""

_WIDEST = 5
_LINE, _PADDING, _TEXT = 16.0, 9.0, 13.0
_LETTERS = (BOX - 2 * _PADDING) / (_TEXT * 0.57)
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class _Box:
    bar: Bar
    lines: tuple[str, ...]
    caption: str

    @property
    def height(self) -> float:
        return 2 * _PADDING + (len(self.lines) + 1) * _LINE


def graph(shown: Sequence[Bar], said: Speech, name: str, address: Callable[[str], str]) -> Markup:
    """The picture of the tasks that are shown, with the arrows among them. `address` is a task's page."""
    boxes = {bar.id: _Box(bar, _lines(bar.title), _caption(bar, said)) for bar in shown}
    shape = tuple((bar.id, bar.last, tuple(b for b in bar.after if b in boxes)) for bar in shown)
    return _Sheet(boxes, _arranged(shape), said).drawn(name, address)


@lru_cache(maxsize=64)
def _arranged(shape: tuple[tuple[str, date, tuple[str, ...]], ...]) -> Layout:
    """Where everything goes: worked out once as long as neither tasks nor their dates change."""
    due = {task: last for task, last, _ in shape}
    edges = Graph.of({task: list(before) for task, _, before in shape})
    return layout(edges, lambda task: (due[task], task), _WIDEST, BOX + GAP, LANE)


def _lines(title: str) -> tuple[str, ...]:
    lines = wrapped(title, _LETTERS)
    return lines if len(lines) <= _MOST_LINES else (*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]}…")


def _caption(bar: Bar, said: Speech) -> str:
    day = said.day_month(bar.last)
    if bar.members <= 1:
        return day
    return f"{day} · {bar.done}/{bar.members}"


class _Sheet:
    def __init__(self, boxes: Mapping[str, _Box], plan: Layout, said: Speech) -> None:
        self._boxes, self._plan, self._said = boxes, plan, said
        self._level: dict[Item, int] = {item: n for n, layer in enumerate(plan.layers) for item in layer}
        self._tops: list[float] = []
        self._deep: list[float] = []
        top = MARGIN
        for layer in plan.layers:
            self._tops.append(top)
            self._deep.append(max((boxes[i].height for i in layer if isinstance(i, str)), default=0.0))
            top += self._deep[-1] + BETWEEN
        self._height = top - BETWEEN + MARGIN if plan.layers else 2 * MARGIN

    def drawn(self, name: str, address: Callable[[str], str]) -> Markup:
        wide = max((x + (BOX + GAP) / 2 for x in self._plan.x.values()), default=BOX) + 2 * MARGIN
        arrows = (self._arrow(way) for way in self._plan.ways.values())
        return drawing(wide, self._height, "graph", name, *arrows, *self._tasks(address))

    def _tasks(self, address: Callable[[str], str]) -> Iterator[Markup]:
        for name, box in self._boxes.items():
            x, y = self._plan.x[name] + MARGIN - BOX / 2, self._tops[self._level[name]]
            bar = box.bar
            critical = " critical" if bar.critical else ""
            corner = box.height / 2 if bar.event else 6.0
            parts = [
                titled(f"{bar.title} · {self._said.say(STANDING_LABELS[bar.standing])}"),
                element(
                    "rect", x=x, y=y, width=BOX, height=box.height, rx=corner,
                    class_=f"box tone-{bar.tone}{critical}",
                ),
            ]  # fmt: skip
            at = y + _PADDING + _TEXT
            for line in box.lines:
                parts.append(label(line, x + BOX / 2, at, "name"))
                at += _LINE
            parts.append(label(box.caption, x + BOX / 2, at, "caption"))
            yield element("a", *parts, href=address(name), class_="task")

    def _arrow(self, way: Sequence[Item]) -> Markup:
        first, last = way[0], way[-1]
        x = self._plan.x[first] + MARGIN
        y = self._tops[self._level[first]] + self._boxes[str(first)].height
        path = [f"M{x:.1f} {y:.1f}"]
        for item in way[1:]:
            to_x, to_y = self._plan.x[item] + MARGIN, self._tops[self._level[item]]
            half = (to_y - y) / 2
            path.append(f"C{x:.1f} {y + half:.1f} {to_x:.1f} {to_y - half:.1f} {to_x:.1f} {to_y:.1f}")
            x, y = to_x, to_y
            if item is not last:
                y += self._deep[self._level[item]]
                path.append(f"V{y:.1f}")
        tip = f"M{x - 4:.1f} {y - 6:.1f}L{x:.1f} {y:.1f}L{x + 4:.1f} {y - 6:.1f}"
        return element("path", d="".join(path) + tip, class_="dependency")
