"""The graph of names: laws held against naive oracles, and size."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_definitions.graph import Cyclic, Graph

NAMES = tuple("abcdefg")

graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4), max_size=7)


@st.composite
def acyclic(draw: st.DrawFn) -> Mapping[str, list[str]]:
    """Names in any written order whose predecessors stand before them in a hidden one."""
    hidden = draw(st.permutations(NAMES))
    before = {
        name: draw(st.lists(st.sampled_from(hidden[:n]), unique=True)) if n else []
        for n, name in enumerate(hidden)
    }
    return {name: before[name] for name in draw(st.permutations(NAMES))}


def reachable(graph: Graph, start: str) -> set[str]:
    """The transitive closure, by repeating until nothing is new."""
    found = set(graph.successors[start])
    while True:
        wider = found | {s for name in found for s in graph.successors[name]}
        if wider == found:
            return found
        found = wider


def paths(graph: Graph) -> list[tuple[str, ...]]:
    """Every path of an acyclic graph, by extending all of them."""
    complete: list[tuple[str, ...]] = []
    growing: list[tuple[str, ...]] = [(name,) for name in graph.predecessors]
    while growing:
        complete += growing
        growing = [(*path, s) for path in growing for s in graph.successors[path[-1]]]
    return complete


@given(acyclic())
def test_order_respects_every_edge(before: Mapping[str, list[str]]) -> None:
    order = Graph.of(before).order()
    assert sorted(order) == sorted(before)
    place = {name: n for n, name in enumerate(order)}
    assert all(place[p] < place[name] for name, given_names in before.items() for p in given_names)


@given(graphs)
def test_cycles_are_found_where_a_name_reaches_itself(before: Mapping[str, list[str]]) -> None:
    graph = Graph.of(before)
    looping = {name for name in before if name in reachable(graph, name)}
    cycles = graph.cycles()
    on_cycles = {name for cycle in cycles for arrow in cycle for name in arrow}
    assert on_cycles <= looping
    assert all(any(reachable(graph, name) & {a for a, _ in cycle} for cycle in cycles) for name in looping)
    for cycle in cycles:
        assert all(after in graph.successors[name] for name, after in cycle)
        assert all(one[1] == two[0] for one, two in itertools.pairwise((*cycle, cycle[0])))
        assert len({name for name, _ in cycle}) == len(cycle)
    if looping:
        with pytest.raises(Cyclic):
            graph.order()
    else:
        assert not cycles
        assert len(graph.order()) == len(before)


@given(graphs)
def test_each_knot_is_reported_once(before: Mapping[str, list[str]]) -> None:
    graph = Graph.of(before)
    knots = {
        frozenset(other for other in reachable(graph, name) if name in reachable(graph, other))
        for name in before
        if name in reachable(graph, name)
    }
    assert len(graph.cycles()) == len(knots)


@given(graphs)
def test_downstream_is_the_closure(before: Mapping[str, list[str]]) -> None:
    graph = Graph.of(before)
    for name in before:
        assert set(graph.downstream(name)) == reachable(graph, name)


@given(acyclic(), st.lists(st.integers(1, 9), min_size=len(NAMES), max_size=len(NAMES)))
def test_the_longest_path_is_the_heaviest(before: Mapping[str, list[str]], given_weights: list[int]) -> None:
    graph = Graph.of(before)
    weights = dict(zip(NAMES, given_weights, strict=True))
    every = paths(graph)
    assert graph.longest_path() in every
    assert len(graph.longest_path()) == max(map(len, every))
    heaviest = graph.longest_path(weights)
    assert heaviest in every
    assert sum(map(weights.__getitem__, heaviest)) == max(sum(map(weights.__getitem__, p)) for p in every)


def test_order_is_as_written_where_edges_allow() -> None:
    assert Graph.of({"c": [], "a": [], "b": ["a"]}).order() == ("c", "a", "b")


def test_names_that_are_no_keys_are_left_out() -> None:
    graph = Graph.of({"a": ["nobody"], "b": ["a", "a"]})
    assert graph.predecessors == {"a": (), "b": ("a",)}
    assert graph.successors == {"a": ("b",), "b": ()}


def test_a_cycle_is_told_edge_by_edge_from_the_name_written_first() -> None:
    graph = Graph.of({"b": ["a"], "c": ["b"], "a": ["c"], "z": ["c"]})
    assert graph.cycles() == ((("b", "c"), ("c", "a"), ("a", "b")),)


def test_a_long_chain_and_a_long_cycle_need_no_recursion() -> None:
    size = 50_000
    chain = {str(n): [str(n - 1)] if n else [] for n in range(size)}
    assert len(Graph.of(chain).longest_path()) == size
    assert len(Graph.of(chain).downstream("0")) == size - 1
    chain["0"] = [str(size - 1)]
    assert len(Graph.of(chain).cycles()[0]) == size


def test_an_empty_graph_answers() -> None:
    graph = Graph.of({})
    assert (graph.order(), graph.cycles(), graph.longest_path()) == ((), (), ())
