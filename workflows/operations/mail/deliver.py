"""Delivery: claim letters, put them into words once, hand frozen bytes to the server, keep what it said.

The claim is committed before the first byte goes out and every answer as soon as it is known, so that a kill
at any point leaves each letter where another process can take it up (docs/mail.md, *The promise*).
"""

import contextlib
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from notifications.outcomes import Kind, Outcome, Transport
from workflows.errors import EnvironmentRefused
from workflows.operations.mail.attempts import result_of
from workflows.operations.mail.letter_bytes import Lane, Unwritable, put_into_bytes, written
from workflows.operations.mail.overtaken import UNSENT, free, why_overtaken
from workflows.operations.mail.queueing import ROUND_KINDS
from workflows.operations.mail.quiet_hours import is_quiet
from workflows.store.database import Database
from workflows.store.records import TO_SEND, ClaimedLetter, Condemned, LetterState
from workflows.store.records import Outcome as Finished
from workflows.store.transaction import Transaction

__all__ = ["Delivered", "Lane", "deliver", "put_into_bytes"]

BATCH = 50
"""Letters claimed at a time: small enough that a killed process holds few of them up."""

LEASE = timedelta(minutes=15)
"""How long a claim holds: longer than the longest wait for a server's answer after a letter's last byte."""

RENEWED_AFTER = timedelta(minutes=3)
"""A batch older than this is held anew before its next letter: what is left of the lease must be longer than
one letter takes at the worst, or another process would send it too."""

LANE_REST = timedelta(minutes=5)
"""How long an account rests after the server turned it away."""

ALARMED_REST = timedelta(minutes=30)
"""How long it rests where a person must act: asking more often would lock the account or keep it listed."""

QUOTA_USED_UP = "the quota of letters in 24 hours is used up"
"""Why an account rests that no server turned away."""

REFUSALS = 3
"""Addresses in a row at which policy (5.7.x) refused a letter that show the account is at fault, not the
letters: whether minutes or a day apart, as long as no letter was taken between."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one delivery came to.

    `left` counts letters that wait: for their next attempt, for morning, or for the account. `why` is the
    server's word where it turned the account away; `rests_until` is set where the account was resting
    already, so that nothing was tried.
    """

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    superseded: int = 0
    expired: int = 0
    left: int = 0
    why: Outcome | None = None
    rests_until: datetime | None = None


def deliver(
    database: Database,
    transport: Transport,
    lane: Lane,
    clock: Callable[[], datetime],
    *,
    passing_over_quiet_hours: bool = False,
    passing_over_rest: bool = False,
    offices: Collection[str] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send every letter that is due, of some offices or all, until none is left or the lane is turned away.

    `clock` tells the instant of each claim and answer. In quiet hours and on days off only urgent letters
    go, unless they are passed over; an account that was turned away rests, unless that is passed over.
    Once `stopping` says so, no further letter is begun and those in hand go back as they were.
    """
    run = _Delivery(database, transport, lane, clock, passing_over_quiet_hours, offices, stopping)
    with database.write() as transaction:
        run.expire(transaction)
        rest = run.look_at_account(transaction)
    if rest is not None and not passing_over_rest:
        return replace(run.outcome(), rests_until=rest)
    run.send_all()
    return run.outcome()


@dataclass(slots=True)
class _Delivery:
    """One run of delivery: what it works with, and what it has counted so far."""

    database: Database
    transport: Transport
    lane: Lane
    clock: Callable[[], datetime]
    at_any_hour: bool
    offices: Collection[str] | None
    stopping: Callable[[], bool]
    counted: Counter[str] = field(default_factory=Counter)
    why: Outcome | None = None
    paused: bool = False
    suspects: bool = False
    given_up: set[int] = field(default_factory=set)
    claimed_at: datetime | None = None
    unknown: dict[tuple[str, str], str] = field(default_factory=dict)

    def expire(self, transaction: Transaction) -> None:
        """Give up letters whose usefulness has passed; what no server can have taken is told anew."""
        now = self.clock()
        stale = transaction.letters.find(states=UNSENT, kinds=ROUND_KINDS, useless_by=now, hold=True)
        self.counted["expired"] += transaction.letters.expire(now)
        free(transaction, stale)

    def look_at_account(self, transaction: Transaction) -> datetime | None:
        """Until when the account rests; note what the first letter that it is let in with ends."""
        sender = self.lane.sender.address
        rest = transaction.senders.paused(sender, self.clock())
        self.paused = rest is not None
        self.suspects = transaction.refusals.in_a_row(sender) > 0
        return None if rest is None else rest[0]

    def send_all(self) -> None:
        """Claim and send batch by batch. A letter that is overtaken or cannot be written ends no batch."""
        while self.why is None and not self.stopping() and (batch := self._claim()) is not None:
            self._send(batch)

    def outcome(self) -> Delivered:
        """What the run came to."""
        with self.database.read() as transaction:
            counts = [transaction.letters.count_by_state(office) for office in self._of_offices()]
        left = sum(count[state] for count in counts for state in TO_SEND | {LetterState.SENDING})
        return Delivered(
            sent=self.counted["sent"],
            deferred=self.counted["deferred"],
            dead=self.counted["dead"],
            superseded=self.counted["superseded"],
            expired=self.counted["expired"],
            left=left,
            why=self.why,
        )

    def _of_offices(self) -> Iterable[str | None]:
        return [None] if self.offices is None else self.offices

    def _claim(self) -> list[ClaimedLetter] | None:
        """Claim a batch within the quota and freeze it, all before the first byte; None where nothing is due.

        What was overtaken or cannot be written ends here; the quota is spent on letters that go out only.
        """
        now, lane = self.clock(), self.lane
        self.claimed_at = now
        with self.database.write() as transaction:
            room = BATCH
            if lane.per_day is not None:
                room = min(room, transaction.senders.left(lane.sender.address, now, lane.per_day))
                if room == 0:
                    self._wait_for_quota(transaction, now)
                    return None
            claimed = self._claim_due(transaction, now, room)
            offices = {claim.letter.office for claim in claimed}
            condemned = {office: transaction.letters.condemned(office) for office in offices}
            still_true = self._without_overtaken(transaction, claimed, now)
            prepared = [
                self._prepare(transaction, claim, condemned[claim.letter.office], now) for claim in still_true
            ]
            ready = [claim for claim in prepared if claim is not None]
            if lane.per_day is not None:
                transaction.senders.take(lane.sender.address, now, len(ready), lane.per_day)
        return ready if claimed else None

    def _wait_for_quota(self, transaction: Transaction, now: datetime) -> None:
        """Let the account rest until its quota has room again, where letters wait for that."""
        due = transaction.letters.next_due(offices=self.offices)
        if due is not None and due <= now:
            sender = self.lane.sender.address
            transaction.senders.pause(sender, transaction.senders.room_from(sender, now), QUOTA_USED_UP)

    def _claim_due(self, transaction: Transaction, now: datetime, room: int) -> list[ClaimedLetter]:
        """Up to `room` letters of the offices that may write now, and urgent ones of those that rest."""
        known = transaction.offices.ids()
        chosen = [office for office in known if self.offices is None or office in self.offices]
        quiet = () if self.at_any_hour else tuple(o for o in chosen if is_quiet(transaction, o, now))
        awake = [office for office in chosen if office not in quiet]
        letters = transaction.letters
        claimed = letters.claim(now, LEASE, room, offices=awake) if awake and room else []
        if quiet and len(claimed) < room:
            claimed += letters.claim(now, LEASE, room - len(claimed), offices=quiet, urgent_only=True)
        return claimed

    def _without_overtaken(
        self, transaction: Transaction, claimed: Sequence[ClaimedLetter], now: datetime
    ) -> list[ClaimedLetter]:
        """The letters that still say what is so; what the others were to tell is told anew."""
        why = why_overtaken(transaction, claimed, now)
        overtaken = [claim for claim in claimed if claim.letter.id in why]
        for claim in overtaken:
            finished = Finished(LetterState.SUPERSEDED, reply=why[claim.letter.id], attempted=False)
            self.counted["superseded"] += transaction.letters.finish(
                claim.letter.id, claim.token, finished, now
            )
        free(transaction, [claim.letter for claim in overtaken])
        return [claim for claim in claimed if claim.letter.id not in why]

    def _prepare(
        self,
        transaction: Transaction,
        claim: ClaimedLetter,
        condemned: Mapping[str, Condemned],
        now: datetime,
    ) -> ClaimedLetter | None:
        """The claim with the bytes that every attempt sends; None where the letter ends here.

        A letter that cannot be put into words or bytes, or whose bytes were dropped, dies alone, with the
        reason, and so does one to an address that does not exist: asking its server every day would cost the
        account its good name.
        """
        letters, letter = transaction.letters, claim.letter
        if (known := condemned.get(letter.address)) is not None:
            self._bury(transaction, claim, f"no such address: {known.reply}", now)
            return None
        if claim.data is not None:
            return claim
        try:
            data, message_id = written(transaction, self.lane, letter, now)
            letters.freeze(letter.id, claim.token, data, message_id)
        except Unwritable as error:
            self._bury(transaction, claim, f"cannot be written: {error}", now)
            return None
        except ValueError:
            # Frozen once, and the bytes were dropped since: no others may take their place.
            self._bury(transaction, claim, "its text is no longer kept", now)
            return None
        return replace(claim, data=data)

    def _bury(self, transaction: Transaction, claim: ClaimedLetter, why: str, now: datetime) -> None:
        finished = Finished(LetterState.DEAD, reply=why, attempted=False)
        self.counted["dead"] += transaction.letters.finish(claim.letter.id, claim.token, finished, now)

    def _send(self, batch: Sequence[ClaimedLetter]) -> None:
        """Send a batch letter by letter; interrupted, the letters not yet begun go back untouched."""
        rest, held_since = deque(batch), self.clock()
        try:
            while rest:
                if self.stopping():
                    self._put_back(rest, None)
                    return
                if self.clock() - held_since > RENEWED_AFTER:
                    rest, held_since = self._renewed(rest), self.clock()
                    continue
                claim = rest.popleft()
                if (claim.letter.office, claim.letter.address) in self.unknown:
                    self._bury_unsent(claim)
                    continue
                outcome = self.transport.deliver(
                    self.lane.sender.address, claim.letter.address, claim.data or b""
                )
                if self._turned_away(claim, outcome, rest):
                    return
        except BaseException:
            with contextlib.suppress(EnvironmentRefused):
                self._put_back(rest, None)
            raise

    def _bury_unsent(self, claim: ClaimedLetter) -> None:
        """End a letter whose address an earlier letter of this run has shown not to exist."""
        reply = self.unknown[claim.letter.office, claim.letter.address]
        with self.database.write() as transaction:
            self._bury(transaction, claim, f"no such address: {reply}", self.clock())
            self._give_back(transaction, 1)

    def _renewed(self, rest: Iterable[ClaimedLetter]) -> deque[ClaimedLetter]:
        """The letters that are still ours, for another lease; the others are somebody else's to send."""
        until = self.clock() + LEASE
        with self.database.write() as transaction:
            renew = transaction.letters.renew
            return deque(claim for claim in rest if renew([claim.letter.id], claim.token, until))

    def _turned_away(self, claim: ClaimedLetter, outcome: Outcome, rest: Collection[ClaimedLetter]) -> bool:
        """Deal with one answer; whether the account was turned away and the rest must wait.

        One letter refused by policy may be the letter's own fault. Several in a row are the account's.
        """
        refusals = 0
        if outcome.is_policy:
            with self.database.write() as transaction:
                refusals = transaction.refusals.note(self.lane.sender.address, claim.letter.id, claim.was)
                self.suspects = True
                if transaction.refusals.in_a_row(self.lane.sender.address) >= REFUSALS:
                    outcome = replace(outcome, breaks_circuit=True, alarms=True)
        if outcome.breaks_circuit:
            self._rest_account(outcome, [claim, *rest])
            return True
        self._finish(claim, outcome, refusals)
        return False

    def _finish(self, claim: ClaimedLetter, outcome: Outcome, refusals: int = 0) -> None:
        """Keep the server's word on one letter; the word on a letter no longer ours changes nothing.

        `refusals` counts how often policy has refused it, this time included.
        """
        letter, now = claim.letter, self.clock()
        finished = result_of(claim, outcome, now, refusals=refusals)
        with self.database.write() as transaction:
            if outcome.kind is Kind.SENT:
                self._end_rest(transaction)
            transaction.letters.finish(letter.id, claim.token, finished, now)
            if outcome.condemns_address:
                transaction.letters.condemn(letter.office, letter.address, now, outcome.reply)
            if outcome.kind is Kind.SENT:
                self._end_suspicion(transaction)
        if outcome.condemns_address:
            self.unknown[letter.office, letter.address] = outcome.reply
        if refusals and finished.state is LetterState.DEAD:
            self.given_up.add(letter.id)
        counted = {LetterState.SENT: "sent", LetterState.DEAD: "dead"}
        self.counted[counted.get(finished.state, "deferred")] += 1

    def _end_rest(self, transaction: Transaction) -> None:
        """The server took a letter: the account is let in."""
        if self.paused:
            transaction.senders.resume(self.lane.sender.address)
        self.paused = False

    def _end_suspicion(self, transaction: Transaction) -> None:
        """The server took a letter: what it refused before was no doing of the account's."""
        if self.suspects:
            transaction.refusals.end_row(self.lane.sender.address)
        self.suspects = False

    def _rest_account(self, outcome: Outcome, claims: Collection[ClaimedLetter]) -> None:
        """The account was turned away: it rests, and its letters wait without an attempt burnt.

        Those among them that policy refused just before were refused for the account's sake.
        """
        now, sender = self.clock(), self.lane.sender.address
        until = now + (ALARMED_REST if outcome.alarms else LANE_REST)
        with self.database.write() as transaction:
            transaction.senders.pause(sender, until, outcome.reply)
            revived = transaction.refusals.put_back(sender, now) & self.given_up
        self._put_back(claims, outcome)
        self.why = outcome
        self.counted["dead"] -= len(revived)
        self.counted["deferred"] += len(claims) + len(revived)

    def _put_back(self, claims: Collection[ClaimedLetter], outcome: Outcome | None) -> None:
        """Let go of letters as they were; their share of the quota goes back as well."""
        now = self.clock()
        word = (outcome.code, outcome.reply or None) if outcome is not None else (None, None)
        with self.database.write() as transaction:
            for claim in claims:
                waits = Finished(claim.was, *word, now, attempted=False)
                transaction.letters.finish(claim.letter.id, claim.token, waits, now)
            self._give_back(transaction, len(claims))

    def _give_back(self, transaction: Transaction, unused: int) -> None:
        """What letters of the last claim did not use of the quota, to the hour in which it was set aside."""
        if self.lane.per_day is not None and self.claimed_at is not None:
            transaction.senders.give_back(self.lane.sender.address, self.claimed_at, unused)
