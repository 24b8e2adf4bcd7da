"""How much a plan's dates can give: planned openings, working days given, slack and critical chains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from plan_definitions.dates import TaskDates
from plan_definitions.graph import Graph
from plan_definitions.model import Kind, Offset, PlanDefinition, Roll, TaskDefinition
from plan_definitions.working_days import WorkingCalendar


class Allowance(NamedTuple):
    """What the plan allows one task.

    `opens` is the working day on which it is expected to open, `span` the number of working days from there
    to its due date (at least 1), `slack` how many working days it may be late before an event, a fixed date
    or the end of the plan moves (None for work without one due date), `critical` whether it stands on a chain
    of at least two tasks none of which has any slack.
    """

    opens: date | None
    span: int
    slack: int | None
    critical: bool


def allowances(
    definition: PlanDefinition, dates: Mapping[str, TaskDates], calendar: WorkingCalendar
) -> dict[str, Allowance]:
    """The allowance of every task of an acyclic plan; hard edges only, since soft ones delay nobody."""
    return _Allowances(definition.tasks, dates, calendar).work_out()


def ready_day(due: date, lag: Offset | None, calendar: WorkingCalendar) -> date:
    """The first working day on which a successor can be open, if its predecessor is done on `due`.

    It opens on the morning after, or on the day the lag ends where that is later.
    """
    morning_after = calendar.next_working_day(due)
    if lag is None:
        return morning_after
    return max(morning_after, calendar.roll(calendar.add(due, lag), Roll.NEXT))


def latest_done(opening: date, lag: Offset | None, calendar: WorkingCalendar) -> date:
    """The last day on which a predecessor may be done for its successor to open on `opening`."""
    eve = calendar.before(opening, 1)
    if lag is None:
        return eve
    return min(eve, calendar.add(opening, Offset(-lag.amount, lag.step)))


class _Allowances:
    """A walk forward for the openings and one back from the end for the latest dates."""

    def __init__(
        self, tasks: Mapping[str, TaskDefinition], dates: Mapping[str, TaskDates], calendar: WorkingCalendar
    ) -> None:
        self.tasks, self.dates, self.calendar = tasks, dates, calendar
        self.hard = {name: [d for d in task.after if not d.soft] for name, task in tasks.items()}
        self.first_day = min((d for t in dates.values() for d in (t.start, t.due) if d), default=None)
        self.last_day = max((t.due for t in dates.values() if t.due), default=None)

    def work_out(self) -> dict[str, Allowance]:
        opens = {name: self._opening(name) for name in self.tasks}
        latest = self._latest(opens)
        slack = {name: self._slack(name, latest) for name in self.tasks}
        critical = self._critical(opens, latest, slack)
        return {
            name: Allowance(opens[name], self._span(name, opens), slack[name], name in critical)
            for name in self.tasks
        }

    def _opening(self, name: str) -> date | None:
        """When a task is expected to open: by its start and its predecessors, else with the plan itself."""
        start = self.dates[name].start
        days = [start] if start else []
        for before in self.hard[name]:
            due = self.dates[before.task.text].due
            if due:
                days.append(ready_day(due, before.lag, self.calendar))
        return max(days, default=self.first_day)

    def _span(self, name: str, opens: Mapping[str, date | None]) -> int:
        """Working days from opening to due; a repeated task gives those of its longest turn."""
        planned = self.dates[name]
        turns = [(turn.start, turn.due) for turn in planned.occurrences]
        opening = opens[name]
        if not turns and opening and planned.due:
            turns = [(opening, planned.due)]
        return max([1, *(self.calendar.between(first, due) for first, due in turns)])

    def _latest(self, opens: Mapping[str, date | None]) -> dict[str, date]:
        """The last day each task may be done: its own where that is fixed, else what successors leave it."""
        latest: dict[str, date] = {}
        order = Graph.of({name: [d.task.text for d in given] for name, given in self.hard.items()}).order()
        for name in reversed(order):
            due = self.dates[name].due
            if due and _is_fixed(self.tasks[name]):
                latest[name] = due
            elif self.last_day:
                latest.setdefault(name, self.last_day)
            for before, day in self._left_to_predecessors(name, opens, latest):
                latest[before] = min(day, latest.get(before, day))
        return latest

    def _left_to_predecessors(
        self, name: str, opens: Mapping[str, date | None], latest: Mapping[str, date]
    ) -> Iterator[tuple[str, date]]:
        """For each hard predecessor the last day on which it does not delay this task."""
        opening, due = opens[name], self.dates[name].due
        if opening is None or due is None:
            return
        if not self.dates[name].occurrences:
            given = self.calendar.between(opening, due)
            opening = self.calendar.before(latest[name], given) if given > 0 else latest[name]
        for before in self.hard[name]:
            yield before.task.text, latest_done(opening, before.lag, self.calendar)

    def _slack(self, name: str, latest: Mapping[str, date]) -> int | None:
        due = self.dates[name].due
        if due is None or self.dates[name].occurrences:
            return None
        return max(0, self.calendar.between(due, latest[name]))

    def _critical(
        self, opens: Mapping[str, date | None], latest: Mapping[str, date], slack: Mapping[str, int | None]
    ) -> set[str]:
        """Tasks without slack, joined to another such by an edge that has none either."""
        critical: set[str] = set()
        for name in self.tasks:
            if slack[name] != 0:
                continue
            for before, day in self._left_to_predecessors(name, opens, latest):
                due = self.dates[before].due
                if slack[before] == 0 and due and day <= due:
                    critical |= {before, name}
        return critical


def _is_fixed(task: TaskDefinition) -> bool:
    """Whether a task's due date is not to be moved: an event, a repeat, or a bare anchor or calendar date."""
    if task.kind is Kind.EVENT or task.repeat:
        return True
    return task.due is not None and task.due.offset is None
