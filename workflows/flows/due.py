"""What is due at an instant, from the store alone: missed days leave no trace in the answer."""

from datetime import datetime, timedelta

from plan_definitions.diagnostics import Phrase
from workflows.operations.mail.queueing import morning
from workflows.operations.mail.quiet_hours import is_quiet, next_morning
from workflows.store.database import Database
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE, Language, instant


def next_round(now: datetime) -> datetime:
    """When the next day's round is due: 07:00 where the offices are."""
    today = now.astimezone(LOCAL_ZONE).date()
    first = morning(today)
    return first if first > now else morning(today + timedelta(days=1))


def rounds_due(database: Database, now: datetime) -> bool:
    """Whether some office's round of today is due and not finished; missed days are not asked for."""
    today = now.astimezone(LOCAL_ZONE).date()
    if now < morning(today):
        return False
    with database.read() as transaction:
        return bool(transaction.rounds.owed(today))


def delivery_due(database: Database, sender: str, now: datetime) -> datetime | None:
    """When letters can next leave through the account `sender`, perhaps at once; None where none waits.

    A letter that must not go yet (at night, on a day off, through an account that rests) is due when that is
    over, or when it is worth asking again.
    """
    with database.read() as transaction:
        due = transaction.letters.next_due()
        if due is None or due > now:
            return due
        rest = transaction.senders.paused(sender, now)
        return rest[0] if rest is not None else _due_by_hour(transaction, now)


def rests_until(database: Database, sender: str, now: datetime) -> datetime | None:
    """Until when the account `sender` rests: it was turned away, or its letters of the day are used up."""
    with database.read() as transaction:
        rest = transaction.senders.paused(sender, now)
    return None if rest is None else rest[0]


def told_of_rest(until: str, language: Language) -> Phrase:
    """Until when (ISO text, as the delivery flow returns it) an account rests that nobody turned away."""
    return Phrase(
        "The account rests until {instant}; what is left leaves then.",
        {"instant": instant(datetime.fromisoformat(until), language)},
    )


def _due_by_hour(transaction: Transaction, now: datetime) -> datetime:
    """The same where the account may send and letters wait: who may be written to at this hour."""
    offices = transaction.offices.ids()
    quiet = [office for office in offices if is_quiet(transaction, office, now)]
    awake = [office for office in offices if office not in quiet]
    found = [
        transaction.letters.next_due(offices=awake) if awake else None,
        transaction.letters.next_due(offices=quiet, urgent_only=True) if quiet else None,
    ]
    return min([next_morning(now), *(moment for moment in found if moment is not None)])
