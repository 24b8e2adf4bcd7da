"""Checks of names: whatever a task refers to must be defined and of the right kind.

What the shared files say of each other (a role, a group, `via`) is looked up while they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plan_definitions.diagnostics import Diagnostic, Phrase
from plan_definitions.references import References
from plan_definitions.source import Place
from plan_definitions.under_check import UnderCheck, error


def unknown_tasks(plan: UnderCheck) -> Iterator[Diagnostic]:
    """`after` names tasks of this plan."""
    tasks = plan.definition.tasks
    unknown = References(
        "unknown-task",
        lambda name: Phrase("task `{name}` is not in the plan", {"name": name}),
        {name: task.place for name, task in tasks.items()},
    )
    for task in tasks.values():
        for before in task.after:
            name = before.task
            if name.text not in tasks and name.text not in plan.unread:
                unknown.add(name.text, name.place)
    yield from unknown.diagnostics()


def unknown_units(plan: UnderCheck) -> Iterator[Diagnostic]:
    """`lead` and `with` name units or groups of the office."""
    office = plan.definition.office
    unknown = References(
        "unknown-unit",
        lambda name: Phrase("unit `{name}` is not in the list of units", {"name": name}),
        _places(plan, "unit", office.units) | _places(plan, "group", office.groups),
    )
    for task in plan.definition.tasks.values():
        lead = () if task.lead.each else (task.lead.name,)
        for name in (*lead, *task.helpers):
            if not plan.knows(name.text):
                unknown.add(name.text, name.place)
    yield from unknown.diagnostics()


def unknown_groups(plan: UnderCheck) -> Iterator[Diagnostic]:
    """`{each: GROUP}` names a group; a single unit leads without `each`, and a group never without it."""
    office = plan.definition.office
    unknown = References(
        "unknown-group",
        lambda name: Phrase("group `{name}` is not in the list of groups", {"name": name}),
        _places(plan, "group", office.groups),
    )
    for task in plan.definition.tasks.values():
        name = task.lead.name
        values = {"name": name.text}
        if name.text in plan.unread:
            continue
        if not task.lead.each:
            if name.text in office.groups and name.text not in office.units:
                message = Phrase("`{name}` is a group; one unit leads, or each of a group", values)
                yield error("group-as-lead", name.place, message, Phrase("write `{{each: {name}}}`", values))
        elif name.text in office.units:
            message = Phrase("`{name}` is a unit, not a group", values)
            yield error("unit-as-group", name.place, message, Phrase("write `lead: {name}`", values))
        elif name.text not in office.groups:
            unknown.add(name.text, name.place)
    yield from unknown.diagnostics()


def unknown_roles(plan: UnderCheck) -> Iterator[Diagnostic]:
    """`accept` names a role that units.yaml gives to a unit."""
    roles = plan.definition.office.roles
    unknown = References(
        "unknown-role",
        lambda name: Phrase("role `{name}` is not given to any unit under `roles`", {"name": name}),
        _places(plan, "role", roles),
    )
    for task in plan.definition.tasks.values():
        if task.accept is not None and task.accept.text not in roles:
            unknown.add(task.accept.text, task.accept.place)
    yield from unknown.diagnostics()


def unknown_ladders(plan: UnderCheck) -> Iterator[Diagnostic]:
    """`ladder` names a ladder of this plan."""
    ladders = plan.definition.ladders
    unknown = References(
        "unknown-ladder",
        lambda name: Phrase("ladder `{name}` is not in the plan", {"name": name}),
        _places(plan, "ladder", ladders),
    )
    for task in plan.definition.tasks.values():
        if task.ladder and task.ladder.text not in ladders and task.ladder.text not in plan.unread:
            unknown.add(task.ladder.text, task.ladder.place)
    yield from unknown.diagnostics()


def unknown_clauses(plan: UnderCheck) -> Iterator[Diagnostic]:
    """Clauses that tasks cite stand in the plan's clause list, when it has one."""
    clauses = plan.definition.clauses
    if clauses is None:
        return
    unknown = References(
        "unknown-clause",
        lambda name: Phrase("clause `{name}` is not in the clause list", {"name": name}),
        _places(plan, "clause", clauses),
    )
    for task in plan.definition.tasks.values():
        for clause in task.clauses:
            if clause.text not in clauses and clause.text not in plan.unread:
                unknown.add(clause.text, clause.place)
    yield from unknown.diagnostics()


def _places(plan: UnderCheck, kind: str, names: Mapping[str, object]) -> dict[str, Place | None]:
    return {name: plan.definition.places.get((kind, name)) for name in names}
