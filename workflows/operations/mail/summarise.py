"""The third step of a round: every notice without a letter becomes one, or is dropped as no longer true."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from notifications.digest import Desk
from notifications.drafts import Composed
from notifications.escalations import Background
from notifications.letters import LetterKind
from notifications.parts import HandOvers, Undelivered
from notifications.summaries import PlanToday, Quiet, round_letters
from plan_definitions.model import Channel
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.forecast import Forecast
from workflows.engine.notices import only_paused, still_true
from workflows.engine.records import AT_ONCE, Assignment, Notice, NoticeKind
from workflows.engine.situation import Situation
from workflows.operations.mail.outbox import undelivered
from workflows.operations.mail.overtaken import Unsent, asked_about, unsent_before
from workflows.operations.mail.queueing import by_notice, morning, queue, round_key
from workflows.operations.reading.backgrounds import silent_since, tried
from workflows.operations.situations import whole_situation
from workflows.store.records import LetterState, StoredLetter, StoredNotice, StoredPlan, StoredRecord
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE, Language

NO_LONGER_TRUE = "no longer true"

_HEARD = frozenset(LetterState) - {LetterState.SUPERSEDED, LetterState.EXPIRED, LetterState.DEAD}


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
    transaction: Transaction, office: str, *, as_of: date, now: datetime, language: Language = Language.VI
) -> Summary:
    """Write every letter that the day calls for, each with its notices.

    On a day off no letter is written; notices wait for the next working day.
    """
    calendar = WorkingCalendar(transaction.offices.calendar(office))
    if not calendar.is_working_day(as_of):
        return Summary(0, ())
    # Held first, the plans before they are read: every letter speaks of one moment, and nobody moves work
    # while it is put into words.
    unsent = unsent_before(transaction, office, as_of)
    running = transaction.plans.headings(office, running=True)
    transaction.plans.hold((plan.number for plan in running), told_by=[old.letter.id for old in unsent])
    plans = _read(transaction, office, unsent, as_of, now)
    outcome = round_letters(
        transaction.offices.get(office),
        [_today(transaction, plan, as_of) for plan in plans],
        calendar=calendar,
        as_of=as_of,
        desk=_desk(transaction, office, plans, as_of),
        language=language,
    )
    pending: dict[tuple[str, Notice], Sequence[int]] = {}
    for plan in plans:
        pending |= by_notice(plan.pending, plan.stored.id)
    keyed = {round_key(composed.letter): composed for composed in outcome.letters}
    written = queue(transaction, keyed, now=now, not_before=max(now, morning(as_of)), pending=pending)
    _withdraw(transaction, unsent, written, plans, as_of, now)
    asked = (number for composed in written for number in asked_about(composed.letter.parts))
    transaction.assignments.count_letter(asked, as_of)
    return Summary(len(written), outcome.quiet)


def _read(
    transaction: Transaction, office: str, unsent: Iterable[Unsent], as_of: date, now: datetime
) -> list[_Plan]:
    """The running plans with their true notices; those overtaken by events are dropped here.

    A letter of an earlier day that never left, with news that are still true, is withdrawn, and its notices
    are among the pending ones again: after an outage each reader gets one letter that says it all. A weekly
    summary waits instead: it says more than its notices do.
    """
    found = _situations(transaction, office)
    withdrawn = 0
    for old in unsent:
        if old.is_for_hands or old.said.kind is LetterKind.WEEKLY:
            continue
        told = transaction.notices.of_letter(old.letter.id)
        if any(n.plan_number in found and _is_true(n, found[n.plan_number][1], as_of) for n in told):
            withdrawn += old.withdraw(transaction, now)
    if withdrawn:
        # A unit does not count as silent for a letter that never came.
        found = _situations(transaction, office)
    return [_with_notices(transaction, plan, situation, as_of) for plan, situation in found.values()]


def _situations(transaction: Transaction, office: str) -> dict[int, tuple[StoredPlan, Situation]]:
    """The running plans with all of their assignments, by number."""
    plans = transaction.plans.running(office)
    return {plan.number: (plan, whole_situation(transaction, plan)) for plan in plans}


def _with_notices(transaction: Transaction, plan: StoredPlan, situation: Situation, as_of: date) -> _Plan:
    waiting = transaction.notices.pending(plan.office, as_of, plan_number=plan.number)
    true = _drop_overtaken(transaction, waiting, situation, as_of)
    return _Plan(plan, situation, tuple(s for s in true if s.notice.kind not in AT_ONCE))


def _drop_overtaken(
    transaction: Transaction, waiting: Iterable[StoredNotice], situation: Situation, as_of: date
) -> list[StoredNotice]:
    """Drop what is no longer so, and give what is.

    What only a promise or a hold keeps back for now is neither: it must still be told.
    """
    true, overtaken = list[StoredNotice](), list[int]()
    for stored in waiting:
        if _is_true(stored, situation, as_of):
            true.append(stored)
        elif not _only_paused(stored, situation, as_of):
            overtaken.append(stored.id)
    transaction.notices.drop(overtaken, NO_LONGER_TRUE)
    return true


def _is_true(stored: StoredNotice, situation: Situation, as_of: date) -> bool:
    told, plan = stored.notice, situation.schedule
    assignment = situation.assignments.get(told.assignment)
    if assignment is None or situation.unit_of(told.to) not in plan.office.units:
        return False
    # Work that a revision took out of the plan is spoken of once more: that it is cancelled.
    known = assignment.task in plan.tasks or told.kind is NoticeKind.CANCELLED
    return known and still_true(told, assignment, situation, as_of)


def _only_paused(stored: StoredNotice, situation: Situation, as_of: date) -> bool:
    assignment = situation.assignments.get(stored.notice.assignment)
    known = assignment is not None and assignment.task in situation.schedule.tasks
    return known and assignment is not None and only_paused(stored.notice, assignment, situation, as_of)


def _withdraw(
    transaction: Transaction,
    unsent: Iterable[Unsent],
    written: Iterable[Composed],
    plans: Iterable[_Plan],
    as_of: date,
    now: datetime,
) -> None:
    """Whoever gets a letter today gets no older one as well; what only that one told comes with the next."""
    readers = {(c.letter.recipient.channel, c.letter.recipient.address) for c in written}
    situations = {plan.stored.number: plan.situation for plan in plans}
    for old in unsent:
        if (old.letter.channel, old.letter.address) not in readers:
            continue
        told = transaction.notices.of_letter(old.letter.id)
        if old.withdraw(transaction, now):
            for number, situation in situations.items():
                _drop_overtaken(transaction, (n for n in told if n.plan_number == number), situation, as_of)


def _today(transaction: Transaction, plan: _Plan, as_of: date) -> PlanToday:
    rows = [*board.rows(plan.situation, as_of), *_taken_out(transaction, plan, as_of)]
    notices = [stored.notice for stored in plan.pending]
    escalated = {n.assignment for n in notices if n.kind is NoticeKind.ESCALATION}
    assignments = plan.situation.assignments
    # Walking the plan forward is for the days on which a leader hears.
    forecast = Forecast(plan.situation, as_of) if escalated else None
    histories = transaction.history.of_assignments(assignments[name].number for name in escalated)
    backgrounds = {
        name: _background(assignments[name], histories, forecast) for name in sorted(escalated) if forecast
    }
    return PlanToday(
        schedule=plan.stored.schedule,
        rows=rows,
        notices=notices,
        backgrounds=backgrounds,
        silent_since=silent_since(transaction, (row for row in rows if row.silent)),
        announced=_announced(transaction, plan, as_of),
        is_new=plan.stored.revision == 1 and plan.stored.published_on == as_of,
    )


def _taken_out(transaction: Transaction, plan: _Plan, as_of: date) -> Iterator[Row]:
    """Rows of cancelled work that the plan in force has not, from its last revision that had it."""
    assignments = plan.situation.assignments
    gone = {s.notice.assignment for s in plan.pending} - {
        a.id for a in plan.situation.tasks_known(assignments.values())
    }
    older = range(plan.stored.revision - 1, 0, -1)
    for assignment in (assignments[name] for name in sorted(gone)):
        for revision in older:
            schedule = transaction.plans.schedule(plan.stored.number, revision)
            if assignment.task in schedule.tasks:
                then = replace(plan.situation, schedule=schedule)
                shown = board.row(assignment, then, as_of)
                # Helpers may have left the office since, and need not hear.
                yield shown._replace(definition=replace(shown.definition, helpers=()))
                break


def _announced(transaction: Transaction, plan: _Plan, as_of: date) -> frozenset[str]:
    """The assignments that a summary, or the publication, of this week has told their units."""
    letters, office = transaction.letters, plan.stored.office
    today = datetime.combine(as_of, time(), LOCAL_ZONE)
    monday = today - timedelta(as_of.weekday())
    # Today's own summary has told nothing to whoever runs the round a second time.
    told = letters.assignments_told(
        office, LetterKind.WEEKLY.value, states=_HEARD, since=monday, before=today
    ) | letters.assignments_told(office, LetterKind.PUBLICATION.value, states=_HEARD, since=monday)
    return frozenset(a.id for a in plan.situation.assignments.values() if a.number in told)


def _background(
    assignment: Assignment, histories: Mapping[int, Sequence[StoredRecord]], forecast: Forecast
) -> Background:
    attempts = tuple(tried(histories[assignment.number]))
    return Background(attempts, forecast.slips(assignment.id), assignment.facts.proposal)


def _desk(transaction: Transaction, office: str, plans: Sequence[_Plan], as_of: date) -> Desk:
    """What the office must know beside its plans."""
    waiting = transaction.letters.find(office, states=[LetterState.TO_HAND_OVER])
    last = transaction.rounds.last(office, before=as_of)
    channels = [letter.channel for letter in waiting]
    return Desk(
        waiting_hand_overs=HandOvers(
            channels.count(Channel.ZALO), channels.count(Channel.PHONE), channels.count(Channel.PAPER)
        ),
        undelivered=tuple(_undelivered(letter, plans) for letter in undelivered(transaction, office, as_of)),
        last_round=last.as_of if last is not None else None,
        chain_heads={plan.stored.id: plan.stored.head_hash for plan in plans},
    )


def _undelivered(letter: StoredLetter, plans: Sequence[_Plan]) -> Undelivered:
    units = (unit for plan in plans for unit in plan.situation.schedule.office.units.values())
    found = next(
        (u.name for u in units if any(c.email == letter.address for c in u.contacts)), letter.address
    )
    return Undelivered(found, letter.last_code)
