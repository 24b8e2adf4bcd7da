"""A frozen graph of names: order, cycles, what lies downstream, the longest path.

It knows names and edges only. Nothing here recurses, and every question takes time linear in the graph, so
that a chain of 50,000 tasks is no harder than a wide plan.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Arrow = tuple[str, str]
"""An edge: (predecessor, successor)."""


class Cyclic(ValueError):
    """The graph has no order because it has a cycle; `cycles()` names them."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Names in the order written, each with those before it and those after it."""

    predecessors: Mapping[str, tuple[str, ...]]
    successors: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, predecessors: Mapping[str, Iterable[str]]) -> Graph:
        """The graph in which each key follows its values; values that are no keys are left out."""
        before = {
            name: tuple(dict.fromkeys(p for p in given if p in predecessors))
            for name, given in predecessors.items()
        }
        after: dict[str, list[str]] = {name: [] for name in before}
        for name, given in before.items():
            for predecessor in given:
                after[predecessor].append(name)
        return cls(before, {name: tuple(names) for name, names in after.items()})

    def order(self) -> tuple[str, ...]:
        """All names, each after its predecessors, otherwise as written; raises `Cyclic`."""
        ordered = self._order_without_cycles()
        if len(ordered) < len(self.predecessors):
            raise Cyclic("the graph has a cycle")
        return ordered

    def _order_without_cycles(self) -> tuple[str, ...]:
        """The names that do not stand on or behind a cycle, in order."""
        missing = {name: len(given) for name, given in self.predecessors.items()}
        ready = deque(name for name, count in missing.items() if not count)
        ordered: list[str] = []
        while ready:
            name = ready.popleft()
            ordered.append(name)
            for successor in self.successors[name]:
                missing[successor] -= 1
                if not missing[successor]:
                    ready.append(successor)
        return tuple(ordered)

    def cycles(self) -> tuple[tuple[Arrow, ...], ...]:
        """For every knot of names that lead back to themselves, one shortest cycle, edge by edge.

        A cycle begins at the name of the knot written first. Mending it may uncover another in the same
        knot; listing all of them would take exponential time.
        """
        suspects = dict.fromkeys(self.predecessors)
        for name in self._order_without_cycles():
            del suspects[name]
        knots = self._knots(suspects) if suspects else []
        rank = {name: n for n, name in enumerate(self.predecessors)}
        firsts = sorted(((min(knot, key=rank.__getitem__), knot) for knot in knots), key=lambda k: rank[k[0]])
        return tuple(self._shortest_cycle(first, knot) for first, knot in firsts)

    def _knots(self, among: Iterable[str]) -> list[set[str]]:
        """The strongly connected sets that hold a cycle (Kosaraju: finish order, then the graph reversed)."""
        names = set(among)
        assigned: set[str] = set()
        knots = []
        for root in reversed(self._finish_order(names)):
            if root in assigned:
                continue
            knot, waiting = {root}, [root]
            assigned.add(root)
            while waiting:
                for name in self.predecessors[waiting.pop()]:
                    if name in names and name not in assigned:
                        assigned.add(name)
                        knot.add(name)
                        waiting.append(name)
            if len(knot) > 1 or root in self.successors[root]:
                knots.append(knot)
        return knots

    def _finish_order(self, names: set[str]) -> list[str]:
        """The names in the order in which a depth-first walk along the edges leaves them."""
        finished: list[str] = []
        seen: set[str] = set()
        for root in self.predecessors:
            if root not in names or root in seen:
                continue
            seen.add(root)
            walk = [(root, iter(self.successors[root]))]
            while walk:
                name, rest = walk[-1]
                following = next((s for s in rest if s in names and s not in seen), None)
                if following is None:
                    finished.append(name)
                    walk.pop()
                else:
                    seen.add(following)
                    walk.append((following, iter(self.successors[following])))
        return finished

    def _shortest_cycle(self, first: str, knot: set[str]) -> tuple[Arrow, ...]:
        came_from: dict[str, str] = {}
        waiting = deque([first])
        while first not in came_from:
            name = waiting.popleft()
            for successor in self.successors[name]:
                if successor in knot and successor not in came_from:
                    came_from[successor] = name
                    waiting.append(successor)
        arrows = [(came_from[first], first)]
        while arrows[-1][0] != first:
            name = arrows[-1][0]
            arrows.append((came_from[name], name))
        return tuple(reversed(arrows))

    def downstream(self, *names: str) -> tuple[str, ...]:
        """Everything reachable from `names`, nearest first; the names themselves only if on a cycle."""
        reached: dict[str, None] = {}
        waiting = deque(names)
        while waiting:
            for successor in self.successors[waiting.popleft()]:
                if successor not in reached:
                    reached[successor] = None
                    waiting.append(successor)
        return tuple(reached)

    def longest_path(self, weights: Mapping[str, int] | None = None) -> tuple[str, ...]:
        """The chain with the most names, or the greatest sum of `weights`; raises `Cyclic`."""
        best: dict[str, int] = {}
        came_from: dict[str, str | None] = {}
        for name in self.order():
            before = max(self.predecessors[name], key=best.__getitem__, default=None)
            came_from[name] = before
            best[name] = (weights[name] if weights else 1) + (best[before] if before is not None else 0)
        step = max(best, key=best.__getitem__, default=None)
        path: list[str] = []
        while step is not None:
            path.append(step)
            step = came_from[step]
        return tuple(reversed(path))
