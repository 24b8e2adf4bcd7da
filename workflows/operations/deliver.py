"""Delivery: claim letters, put them into words once, hand frozen bytes to the server, keep what it said.

The claim is committed before the first byte goes out and every answer as soon as it is known, so that a kill
at any point leaves each letter where another process can take it up (docs/mail.md, *The promise*).
"""

import hashlib
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from notifications import letters as letter_records
from notifications.addresses import Mailbox, MailInputError
from notifications.letters import Letter, thread
from notifications.messages import Rendered, render
from notifications.mime import Message, compose, random_message_id
from notifications.outcomes import Kind, Outcome, Transport
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.states import State
from workflows.operations.links import LinkSigner, links_of
from workflows.operations.queueing import HANOI, is_round_letter
from workflows.store.database import Database
from workflows.store.records import FINAL, TO_SEND, ClaimedLetter, LetterState
from workflows.store.records import Outcome as Finished
from workflows.store.transaction import Transaction

BATCH = 50
"""Letters claimed at a time: small enough that a killed process holds few of them up."""

LEASE = timedelta(minutes=15)
"""How long a claim holds: longer than the longest wait for a server's answer after a letter's last byte."""

RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 180)
"""Minutes until the next attempt, the last one repeated; each varied by a fifth (docs/mail.md, *Outbox*)."""

DOUBT_MINUTES = 60
"""Longer than any retry of the server's own: a letter in doubt may well have arrived."""

LANE_REST = timedelta(minutes=5)
"""How long an account rests after the server turned it away."""

CALENDAR_NAME = "han-viec.ics"
"""What the attached calendar is called in the reader's mail program."""

EVENING, MORNING = time(20), time(6, 30)
"""Between these nobody is written to."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One mail account and what its letters carry: sender, public address for links, quota in a day."""

    sender: Mailbox
    signer: LinkSigner
    base_url: str | None = None
    reply_to: Mailbox | None = None
    per_day: int | None = None

    @property
    def domain(self) -> str:
        """The domain that message ids are made in."""
        return self.sender.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one delivery came to; `why` is the server's word where the lane was turned away.

    `left` counts letters that wait: for their next attempt, for morning, or for the lane.
    """

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    superseded: int = 0
    expired: int = 0
    left: int = 0
    why: Outcome | None = None


def deliver(
    database: Database,
    transport: Transport,
    lane: Lane,
    clock: Callable[[], datetime],
    *,
    passing_over_quiet_hours: bool = False,
    offices: Collection[str] | None = None,
) -> Delivered:
    """Send every letter that is due, until none is left or the lane is turned away.

    `clock` tells the instant of each claim and answer. In quiet hours and on days off only urgent letters
    go, unless they are passed over.
    """
    total = Delivered()
    with database.write() as transaction:
        total = replace(total, expired=transaction.letters.expire(clock()))
    while total.why is None:
        batch, overtaken = _claim(database, lane, clock(), passing_over_quiet_hours, offices)
        total = replace(total, superseded=total.superseded + overtaken)
        if not batch and not overtaken:
            break
        total = _send(database, transport, lane, clock, batch, total)
    with database.read() as transaction:
        counts = transaction.letters.count_by_state()
    return replace(total, left=sum(counts[state] for state in TO_SEND | {LetterState.SENDING}))


def _claim(
    database: Database, lane: Lane, now: datetime, any_hour: bool, offices: Collection[str] | None
) -> tuple[list[ClaimedLetter], int]:
    """Claim a batch within the quota, drop what was overtaken, freeze the rest; all before the first byte."""
    with database.write() as transaction:
        quiet = () if any_hour else _quiet_offices(transaction, now)
        open_offices = [office for office in offices or transaction.offices.ids() if office not in quiet]
        granted = _quota(transaction, lane, now)
        claimed = transaction.letters.claim(now, LEASE, granted, offices=open_offices) if open_offices else []
        if quiet and len(claimed) < granted:
            room = granted - len(claimed)
            claimed += transaction.letters.claim(now, LEASE, room, offices=quiet, urgent_only=True)
        ready, overtaken = list[ClaimedLetter](), 0
        for claim in claimed:
            why = _overtaken(transaction, claim)
            if why is not None:
                finished = Finished(LetterState.SUPERSEDED, reply=why, attempted=False)
                overtaken += transaction.letters.finish(claim.letter.id, claim.token, finished, now)
            elif (frozen := _freeze(transaction, lane, claim, now)) is not None:
                ready.append(frozen)
    return ready, overtaken


def _quota(transaction: Transaction, lane: Lane, now: datetime) -> int:
    if lane.per_day is None:
        return BATCH
    return transaction.senders.take(lane.sender.address, now, BATCH, lane.per_day)


def _quiet_offices(transaction: Transaction, now: datetime) -> tuple[str, ...]:
    """The offices that nobody is to be written for at this hour."""
    local = now.astimezone(HANOI)
    night = local.time() >= EVENING or local.time() < MORNING

    def rests(office: str) -> bool:
        return night or not WorkingCalendar(transaction.offices.calendar(office)).is_working_day(local.date())

    return tuple(office for office in transaction.offices.ids() if rests(office))


def _overtaken(transaction: Transaction, claim: ClaimedLetter) -> str | None:
    """Why an unsent round letter need not go any more; None where it still says what is so.

    Bytes that a server may have seen are never withdrawn: the letter may have arrived.
    """
    letter = claim.letter
    if claim.data is not None or not is_round_letter(letter.kind):
        return None
    newer = transaction.letters.find(letter.office, address=letter.address, after=letter.id)
    if any(
        is_round_letter(other.kind) and other.state not in (FINAL - {LetterState.SENT}) for other in newer
    ):
        return "a newer letter says it"
    numbers = transaction.letters.assignments(letter.id)
    about = transaction.assignments.by_numbers(numbers).values()
    ended = (State.DONE, State.CANCELLED)
    if numbers and all(assignment.state in ended for assignment in about) and letter.kind == "daily":
        return "everything it asks for has been done"
    return None


def _freeze(
    transaction: Transaction, lane: Lane, claim: ClaimedLetter, now: datetime
) -> ClaimedLetter | None:
    """The claim with the bytes that every attempt sends, made now if this is the first.

    A letter that cannot be put into words or bytes dies alone, with the reason.
    """
    if claim.data is not None:
        return claim
    message_id = random_message_id(lane.domain)
    try:
        letter = letter_records.from_json(claim.letter.content)
        data = compose(_message(letter, _rendered(transaction, lane, letter), lane, message_id, now))
    except Exception as error:  # noqa: BLE001 - one broken letter must not hold the others up
        reason = (
            f"{type(error).__name__}: {error}" if isinstance(error, MailInputError) else type(error).__name__
        )
        finished = Finished(LetterState.DEAD, reply=f"cannot be written: {reason}", attempted=False)
        transaction.letters.finish(claim.letter.id, claim.token, finished, now)
        return None
    transaction.letters.freeze(claim.letter.id, claim.token, data, message_id)
    return replace(claim, data=data)


def _rendered(transaction: Transaction, lane: Lane, letter: Letter) -> Rendered:
    links = links_of(letter, lane.signer, lane.base_url, transaction) if lane.base_url else None
    return render(letter, links)


def _message(letter: Letter, rendered: Rendered, lane: Lane, message_id: str, now: datetime) -> Message:
    root = hashlib.sha256(thread(letter).encode()).hexdigest()[:32]
    office = letter.sender.office
    return Message(
        sender=replace(lane.sender, name=lane.sender.name or letter.sender.name),
        recipient=Mailbox(letter.recipient.address, letter.recipient.salutation),
        reply_to=lane.reply_to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=message_id,
        date=now.astimezone(HANOI),
        list_id=f"{office}.dondoc.{lane.domain}",
        language=letter.language.value,
        thread_root=f"<{root}@{lane.domain}>",
        calendars=((CALENDAR_NAME, rendered.calendar),) if rendered.calendar else (),
    )


def _send(
    database: Database,
    transport: Transport,
    lane: Lane,
    clock: Callable[[], datetime],
    batch: Sequence[ClaimedLetter],
    total: Delivered,
) -> Delivered:
    for position, claim in enumerate(batch):
        outcome = transport.deliver(lane.sender.address, claim.letter.address, claim.data or b"")
        if outcome.breaks_circuit:
            _put_back(database, lane, batch[position:], outcome, clock())
            return replace(total, why=outcome, deferred=total.deferred + len(batch) - position)
        total = _finish(database, claim, outcome, clock(), total)
    return total


def _finish(
    database: Database, claim: ClaimedLetter, outcome: Outcome, now: datetime, total: Delivered
) -> Delivered:
    """Keep the server's word on one letter; a finished attempt of a lost lease changes nothing."""
    letter = claim.letter
    match outcome.kind:
        case Kind.SENT:
            state, again = LetterState.SENT, None
        case Kind.REJECTED:
            state, again = LetterState.DEAD, None
        case Kind.IN_DOUBT:
            state, again = LetterState.IN_DOUBT, now + timedelta(minutes=DOUBT_MINUTES)
        case Kind.DEFERRED | Kind.NOT_SENT:
            state, again = LetterState.DEFERRED, next_attempt(letter.id, letter.attempts, now)
    finished = Finished(state, outcome.code, outcome.reply or None, again)
    with database.write() as transaction:
        transaction.letters.finish(letter.id, claim.token, finished, now)
        if outcome.condemns_address:
            transaction.letters.condemn(letter.office, letter.address, now, outcome.reply)
    counted = {LetterState.SENT: "sent", LetterState.DEAD: "dead"}.get(state, "deferred")
    return replace(total, **{counted: getattr(total, counted) + 1})


def next_attempt(letter_id: int, attempts: int, now: datetime) -> datetime:
    """When a deferred letter is tried again: ever later, and never all letters at the same instant."""
    minutes = RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
    varied = random.Random(f"{letter_id}:{attempts}").uniform(0.8, 1.2)  # noqa: S311 - no secret
    return now + timedelta(minutes=minutes * varied)


def _put_back(
    database: Database, lane: Lane, claims: Sequence[ClaimedLetter], outcome: Outcome, now: datetime
) -> None:
    """The lane was turned away: its letters wait without an attempt burnt, the account rests."""
    with database.write() as transaction:
        transaction.senders.pause(lane.sender.address, now + LANE_REST, outcome.reply)
        for claim in claims:
            was = claim.was if claim.was in TO_SEND else LetterState.QUEUED
            waits = Finished(was, outcome.code, outcome.reply or None, now, attempted=False)
            transaction.letters.finish(claim.letter.id, claim.token, waits, now)
