"""What a decision is taken on: the plan, its calendar and the assignments at hand, as values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby, pairwise

from plan_definitions.graph import Graph
from plan_definitions.model import Ladder, Manner, Role
from plan_definitions.schedule import Schedule, ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.completion import Completion, completion
from workflows.engine.ladder_days import LadderDays, ladder_days
from workflows.engine.records import Assignment

_NO_ROLES: frozenset[str] = frozenset()

ESCALATION_ORDER = (Role.STANDING_OFFICE, Role.DEPUTY_CHAIR, Role.CHAIR)
"""Who is next above whom (vietnam.md)."""


@dataclass(frozen=True)
class Situation:
    """A plan under way.

    `assignments` holds at least all assignments of the tasks to be decided on and of their hard
    predecessors; moves that undo something also need those of their successors and of the successors'
    predecessors, the forecast and the board all of the plan's. What is worked out once is remembered: a
    situation never changes.
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
    def _by_origin(self) -> Mapping[tuple[str, str], tuple[Assignment, ...]]:
        grouped: defaultdict[tuple[str, str], list[Assignment]] = defaultdict(list)
        for task, members in self._by_task.items():
            for assignment in members:
                if assignment.facts.replaced_by not in self.assignments:
                    grouped[task, self.origin(assignment)].append(assignment)
        return {key: tuple(sorted(found, key=_turn)) for key, found in grouped.items()}

    @cached_property
    def _following(self) -> Mapping[str, Assignment]:
        """The turn after each turn of a repeated task, by name."""
        following: dict[str, Assignment] = {}
        for held in self._by_origin.values():
            turns = (a for a in held if a.occurrence is not None and not a.facts.removed_by_revision)
            # One turn may stand twice: handed on, and reopened where it came from.
            by_day = [list(same) for _, same in groupby(turns, key=_planned_day)]
            following.update((one.id, later[0]) for same, later in pairwise(by_day) for one in same)
        return following

    @cached_property
    def _completions(self) -> dict[str, Mapping[int | None, Completion]]:
        return {}

    @cached_property
    def _ladder_days(self) -> dict[tuple[date, str], LadderDays]:
        return {}

    @cached_property
    def _hearers(self) -> dict[tuple[str, frozenset[str], bool], tuple[tuple[str, ...], ...]]:
        return {}

    @cached_property
    def _chairs_days(self) -> dict[date, date]:
        return {}

    @cached_property
    def held_up_by(self) -> dict[str, tuple[Assignment, ...]]:
        """Who holds work up, by assignment or by task, as far as `readiness.blockers` has worked it out."""
        return {}

    @cached_property
    def _roles(self) -> Mapping[str, frozenset[str]]:
        held: defaultdict[str, set[str]] = defaultdict(set)
        for role, unit in self.schedule.office.roles.items():
            held[unit].add(role)
        return {unit: frozenset(roles) for unit, roles in held.items()}

    @cached_property
    def graph(self) -> Graph:
        """Names and hard edges of the plan."""
        tasks = self.schedule.tasks.values()
        return Graph.of({t.id: [edge.task for edge in t.after if not edge.soft] for t in tasks})

    @cached_property
    def first_day(self) -> date:
        """The earliest date of the plan; work without a start of its own opens no sooner."""
        tasks = self.schedule.tasks.values()
        return min((day for t in tasks for day in (t.start, t.due) if day is not None), default=date.min)

    def of_task(self, task: str) -> tuple[Assignment, ...]:
        """All assignments of a task, every unit and occurrence, by name."""
        return self._by_task.get(task, ())

    def own(self, task: str, unit: str) -> tuple[Assignment, ...]:
        """What a unit was given of a task, in order of time; what it handed on stands with the new holder."""
        return self._by_origin.get((task, unit), ())

    def following(self, assignment: Assignment) -> Assignment | None:
        """The next turn of a repeated task; None for the last one and for work that does not repeat."""
        return None if assignment.occurrence is None else self._following.get(assignment.id)

    def origin(self, assignment: Assignment) -> str:
        """The unit that the plan gave the work to, however often it was handed on since."""
        while (replaced := assignment.facts.replaces) is not None:
            if replaced not in self.assignments:
                return replaced.split("/")[1]
            assignment = self.assignments[replaced]
        return assignment.unit

    def completions(self, task: str) -> Mapping[int | None, Completion]:
        """How far a task has come, by occurrence.

        Of repeated ongoing work only the check-ins count: the standing work beside them never ends.
        """
        if task not in self._completions:
            definition = self.schedule.tasks[task]
            groups: dict[int | None, list[Assignment]] = {}
            for assignment in self.of_task(task):
                groups.setdefault(assignment.occurrence, []).append(assignment)
            if definition.repeats:
                groups.pop(None, None)
            self._completions[task] = {
                occurrence: completion(members, definition.complete_when)
                for occurrence, members in groups.items()
            }
        return self._completions[task]

    def is_complete_without(self, assignment: Assignment) -> bool:
        """Whether the task (this occurrence) reached its threshold although `assignment` is unfinished."""
        judged = self.completions(assignment.task).get(assignment.occurrence)
        return judged is not None and judged.finished_on is not None

    def ladder_days(self, due: date, ladder: Ladder) -> LadderDays:
        """The days of a ladder for a due date."""
        found = self._ladder_days.get((due, ladder.id))
        if found is None:
            found = self._ladder_days[due, ladder.id] = ladder_days(due, ladder, self.calendar)
        return found

    def hearers(self, ladder: Ladder, unit: str, *, limited: bool) -> tuple[tuple[str, ...], ...]:
        """The roles that hear of each rung about a unit, `limited` to the standing office or not."""
        roles = self.roles_of(unit)
        key = ladder.id, roles, limited
        found = self._hearers.get(key)
        if found is None:
            heard = (
                {Role.STANDING_OFFICE} if limited else {role for rung in ladder.escalate for role in rung.to}
            )
            found = self._hearers[key] = tuple(
                tuple(role for role in rung.to if role in heard - roles) for rung in ladder.escalate
            )
        return found

    def chairs_day(self, as_of: date) -> date:
        """The day of the chair's list: this week's first working day, or else the next week's."""
        if as_of not in self._chairs_days:
            this_week = self.calendar.first_working_day_of_week(as_of)
            sunday = as_of + timedelta(6 - as_of.weekday())
            in_time = this_week is not None and as_of <= this_week
            self._chairs_days[as_of] = this_week if this_week and in_time else self.calendar.after(sunday, 1)
        return self._chairs_days[as_of]

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
        return self._roles.get(unit, _NO_ROLES)

    def accepter(self, assignment: Assignment) -> str | None:
        """The role that must accept the work; None where nobody must (requested units never).

        Nobody accepts their own work: where the lead itself holds the role, the next one above does.
        """
        role = self.task(assignment).accept
        if role is None or self.requested(assignment.unit):
            return None
        above = ESCALATION_ORDER[ESCALATION_ORDER.index(Role(role)) + 1 :] if role in ESCALATION_ORDER else ()
        others = (r for r in (role, *above) if self.unit_of(r) != assignment.unit)
        return next((str(r) for r in others), None)

    def requested(self, unit: str) -> bool:
        """Whether a unit is asked, not ordered; one that a revision took out of the office is not."""
        known = self.schedule.office.units.get(unit)
        return known is not None and known.manner is Manner.REQUEST

    def unit_of(self, to: str) -> str:
        """The unit behind a role name; a unit name stands for itself."""
        return self.schedule.office.roles.get(to, to)


def _turn(assignment: Assignment) -> tuple[date, str]:
    """Turns come in order of their planned dates; a revision may number them otherwise."""
    return _planned_day(assignment), assignment.id


def _planned_day(assignment: Assignment) -> date:
    return assignment.unrolled_due or assignment.original_due or date.min
