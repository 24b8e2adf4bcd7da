"""The table that goes with next year's plan: every date old and new, and what wants a look.

What it says of dates it takes from both plans as the loader worked them out, so that a date that moved for
any reason (an anchor, a holiday, a weekend) is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import zip_longest

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Kind
from plan_definitions.next_year import Copy
from plan_definitions.overview import critical_chain
from plan_definitions.schedule import Schedule, ScheduledTask, Turn
from plan_definitions.working_days import WorkingCalendar

Cell = date | str | int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `what` is a path in the plan file, `tasks.gift-list.due`, or a place in it.

    A row whose `old` and `new` are equal stands there for its notes.
    """

    what: str
    old: Cell
    new: Cell
    notes: tuple[Phrase, ...] = ()


_MOST_GAPS = 3
"""An anchor that moved loses days to all later ones; naming the nearest is enough."""


@dataclass(frozen=True)
class YearTable:
    """Compares a plan with its copy. `lateness` is by how many working days a task was late, by its id."""

    old: Schedule
    new: Schedule
    copy: Copy
    lateness: Mapping[str, int] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Texts and anchors, every task's dates, then what is no date but wants a look."""
        yield from self._texts()
        yield from self._anchors()
        yield from self._critical()
        for name, task in self.old.tasks.items():
            yield from self._task(task, self.new.tasks[name])
        yield from looks(self.new, self.copy)

    def _texts(self) -> Iterator[Row]:
        yield Row("id", self.old.id, self.new.id)
        same = self.old.title == self.new.title
        notes = (Phrase("the title names no year: see that it fits"),) if same else ()
        yield Row("title", self.old.title, self.new.title, notes)
        yield Row("theme", self.old.theme, self.new.theme, (Phrase("put in the new year's theme"),))
        for name, task in self.old.tasks.items():
            moved = self.new.tasks[name].title
            if task.title != moved:
                yield Row(f"tasks.{name}.title", task.title, moved)

    def _anchors(self) -> Iterator[Row]:
        for name, day in self.old.anchors.items():
            moved = self.new.anchors[name]
            notes = [*self._moved_by(name, day, moved), *_day_off(moved, self.calendar), *self._room(name)]
            yield Row(f"anchors.{name}", day, moved, tuple(notes))

    def _moved_by(self, name: str, day: date, moved: date) -> Iterator[Phrase]:
        if name in self.copy.shift.anchors:
            yield Phrase("set by hand")
        elif (day.month, day.day) != (moved.month, moved.day):
            yield Phrase("there is no 29 February that year")

    def _room(self, name: str) -> Iterator[Phrase]:
        """Where the way to the next anchors has fewer working days than last year."""
        first = self.old.anchors[name]
        later = sorted((day, other) for other, day in self.old.anchors.items() if day > first)
        losses = []
        for day, other in later:
            was = self.calendar_before.between(first, day)
            left = self.calendar.between(self.new.anchors[name], self.new.anchors[other])
            if left < was:
                values = {"left": left, "was": was, "anchor": other}
                losses.append(Phrase("{left} working days to `{anchor}`, last year {was}", values))
        yield from losses[:_MOST_GAPS]

    def _critical(self) -> Iterator[Row]:
        """Whether the chain that has no day to spare is left with less than last year."""
        chain = critical_chain(self.old)
        if not chain:
            return
        was = _length(chain, self.old, self.calendar_before)
        left = _length(chain, self.new, self.calendar)
        if left < was:
            values = {"first": chain[0], "last": chain[-1], "left": left, "was": was}
            too_tight = Phrase(
                "the chain from `{first}` to `{last}` had no day to spare in {was} working days and now has "
                "{left}: begin its tasks before the plan is signed, or mend their dates",
                values,
            )
            yield Row("critical", " → ".join(chain), " → ".join(chain), (too_tight,))

    def _task(self, old: ScheduledTask, new: ScheduledTask) -> Iterator[Row]:
        notes = tuple(self._due_notes(old, new))
        if not old.repeats:
            if old.start or new.start:
                opens = tuple(_day_off(new.start, self.calendar)) if new.start else ()
                yield Row(f"tasks.{old.id}.start", old.start, new.start, opens + self._fixed(old.id, "start"))
            if old.due or new.due:
                rolled = tuple(self._rolled(new.unrolled_due, new.due, new.kind))
                yield Row(
                    f"tasks.{old.id}.due", old.due, new.due, rolled + self._fixed(old.id, "due") + notes
                )
            return
        for n, (was, now) in enumerate(zip_longest(_turns(old), _turns(new)), 1):
            rolled = tuple(self._rolled(now.unrolled_due, now.due, new.kind)) if now else ()
            first = self._fixed(old.id, "repeat") + notes if n == 1 else ()
            gone = (Phrase("one occurrence less"),) if now is None else ()
            more = (Phrase("one occurrence more"),) if was is None else ()
            days = (was.due if was else None, now.due if now else None)
            yield Row(f"tasks.{old.id}.due/{n}", *days, rolled + gone + more + first)

    def _due_notes(self, old: ScheduledTask, new: ScheduledTask) -> Iterator[Phrase]:
        if new.span < old.span and not old.repeats:
            values = {"left": new.span, "was": old.span}
            yield Phrase("{left} working days to do it, last year {was}", values)
        late = self.lateness.get(old.id, 0)
        if late > 0:
            yield Phrase("last year {days} working days late: start earlier", {"days": late})

    def _rolled(self, planned: date | None, due: date | None, kind: Kind) -> Iterator[Phrase]:
        if planned is None or self.calendar.is_working_day(planned):
            return
        if planned == due:
            what = Phrase("an event") if kind is Kind.EVENT else Phrase("`roll: keep`")
            values = {"reason": _reason(planned, self.calendar), "kept": what}
            yield Phrase("a day off ({reason}), kept as {kept}", values)
        else:
            moved: dict[str, object] = {"planned": planned, "reason": _reason(planned, self.calendar)}
            yield Phrase("{planned} is a day off ({reason})", moved)

    def _fixed(self, task: str, key: str) -> tuple[Phrase, ...]:
        """Whether a date stands in the task itself instead of following an anchor."""
        written = self.copy.edits.value("tasks", task, key) or ""
        if written == self.copy.shift.dates(written):
            return ()
        return (Phrase("a fixed date, not measured from an anchor: moved to the same day"),)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working days of the new plan."""
        return WorkingCalendar(self.new.calendar)

    @cached_property
    def calendar_before(self) -> WorkingCalendar:
        """The working days of the old plan."""
        return WorkingCalendar(self.old.calendar)


def _turns(task: ScheduledTask) -> list[Turn]:
    """The occurrences of a repeated task, without the standing work beside them."""
    return [turn for turn in task.turns if turn.occurrence is not None]


def _length(chain: tuple[str, ...], plan: Schedule, calendar: WorkingCalendar) -> int:
    """The working days from where a chain of tasks opens to where it ends."""
    opens, due = plan.tasks[chain[0]].opens, plan.tasks[chain[-1]].due
    return 0 if opens is None or due is None else calendar.between(opens, due)


def _reason(day: date, calendar: WorkingCalendar) -> str | Phrase:
    return calendar.day_off_name(day) or Phrase("weekend")


def _day_off(day: date, calendar: WorkingCalendar) -> Iterator[Phrase]:
    if not calendar.is_working_day(day):
        yield Phrase("a day off ({reason})", {"reason": _reason(day, calendar)})


def looks(new: Schedule, copy: Copy) -> Iterator[Row]:
    """What is no date but belongs to one year: the paper, the money, the people, the calendar."""
    yield from _paper(new)
    yield from _quantities(new)
    yield from _renamed(new)
    yield from _neighbours(new, copy)
    yield from _left_years(copy, new.document.based_on)


def _same(what: str, value: Cell, note: Phrase) -> Row:
    return Row(what, value, value, (note,))


def _paper(new: Schedule) -> Iterator[Row]:
    paper = new.document
    if paper.number:
        yield _same("document.number", paper.number, Phrase("the new paper has a number of its own"))
    for text in paper.based_on:
        yield _same("document.based_on", text, Phrase("put in this year's paper, its number and its date"))
    if paper.signer and paper.signer.name:
        yield _same("document.signer", paper.signer.name, Phrase("does the same person sign?"))
    if paper.venue:
        yield _same("document.venue", paper.venue, Phrase("is the place the same, and booked?"))


def _quantities(new: Schedule) -> Iterator[Row]:
    for task in new.tasks.values():
        for line in task.budget:
            amount = f"{line.item}: {line.quantity} × {line.unit_price}"
            yield _same(
                f"tasks.{task.id}.budget", amount, Phrase("does this year's quantity and price hold?")
            )
        for counted in task.indicators:
            if counted.target is not None:
                what = f"tasks.{task.id}.indicators.{counted.id}.target"
                yield _same(what, counted.target, Phrase("does this year's target hold?"))


def _renamed(new: Schedule) -> Iterator[Row]:
    for task in new.tasks.values():
        if task.was is not None:
            yield _same(
                f"tasks.{task.id}.was", task.was, Phrase("told of a change in last year's plan: delete it")
            )


def _neighbours(new: Schedule, copy: Copy) -> Iterator[Row]:
    """The files that several plans share, and whether the new year's holidays were checked."""
    contacts = sum(len(unit.contacts) for unit in new.office.units.values())
    values = {"contacts": contacts, "units": len(new.office.units)}
    ask = Phrase("contacts: {contacts}, units: {units}; ask each who holds the post now", values)
    yield from _neighbour("units", copy, (ask,))
    known = WorkingCalendar(new.calendar)
    years = {day.year for task in new.tasks.values() for day in (task.start, task.due) if day is not None}
    announced = Phrase(
        "the holidays of {years} are computed, nobody has vouched for them: check what is announced",
        {"years": ", ".join(str(year) for year in sorted(years) if not known.vouches_for(year))},
    )
    yield from _neighbour("calendar", copy, (announced,) if announced.values["years"] else ())
    read_again = Phrase("read the new paper from the start and mend the list of clauses by it")
    yield from _neighbour("clauses", copy, (read_again,))


def _neighbour(key: str, copy: Copy, notes: tuple[Phrase, ...]) -> Iterator[Row]:
    """A shared file, where it has something to say or was copied along."""
    old = copy.edits.value(key)
    if old is None:
        return
    new = copy.shift.shared_name(key, old)
    path = copy.path.parent / new
    if path in copy.files:
        notes = (Phrase("copied as it stands to {path}", {"path": path}), *notes)
    elif new != old:
        notes = (Phrase("{path} is there already and is used as it stands", {"path": path}), *notes)
    if notes:
        yield Row(key, old, new, notes)


def _left_years(copy: Copy, told: tuple[str, ...]) -> Iterator[Row]:
    """Lines, comments too, that still name a year of the old plan; `told` are texts with a row already."""
    lines = copy.edits.edited().split("\n")
    for number, line in copy.edits.unchanged():
        found = [year for year in sorted(copy.shift.of) if str(year) in line]
        if found and not any(text in line for text in told):
            note = Phrase("still names {year}", {"year": found[0]})
            yield _same(f"line {number}", lines[number - 1].strip(), note)
