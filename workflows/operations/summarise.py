"""The third step of a round: every notice without a letter becomes one, or is dropped as no longer true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifications.digest import Desk
from notifications.drafts import Composed
from notifications.escalations import Background
from notifications.letters import LetterKind
from notifications.parts import Attempt, HandOvers, Tried, Undelivered, UnitSection
from notifications.summaries import PlanToday, Quiet, round_letters
from plan_definitions.model import Channel
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import board
from workflows.engine.forecast import slips
from workflows.engine.records import AT_ONCE, Notice, NoticeKind, Via
from workflows.engine.round import still_true
from workflows.engine.situation import Situation
from workflows.engine.states import Verb
from workflows.operations.queueing import HANOI, by_notice, morning, queue, round_key
from workflows.operations.situations import whole_situation
from workflows.store.database import Database
from workflows.store.records import LetterState, StoredLetter, StoredNotice, StoredPlan, StoredRecord
from workflows.store.transaction import Transaction
from workflows.texts import Language

NO_LONGER_TRUE = "no longer true"

SHOWN_DAYS = 7
"""How long the office's digest names a letter that did not arrive."""

_ATTEMPTS: Mapping[Via, Attempt] = {
    Via.PHONE: Attempt.PHONED,
    Via.MEETING: Attempt.MET,
    Via.ZALO: Attempt.MESSAGED,
}


@dataclass(frozen=True, slots=True)
class Summary:
    """How many letters the round wrote, by unit for a table, and who hears nothing today."""

    letters: int
    quiet: tuple[Quiet, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One running plan with what its letters need."""

    stored: StoredPlan
    situation: Situation
    pending: tuple[StoredNotice, ...]


def summarise(
    database: Database, office: str, *, as_of: date, now: datetime, language: Language = Language.VI
) -> Summary:
    """Write every letter that the day calls for, each with its notices, in one transaction.

    On a day off no letter is written; notices wait for the next working day.
    """
    with database.write() as transaction:
        calendar = WorkingCalendar(transaction.offices.calendar(office))
        if not calendar.is_working_day(as_of):
            return Summary(0, ())
        plans = [_read(transaction, plan, as_of) for plan in transaction.plans.running(office)]
        outcome = round_letters(
            transaction.offices.get(office),
            [_today(transaction, plan, as_of) for plan in plans],
            calendar=calendar,
            as_of=as_of,
            desk=_desk(transaction, office, plans, as_of),
            language=language,
        )
        pending: dict[tuple[str, Notice], StoredNotice] = {}
        numbers: dict[tuple[str, str], int] = {}
        for plan in plans:
            pending |= by_notice(plan.pending, {plan.stored.number: plan.stored.id})
            numbers |= {(plan.stored.id, a.id): a.number for a in plan.situation.assignments.values()}
        not_before = max(now, morning(as_of))
        written = [
            composed
            for composed in outcome.letters
            if queue(
                transaction, composed, round_key(composed.letter),
                now=now, not_before=not_before, pending=pending, numbers=numbers,
            )
        ]  # fmt: skip
        transaction.assignments.count_letter(sorted(numbers[name] for name in _asked(written)))
    return Summary(len(written), outcome.quiet)


def _asked(written: Iterable[Composed]) -> set[tuple[str, str]]:
    """The assignments that their own units were asked about; two such letters unanswered are silence."""
    sections = (p for c in written for p in c.letter.parts if isinstance(p, UnitSection) and not p.copied)
    return {(item.plan, item.assignment) for section in sections for item in section.attention}


def _read(transaction: Transaction, plan: StoredPlan, as_of: date) -> _Plan:
    """The plan and its true notices; those overtaken by events are dropped here."""
    situation = whole_situation(transaction, plan)
    waiting = transaction.notices.pending(plan.office, as_of, plan_number=plan.number)
    true = tuple(s for s in waiting if _is_true(s, situation, as_of))
    overtaken = [s.id for s in waiting if s not in true]
    if overtaken:
        transaction.notices.drop(overtaken, NO_LONGER_TRUE)
    return _Plan(plan, situation, tuple(s for s in true if s.notice.kind not in AT_ONCE))


def _is_true(stored: StoredNotice, situation: Situation, as_of: date) -> bool:
    assignment = situation.assignments.get(stored.notice.assignment)
    known = assignment is not None and assignment.task in situation.schedule.tasks
    return known and assignment is not None and still_true(stored.notice, assignment, situation, as_of)


def _today(transaction: Transaction, plan: _Plan, as_of: date) -> PlanToday:
    rows = board.rows(plan.situation, as_of)
    notices = [stored.notice for stored in plan.pending]
    escalated = {n.assignment for n in notices if n.kind is NoticeKind.ESCALATION}
    backgrounds = {name: _background(transaction, plan, name, as_of) for name in sorted(escalated)}
    silent = {row.unit: row.id for row in rows if row.silent}
    since = {unit: _asked_since(transaction, plan, name) for unit, name in silent.items()}
    return PlanToday(
        schedule=plan.stored.schedule,
        rows=rows,
        notices=notices,
        backgrounds=backgrounds,
        silent_since={unit: day for unit, day in since.items() if day is not None},
        announced=_announced(transaction, plan, as_of),
    )


def _announced(transaction: Transaction, plan: _Plan, as_of: date) -> frozenset[str]:
    """The assignments that a summary of this week, on an earlier day, has told their units."""
    monday = morning(as_of - timedelta(as_of.weekday()))
    weekly = transaction.letters.find(
        plan.stored.office, kinds=[LetterKind.WEEKLY.value], since=monday - timedelta(hours=7)
    )
    told = {number for letter in weekly for number in transaction.letters.assignments(letter.id)}
    return frozenset(a.id for a in plan.situation.assignments.values() if a.number in told)


def _background(transaction: Transaction, plan: _Plan, name: str, as_of: date) -> Background:
    """What was tried, what slips and what the office proposes, for the leaders' letter."""
    assignment = plan.situation.assignments[name]
    history = transaction.history.of_assignment(assignment.number)
    found = slips(plan.situation, as_of, because=name)
    return Background(tuple(_tried(history)), found, assignment.facts.proposal)


def _tried(history: Iterable[StoredRecord]) -> Iterable[Tried]:
    for stored in history:
        record = stored.record
        if (
            record.verb in (Verb.REMIND, Verb.ESCALATE)
            and {"reminder", "overdue_since"} & record.facts.keys()
        ):
            yield Tried(Attempt.REMINDED, record.as_of)
        elif record.via is not None and record.via in _ATTEMPTS:
            yield Tried(_ATTEMPTS[record.via], record.as_of)
        elif record.verb is Verb.ESCALATE:
            yield Tried(Attempt.REPORTED, record.as_of)


def _asked_since(transaction: Transaction, plan: _Plan, name: str) -> date | None:
    """The day from which the unit has been asked in vain: its first reminder since it last said anything."""
    asked: date | None = None
    for stored in transaction.history.of_assignment(plan.situation.assignments[name].number):
        if stored.record.verb in (Verb.OPEN, Verb.REMIND, Verb.ESCALATE):
            asked = asked or stored.record.as_of
        else:
            asked = None
    return asked


def _desk(transaction: Transaction, office: str, plans: Sequence[_Plan], as_of: date) -> Desk:
    """What the office must know beside its plans."""
    waiting = transaction.letters.find(office, states=[LetterState.TO_HAND_OVER])
    dead = [
        letter
        for letter in transaction.letters.find(office, states=[LetterState.DEAD])
        if letter.finished_at and (as_of - letter.finished_at.astimezone(HANOI).date()).days <= SHOWN_DAYS
    ]
    last = transaction.rounds.last(office)
    channels = [letter.channel for letter in waiting]
    return Desk(
        waiting_hand_overs=HandOvers(
            channels.count(Channel.ZALO), channels.count(Channel.PHONE), channels.count(Channel.PAPER)
        ),
        undelivered=tuple(_undelivered(letter, plans) for letter in dead),
        last_round=last.as_of if last is not None else None,
        chain_heads={plan.stored.id: plan.stored.head_hash for plan in plans},
    )


def _undelivered(letter: StoredLetter, plans: Sequence[_Plan]) -> Undelivered:
    units = (unit for plan in plans for unit in plan.situation.schedule.office.units.values())
    found = next(
        (u.name for u in units if any(c.email == letter.address for c in u.contacts)), letter.address
    )
    return Undelivered(found, letter.last_code)
