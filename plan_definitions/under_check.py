"""What a check may look at: the definition, its dates, and where things stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plan_definitions.dates import TaskDates
from plan_definitions.diagnostics import Diagnostic, Phrase, Severity
from plan_definitions.model import PlanDefinition, TaskDefinition
from plan_definitions.source import Place
from plan_definitions.working_days import WorkingCalendar

_NOWHERE = Place("", 1, 1, 2)


@dataclass(frozen=True, slots=True)
class UnderCheck:
    """A definition under check.

    `unread` are ids whose text was refused while reading: they exist, but nothing follows from them.
    `dates` holds the tasks whose dates could be worked out.
    """

    definition: PlanDefinition
    calendar: WorkingCalendar
    dates: Mapping[str, TaskDates]
    unread: frozenset[str]

    def place(self, kind: str, name: str) -> Place:
        """Where a record without a place of its own stands; the plan's place where nobody noted it."""
        places = self.definition.places
        return places.get((kind, name)) or places.get(("plan", "")) or self._first_place()

    def _first_place(self) -> Place:
        return next((task.place for task in self.definition.tasks.values()), _NOWHERE)

    def knows(self, name: str) -> bool:
        """Whether a unit or group of this name exists."""
        office = self.definition.office
        return name in office.units or name in office.groups or name in self.unread

    def members(self, name: str) -> tuple[str, ...]:
        """The units a name stands for; none for a name that is itself a mistake."""
        office = self.definition.office
        if name in office.units:
            return (name,)
        return office.groups.get(name, ())

    def leads(self, task: TaskDefinition) -> tuple[str, ...]:
        """The units that lead a task, as far as its lead makes sense."""
        lead = task.lead.name.text
        if task.lead.each:
            return self.definition.office.groups.get(lead, ())
        return (lead,) if lead in self.definition.office.units else ()

    def readable_tasks(self) -> Iterator[TaskDefinition]:
        """The tasks whose own text was read whole."""
        return (task for name, task in self.definition.tasks.items() if name not in self.unread)


def error(code: str, place: Place, message: Phrase, mend: Phrase | None = None) -> Diagnostic:
    """A mistake that refuses the plan."""
    return Diagnostic(code, Severity.ERROR, place, message, mend)


def warning(code: str, place: Place, message: Phrase, mend: Phrase | None = None) -> Diagnostic:
    """Something to look at that lets the plan pass."""
    return Diagnostic(code, Severity.WARNING, place, message, mend)


def some(names: tuple[str, ...] | list[str], most: int = 5) -> str:
    """A few names for a message, the rest as an ellipsis."""
    return ", ".join(f"`{name}`" for name in names[:most]) + (", …" if len(names) > most else "")
