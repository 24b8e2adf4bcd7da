"""Rehearsal: the whole period of a plan against a copy in memory, with the same engine and letters.

Nothing is sent and nothing is stored: the database lives in memory, and each letter is put into the bytes
that would go out. Units report on their due day, except for a share that is late or silent, chosen by a seed
so that a rehearsal can be repeated.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from notifications import letters as letter_records
from notifications.addresses import Mailbox
from notifications.letters import Letter
from notifications.messages import Rendered, render
from plan_definitions.model import Channel, Evidence
from plan_definitions.schedule import Schedule
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, State, Verb
from workflows.operations.mail.letter_bytes import Lane, put_into_bytes
from workflows.operations.mail.links import LinkSigner
from workflows.operations.mail.queueing import morning
from workflows.operations.move import PlanReference, carry_out_in
from workflows.operations.publish import publish
from workflows.operations.rehearsing.rehearsal import Rehearsal, RehearsedLetter, days_between
from workflows.operations.rehearsing.season import chance
from workflows.operations.round import run_round
from workflows.operations.situations import situation_with
from workflows.store.database import Database
from workflows.store.records import LetterState, Outcome, StoredLetter
from workflows.store.transaction import Transaction
from workflows.texts import Language

SILENT_SHARE = 0.25
"""Of the units that are late, the share that never says anything."""

LONGEST_DELAY = 5
"""Working days that a late unit takes longer, at most."""

_LEASE = timedelta(minutes=15)

# Letters of a rehearsal carry no links: there is no page behind them.
_LANE = Lane(Mailbox("dien-tap@dondoc.example"), LinkSigner("rehearsal"))
_NOBODY = Actor("", frozenset(), frozenset())


@dataclass(slots=True)
class _Behaviour:
    """Who is late by how much: the same for every run with the same seed."""

    late: float
    seed: str
    calendar: WorkingCalendar
    planned: dict[str, date | None] = field(default_factory=dict)

    def reporting_day(self, assignment: Assignment) -> date | None:
        """The day on which an assignment is reported done; None for a unit that never says anything."""
        if assignment.id not in self.planned:
            self.planned[assignment.id] = self._choose(assignment)
        return self.planned[assignment.id]

    def _choose(self, assignment: Assignment) -> date | None:
        due = assignment.due
        if due is None:
            return None
        if chance(self.seed, assignment.id, "late") >= self.late:
            return due if self.calendar.is_working_day(due) else self.calendar.before(due, 1)
        if chance(self.seed, assignment.id, "silent") < SILENT_SHARE:
            return None
        return self.calendar.after(due, 1 + int(chance(self.seed, assignment.id, "days") * LONGEST_DELAY))


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

    `late` is the share, from 0 to 1, of assignments that are not reported in time. `progress` is called
    after each day.
    """
    behaviour = _Behaviour(late, seed, WorkingCalendar(schedule.calendar))
    begin, end = first or schedule.first_day, last or schedule.last_day
    database = Database.open("sqlite://", create=True)
    try:
        publish(database, schedule, sources, as_of=begin, now=morning(begin), language=language)
        season = _Season(database, PlanReference(schedule.office.id, schedule.id), behaviour, language)
        for day in days_between(begin, end):
            season.play(day)
            progress(day)
    finally:
        database.close()
    return Rehearsal(schedule, begin, end, tuple(season.letters), season.due)


@dataclass(slots=True)
class _Season:
    """A plan under way in memory, and what has been seen of it so far."""

    database: Database
    where: PlanReference
    behaviour: _Behaviour
    language: Language
    letters: list[RehearsedLetter] = field(default_factory=list)
    due: dict[str, date] = field(default_factory=dict)
    last_seen: int = 0

    def play(self, day: date) -> None:
        """One day: the round, what people do, and the letters of both."""
        moment = morning(day)
        run_round(self.database, self.where.office, as_of=day, now=moment, language=self.language)
        with self.database.write() as transaction:
            if self.behaviour.calendar.is_working_day(day):
                self._report(transaction, day, moment + timedelta(hours=3))
            fresh = transaction.letters.find(self.where.office, after=self.last_seen)
            self.letters += [_kept(stored, day) for stored in fresh]
            self.last_seen = max((stored.id for stored in fresh), default=self.last_seen)
            _arrive(transaction, fresh, moment + timedelta(hours=5))

    def _report(self, transaction: Transaction, day: date, now: datetime) -> None:
        """What units and accepters do on a working day."""
        plan = transaction.plans.get(self.where.office, self.where.plan)
        states = IN_HAND | {State.SUBMITTED}
        held = transaction.assignments.of_plan(plan.number, states=states)
        self.due |= {a.id: a.due for a in held if a.due is not None and a.due >= day}
        for who, draft in self._doings(held, situation_with(plan, held), day):
            carry_out_in(transaction, self.where, who, _by(draft), as_of=day, now=now, language=self.language)

    def _doings(self, held: list[Assignment], situation: Situation, day: date) -> Iterator[tuple[str, Order]]:
        """Who does what: reports of an earlier day are accepted, and what is planned for the day reported."""
        for assignment in held:
            if assignment.state is State.SUBMITTED:
                accepter = situation.accepter(assignment)
                if accepter and assignment.submitted_on and assignment.submitted_on < day:
                    yield accepter, Order(Verb.ACCEPT, assignment.id, _NOBODY)
                continue
            planned = self.behaviour.reporting_day(assignment)
            if planned is not None and planned <= day:
                evidence = situation.task(assignment).evidence
                yield assignment.unit, _submission(assignment, evidence, day)


def _by(draft: Order) -> Callable[[Actor], Order]:
    return lambda actor: replace(draft, by=actor)


def _submission(assignment: Assignment, evidence: Evidence, day: date) -> Order:
    needs_paper = evidence is Evidence.DOCUMENT
    return Order(
        Verb.SUBMIT,
        assignment.id,
        _NOBODY,
        done_on=day,
        document=f"1/BC, {day.isoformat()}" if needs_paper else None,
        evidence_files=1 if evidence is Evidence.REQUIRED else 0,
    )


def _arrive(transaction: Transaction, letters: Sequence[StoredLetter], now: datetime) -> None:
    """Every letter reaches its reader on its day, by mail or by the office's hands."""
    for claim in transaction.letters.claim(now, _LEASE, len(letters)):
        transaction.letters.finish(claim.letter.id, claim.token, Outcome(LetterState.SENT, 250), now)
    for letter in letters:
        if letter.channel is not Channel.MAIL:
            transaction.letters.handed_over(letter.id, letter.office, now)


def _kept(stored: StoredLetter, day: date) -> RehearsedLetter:
    letter = letter_records.from_json(stored.content)
    rendered = render(letter, None)
    data = _bytes(stored, letter, rendered) if stored.channel is Channel.MAIL else None
    return RehearsedLetter(day, letter, rendered, data)


def _bytes(stored: StoredLetter, letter: Letter, rendered: Rendered) -> bytes:
    """The letter as it would go out; the same rehearsal gives the same bytes again."""
    message_id = f"<{hashlib.sha256(stored.key.encode()).hexdigest()[:32]}@{_LANE.domain}>"
    return put_into_bytes(letter, rendered, _LANE, message_id, stored.not_before)
