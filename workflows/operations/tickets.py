"""The right to run an office's round: claimed for a date, renewed while it is at work, never held by two."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from workflows.errors import EnvironmentRefused
from workflows.store.database import Database
from workflows.store.records import Claim
from workflows.store.transaction import Transaction

LEASE = timedelta(minutes=10)
"""After this long without a sign of life a round counts as killed and another may take it up."""

Clock = Callable[[], datetime]
"""Tells the present instant; a round that takes long reads it more than once."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to run the round of one office for one date.

    `so_far` counts what rounds of that date did before; `last_finished` is the last earlier date whose round
    came to its end, None where none did.
    """

    office: str
    as_of: date
    token: str
    so_far: Mapping[str, int] = field(default_factory=dict)
    last_finished: date | None = None


@dataclass(frozen=True, slots=True)
class NoRound:
    """Why there is nothing to do: an earlier date than the last round's, or another round under way."""

    office: str
    as_of: date
    why: Claim
    last: date | None


class TicketLost(Exception):
    """The lease ran out and another round of the office took over: this one may write nothing more.

    What it wrote before stays; the other one goes on from there. Expected, and turned into a `NoRound`.
    """

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        super().__init__(f"another round of {ticket.office} has taken over")

    @property
    def outcome(self) -> NoRound:
        """What it comes to for whoever asked for the round."""
        return NoRound(self.ticket.office, self.ticket.as_of, Claim.BUSY, self.ticket.as_of)


def begin_round(database: Database, office: str, *, as_of: date, now: datetime) -> Ticket | NoRound:
    """Claim the round of a date. The last round's date resumes or repeats; an earlier one is a no-op."""
    token = secrets.token_hex(16)
    with database.write() as transaction:
        claim = transaction.rounds.begin(office, as_of, now, token, LEASE)
        finished = transaction.rounds.last(office, before=as_of, finished=True)
    if claim.granted:
        return Ticket(office, as_of, token, claim.totals, finished.as_of if finished else None)
    return NoRound(office, as_of, claim.claim, claim.last)


def renew(transaction: Transaction, ticket: Ticket, now: datetime) -> None:
    """Hold the round for another lease, and against everybody else until the transaction ends.

    Comes first in a transaction that writes: then nobody can take over before it is committed. Raises
    TicketLost.
    """
    if not transaction.rounds.renew(ticket.office, ticket.as_of, ticket.token, now + LEASE):
        raise TicketLost(ticket)


def finish_round(database: Database, ticket: Ticket, totals: Mapping[str, int], *, now: datetime) -> None:
    """Let go of a round that is done; its date keeps the counts of all its rounds. Raises TicketLost."""
    together = {name: count + ticket.so_far.get(name, 0) for name, count in totals.items()}
    with database.write() as transaction:
        if not transaction.rounds.finish(ticket.office, ticket.as_of, ticket.token, now, together):
            raise TicketLost(ticket)


@contextlib.contextmanager
def held(database: Database, ticket: Ticket, clock: Clock) -> Iterator[None]:
    """Let go of a round that fails inside the block, so that the next attempt need not wait for the lease."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(EnvironmentRefused), database.write() as transaction:
            transaction.rounds.renew(ticket.office, ticket.as_of, ticket.token, clock())
        raise
