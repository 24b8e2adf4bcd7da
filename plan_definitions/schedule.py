"""A checked plan with every date worked out: what the store keeps and the engine reads.

The records are flat, hold no places, and turn into JSON and back without loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plan_definitions.model import (
    BudgetLine,
    CalendarDefinition,
    Clause,
    Document,
    Evidence,
    Indicator,
    Kind,
    Ladder,
    Office,
    Offset,
    Roll,
    Threshold,
)


@dataclass(frozen=True, slots=True)
class Edge:
    """A predecessor of a task; `soft` ones are shown and do not block."""

    task: str
    lag: Offset | None = None
    soft: bool = False
    same_unit: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The planned dates of a task, or of one occurrence of it (counted from 1), for every unit that leads it.

    `due` is rolled; `unrolled_due` is the date before rolling, by which a revision matches occurrences.
    """

    occurrence: int | None
    start: date | None
    due: date | None
    unrolled_due: date | None


@dataclass(frozen=True, slots=True)
class ScheduledAssignment:
    """A turn of a task for one unit: what is published as an assignment, and tracked."""

    id: str
    task: str
    unit: str
    occurrence: int | None
    start: date | None
    due: date | None
    unrolled_due: date | None


@dataclass(frozen=True, slots=True)
class ScheduledTask:
    """A node of the graph with its people, dates and rules.

    `leads` and `helpers` are units, groups expanded; all that lead share the `turns`. `span` is the number of
    working days the plan gives from opening to due, at least 1. `slack` is the number of working days the
    task may slip before an event, a fixed date or the end of the plan moves; `critical` means none. `opens`
    is the working day on which the plan expects it to open, by its start and its predecessors' due dates.
    """

    id: str
    title: str
    kind: Kind
    leads: tuple[str, ...]
    helpers: tuple[str, ...]
    each: str | None
    helper_names: tuple[str, ...]
    start: date | None
    due: date | None
    unrolled_due: date | None
    span: int
    roll: Roll
    repeats: bool
    after: tuple[Edge, ...]
    ladder: Ladder
    clauses: tuple[str, ...]
    evidence: Evidence
    none_allowed: bool
    confidential: bool
    accept: str | None
    complete_when: Threshold
    indicators: tuple[Indicator, ...]
    budget: tuple[BudgetLine, ...]
    note: str | None
    was: str | None
    critical: bool
    slack: int | None
    turns: tuple[Turn, ...]
    opens: date | None = None

    @property
    def assignments(self) -> tuple[ScheduledAssignment, ...]:
        """Every turn for every unit that leads; a unit's stand together."""
        return tuple(_assignment(self.id, unit, turn) for unit in self.leads for turn in self.turns)


def _assignment(task: str, unit: str, turn: Turn) -> ScheduledAssignment:
    number = "" if turn.occurrence is None else f"/{turn.occurrence}"
    return ScheduledAssignment(
        f"{task}/{unit}{number}", task, unit, turn.occurrence, turn.start, turn.due, turn.unrolled_due
    )


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan ready to be published: definition, people, calendar and dates in one frozen record."""

    id: str
    title: str
    theme: str | None
    office: Office
    calendar: CalendarDefinition
    document: Document
    clauses: Mapping[str, Clause]
    anchors: Mapping[str, date]
    tasks: Mapping[str, ScheduledTask]

    @property
    def first_day(self) -> date:
        """The earliest planned date of the plan."""
        return min(d for t in self.tasks.values() for d in (t.start, t.due) if d is not None)

    @property
    def last_day(self) -> date:
        """The latest planned due date of the plan."""
        return max(t.due for t in self.tasks.values() if t.due is not None)
