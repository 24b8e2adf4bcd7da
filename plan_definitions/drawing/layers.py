"""A layered layout (Sugiyama): layers from top to bottom, few crossings, short bends.

1. Layers by longest path, none wider than a page: a full layer passes what is due latest on to the next.
2. An arrow over several layers gets a waypoint in each, so that it finds a way between the boxes.
3. Crossings are reduced by barycenter sweeps, down and up in turn; the best order seen is kept.
4. Each box is drawn towards the middle of its neighbours as far as the order and the gaps allow.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from plan_definitions.graph import Graph

Waypoint = tuple[str, str, int]
"""Where an arrow (before, after) passes a layer."""

Item = str | Waypoint

_SWEEPS = 24
_DRAWS = 16
_WAYPOINT_WEIGHT = 4.0
"""How much more than a box a waypoint insists on its place: long arrows stay straight."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The layers, top to bottom; `x` is the middle of each item, `ways` the items each arrow passes."""

    layers: tuple[tuple[Item, ...], ...]
    x: Mapping[Item, float]
    ways: Mapping[tuple[str, str], tuple[Item, ...]]


def layout(graph: Graph, rank: Callable[[str], Any], widest: int, box: float, lane: float) -> Layout:
    """Arrange an acyclic graph.

    `rank` sorts boxes by when they come, `widest` bounds the boxes of a layer, `box` and `lane` are the room
    that a box and a waypoint take, gaps included.
    """
    layers = layered(graph, rank, widest)
    level = {name: n for n, names in enumerate(layers) for name in names}
    arrows = [(before, after) for after, given in graph.predecessors.items() for before in given]
    passed = {(b, a): [(b, a, n) for n in range(level[b] + 1, level[a])] for b, a in arrows}
    items: list[list[Item]] = [list(names) for names in layers]
    for waypoint in (each for waypoints in passed.values() for each in waypoints):
        items[waypoint[2]].append(waypoint)
    ways: dict[tuple[str, str], tuple[Item, ...]] = {(b, a): (b, *passed[b, a], a) for b, a in arrows}
    up, down = _neighbours(items, ways.values())
    ordered = _uncrossed(items, up, down)
    room = {item: box if isinstance(item, str) else lane for layer in ordered for item in layer}
    x = _placed(ordered, up, down, room)
    return Layout(tuple(tuple(layer) for layer in ordered), x, ways)


def layered(graph: Graph, rank: Callable[[str], Any], widest: int) -> list[list[str]]:
    """Layers of at most `widest` names, each name below all of its predecessors, early ranks first."""
    waiting = {name: len(given) for name, given in graph.predecessors.items()}
    ready = sorted((name for name, count in waiting.items() if not count), key=rank)
    layers: list[list[str]] = []
    while ready:
        layer, ready = ready[:widest], ready[widest:]
        layers.append(layer)
        for name in layer:
            for after in graph.successors[name]:
                waiting[after] -= 1
                if not waiting[after]:
                    ready.append(after)
        ready.sort(key=rank)
    return layers


_Neighbours = Mapping[Item, Sequence[Item]]


def _neighbours(
    layers: Sequence[Sequence[Item]], ways: Iterable[tuple[Item, ...]]
) -> tuple[_Neighbours, _Neighbours]:
    """For each item those it is joined to in the layer above, and in the layer below."""
    up: dict[Item, list[Item]] = {item: [] for layer in layers for item in layer}
    down: dict[Item, list[Item]] = {item: [] for layer in layers for item in layer}
    for way in ways:
        for above, below in pairwise(way):
            down[above].append(below)
            up[below].append(above)
    return up, down


def _uncrossed(layers: list[list[Item]], up: _Neighbours, down: _Neighbours) -> list[list[Item]]:
    """The layers in the best order that sweeping found."""
    layers = [list(layer) for layer in layers]
    best, fewest = [list(layer) for layer in layers], crossings(layers, down)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        order = range(1, len(layers)) if downwards else range(len(layers) - 2, -1, -1)
        for n in order:
            fixed = layers[n - 1 if downwards else n + 1]
            _sort_by_barycenter(layers[n], fixed, up if downwards else down)
        found = crossings(layers, down)
        if found < fewest:
            best, fewest = [list(layer) for layer in layers], found
    return best


def _sort_by_barycenter(layer: list[Item], fixed: Sequence[Item], neighbours: _Neighbours) -> None:
    """Sort a layer by the mean place of each item's neighbours; an item without any keeps its place."""
    place = {item: n for n, item in enumerate(fixed)}
    scale = len(fixed) / max(1, len(layer))

    def mean(n: int, item: Item) -> float:
        places = [place[other] for other in neighbours[item]]
        return sum(places) / len(places) if places else n * scale

    keys = {item: mean(n, item) for n, item in enumerate(layer)}
    layer.sort(key=keys.__getitem__)


def crossings(layers: Sequence[Sequence[Item]], down: _Neighbours) -> int:
    """How many pairs of arrows cross between neighbouring layers."""
    total = 0
    for above, below in pairwise(layers):
        place = {item: n for n, item in enumerate(below)}
        passed: list[int] = []
        for item in above:
            ends = sorted(place[other] for other in down[item])
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total


def _placed(
    layers: Sequence[Sequence[Item]], up: _Neighbours, down: _Neighbours, room: Mapping[Item, float]
) -> dict[Item, float]:
    """The middle of each item, from 0 for the leftmost edge."""
    widest = max((sum(room[item] for item in layer) for layer in layers), default=0.0)
    x: dict[Item, float] = {}
    for layer in layers:
        at = -sum(room[item] for item in layer) / 2
        for item in layer:
            x[item] = at + room[item] / 2
            at += room[item]
    for draw in range(_DRAWS):
        for layer in layers if draw % 2 == 0 else reversed(layers):
            _draw_together(layer, x, up if draw % 2 == 0 else down, room, widest)
    for layer in layers:
        _draw_together(layer, x, {item: (*up[item], *down[item]) for item in layer}, room, widest)
    left = min((x[item] - room[item] / 2 for layer in layers for item in layer), default=0.0)
    return {item: middle - left for item, middle in x.items()}


def _draw_together(
    layer: Sequence[Item],
    x: dict[Item, float],
    neighbours: _Neighbours,
    room: Mapping[Item, float],
    widest: float,
) -> None:
    """Move a layer's items as near as order and width allow to the mean of their neighbours.

    Least squares under "at least so far apart" is isotonic regression once the distances are taken off:
    neighbours that want to pass each other are pooled at their weighted mean.
    """
    pools: list[tuple[float, float, int]] = []  # the place, its weight, how many items stand there
    offsets, offset = [], 0.0
    for n, item in enumerate(layer):
        offset += (room[layer[n - 1]] + room[item]) / 2 if n else 0.0
        offsets.append(offset)
        others = neighbours[item]
        wanted = (sum(x[other] for other in others) / len(others) if others else x[item]) - offset
        pool = (wanted, 1.0 if isinstance(item, str) else _WAYPOINT_WEIGHT, 1)
        while pools and pools[-1][0] > pool[0]:
            place, weight, count = pools.pop()
            both = weight + pool[1]
            pool = ((place * weight + pool[0] * pool[1]) / both, both, count + pool[2])
        pools.append(pool)
    # Cutting the places off at the bounds gives the best places within them.
    first, last = (room[layer[0]] - widest) / 2, (widest - room[layer[-1]]) / 2 - offsets[-1]
    places = [min(max(place, first), last) for place, _, count in pools for _ in range(count)]
    for item, place, away in zip(layer, places, offsets, strict=True):
        x[item] = place + away
