"""The daily round of one office: claim the date, advance, escalate, summarise, say what was done.

Each step may be killed anywhere and run again: what it has written is not decided a second time, because
decisions follow from the stored facts and each letter's occasion is unique.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from plan_definitions.working_days import WorkingCalendar
from workflows.engine import round as engine
from workflows.engine.records import Assignment, Change, NoticeKind
from workflows.engine.round import Decided, to_wake
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb
from workflows.errors import EnvironmentRefused
from workflows.operations.situations import near_situation
from workflows.operations.summarise import Summary, summarise
from workflows.store.database import Database
from workflows.store.records import Claim, StoredPlan
from workflows.store.transaction import Transaction
from workflows.texts import Language

BATCH = 5000
"""Assignments decided on in one transaction: bounds memory and how long the database is held."""

LEASE = timedelta(minutes=10)
"""After this long without a sign of life a round counts as killed and another may take it up."""

Step = Callable[[Situation, Iterable[Assignment], date, datetime], Decided]


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to run the round of one office for one date; `so_far` counts what rounds of it did before."""

    office: str
    as_of: date
    token: str
    so_far: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoRound:
    """Why there is nothing to do: an earlier date than the last round's, or another round under way."""

    office: str
    as_of: date
    why: Claim
    last: date | None


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


def begin_round(database: Database, office: str, *, as_of: date, now: datetime) -> Ticket | NoRound:
    """Claim the round of a date. The last round's date resumes or repeats; an earlier one is a no-op."""
    token = secrets.token_hex(16)
    with database.write() as transaction:
        claim = transaction.rounds.begin(office, as_of, now, token, LEASE)
    if claim.granted:
        return Ticket(office, as_of, token, claim.totals)
    return NoRound(office, as_of, claim.claim, claim.last)


def advance(database: Database, ticket: Ticket, *, now: datetime) -> int:
    """Open what may start; how many assignments opened."""
    opened = 0
    # Check-ins that end may release work, which then opens in the same round.
    missed = True
    while missed:
        missed = False
        for change in _step(database, ticket, now, _advance_waiting, None):
            opened += change.record.verb is Verb.OPEN
            missed |= change.record.verb is Verb.MISS
    return opened


def escalate(database: Database, ticket: Ticket, *, now: datetime) -> Climbed:
    """Remind and climb ladders; how many assignments were reminded of, and which were escalated."""
    states = (State.OPEN, State.STARTED, State.SUBMITTED)
    reminded, escalations = 0, list[Escalation]()
    for change in _step(database, ticket, now, _escalate, states):
        if change.record.verb is Verb.ESCALATE:
            escalations.append(_escalation(change))
        else:
            reminded += 1
    return Climbed(reminded, tuple(escalations))


def _escalation(change: Change) -> Escalation:
    after = change.after
    to = (notice.to for notice in change.notices if notice.kind is NoticeKind.ESCALATION)
    return Escalation(after.plan, after.id, after.unit, after.rung, tuple(dict.fromkeys(to)))


def _advance_waiting(
    situation: Situation, candidates: Iterable[Assignment], as_of: date, now: datetime
) -> Decided:
    """Advance; what is in hand is left for the second step to look at."""
    decided = engine.advance(situation, candidates, as_of=as_of, now=now)
    return Decided(decided.changes, tuple(look for look in decided.looks if look[0].state is State.WAITING))


def _escalate(situation: Situation, candidates: Iterable[Assignment], as_of: date, now: datetime) -> Decided:
    return engine.escalate(situation, candidates, as_of=as_of, now=now)


def _step(
    database: Database, ticket: Ticket, now: datetime, step: Step, states: tuple[State, ...] | None
) -> Iterator[Change]:
    """Run one step over all running plans, batch by batch, each batch in a transaction of its own."""
    with database.read() as transaction:
        numbers = [heading.number for heading in transaction.plans.headings(ticket.office, running=True)]
    for number in numbers:
        last: Assignment | None = None
        while True:
            changes: list[Change] = []
            with database.write() as transaction:
                batch = transaction.assignments.to_look_at(
                    number, ticket.as_of, limit=BATCH, states=states, after=last
                )
                if batch:
                    plan = transaction.plans.by_number(number)
                    changes = _decide(transaction, plan, batch, step, ticket, now)
            yield from changes
            if len(batch) < BATCH:
                break
            last = batch[-1]


def _decide(
    transaction: Transaction,
    plan: StoredPlan,
    batch: list[Assignment],
    step: Step,
    ticket: Ticket,
    now: datetime,
) -> list[Change]:
    situation = near_situation(transaction, plan, batch)
    decided = step(situation, batch, ticket.as_of, now)
    # Somebody may have moved one meanwhile (PostgreSQL): then the decision no longer holds, tomorrow's will.
    lost = {change.after.id for change in transaction.apply(plan.number, decided.changes)}
    saved = [change for change in decided.changes if change.after.id not in lost]
    transaction.assignments.look_again(decided.looks)
    woken = to_wake(plan.schedule, saved)
    if woken:
        transaction.assignments.wake(plan.number, ticket.as_of, tasks=woken)
    return saved


def finish_round(database: Database, ticket: Ticket, result: RoundResult, *, now: datetime) -> None:
    """Let go of the round; its date keeps the counts of all rounds that were run for it."""
    totals = {name: count + ticket.so_far.get(name, 0) for name, count in result.totals().items()}
    with database.write() as transaction:
        transaction.rounds.finish(ticket.office, ticket.as_of, ticket.token, now, totals)


@contextlib.contextmanager
def held(database: Database, ticket: Ticket, *, now: datetime) -> Iterator[None]:
    """Let go of a round that fails inside the block, so that the next attempt need not wait for the lease."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(EnvironmentRefused), database.write() as transaction:
            transaction.rounds.renew(ticket.office, ticket.as_of, ticket.token, now)
        raise


def run_round(
    database: Database, office: str, *, as_of: date, now: datetime, language: Language = Language.VI
) -> tuple[RoundResult, Summary] | NoRound:
    """One whole round in this process: what the flow does step by step, for rehearsals and the demo."""
    ticket = begin_round(database, office, as_of=as_of, now=now)
    if isinstance(ticket, NoRound):
        return ticket
    with held(database, ticket, now=now):
        opened = advance(database, ticket, now=now)
        climbed = escalate(database, ticket, now=now)
        summary = summarise(database, office, as_of=as_of, now=now, language=language)
        result = RoundResult(as_of, opened, climbed.reminded, len(climbed.escalations), summary.letters)
        finish_round(database, ticket, result, now=now)
    return result, summary


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of several offices: their sum, the offices that had none and why, those with a day off.

    On an office's day off states advance and no letter goes.
    """

    total: RoundResult
    none: tuple[NoRound, ...] = ()
    days_off: tuple[str, ...] = ()


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
