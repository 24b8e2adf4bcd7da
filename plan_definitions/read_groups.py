"""Groups of units: looked up, and expanded to their members."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from plan_definitions.diagnostics import Phrase, Report, Unreadable
from plan_definitions.forms import NAME, Form
from plan_definitions.model import Name
from plan_definitions.records import named_entries, one_or_more
from plan_definitions.references import References
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class Group:
    """A group as written: its members may be groups themselves."""

    place: Place
    members: tuple[Name, ...]


_MEMBERS = one_or_more(NAME)


def read_groups(node: Node, report: Report) -> dict[str, Group]:
    """The groups by name; an empty one is refused."""
    groups: dict[str, Group] = {}
    for identifier, entry in named_entries(node, report):
        report.places["group", identifier] = entry.key.place
        before = report.errors
        try:
            members = _MEMBERS.read(entry.value, report)
        except Unreadable:
            members = ()
        if not members and report.errors == before:
            message = Phrase("the group `{name}` has no member", {"name": identifier})
            report.error("empty-group", entry.key.place, message)
        if report.errors > before:
            report.unread.add(identifier)
        groups[identifier] = Group(entry.key.place, members)
    return groups


GROUPS = Form(read_groups, {"type": "object", "additionalProperties": _MEMBERS.schema})


@dataclass(frozen=True, slots=True)
class UnknownUnits:
    """Looks names up in what an office has, and gathers the unknown ones: each is told once."""

    known: Collection[str]
    references: References
    report: Report

    def look_up(self, name: Name) -> None:
        """Note a name that is neither known nor already refused where it was defined."""
        if name.text not in self.known and name.text not in self.report.unread:
            self.references.add(name.text, name.place)

    def report_all(self) -> None:
        """Report what was gathered."""
        for diagnostic in self.references.diagnostics():
            self.report.add(diagnostic)


def unknown_units(units: Iterable[str], groups: Iterable[str], report: Report) -> UnknownUnits:
    """A gatherer over units, and over groups where a name may be either."""
    places: dict[str, Place | None] = {name: report.places.get(("unit", name)) for name in units}
    places |= {name: report.places.get(("group", name)) for name in groups}
    return UnknownUnits(places, References("unknown-unit", _no_such_unit, places), report)


def _no_such_unit(name: str) -> Phrase:
    return Phrase("unit `{name}` is not in the list of units", {"name": name[:80]})


def expanded_groups(
    groups: Mapping[str, Group], units: Mapping[str, object], report: Report
) -> dict[str, tuple[str, ...]]:
    """Each group's units, in the order written and once each; groups may hold groups, but not in a circle."""
    _refuse_shared_names(units, groups, report)
    unknown = unknown_units(units, groups, report)
    members: dict[str, tuple[str, ...]] = {}
    for identifier in _inner_first(groups, report):
        found: dict[str, None] = {}
        for name in groups[identifier].members:
            unknown.look_up(name)
            if name.text in units:
                found[name.text] = None
                continue
            found.update(dict.fromkeys(members.get(name.text, ())))
            # What a group holds is not known while one of its members is not.
            if name.text not in groups or name.text in report.unread:
                report.unread.add(identifier)
        members[identifier] = tuple(found)
    unknown.report_all()
    return {identifier: members.get(identifier, ()) for identifier in groups}


def _refuse_shared_names(units: Mapping[str, object], groups: Mapping[str, Group], report: Report) -> None:
    for identifier in groups.keys() & units.keys():
        message = Phrase("`{name}` is a unit and a group; names must differ", {"name": identifier})
        report.error("duplicate-name", groups[identifier].place, message)


def _inner_first(groups: Mapping[str, Group], report: Report) -> list[str]:
    """The groups, inner ones first; none where they hold each other in a circle."""
    circle = circle_of({identifier: group.members for identifier, group in groups.items()})
    if circle:
        path = " → ".join(name.text for name in [circle[-1], *circle])
        report.error("group-cycle", circle[0].place, Phrase("groups hold each other: {path}", {"path": path}))
        report.unread.update(groups)
        return []
    inner = {identifier: [name.text for name in group.members] for identifier, group in groups.items()}
    return [name for name in TopologicalSorter(inner).static_order() if name in groups]


def circle_of(named: Mapping[str, Sequence[Name]]) -> list[Name]:
    """The names along one circle of things that name each other, from the first written; none, if none."""
    try:
        TopologicalSorter({key: [n.text for n in names] for key, names in named.items()}).prepare()
    except CycleError as error:
        # The sorter lists the circle from the named to the one that names it.
        circle: list[str] = error.args[1][::-1]
        names = [next(n for n in named[a] if n.text == b) for a, b in pairwise(circle)]
        first = names.index(min(names, key=lambda name: name.place))
        return [*names[first:], *names[:first]]
    return []
