"""From a stored letter to the bytes that every attempt sends: words, links, headers."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from notifications import letters as letter_records
from notifications.addresses import Mailbox, MailInputError
from notifications.letters import Letter, thread
from notifications.messages import Rendered, render
from notifications.mime import Message, compose, random_message_id
from workflows.operations.mail.links import LinkSigner, links_of
from workflows.store.records import StoredLetter
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE

CALENDAR_NAME = "han-viec.ics"
"""What the attached calendar is called in the reader's mail program."""


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


class Unwritable(Exception):
    """A letter that cannot be put into words or bytes."""


def written(transaction: Transaction, lane: Lane, letter: StoredLetter, now: datetime) -> tuple[bytes, str]:
    """The bytes of a letter and its Message-ID. Raises Unwritable, with the reason to show."""
    message_id = random_message_id(lane.domain)
    try:
        said = letter_records.from_json(letter.content)
        data = put_into_bytes(said, _rendered(transaction, lane, said), lane, message_id, now)
    except MailInputError as error:
        raise Unwritable(f"{type(error).__name__}: {error}") from error
    except Exception as error:
        # The error's own words may quote the letter.
        raise Unwritable(type(error).__name__) from error
    return data, message_id


def put_into_bytes(letter: Letter, rendered: Rendered, lane: Lane, message_id: str, now: datetime) -> bytes:
    """The letter as it goes out. Raises MailInputError for a value that fits into no letter."""
    return compose(_message(letter, rendered, lane, message_id, now))


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
        date=now.astimezone(LOCAL_ZONE),
        list_id=f"{office}.dondoc.{lane.domain}",
        language=letter.language.value,
        thread_root=f"<{root}@{lane.domain}>",
        calendars=((CALENDAR_NAME, rendered.calendar),) if rendered.calendar else (),
    )
