"""Tables of the outbox: letters, what they are about, their bytes, and what a sender may still send."""

from sqlalchemy import Boolean, Index, Integer, LargeBinary, Text, UniqueConstraint

from plan_definitions.model import Channel
from workflows.store.records import LetterState
from workflows.store.tables.base import NUMBER, Base, column, reference
from workflows.store.tables.columns import Instant, NormalText, Word


class LetterRow(Base, table="letters"):
    """One letter to one recipient. `key` names its occasion: the same occasion is never queued twice.

    `bytes_hash` is the SHA-256 of the frozen bytes; it stays when the bytes are dropped.
    """

    id = column(NUMBER, primary_key=True)
    office = reference("offices.id")
    key = column(NormalText)
    kind = column(NormalText)
    channel = column(Word(Channel))
    address = column(NormalText)
    subject = column(NormalText)
    language = column(NormalText)
    content = column(Text)
    message_id = column(NormalText, nullable=True)
    bytes_hash = column(NormalText, nullable=True)
    state = column(Word(LetterState))
    urgent = column(Boolean)
    attempts = column(Integer)
    created_at = column(Instant)
    not_before = column(Instant)
    expires_at = column(Instant)
    lease_until = column(Instant, nullable=True)
    token = column(NormalText, nullable=True)
    last_code = column(Integer, nullable=True)
    last_reply = column(NormalText, nullable=True)
    finished_at = column(Instant, nullable=True)
    handed_over_by = column(NormalText, nullable=True)
    once = UniqueConstraint("office", "key")
    by_state = Index(None, "office", "state")
    by_address = Index(None, "office", "address")


class FrozenRow(Base, table="frozen_letters"):
    """The bytes of a letter, compressed, as they go out at every attempt."""

    letter_id = reference("letters.id", primary_key=True, autoincrement=False)
    data = column(LargeBinary)


class LetterItemRow(Base, table="letter_items"):
    """An assignment that a letter speaks of."""

    letter_id = reference("letters.id", primary_key=True)
    assignment_number = reference("assignments.number", primary_key=True, index=True)


class SenderRow(Base, table="senders"):
    """A mail account; paused while the provider refuses its login."""

    name = column(NormalText, primary_key=True)
    paused_until = column(Instant, nullable=True)
    reason = column(NormalText, nullable=True)


class PolicyRefusalRow(Base, table="policy_refusals"):
    """A letter that was refused by policy: how often, through which account, and as what it was claimed.

    `in_a_row` says that no letter of the account has been taken since.
    """

    letter_id = reference("letters.id", primary_key=True, autoincrement=False)
    sender = column(NormalText, index=True)
    was = column(Word(LetterState))
    times = column(Integer)
    in_a_row = column(Boolean)


class SenderHourRow(Base, table="sender_hours"):
    """How many letters a mail account sent, or set out to send, in one hour."""

    sender = reference("senders.name", primary_key=True)
    hour = column(Instant, primary_key=True)
    used = column(Integer)


class CondemnedRow(Base, table="condemned_addresses"):
    """An address that its own server said does not exist."""

    office = reference("offices.id", primary_key=True)
    address = column(NormalText, primary_key=True)
    since = column(Instant)
    reply = column(NormalText)
