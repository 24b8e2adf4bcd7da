"""A plan under way in memory: what the store and the operations do around the engine, in a few lines.

It keeps assignments, the chain's records, notices under their unique key and the letters they went into.
Every round also asks the engine about the assignments it was *not* due to look at, and fails if one of them
would have been decided upon: the store may leave them alone.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from builders import schedule

from plan_definitions.schedule import Schedule, ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import moves
from workflows.engine import round as daily
from workflows.engine.completion import SETTLED
from workflows.engine.orders import Order
from workflows.engine.publication import publish
from workflows.engine.records import Assignment, Change, Notice, Record
from workflows.engine.round import Decided
from workflows.engine.situation import Situation
from workflows.engine.states import State

Key = tuple[Any, ...]
Step = Callable[..., Decided]


@dataclass
class Season:
    """One plan, published and lived through day by day; `shuffled` seeds the order of looking."""

    schedule: Schedule
    shuffled: int | None = None
    assignments: dict[str, Assignment] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    pending: dict[Key, Notice] = field(default_factory=dict)
    settled: dict[Key, str] = field(default_factory=dict)
    published_on: date = date.min
    last_round: date | None = None
    letters: defaultdict[tuple[date, str], list[Notice]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.calendar = WorkingCalendar(self.schedule.calendar)

    @property
    def situation(self) -> Situation:
        """The plan as it stands, all of it."""
        return Situation(self.schedule, self.calendar, dict(self.assignments))

    def publish(self, as_of: date, schedule: Schedule | None = None) -> None:
        """Publish the plan, or another as its revision; then everything unfinished is looked at."""
        self.schedule = schedule or self.schedule
        self.calendar = WorkingCalendar(self.schedule.calendar)
        self.published_on = as_of
        found = publish(self.schedule, self.assignments, revision=1, as_of=as_of, now=noon(as_of))
        self.apply(found.changes)
        self.wake(self.schedule.tasks, as_of)

    def move(self, order: Order, as_of: date) -> list[Change]:
        """Carry an order out. Raises MoveRefused; nothing has changed then."""
        changes = moves.carry_out(order, self.situation, as_of=as_of, now=noon(as_of))
        self.apply(changes)
        self.wake(daily.to_wake(self.schedule, changes), as_of)
        return changes

    def round(self, as_of: date) -> list[Change]:
        """One daily round: everything it decided."""
        decided: list[Change] = []
        for day in daily.days_to_advance(self.last_round, self.published_on, as_of):
            advance = partial(daily.advance, catching_up=day < as_of)
            while changes := self._step(advance, day):
                decided += changes
        decided += self._step(daily.escalate, as_of)
        self.last_round = as_of
        self._summarise(as_of)
        return decided

    def _step(self, step: Step, as_of: date) -> list[Change]:
        due = [a for a in self.assignments.values() if a.next_look is not None and a.next_look <= as_of]
        if self.shuffled is not None:
            random.Random(self.shuffled).shuffle(due)
        self._check_that_others_can_be_left_alone(step, due, as_of)
        found = step(self.situation, due, as_of=as_of, now=noon(as_of))
        self.apply(found.changes)
        for assignment, look in found.looks:
            self.assignments[assignment.id] = assignment._replace(next_look=look)
        self.wake(daily.to_wake(self.schedule, found.changes), as_of)
        return list(found.changes)

    def _check_that_others_can_be_left_alone(self, step: Step, due: list[Assignment], as_of: date) -> None:
        others = [a for a in self.assignments.values() if a not in due]
        found = step(self.situation, others, as_of=as_of, now=noon(as_of))
        assert not found.changes, f"{as_of}: nobody looks at {[c.before for c in found.changes]}"

    def wake(self, tasks: Iterable[str], as_of: date) -> None:
        """Have the next round look at unfinished assignments of some tasks."""
        chosen = set(tasks)
        for assignment in list(self.assignments.values()):
            if assignment.task in chosen and assignment.state not in SETTLED:
                self.assignments[assignment.id] = assignment._replace(next_look=as_of)

    def apply(self, changes: Iterable[Change]) -> None:
        """Save changes as the store does: only where the stored row is still the one decided upon."""
        for change in changes:
            if change.before is None:
                assert change.after.id not in self.assignments
            else:
                assert self.assignments.pop(change.before.id) == change.before
            self.assignments[change.after.id] = change.after
            self.records.append(change.record)
            for notice in change.notices:
                key = self._key(change, notice)
                if key not in self.settled:
                    self.pending.setdefault(key, notice)

    def _key(self, change: Change, notice: Notice) -> Key:
        unchanged = change.before is not None and change.before.state is change.after.state
        if change.record.by == daily.ROUND and unchanged:
            return (notice.assignment, notice.kind, notice.due, notice.rung, notice.to)
        return (notice.assignment, notice.kind, notice.to, len(self.records))

    def _summarise(self, as_of: date) -> None:
        if not self.calendar.is_working_day(as_of):
            return
        situation = self.situation
        for key, notice in list(self.pending.items()):
            assignment = self.assignments[notice.assignment]
            if notice.not_before > as_of or daily.only_paused(notice, assignment, situation, as_of):
                continue
            del self.pending[key]
            if daily.still_true(notice, assignment, situation, as_of):
                self.settled[key] = "letter"
                self.letters[as_of, situation.unit_of(notice.to)].append(notice)
            else:
                self.settled[key] = "dropped"


def noon(day: date) -> datetime:
    """An instant of a day; which one does not matter to a decision."""
    return datetime.combine(day, time(5), tzinfo=UTC)


def june(day: int) -> date:
    """A day of June 2026; the first is a Monday."""
    return date(2026, 6, day)


def begun(*tasks: ScheduledTask, on: date = date(2026, 6, 1), **fields: Any) -> Season:
    """A plan published on a day."""
    season = Season(schedule(*tasks, **fields))
    season.publish(on)
    return season


def to_the(season: Season, last: date, first: date = date(2026, 6, 1)) -> Season:
    """Rounds on every day from `first` to `last`."""
    for day in range((last - first).days + 1):
        season.round(first + timedelta(day))
    return season


def states(season: Season) -> dict[str, State]:
    """Where everything stands, by name."""
    return {name: a.state for name, a in sorted(season.assignments.items())}
