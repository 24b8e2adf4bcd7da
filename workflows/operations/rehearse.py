"""Rehearsal: the whole period of a plan against a copy in memory, with the same engine and letters.

Nothing is sent and nothing is stored: the database lives in memory, and letters go through the same
delivery to a server that only keeps them. Units report on their due day, except for a share that is late
or silent, chosen by a seed so that a rehearsal can be repeated.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from notifications import letters as letter_records
from notifications.addresses import Mailbox
from notifications.letters import Letter, LetterKind
from notifications.messages import Rendered, render
from notifications.outcomes import Kind, Outcome, Stage
from notifications.parts import Leadership
from plan_definitions.model import Channel, Evidence
from plan_definitions.schedule import Schedule
from plan_definitions.scheduling import moved_dates
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.orders import Actor, Order
from workflows.engine.states import IN_HAND, State, Verb
from workflows.operations.board import read_board
from workflows.operations.deliver import Lane, deliver
from workflows.operations.links import LinkSigner
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.publish import publish
from workflows.operations.queueing import morning
from workflows.operations.round import run_round
from workflows.store.database import Database
from workflows.store.records import StoredLetter
from workflows.texts import Language

OVERLOADED = 4
"""Due dates of one unit on one day from which the day is named."""

SILENT_SHARE = 0.25
"""Of the units that are late, the share that never says anything."""

LONGEST_DELAY = 5
"""Working days that a late unit takes longer, at most."""


@dataclass(frozen=True, slots=True)
class RehearsedLetter:
    """One letter of the rehearsal: its day, who gets it, its words, and the bytes where it goes by mail."""

    day: date
    letter: Letter
    rendered: Rendered
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Clash:
    """Dates that collide: `what` is a due date moved off a day off, or a unit's overloaded day."""

    what: str
    day: date
    names: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the period would be like.

    `unreminded` are tasks of which some unit is told in no letter up to the due day. `escalated` are the
    assignments that would reach the leadership, by day. `letter_days` counts, for each reader, the days on
    which it hears something, of `working_days` in all.
    """

    schedule: Schedule
    first: date
    last: date
    working_days: int
    letters: tuple[RehearsedLetter, ...]
    clashes: tuple[Clash, ...]
    unreminded: tuple[str, ...]
    escalated: tuple[tuple[date, str], ...]
    letter_days: Mapping[str, int]

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of the period."""
        return tuple(_days(self.first, self.last))

    @property
    def readers(self) -> tuple[str, ...]:
        """The units that letters go to, in the order of units.yaml."""
        heard = {kept.letter.recipient.unit for kept in self.letters}
        return tuple(unit for unit in self.schedule.office.units if unit in heard)

    def by_unit(self, day: date) -> dict[str, int]:
        """How many letters each unit's reader gets on a day."""
        return dict(Counter(kept.letter.recipient.unit for kept in self.letters if kept.day == day))

    @property
    def heaviest_day(self) -> date | None:
        """The day with the most letters."""
        counted = Counter(kept.day for kept in self.letters)
        return max(counted, key=lambda day: (counted[day], day), default=None)


class _Willing:
    """A server that takes every letter; the bytes stay in the outbox."""

    def deliver(self, envelope_from: str, recipient: str, data: bytes) -> Outcome:  # noqa: ARG002
        """Say yes."""
        return Outcome(Kind.SENT, Stage.DATA, 250)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class _Behaviour:
    """Who is late by how much: the same for every run with the same seed."""

    late: float
    seed: str
    calendar: WorkingCalendar
    planned: dict[str, date | None] = field(default_factory=dict)

    def reporting_day(self, row: Row) -> date | None:
        """The day on which an assignment is reported done; None for a unit that never says anything."""
        if row.id not in self.planned:
            self.planned[row.id] = self._choose(row)
        return self.planned[row.id]

    def _choose(self, row: Row) -> date | None:
        due = row.due
        if due is None:
            return None
        if _chance(self.seed, row.id, "late") >= self.late:
            return due if self.calendar.is_working_day(due) else self.calendar.before(due, 1)
        if _chance(self.seed, row.id, "silent") < SILENT_SHARE:
            return None
        return self.calendar.after(due, 1 + int(_chance(self.seed, row.id, "days") * LONGEST_DELAY))


def rehearse(
    schedule: Schedule,
    sources: Mapping[str, str],
    *,
    first: date | None = None,
    last: date | None = None,
    late: float = 0.0,
    seed: str = "dondoc",
    language: Language = Language.VI,
    progress: Callable[[date], None] = lambda _day: None,
) -> Rehearsal:
    """Play the plan from its publication on `first` to `last`, both inclusive (default: the plan's own days).

    `late` is the share, from 0 to 1, of assignments that are not reported in time.
    """
    begin, end = first or schedule.first_day, last or schedule.last_day
    calendar = WorkingCalendar(schedule.calendar)
    behaviour = _Behaviour(late, seed, calendar)
    database = Database.open("sqlite://", create=True)
    try:
        letters = _play(database, schedule, sources, begin, end, behaviour, language, progress)
    finally:
        database.close()
    return Rehearsal(
        schedule=schedule,
        first=begin,
        last=end,
        working_days=sum(1 for day in _days(begin, end) if calendar.is_working_day(day)),
        letters=tuple(letters),
        clashes=(*_moved(schedule, calendar), *_overloaded(schedule)),
        unreminded=_unreminded(schedule, letters),
        escalated=_escalated(letters),
        letter_days=_letter_days(letters),
    )


def _play(
    database: Database,
    schedule: Schedule,
    sources: Mapping[str, str],
    first: date,
    last: date,
    behaviour: _Behaviour,
    language: Language,
    progress: Callable[[date], None],
) -> list[RehearsedLetter]:
    where = PlanReference(schedule.office.id, schedule.id)
    publish(database, schedule, sources, as_of=first, now=morning(first), language=language)
    kept: list[RehearsedLetter] = []
    seen = 0
    for day in _days(first, last):
        run_round(database, where.office, as_of=day, now=morning(day), language=language)
        _report(database, where, behaviour, day)
        _send(database, morning(day) + timedelta(hours=5))
        with database.read() as transaction:
            fresh = transaction.letters.find(where.office, after=seen)
            kept += [_keep(stored, day, transaction.letters.frozen(stored.id)) for stored in fresh]
        seen = max((stored.id for stored in fresh), default=seen)
        progress(day)
    return kept


def _send(database: Database, moment: datetime) -> None:
    # Letters of a rehearsal carry no links: there is no page behind them.
    lane = Lane(Mailbox("dien-tap@dondoc.example"), LinkSigner("rehearsal"))
    deliver(database, _Willing(), lane, lambda: moment, passing_over_quiet_hours=True)


def _keep(stored: StoredLetter, day: date, data: bytes | None) -> RehearsedLetter:
    letter = letter_records.from_json(stored.content)
    by_mail = stored.channel is Channel.MAIL
    return RehearsedLetter(day, letter, render(letter, None), data if by_mail else None)


def _report(database: Database, where: PlanReference, behaviour: _Behaviour, day: date) -> None:
    """What units and accepters do on a day; nothing on days off."""
    if not behaviour.calendar.is_working_day(day):
        return
    board = read_board(database, where.office, where.plan, as_of=day)
    noon = morning(day) + timedelta(hours=3)
    for row in board.rows:
        if row.state is State.SUBMITTED and row.accept and row.submitted_on and row.submitted_on < day:
            accept = Order(Verb.ACCEPT, row.id, _NOBODY)
            carry_out(database, where, row.accept, _by(accept), as_of=day, now=noon)
        if row.state in IN_HAND and (planned := behaviour.reporting_day(row)) is not None and planned <= day:
            carry_out(database, where, row.unit, _by(_submission(row, day)), as_of=day, now=noon)


_NOBODY = Actor("", frozenset(), frozenset())


def _by(draft: Order) -> Callable[[Actor], Order]:
    return lambda actor: replace(draft, by=actor)


def _submission(row: Row, day: date) -> Order:
    needs_paper = row.evidence is Evidence.DOCUMENT
    return Order(
        Verb.SUBMIT,
        row.id,
        _NOBODY,
        done_on=day,
        document=f"1/BC, {day.isoformat()}" if needs_paper else None,
        evidence_files=1 if row.evidence is Evidence.REQUIRED else 0,
    )


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(offset)


def _chance(*of: str) -> float:
    """A number in [0, 1) that is the same in every run."""
    return int.from_bytes(hashlib.sha256("/".join(of).encode()).digest()[:4], "big") / 2**32


def _moved(schedule: Schedule, calendar: WorkingCalendar) -> Iterator[Clash]:
    for moved in moved_dates(schedule, calendar):
        yield Clash("day-off", moved.planned, (moved.task,), moved.day_off)


def _overloaded(schedule: Schedule) -> Iterator[Clash]:
    due: dict[tuple[str, date], list[str]] = {}
    for task in schedule.tasks.values():
        for assignment in task.assignments:
            if assignment.due is not None:
                due.setdefault((assignment.unit, assignment.due), []).append(task.id)
    for (unit, day), tasks in sorted(due.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        if len(tasks) >= OVERLOADED:
            yield Clash("overload", day, tuple(tasks), unit)


def _unreminded(schedule: Schedule, letters: Sequence[RehearsedLetter]) -> tuple[str, ...]:
    told: dict[str, date] = {}
    for kept in letters:
        if kept.letter.kind is LetterKind.PUBLICATION:
            continue
        for item in kept.letter.items:
            told.setdefault(item.assignment, kept.day)
    missed = {
        task.id
        for task in schedule.tasks.values()
        for assignment in task.assignments
        if assignment.due is not None and told.get(assignment.id, date.max) > assignment.due
    }
    return tuple(task for task in schedule.tasks if task in missed)


def _escalated(letters: Sequence[RehearsedLetter]) -> tuple[tuple[date, str], ...]:
    found = {
        (kept.day, item.assignment)
        for kept in letters
        for part in kept.letter.parts
        if isinstance(part, Leadership)
        for case in part.cases
        for item in case.late
    }
    return tuple(sorted(found))


def _letter_days(letters: Sequence[RehearsedLetter]) -> dict[str, int]:
    days: dict[str, set[date]] = {}
    for kept in letters:
        days.setdefault(kept.letter.recipient.unit, set()).add(kept.day)
    return {unit: len(found) for unit, found in days.items()}
