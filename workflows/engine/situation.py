"""What a decision is taken on: the plan, its calendar and the assignments at hand, as values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from plan_definitions.graph import Graph
from plan_definitions.model import Manner, Role
from plan_definitions.schedule import Schedule, ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.records import Assignment


@dataclass(frozen=True)
class Situation:
    """A plan under way.

    `assignments` holds at least those to be decided on and all assignments of their tasks' predecessors;
    the forecast and the board need all of the plan's.
    """

    schedule: Schedule
    calendar: WorkingCalendar
    assignments: Mapping[str, Assignment]

    @cached_property
    def _by_task(self) -> Mapping[str, tuple[Assignment, ...]]:
        grouped: defaultdict[str, list[Assignment]] = defaultdict(list)
        for assignment in self.assignments.values():
            grouped[assignment.task].append(assignment)
        return {task: tuple(sorted(found, key=lambda a: a.id)) for task, found in grouped.items()}

    @cached_property
    def graph(self) -> Graph:
        """Names and hard edges of the plan."""
        tasks = self.schedule.tasks.values()
        return Graph.of({t.id: [edge.task for edge in t.after if not edge.soft] for t in tasks})

    def of_task(self, task: str) -> tuple[Assignment, ...]:
        """All assignments of a task, every unit and occurrence, by name."""
        return self._by_task.get(task, ())

    def task(self, assignment: Assignment) -> ScheduledTask:
        """The definition behind an assignment.

        Raises KeyError for one whose task a revision removed: such assignments are cancelled or done and
        nothing is decided about them any more.
        """
        return self.schedule.tasks[assignment.task]

    def tasks_known(self, assignments: Iterable[Assignment]) -> Iterator[Assignment]:
        """Those assignments whose task the plan in force still has."""
        return (a for a in assignments if a.task in self.schedule.tasks)

    def roles_of(self, unit: str) -> frozenset[str]:
        """The roles a unit holds in its office."""
        return frozenset(role for role, holder in self.schedule.office.roles.items() if holder == unit)

    def accepter(self, assignment: Assignment) -> str | None:
        """The role that must accept the work; None where nobody must (requested units never)."""
        return None if self.requested(assignment.unit) else self.task(assignment).accept

    def requested(self, unit: str) -> bool:
        """Whether a unit is asked, not ordered."""
        return self.schedule.office.units[unit].manner is Manner.REQUEST

    def unit_of(self, to: str) -> str:
        """The unit behind a role name; a unit name stands for itself."""
        return self.schedule.office.roles.get(to, to)


ESCALATION_ORDER = (Role.STANDING_OFFICE, Role.DEPUTY_CHAIR, Role.CHAIR)
"""Who is next above whom (vietnam.md)."""
