"""A letter before any wording: to whom, as of when, and its parts; frozen, and through JSON without loss.

A letter holds one part for each thing it speaks of (`notifications.parts`). Words, layout and links come
later (`notifications.messages`), so a stored letter holds no token and no free text. The records are the
stored format of the outbox: add fields with defaults, never rename one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import Field, TypeAdapter

from notifications.parts import (
    Alarm,
    Decision,
    DeskNote,
    Leadership,
    Part,
    PlanName,
    Section,
    SignIn,
    UnitSection,
    Voice,
)
from notifications.work import Item
from plan_definitions.model import Channel
from workflows.texts import Language


class LetterKind(StrEnum):
    """What sort of letter it is; also names the occasion in the outbox."""

    PUBLICATION = "publication"
    DAILY = "daily"
    WEEKLY = "weekly"
    DIGEST = "digest"
    ESCALATION = "escalation"
    DECISION = "decision"
    CLOSING = "closing"
    SIGN_IN = "sign_in"
    ALARM = "alarm"


ROUND_LETTERS = frozenset({LetterKind.DAILY, LetterKind.WEEKLY, LetterKind.DIGEST, LetterKind.ESCALATION})
"""Kinds of which one address gets at most one a day, all together."""


class Action(StrEnum):
    """What a link in a letter leads to."""

    SEE = "see"
    DONE = "done"
    START = "start"
    OBSTACLE = "obstacle"
    EXTEND = "extend"
    CHECK = "check"
    AGREE = "agree"
    OTHERWISE = "otherwise"
    CALL_BACK = "call_back"
    UNIT = "unit"
    DESK = "desk"
    HAND_OVER = "hand_over"
    BOARD = "board"
    OUTBOX = "outbox"
    SIGN_IN = "sign_in"


class Slot(NamedTuple):
    """A place for a link: the action and what it is about. The signed address is made when rendering.

    `number` is the assignment's in the store, 0 where it is not known; `section` the place on the office's
    page of the day. A tuple, because a letter has fifty of
    them and more.
    """

    action: Action
    plan: str | None = None
    assignment: str | None = None
    unit: str | None = None
    number: int = 0
    section: Section | None = None


def slot_of(action: Action, item: Item) -> Slot:
    """The place for a link to a piece of work, for those who answer for its unit."""
    return Slot(action, item.plan, item.assignment, item.unit, item.number)


Links = Callable[[Slot], str]
"""Makes the address for a slot; called once for each slot of a letter, several times per assignment."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The standing office as a letter names it, and how to reach it without a link."""

    office: str
    committee: str
    unit: str
    name: str
    short: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who reads it: a contact, addressed by title. `address` is the mailbox, number or (paper) unit."""

    contact: str
    unit: str
    salutation: str
    channel: Channel
    address: str
    voice: Voice
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one reader, as of a day."""

    kind: LetterKind
    sender: Sender
    recipient: Recipient
    as_of: date
    parts: tuple[Annotated[Part, Field(discriminator="part")], ...]
    language: Language = Language.VI

    @property
    def plans(self) -> tuple[PlanName, ...]:
        """The plans it speaks of, each once, in order."""
        named = (part.plan for part in self.parts if not isinstance(part, DeskNote | SignIn | Alarm))
        return tuple({plan.id: plan for plan in named}.values())

    @property
    def items(self) -> tuple[Item, ...]:
        """Every assignment named that the reader holds or decides on, in the order of the letter."""
        return tuple(item for part in self.parts for item in part.items)

    @property
    def numbers(self) -> set[int]:
        """The store's numbers of these, and of those that are only counted."""
        own = (part for part in self.parts if isinstance(part, UnitSection) and not part.copied)
        return {item.number for item in self.items} | {one.number for part in own for one in part.more}


_ADAPTER: TypeAdapter[Letter] = TypeAdapter(Letter)


def to_json(letter: Letter) -> str:
    """The letter as JSON text for the outbox."""
    return _ADAPTER.dump_json(letter).decode()


@lru_cache(maxsize=64)
def from_json(text: str) -> Letter:
    """The letter again. Raises pydantic's ValidationError where the text is not one.

    Remembers a batch of delivery, which reads its letters to see whether they still hold, and again to word
    them.
    """
    return _ADAPTER.validate_json(text)


def thread(letter: Letter) -> str:
    """What the letter belongs to in a mailbox: letters of one thread have one subject and one root.

    A decision and a case for the leadership are threads of their own; the rest go by kind and plan.
    """
    about = [plan.id for plan in letter.plans]
    for part in letter.parts:
        if isinstance(part, Decision):
            about += [part.decided, part.item.assignment]
    cases = [case.task for part in letter.parts if isinstance(part, Leadership) for case in part.cases]
    if len(cases) == 1:
        about += cases
    return f"{letter.kind}:{letter.sender.office}:{letter.recipient.address}:{'/'.join(about)}"
