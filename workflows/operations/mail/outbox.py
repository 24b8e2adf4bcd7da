"""The outbox as the office sees it: what waits, what went and what it said, sent again or ticked off."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from email.message import Message

from notifications.letters import from_json
from notifications.messages import render, zalo_text
from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Channel
from workflows.errors import MoveRefused
from workflows.operations.mail.overtaken import count_again
from workflows.operations.situations import find_actor
from workflows.store.database import Database
from workflows.store.letters import RETRIABLE
from workflows.store.records import LetterState, StoredLetter
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE

SHOWN_DAYS = 7
"""How long the office is told of a letter that did not arrive."""

RETRIED_FOR = timedelta(days=4)
"""How long a letter that the office sends again is tried."""

NEUTRAL = "[…]"
"""What stands for the token of a link: whoever holds one may act in the reader's name."""

_TOKEN = re.compile(r"(?<=/)(v|sign-in|c)/[^\s\"'<>?]+")

LETTER_STATE_WORDS = {
    LetterState.QUEUED: Phrase("waits to be sent"),
    LetterState.SENDING: Phrase("being sent"),
    LetterState.DEFERRED: Phrase("will be tried again"),
    LetterState.IN_DOUBT: Phrase("perhaps arrived, will be tried again"),
    LetterState.TO_HAND_OVER: Phrase("to be handed over"),
    LetterState.SENT: Phrase("sent"),
    LetterState.DEAD: Phrase("not delivered"),
    LetterState.SUPERSEDED: Phrase("overtaken, not sent"),
    LetterState.EXPIRED: Phrase("too late, not sent"),
    LetterState.HANDED_OVER: Phrase("handed over"),
}
"""What the states of a letter are called."""

NO_TEXT = Phrase("its text is no longer kept")
"""Why a letter that ended long ago cannot be sent again (see `tidy_up`)."""


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter with its text and HTML: `as_sent` where it was, else as it would be now.

    Links of the text are neutralised; the HTML holds them, for a reader who strips it of all that acts.
    """

    letter: StoredLetter
    text: str
    html: str
    as_sent: bool


def undelivered(transaction: Transaction, office: str, as_of: date) -> list[StoredLetter]:
    """The letters of an office that came to nothing since this day a week ago, oldest first."""
    since = datetime.combine(as_of - timedelta(SHOWN_DAYS), time(), LOCAL_ZONE)
    return transaction.letters.find(office, states=[LetterState.DEAD], ended_since=since)


def find_letters(
    database: Database, office: str | None = None, *, states: Collection[LetterState] | None = None
) -> list[StoredLetter]:
    """The letters of an office (or of all), perhaps only in some states, oldest first."""
    with database.read() as transaction:
        return transaction.letters.find(office, states=states)


def show_letter(database: Database, letter_id: int) -> ShownLetter:
    """One letter as its reader sees it. Raises NotFound."""
    with database.read() as transaction:
        letter = transaction.letters.get(letter_id)
        data = transaction.letters.frozen(letter_id)
    if data is not None:
        sent = message_from_bytes(data)
        return ShownLetter(letter, neutralised(_part(sent, "text/plain")), _part(sent, "text/html"), True)
    said = from_json(letter.content)
    rendered = render(said, None)
    text = rendered.text if letter.channel is Channel.MAIL else zalo_text(said, None)
    return ShownLetter(letter, text, rendered.html, False)


def retry_letter(database: Database, letter_id: int, *, now: datetime) -> StoredLetter:
    """Send a letter at the next delivery, its attempts counted anew; its address is trusted again.

    A round letter that a newer one has overtaken is withdrawn by that delivery all the same. Raises NotFound,
    or MoveRefused where it was sent, withdrawn or is being sent, or its bytes were dropped.
    """
    with database.write() as transaction:
        letter = transaction.letters.get(letter_id)
        if not transaction.letters.retry(letter_id, now, now + RETRIED_FOR):
            raise MoveRefused(
                "letter {id} cannot be sent again: {state}",
                id=letter_id,
                state=NO_TEXT if letter.state in RETRIABLE else LETTER_STATE_WORDS[letter.state],
            )
        transaction.letters.pardon(letter.office, letter.address)
        transaction.refusals.forget(letter_id)
        if letter.state is LetterState.EXPIRED:
            count_again(transaction, letter, now)
        return transaction.letters.get(letter_id)


def hand_over(database: Database, letter_id: int, *, by: str, now: datetime) -> StoredLetter:
    """Tick off a text that somebody pasted, read out or carried.

    Raises NotFound, or MoveRefused where nothing was to be handed over or `by` is nobody known.
    """
    with database.write() as transaction:
        letter = transaction.letters.get(letter_id)
        find_actor(by, transaction.offices.get(letter.office))
        if not transaction.letters.handed_over(letter_id, by, now):
            raise MoveRefused(
                "letter {id} is not to be handed over: {state}",
                id=letter_id,
                state=LETTER_STATE_WORDS[letter.state],
            )
        return transaction.letters.get(letter_id)


def neutralised(text: str) -> str:
    """The text with the token of every link taken out."""
    return _TOKEN.sub(rf"\1/{NEUTRAL}", text)


def _part(message: Message, content_type: str) -> str:
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == content_type and isinstance(payload, bytes):
            return payload.decode("utf-8").replace("\r\n", "\n")
    return ""
