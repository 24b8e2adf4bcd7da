"""The daily round of one office: claim the date, advance, escalate, summarise, say what was done.

Each step may be killed anywhere and run again: what it has written is not decided a second time, because
decisions follow from the stored facts and each letter's occasion is unique.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from notifications.summaries import Quiet
from plan_definitions.diagnostics import Phrase
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import round as engine
from workflows.engine.records import Assignment, Change, NoticeKind
from workflows.engine.round import Decided, to_wake
from workflows.engine.states import State, Verb
from workflows.errors import DonDocError, EnvironmentRefused
from workflows.operations.mail.summarise import Summary, summarise
from workflows.operations.situations import near_situation
from workflows.operations.tickets import (
    Clock,
    NoRound,
    Ticket,
    TicketLost,
    begin_round,
    finish_round,
    held,
    renew,
)
from workflows.store.database import Database
from workflows.store.records import PlanHeading, StoredPlan
from workflows.store.transaction import Transaction
from workflows.texts import Language

BATCH = 5000
"""Assignments decided on in one transaction: bounds memory and how long the database is held."""

_NAMED = 20
"""So many offices are named in one sentence; a database that is down fails them all."""

Step = Callable[..., Decided]


@dataclass(frozen=True, slots=True)
class Escalation:
    """An assignment that climbed: its rung, and who hears of it."""

    plan: str
    assignment: str
    unit: str
    rung: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Climbed:
    """The second step's outcome: how many were reminded of, and what was escalated."""

    reminded: int
    escalations: tuple[Escalation, ...]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What one round did: integers to report, and for the log who hears nothing and why."""

    as_of: date
    opened: int = 0
    reminded: int = 0
    escalated: int = 0
    letters: int = 0

    def totals(self) -> dict[str, int]:
        """The counts, for the store and for `--json`."""
        return {
            "opened": self.opened,
            "reminded": self.reminded,
            "escalated": self.escalated,
            "letters": self.letters,
        }


@dataclass(frozen=True, slots=True)
class _Hand:
    """What every step of one round needs; each batch reads the clock once."""

    database: Database
    ticket: Ticket
    clock: Clock

    def running_plans(self) -> list[PlanHeading]:
        with self.database.read() as transaction:
            return transaction.plans.headings(self.ticket.office, running=True)


def advance(database: Database, ticket: Ticket, clock: Clock) -> int:
    """Open what may start, first of the days that had no round; how many assignments opened.

    Raises TicketLost, as every step does.
    """
    hand, opened = _Hand(database, ticket, clock), 0
    for plan in hand.running_plans():
        for day in engine.days_to_advance(ticket.last_finished, plan.published_on, ticket.as_of):
            step = partial(engine.advance, catching_up=day < ticket.as_of)
            # Check-ins that end may release work, which then opens in the same round.
            missed = True
            while missed:
                missed = False
                for change in _step(hand, plan, day, step, (State.WAITING,), or_turns=True):
                    opened += change.record.verb is Verb.OPEN
                    missed |= change.record.verb is Verb.MISS
    return opened


def escalate(database: Database, ticket: Ticket, clock: Clock) -> Climbed:
    """Remind and climb ladders; how many assignments were reminded of, and which were escalated."""
    hand, states = _Hand(database, ticket, clock), (State.OPEN, State.STARTED, State.SUBMITTED)
    reminded, escalations = 0, list[Escalation]()
    for plan in hand.running_plans():
        for change in _step(hand, plan, ticket.as_of, engine.escalate, states):
            if change.record.verb is Verb.ESCALATE:
                escalations.append(_escalation(change))
            else:
                reminded += 1
    return Climbed(reminded, tuple(escalations))


def _escalation(change: Change) -> Escalation:
    after = change.after
    to = (notice.to for notice in change.notices if notice.kind is NoticeKind.ESCALATION)
    return Escalation(after.plan, after.id, after.unit, after.rung, tuple(dict.fromkeys(to)))


def _step(
    hand: _Hand,
    plan: PlanHeading,
    day: date,
    step: Step,
    states: tuple[State, ...],
    *,
    or_turns: bool = False,
) -> Iterator[Change]:
    """Run one step over a running plan, batch by batch, each batch in a transaction of its own."""
    last: Assignment | None = None
    while True:
        changes: list[Change] = []
        with hand.database.write() as transaction:
            batch = transaction.assignments.to_look_at(
                plan.number, day, limit=BATCH, states=states, or_turns=or_turns, after=last
            )
            if batch:
                now = hand.clock()
                renew(transaction, hand.ticket, now)
                stored = transaction.plans.by_number(plan.number)
                changes = _decide(transaction, stored, batch, step, day, now)
        yield from changes
        if len(batch) < BATCH:
            break
        last = batch[-1]


def _decide(
    transaction: Transaction,
    plan: StoredPlan,
    batch: list[Assignment],
    step: Step,
    day: date,
    now: datetime,
) -> list[Change]:
    situation = near_situation(transaction, plan, batch)
    decided = step(situation, batch, as_of=day, now=now)
    # Somebody may have moved one meanwhile (PostgreSQL): then the decision no longer holds, tomorrow's will.
    lost = {change.after.id for change in transaction.apply(plan.number, decided.changes)}
    saved = [change for change in decided.changes if change.after.id not in lost]
    transaction.assignments.look_again(decided.looks)
    woken = to_wake(plan.schedule, saved)
    if woken:
        transaction.assignments.wake(plan.number, day, tasks=woken)
    return saved


def write_letters(
    database: Database, ticket: Ticket, clock: Clock, language: Language = Language.VI
) -> Summary:
    """Write every letter that the day calls for, in one transaction."""
    with database.write() as transaction:
        now = clock()
        renew(transaction, ticket, now)
        return summarise(transaction, ticket.office, as_of=ticket.as_of, now=now, language=language)


@dataclass(frozen=True, slots=True)
class Done:
    """A round that was run: its counts, and what a log tells beside them."""

    result: RoundResult
    escalations: tuple[Escalation, ...]
    quiet: tuple[Quiet, ...]


def whole_round(
    database: Database, office: str, *, as_of: date, clock: Clock, language: Language = Language.VI
) -> Done | NoRound:
    """One office's round from beginning to end; may be run again wherever it failed or was killed."""
    ticket = begin_round(database, office, as_of=as_of, now=clock())
    if isinstance(ticket, NoRound):
        return ticket
    try:
        with held(database, ticket, clock):
            opened = advance(database, ticket, clock)
            climbed = escalate(database, ticket, clock)
            summary = write_letters(database, ticket, clock, language)
            result = RoundResult(as_of, opened, climbed.reminded, len(climbed.escalations), summary.letters)
            finish_round(database, ticket, result.totals(), now=clock())
    except TicketLost as lost:
        return lost.outcome
    return Done(result, climbed.escalations, summary.quiet)


def run_round(
    database: Database, office: str, *, as_of: date, now: datetime, language: Language = Language.VI
) -> Done | NoRound:
    """The same at one instant, as rehearsals and the demo's past play it."""
    return whole_round(database, office, as_of=as_of, clock=lambda: now, language=language)


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of several offices: their sum, the offices that had none and why, those with a day off.

    On an office's day off states advance and no letter goes.
    """

    total: RoundResult
    none: tuple[NoRound, ...] = ()
    days_off: tuple[str, ...] = ()


class RoundsFailed(DonDocError):
    """The rounds of some offices failed; `offices` names them."""

    exit_code = EnvironmentRefused.exit_code

    def __init__(self, offices: Sequence[str], attended: int) -> None:
        self.offices = tuple(offices)
        named = ", ".join(self.offices[:_NAMED]) + (", ..." if len(self.offices) > _NAMED else "")
        super().__init__(
            "the round failed for {failed} of {all} offices: {offices}",
            Phrase("The log says why. The next run takes up what is still owed."),
            failed=len(self.offices),
            all=attended,
            offices=named,
        )


def is_day_off(database: Database, office: str, day: date) -> bool:
    """Whether the office's calendar has a day off."""
    with database.read() as transaction:
        return not WorkingCalendar(transaction.offices.calendar(office)).is_working_day(day)


def totals_of(results: Iterable[RoundResult], as_of: date) -> RoundResult:
    """The sum over several offices."""
    found = tuple(results)
    return RoundResult(
        as_of,
        sum(r.opened for r in found),
        sum(r.reminded for r in found),
        sum(r.escalated for r in found),
        sum(r.letters for r in found),
    )
