"""Tables of the outbox: letters, what they are about, their bytes, and what a sender may still send."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from plan_definitions.model import Channel
from workflows.store.records import LetterState
from workflows.store.tables.base import NUMBER, Base
from workflows.store.tables.columns import Word


class LetterRow(Base):
    """One letter to one recipient. `key` names its occasion: the same occasion is never queued twice.

    `bytes_hash` is the SHA-256 of the frozen bytes; it stays when the bytes are dropped.
    """

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("office", "key"),
        Index(None, "office", "state"),
        Index(None, "office", "address"),
    )

    id: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("offices.id"))
    key: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    address: Mapped[str]
    subject: Mapped[str]
    language: Mapped[str]
    content: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str | None]
    bytes_hash: Mapped[str | None]
    state: Mapped[LetterState] = mapped_column(Word(LetterState))
    urgent: Mapped[bool]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None]
    last_code: Mapped[int | None]
    last_reply: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    handed_over_by: Mapped[str | None]


class FrozenRow(Base):
    """The bytes of a letter, compressed, as they go out at every attempt."""

    __tablename__ = "frozen_letters"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class LetterItemRow(Base):
    """An assignment that a letter speaks of."""

    __tablename__ = "letter_items"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    assignment_number: Mapped[int] = mapped_column(
        ForeignKey("assignments.number"), primary_key=True, index=True
    )


class SenderRow(Base):
    """A mail account; paused while the provider refuses its login."""

    __tablename__ = "senders"

    name: Mapped[str] = mapped_column(primary_key=True)
    paused_until: Mapped[datetime | None]
    reason: Mapped[str | None]


class PolicyRefusalRow(Base):
    """A letter that was refused by policy: how often, through which account, and as what it was claimed.

    `in_a_row` says that no letter of the account has been taken since.
    """

    __tablename__ = "policy_refusals"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(index=True)
    was: Mapped[LetterState] = mapped_column(Word(LetterState))
    times: Mapped[int]
    in_a_row: Mapped[bool]


class SenderHourRow(Base):
    """How many letters a mail account sent, or set out to send, in one hour."""

    __tablename__ = "sender_hours"

    sender: Mapped[str] = mapped_column(ForeignKey("senders.name"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int]


class CondemnedRow(Base):
    """An address that its own server said does not exist."""

    __tablename__ = "condemned_addresses"

    office: Mapped[str] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    reply: Mapped[str]
