"""Checks of people: who leads, who accepts, who can be reached, and which clauses nobody carries."""

from __future__ import annotations

from collections.abc import Iterator

from plan_definitions.diagnostics import Diagnostic, Phrase
from plan_definitions.model import Manner, TaskDefinition
from plan_definitions.scheduling import DEFAULT_LADDER
from plan_definitions.under_check import UnderCheck, error, some, warning


def unreachable_units(plan: UnderCheck) -> Iterator[Diagnostic]:
    """Everyone the plan names has a usable channel, its own or that of the unit it is reached through."""
    units = plan.definition.office.units
    for name in _units_concerned(plan):
        if name in plan.unread or any(
            c.usable for unit in _carriers(plan, name) for c in units[unit].contacts
        ):
            continue
        message = Phrase("unit `{name}` has no usable channel", {"name": name})
        mend = Phrase("give a contact an address or a number that fits its `channel`, or `via` another unit")
        yield error("unusable-channel", plan.place("unit", name), message, mend)


def _units_concerned(plan: UnderCheck) -> dict[str, None]:
    """Every unit that leads, helps or holds a role, in the order met."""
    concerned: dict[str, None] = {}
    names: dict[str, None] = {}
    for task in plan.definition.tasks.values():
        names[task.lead.name.text] = None
        for helper in task.helpers:
            names[helper.text] = None
    for name in (*names, *plan.definition.office.roles.values()):
        concerned.update(dict.fromkeys(plan.members(name)))
    return concerned


def _carriers(plan: UnderCheck, name: str) -> tuple[str, ...]:
    """The unit and, through `via`, those whose letters carry its section."""
    units = plan.definition.office.units
    chain: dict[str, None] = {}
    step: str | None = name
    while step is not None and step in units and step not in chain:
        chain[step] = None
        step = units[step].via
    return tuple(chain)


def thresholds(plan: UnderCheck) -> Iterator[Diagnostic]:
    """`complete_when` asks for no more members than lead the task."""
    for task in plan.readable_tasks():
        count, leads = task.complete_when.count, plan.leads(task)
        if count is not None and leads and count > len(leads):
            values = {"count": count, "members": len(leads), "name": task.id}
            message = Phrase("task `{name}` is complete with {count}, but only {members} lead it", values)
            place = plan.definition.places.get(("complete_when", task.id)) or task.place
            yield error("threshold-above-members", place, message)


def same_units(plan: UnderCheck) -> Iterator[Diagnostic]:
    """With `same_unit` each leading unit leads the predecessor too: it waits for its own assignment there."""
    for task in plan.readable_tasks():
        for before in task.after:
            earlier = plan.definition.tasks.get(before.task.text)
            if not before.same_unit or earlier is None or earlier.id in plan.unread:
                continue
            leads, earlier_leads = plan.leads(task), plan.leads(earlier)
            missing = [unit for unit in leads if unit not in frozenset(earlier_leads)]
            if missing and earlier_leads:
                values = {"name": earlier.id, "units": some(missing)}
                message = Phrase("`same_unit`, but {units} does not lead `{name}`", values)
                yield error("not-same-unit", before.task.place, message)


def self_acceptance(plan: UnderCheck) -> Iterator[Diagnostic]:
    """Nobody accepts its own work: the role above does, which a clerk rarely means."""
    office = plan.definition.office
    for task in plan.readable_tasks():
        unit = office.roles.get(task.accept.text) if task.accept else None
        if task.accept is not None and unit is not None and unit in plan.leads(task):
            values = {"role": task.accept.text, "unit": unit}
            message = Phrase(
                "`{role}` is unit `{unit}`, which leads the task and cannot accept its own work", values
            )
            yield warning(
                "self-acceptance", task.accept.place, message, Phrase("name a role of another unit")
            )


def acceptance_of_requests(plan: UnderCheck) -> Iterator[Diagnostic]:
    """A unit that is asked, not ordered, has its report thanked for, not accepted (language.md, *Units*)."""
    units = plan.definition.office.units
    for task in plan.readable_tasks():
        lead = units.get(task.lead.name.text)
        if task.accept and not task.lead.each and lead is not None and lead.manner is Manner.REQUEST:
            message = Phrase(
                "nobody accepts the work of `{unit}`, which is asked and not ordered", {"unit": lead.id}
            )
            yield warning("acceptance-of-request", task.accept.place, message, Phrase("leave `accept` out"))


def uncovered_clauses(plan: UnderCheck) -> Iterator[Diagnostic]:
    """Every duty of the signed document is carried by a task; facts need none."""
    carried = {clause.text for task in plan.definition.tasks.values() for clause in task.clauses}
    for clause in (plan.definition.clauses or {}).values():
        if clause.form != "fact" and clause.id not in carried and clause.id not in plan.unread:
            values = {"name": clause.id, "duty": clause.duty}
            message = Phrase("no task carries clause {name}: {duty}", values)
            yield warning("uncovered-clause", plan.place("clause", clause.id), message)


def missing_ladder(plan: UnderCheck) -> Iterator[Diagnostic]:
    """Tasks that name no ladder climb `default`; without one nobody is reminded of them."""
    ladders = plan.definition.ladders
    if DEFAULT_LADDER in ladders or DEFAULT_LADDER in plan.unread:
        return
    bare: list[TaskDefinition] = [task for task in plan.readable_tasks() if task.ladder is None]
    if bare:
        message = Phrase(
            "there is no ladder `default`: nobody is reminded of {count} tasks", {"count": len(bare)}
        )
        yield warning("missing-default-ladder", plan.place("plan", ""), message)
