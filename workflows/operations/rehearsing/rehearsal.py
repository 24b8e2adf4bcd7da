"""What a rehearsal found: every letter on its day, and what somebody should look at before publishing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from notifications.letters import Letter, LetterKind
from notifications.messages import Rendered
from notifications.parts import Leadership, UnitSection
from notifications.work import Pressing
from plan_definitions.schedule import Schedule
from plan_definitions.working_days import WorkingCalendar

OVERLOADED = 4
"""Due dates of one unit on one day from which they are said to collide."""


@dataclass(frozen=True, slots=True)
class RehearsedLetter:
    """One letter: its day, who gets it, its words, and the bytes where it would go by mail."""

    day: date
    letter: Letter
    rendered: Rendered
    data: bytes | None


class ClashKind(StrEnum):
    """How deadlines collide: with a day off, or with each other."""

    DAY_OFF = "day_off"
    OVERLOAD = "overload"


@dataclass(frozen=True, slots=True)
class Clash:
    """Deadlines that collide on a day.

    On a day off (`day_off` is the holiday's name, None for a weekend) the task is due on `due` instead, the
    same day where the plan keeps it. An overload names the `unit` that has all these `tasks` to finish.
    """

    kind: ClashKind
    day: date
    tasks: tuple[str, ...]
    unit: str | None = None
    due: date | None = None
    day_off: str | None = None


@dataclass(frozen=True, slots=True)
class Escalated:
    """A late assignment on the day on which a leader's letter (to the unit `to`) speaks of it."""

    day: date
    assignment: str
    task: str
    unit: str
    to: str


@dataclass(frozen=True, slots=True)
class HeaviestDay:
    """The day on which a unit has the most to finish, and how many tasks these are."""

    day: date
    due: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the period from `first` to `last` would be like, both days included.

    `due` holds the due date in force of each assignment that could be worked on before it: others waited
    for somebody until it was too late.
    """

    schedule: Schedule
    first: date
    last: date
    letters: tuple[RehearsedLetter, ...]
    due: Mapping[str, date]

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the period."""
        return tuple(days_between(self.first, self.last))

    @property
    def working_days(self) -> int:
        """How many of them are working days."""
        calendar = WorkingCalendar(self.schedule.calendar)
        return sum(1 for day in self.days if calendar.is_working_day(day))

    @property
    def readers(self) -> tuple[str, ...]:
        """The units whose contacts letters go to, in the order of units.yaml."""
        heard = {kept.letter.recipient.unit for kept in self.letters}
        return tuple(unit for unit in self.schedule.office.units if unit in heard)

    def named(self, reader: str) -> str:
        """A reader by the names of all units whose work its letters carry: several may share a mailbox."""
        carried = {reader} | {
            part.unit
            for kept in self.letters
            if kept.letter.recipient.unit == reader
            for part in kept.letter.parts
            if isinstance(part, UnitSection) and not part.copied
        }
        units = self.schedule.office.units
        return ", ".join(unit.name for name, unit in units.items() if name in carried) or reader

    def by_unit(self) -> dict[date, dict[str, int]]:
        """How many letters each unit's reader gets, day by day; days without letters are empty."""
        counted: dict[date, Counter[str]] = {day: Counter() for day in self.days}
        for kept in self.letters:
            counted[kept.day][kept.letter.recipient.unit] += 1
        return {day: dict(units) for day, units in counted.items()}

    def letter_days(self) -> dict[str, int]:
        """On how many days each reader hears something."""
        heard = {(kept.letter.recipient.unit, kept.day) for kept in self.letters}
        return dict(Counter(unit for unit, _ in heard))

    @property
    def heaviest_day(self) -> date | None:
        """The day with the most letters; None where there is no letter."""
        counted = Counter(kept.day for kept in self.letters)
        return max(counted, key=lambda day: (counted[day], day), default=None)

    def heaviest_days(self) -> dict[str, HeaviestDay]:
        """For each unit that leads something in the period, the day on which it has the most to finish."""
        heaviest: dict[str, HeaviestDay] = {}
        for (unit, day), tasks in sorted(self._due_together().items(), key=lambda found: found[0][1]):
            if unit not in heaviest or len(tasks) > heaviest[unit].due:
                heaviest[unit] = HeaviestDay(day, len(tasks))
        return heaviest

    def clashes(self) -> tuple[Clash, ...]:
        """Deadlines of the period on days off, and units with too many on one day, in the order of days."""
        found = (*self._on_days_off(), *self._overloads())
        return tuple(sorted(found, key=lambda clash: clash.day))

    def unreminded(self) -> tuple[str, ...]:
        """Tasks of which no letter between publication and due date reminds some unit that leads them."""
        told = self._first_told()
        missed = {
            task_of(name) for name, due in self.due.items() if told.get(name, date.max) > due <= self.last
        }
        return tuple(task for task in self.schedule.tasks if task in missed)

    def escalated(self) -> tuple[Escalated, ...]:
        """What would reach the leadership."""
        found = {
            Escalated(
                kept.day, item.assignment, task_of(item.assignment), item.unit, kept.letter.recipient.unit
            )
            for kept in self.letters
            for part in kept.letter.parts
            if isinstance(part, Leadership)
            for case in part.cases
            for item in case.late
        }
        return tuple(sorted(found, key=lambda one: (one.day, one.assignment, one.to)))

    def _first_told(self) -> Mapping[str, date]:
        """When a letter first reminds of an assignment.

        The extract and the news that it opens do not, unless it is due that day; Monday's summary does, and
        stands for other reminders.
        """
        told: dict[str, date] = {}
        for kept in self.letters:
            kind = kept.letter.kind
            if kind is LetterKind.PUBLICATION:
                continue
            for part in kept.letter.parts:
                if isinstance(part, UnitSection) and not part.copied:
                    listed: tuple[Pressing, ...] = (*part.pressing, *part.this_week)
                    for item in listed:
                        if kind is LetterKind.WEEKLY or not item.opens or item.due == kept.day:
                            told.setdefault(item.assignment, kept.day)
        return told

    def _due_together(self) -> dict[tuple[str, date], list[str]]:
        due: dict[tuple[str, date], list[str]] = {}
        for task in self.schedule.tasks.values():
            for held in task.assignments:
                if held.due is not None and self.first <= held.due <= self.last:
                    due.setdefault((held.unit, held.due), []).append(task.id)
        return due

    def _on_days_off(self) -> Iterator[Clash]:
        """Each due date once, although every member of a group has it."""
        calendar = WorkingCalendar(self.schedule.calendar)
        for task in self.schedule.tasks.values():
            dates = {(turn.unrolled_due, turn.due) for turn in task.turns}
            for planned, due in dates:
                if planned and self.first <= planned <= self.last and not calendar.is_working_day(planned):
                    name = calendar.day_off_name(planned)
                    yield Clash(ClashKind.DAY_OFF, planned, (task.id,), due=due, day_off=name)

    def _overloads(self) -> Iterator[Clash]:
        for (unit, day), tasks in self._due_together().items():
            if len(tasks) >= OVERLOADED:
                yield Clash(ClashKind.OVERLOAD, day, tuple(tasks), unit=unit)


def task_of(assignment: str) -> str:
    """The task that an assignment's name begins with."""
    return assignment.partition("/")[0]


def days_between(first: date, last: date) -> Sequence[date]:
    """The days from `first` to `last`, both included."""
    return [first + timedelta(offset) for offset in range((last - first).days + 1)]
