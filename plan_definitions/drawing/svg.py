"""A picture as one SVG file that needs nothing else: no script, no font, no program to lay it out.

Colours are told twice, for light and dark screens; nothing is told by colour alone, since each box also says
who leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape

from plan_definitions.drawing.layers import Item, Layout, layout
from plan_definitions.drawing.picture import Arrow, Box, Picture
from plan_definitions.drawing.wrapping import width, wrapped
from plan_definitions.graph import Graph

_WIDEST_LAYER = 6
"""Boxes side by side: what a laptop's browser shows without scrolling sideways."""

_BOX, _BOX_GAP, _LANE, _MARGIN = 188.0, 22.0, 11.0, 24.0
_BETWEEN_LAYERS = 52.0
_TITLE_SIZE, _CAPTION_SIZE, _LINE, _CAPTION_LINE, _PADDING = 13.0, 11.0, 16.5, 14.0, 9.0
_STRIPE = 5.0
_CHARACTERS = (_BOX - 2 * _PADDING - _STRIPE) / (_TITLE_SIZE * 0.57)
_SMALLER = _TITLE_SIZE / _CAPTION_SIZE
_HEAD, _LEGEND_LINE, _SWATCH = 54.0, 22.0, 14.0
_PORTS = 0.72
"""The share of a box's edge along which arrows leave and arrive."""


def svg(picture: Picture) -> str:
    """The text of the SVG file. Raises `graph.Cyclic` for a plan that waits for itself."""
    return "\n".join(_Sheet.of(picture).lines()) + "\n"


@dataclass(frozen=True)
class _Sheet:
    """A picture with everything in its place; `tops` are the upper edges of the layers, `deep` how deep."""

    picture: Picture
    boxes: Mapping[str, Box]
    titles: Mapping[str, tuple[str, ...]]
    captions: Mapping[str, tuple[str, ...]]
    plan: Layout
    tops: Sequence[float]
    deep: Sequence[float]
    legend: Sequence[tuple[float, float, str, str]]
    size: tuple[float, float]

    @classmethod
    def of(cls, picture: Picture) -> _Sheet:
        boxes = {box.id: box for box in picture.boxes}
        order = {name: n for n, name in enumerate(boxes)}
        waits_for: dict[str, list[str]] = {name: [] for name in boxes}
        for arrow in picture.arrows:
            waits_for[arrow.after].append(arrow.before)

        def rank(name: str) -> tuple[date, int]:
            return boxes[name].due or date.max, order[name]

        plan = layout(Graph.of(waits_for), rank, _WIDEST_LAYER, _BOX + _BOX_GAP, _LANE)
        titles = {name: wrapped(box.title, _CHARACTERS) for name, box in boxes.items()}
        captions = {name: wrapped(box.caption, _CHARACTERS * _SMALLER) for name, box in boxes.items()}
        heights = {name: _height(titles[name], captions[name]) for name in boxes}
        wide = max((middle + _room(item) / 2 for item, middle in plan.x.items()), default=_BOX) + 2 * _MARGIN
        legend = list(_legend(picture, wide - 2 * _MARGIN))
        top = _HEAD + (max((y for _, y, _, _ in legend), default=0.0)) + 2 * _LEGEND_LINE
        tops, deep = [], []
        for layer in plan.layers:
            tops.append(top)
            deep.append(max((heights[item] for item in layer if isinstance(item, str)), default=0.0))
            top += deep[-1] + _BETWEEN_LAYERS
        return cls(
            picture,
            boxes,
            titles,
            captions,
            plan,
            tops,
            deep,
            legend,
            (wide, top - _BETWEEN_LAYERS + _MARGIN),
        )

    def lines(self) -> Iterator[str]:
        wide, high = (f"{side:.0f}" for side in self.size)
        title = self.picture.title
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="plan-graph" width="{wide}" height="{high}" '
            f'viewBox="0 0 {wide} {high}" role="img" aria-label="{escape(title)}">'
        )
        yield f"<title>{escape(title)}</title>"
        yield f"<style>{''.join(_style(self.picture))}</style>"
        yield f"<defs>{_arrowhead('tip')}{_arrowhead('critical-tip')}</defs>"
        yield f'<rect class="sheet" width="{wide}" height="{high}"/>'
        yield f'<text class="heading" x="{_MARGIN}" y="36">{escape(title)}</text>'
        yield from self._legend_lines()
        # The chain without slack lies on top of what crosses it.
        for arrow in sorted(self.picture.arrows, key=lambda arrow: arrow.critical):
            yield from self._arrow(arrow)
        for box in self.picture.boxes:
            yield from self._box(box)
        yield "</svg>"

    def _legend_lines(self) -> Iterator[str]:
        for x, y, kind, text in self.legend:
            left, middle = x + _MARGIN, y + _HEAD + _LEGEND_LINE / 2
            if kind in ("critical", "soft"):
                yield f'<path class="arrow {kind}" d="M{left:.1f} {middle:.1f}h{_SWATCH}"/>'
            else:
                corner = _SWATCH / 2 if kind == "event" else 3
                yield (
                    f'<rect class="box {kind}" x="{left:.1f}" y="{middle - _SWATCH / 2:.1f}" '
                    f'width="{_SWATCH}" height="{_SWATCH}" rx="{corner}"/>'
                )
            yield f'<text class="key" x="{left + _SWATCH + 6:.1f}" y="{middle + 4:.1f}">{escape(text)}</text>'

    def _box(self, box: Box) -> Iterator[str]:
        lead = f"lead{list(self.picture.leads).index(box.lead)}"
        lines, top = self.titles[box.id], self._top(box.id)
        left, high = self.plan.x[box.id] + _MARGIN - _BOX / 2, self._high(box.id)
        words = "".join((" event" if box.event else "", " critical" if box.critical else ""))
        yield f'<g class="task" id="{escape(box.id)}"><title>{escape(box.hint)}</title>'
        yield (
            f'<rect class="box {lead}{words}" x="{left:.1f}" y="{top:.1f}" width="{_BOX}" '
            f'height="{high:.1f}" rx="{high / 2 if box.event else 6:.1f}"/>'
        )
        if not box.event:
            yield (
                f'<rect class="stripe {lead}" x="{left + 3:.1f}" y="{top + 7:.1f}" width="{_STRIPE - 1}" '
                f'height="{high - 14:.1f}" rx="2"/>'
            )
        middle, y = left + (_BOX + (0 if box.event else _STRIPE)) / 2, top + _PADDING + _TITLE_SIZE - 2
        for line in lines:
            yield f'<text class="name" x="{middle:.1f}" y="{y:.1f}">{escape(line)}</text>'
            y += _LINE
        for line in self.captions[box.id]:
            yield f'<text class="caption" x="{middle:.1f}" y="{y:.1f}">{escape(line)}</text>'
            y += _CAPTION_LINE
        yield "</g>"

    def _arrow(self, arrow: Arrow) -> Iterator[str]:
        points = list(self._points(arrow))
        (x, y), *rest = points
        path = [f"M{x:.1f} {y:.1f}"]
        for number, (to_x, to_y) in enumerate(rest):
            if number % 2 == 0:
                path.append(f"V{to_y:.1f}")
            else:
                half = (to_y - y) / 2
                path.append(f"C{x:.1f} {y + half:.1f} {to_x:.1f} {to_y - half:.1f} {to_x:.1f} {to_y:.1f}")
            x, y = to_x, to_y
        kind = " critical" if arrow.critical else " soft" if arrow.soft else ""
        tip = "critical-tip" if arrow.critical else "tip"
        ends = f"{arrow.before} → {arrow.after}" + (f" (+ {arrow.label})" if arrow.label else "")
        yield (
            f'<path class="arrow{kind}" d="{"".join(path)}" marker-end="url(#{tip})">'
            f"<title>{escape(ends)}</title></path>"
        )

    def _points(self, arrow: Arrow) -> Iterator[tuple[float, float]]:
        """Where an arrow leaves its box, each layer it leaves and enters on its way, where it arrives."""
        way = self.plan.ways[arrow.before, arrow.after]
        level = self._level(arrow.before)
        x = self._port(arrow.before, way[1], leaving=True)
        yield x, self._top(arrow.before) + self._high(arrow.before)
        yield x, self.tops[level] + self.deep[level]
        for item in way[1:-1]:
            level += 1
            x = self.plan.x[item] + _MARGIN
            yield x, self.tops[level]
            yield x, self.tops[level] + self.deep[level]
        # The arrowhead is drawn beyond the end of the line.
        yield self._port(arrow.after, way[-2], leaving=False), self.tops[level + 1] - 6

    def _port(self, name: str, item: Item, *, leaving: bool) -> float:
        """Where on the edge of a box an arrow to (or from) `item` starts: side by side, none crossing."""
        ends = self._ends[name, leaving]
        share = (ends.index(item) + 1) / (len(ends) + 1) - 0.5
        return self.plan.x[name] + _MARGIN + share * _BOX * _PORTS

    @cached_property
    def _ends(self) -> Mapping[tuple[str, bool], Sequence[Item]]:
        """What each box is joined to below (leaving: True) and above (False), from left to right."""
        ends: dict[tuple[str, bool], list[Item]] = {}
        for (before, after), way in self.plan.ways.items():
            ends.setdefault((before, True), []).append(way[1])
            ends.setdefault((after, False), []).append(way[-2])
        return {key: sorted(items, key=self.plan.x.__getitem__) for key, items in ends.items()}

    @cached_property
    def _levels(self) -> Mapping[Item, int]:
        return {item: n for n, layer in enumerate(self.plan.layers) for item in layer}

    def _high(self, name: str) -> float:
        return _height(self.titles[name], self.captions[name])

    def _level(self, name: str) -> int:
        return self._levels[name]

    def _top(self, name: str) -> float:
        return self.tops[self._level(name)]


def _room(item: Item) -> float:
    return _BOX + _BOX_GAP if isinstance(item, str) else _LANE


def _height(title: Sequence[str], caption: Sequence[str]) -> float:
    return 2 * _PADDING + len(title) * _LINE + len(caption) * _CAPTION_LINE - 4


def _legend(picture: Picture, wide: float) -> Iterator[tuple[float, float, str, str]]:
    """What each colour and line means, in lines that fit the sheet: place, class, words."""
    counted = {lead: sum(box.lead == lead for box in picture.boxes) for lead in picture.leads}
    entries = [
        *((f"lead{n}", f"{name}: {counted[lead]}") for n, (lead, name) in enumerate(picture.leads.items())),
        *((kind, text) for kind, text in picture.legend.items() if _occurs(kind, picture)),
    ]
    x = y = 0.0
    for kind, text in entries:
        room = _SWATCH + 6 + width(text) * 12 + 20
        if x and x + room > wide:
            x, y = 0.0, y + _LEGEND_LINE
        yield x, y, kind, text
        x += room


def _occurs(kind: str, picture: Picture) -> bool:
    """Whether a legend's line has something to explain."""
    if kind == "event":
        return any(box.event for box in picture.boxes)
    return any(getattr(arrow, kind) for arrow in picture.arrows)


def _arrowhead(name: str) -> str:
    return (
        f'<marker id="{name}" class="{name}" viewBox="0 0 8 8" refX="1.5" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>'
    )


_LIGHT = {"sheet": "#ffffff", "ink": "#1b1f24", "quiet": "#57606a", "line": "#8c959f", "critical": "#c4162a"}
_DARK = {"sheet": "#12161b", "ink": "#e9edf2", "quiet": "#a8b3bf", "line": "#6b7682", "critical": "#ff7b86"}


def _style(picture: Picture) -> Iterator[str]:
    yield (
        ".plan-graph text{font-family:system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif}"
        f".plan-graph .heading{{font-size:20px;font-weight:600}}.plan-graph .key{{font-size:12px}}"
        f".plan-graph .name{{font-size:{_TITLE_SIZE}px;text-anchor:middle}}"
        f".plan-graph .caption{{font-size:{_CAPTION_SIZE}px;text-anchor:middle}}"
        ".plan-graph .box{stroke-width:1.2}.plan-graph .box.critical{stroke-width:2.6}"
        ".plan-graph .arrow{fill:none;stroke-width:1.2}.plan-graph .arrow.critical{stroke-width:2.6}"
        ".plan-graph .arrow.soft{stroke-dasharray:5 4}.plan-graph .arrow:hover{stroke-width:4}"
        ".plan-graph .task:hover .box{stroke-width:3.4}"
    )
    yield from _colours(picture, _LIGHT, fill=(0.94, 0.60), line=(0.42, 0.55))
    yield "@media (prefers-color-scheme:dark){"
    yield from _colours(picture, _DARK, fill=(0.17, 0.35), line=(0.62, 0.55))
    yield "}"


def _colours(
    picture: Picture, plain: Mapping[str, str], *, fill: tuple[float, float], line: tuple[float, float]
) -> Iterator[str]:
    """One theme; `fill` and `line` are lightness and saturation of boxes and their edges."""
    yield f".plan-graph .sheet{{fill:{plain['sheet']}}}.plan-graph text{{fill:{plain['ink']}}}"
    yield f".plan-graph .caption{{fill:{plain['quiet']}}}.plan-graph .arrow{{stroke:{plain['line']}}}"
    yield f".plan-graph .box{{fill:none;stroke:{plain['quiet']}}}"
    yield f".plan-graph .tip{{fill:{plain['line']}}}"
    for number, lead in enumerate(picture.leads):
        edge = picture.colour(lead, *line)
        yield f".plan-graph .box.lead{number}{{fill:{picture.colour(lead, *fill)};stroke:{edge}}}"
        yield f".plan-graph .stripe.lead{number}{{fill:{edge}}}"
    critical = plain["critical"]
    yield f".plan-graph .box.critical,.plan-graph .arrow.critical{{stroke:{critical}}}"
    yield f".plan-graph .critical-tip{{fill:{critical}}}"
