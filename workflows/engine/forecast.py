"""What slips: the plan walked forward from what is known today."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from plan_definitions.model import Threshold
from plan_definitions.schedule import Edge
from workflows.engine.readiness import due_when_opened, own_groups
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, State


@dataclass(frozen=True, slots=True)
class Slip:
    """A task that will not keep its date: the due date in force and the day now to be expected."""

    task: str
    title: str
    units: tuple[str, ...]
    due: date
    expected: date


def expected_days(
    situation: Situation, as_of: date, *, because: str | None = None, new_due: date | None = None
) -> dict[str, date]:
    """The day on which each assignment can be expected to be done, by name; cancelled ones are left out.

    Finished work counts with the day it was done, a report that waits for its check with today at the
    earliest. Work in hand is expected on its due date, overdue work on the day promised or else the next
    working day; waiting work when its predecessors allow, with the working days the plan gives it.
    `because` supposes that one assignment is done on `new_due` (or, without it, on its due date).
    """
    return Forecast(situation, as_of).expected(because, new_due)


def slips(
    situation: Situation, as_of: date, *, because: str, new_due: date | None = None
) -> tuple[Slip, ...]:
    """The tasks after one assignment that will not keep their dates on account of it, nearest first.

    With `new_due`: those that the new date moves, against the date in force. Without: those that its being
    late already moves, against its having been done in time; units that are late together are to blame
    together.
    """
    return Forecast(situation, as_of).slips(because, new_due)


class Forecast:
    """The plan of a situation walked forward once; what one assignment changes is walked from there."""

    def __init__(self, situation: Situation, as_of: date) -> None:
        self._situation = situation
        self._as_of = as_of
        self._order = situation.graph.order()
        self._days: dict[str, date] = {}
        self._walk(self._order, self._days, {})

    def expected(self, because: str | None = None, new_due: date | None = None) -> dict[str, date]:
        """See `expected_days`."""
        return {**self._days, **self._supposed(because, new_due)} if because else dict(self._days)

    def slips(self, because: str, new_due: date | None = None) -> tuple[Slip, ...]:
        """See `slips`."""
        cause = self._situation.assignments[because]
        downstream = self._situation.graph.downstream(cause.task)
        if not downstream:
            return ()
        expected = {**self._days, **self._supposed(because, new_due)} if new_due else self._days
        in_time = self._supposed(because, None)
        found = (self._slip(name, expected, in_time) for name in downstream)
        return tuple(slip for slip in found if slip is not None)

    def _slip(self, name: str, expected: Mapping[str, date], in_time: Mapping[str, date]) -> Slip | None:
        task = self._situation.schedule.tasks[name]
        moved = [
            (expected[a.id], a.due, a.unit)
            for a in self._situation.of_task(name)
            if a.state is State.WAITING and a.due is not None and a.id in expected
            if expected[a.id] > max(a.due, in_time.get(a.id, a.due))
        ]
        if not moved:
            return None
        latest, due, _ = max(moved, key=lambda found: found[0])
        return Slip(name, task.title, tuple(dict.fromkeys(unit for *_, unit in moved)), due, latest)

    def _supposed(self, because: str, new_due: date | None) -> dict[str, date]:
        """What changes if one assignment is done on `new_due`, or on its due date: its task and all after."""
        cause = self._situation.assignments[because]
        together = [cause] if new_due else self._late_together(cause)
        supposed = {a.id: day for a in together if (day := new_due or a.due) is not None}
        touched = {cause.task, *self._situation.graph.downstream(cause.task)}
        days: dict[str, date] = {}
        self._walk((name for name in self._order if name in touched), days, supposed)
        return days

    def _late_together(self, cause: Assignment) -> list[Assignment]:
        """The assignment, with those of the same task and occurrence that are overdue as it is.

        Were only one of them in time, the others would still delay everybody after them.
        """
        if not self._is_late(cause):
            return [cause]
        members = self._situation.of_task(cause.task)
        return [a for a in members if a.occurrence == cause.occurrence and self._is_late(a)]

    def _is_late(self, assignment: Assignment) -> bool:
        due = assignment.due
        return assignment.state in IN_HAND and due is not None and due < self._as_of

    def _walk(self, tasks: Iterable[str], days: dict[str, date], supposed: Mapping[str, date]) -> None:
        """Fill `days` task by task, each after its predecessors; those not walked stand as they were."""
        walk = _Walk(self._situation, self._as_of, ChainMap(days, self._days))
        for name in tasks:
            for assignment in self._situation.of_task(name):
                day = supposed.get(assignment.id) or walk.expected(assignment)
                if day is not None:
                    days[assignment.id] = day


class _Walk:
    """One walk along the graph: `known` grows as it goes, and what a group's members share is kept."""

    def __init__(self, situation: Situation, as_of: date, known: Mapping[str, date]) -> None:
        self._situation = situation
        self._as_of = as_of
        self._known = known
        self._finished: dict[str, list[date]] = {}

    def expected(self, assignment: Assignment) -> date | None:
        """The day on which an assignment can be expected to be done."""
        as_of, due = self._as_of, assignment.due
        match assignment.state:
            case State.CANCELLED:
                return None
            case State.DONE:
                return assignment.done_on or assignment.finished_on
            case State.SUBMITTED:
                return max(assignment.done_on or as_of, as_of)
            case State.WAITING:
                opening = max(self._opening(assignment), assignment.start or as_of)
                return due_when_opened(assignment, self._situation.task(assignment), opening, self._situation)
        promise = assignment.facts.promise
        if promise is not None and promise.until >= as_of and (due is None or promise.until > due):
            return promise.until
        return due if due is None or as_of <= due else self._situation.calendar.after(as_of, 1)

    def _opening(self, assignment: Assignment) -> date:
        """The morning after the last hard predecessor can be expected to be done, lags added."""
        opening = date.min
        for edge in self._situation.task(assignment).after:
            if edge.soft:
                continue
            for day in self._days_of(assignment, edge):
                lagged = self._situation.calendar.add(day, edge.lag) if edge.lag else day
                opening = max(opening, day + timedelta(1), lagged)
        return opening

    def _days_of(self, assignment: Assignment, edge: Edge) -> list[date]:
        """The day on which each occurrence that an edge waits for can be expected to be complete."""
        if edge.same_unit:
            groups = own_groups(assignment, edge, self._situation)
            return self._reached(groups, Threshold())
        if edge.task not in self._finished:
            task = self._situation.schedule.tasks[edge.task]
            turns: dict[int | None, list[Assignment]] = {}
            for member in self._situation.of_task(edge.task):
                turns.setdefault(member.occurrence, []).append(member)
            if task.repeats:
                turns.pop(None, None)
            self._finished[edge.task] = self._reached(turns.values(), task.complete_when)
        return self._finished[edge.task]

    def _reached(self, groups: Iterable[list[Assignment]], threshold: Threshold) -> list[date]:
        ordered = (sorted(self._known[a.id] for a in group if a.id in self._known) for group in groups)
        return [days[needed - 1] for days in ordered if (needed := threshold.needed(len(days)))]
