"""The parts a letter is made of: what is said of plans, units and the desk, without any wording.

Stored inside letters: add fields with defaults, never rename one. No free text of people (notes, reasons,
obstacles) has a field here; a letter says where it stands and links to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from notifications.work import Counted, Helping, Item, Pressing
from workflows.engine.records import Answered


class Voice(StrEnum):
    """How the reader is spoken to: asked to carry out, respectfully requested, reported to for decision."""

    ORDER = "order"
    REQUEST = "request"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class PlanName:
    """How letters name a plan: a title, and the signed paper where it has a number."""

    id: str
    title: str
    issuer: str
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The four-way count of official reports, up to and including a day."""

    up_to: date
    on_time: int
    late: int
    in_time: int
    overdue: int
    waiting: int = 0

    @property
    def done(self) -> int:
        """How many are done, on time or late."""
        return self.on_time + self.late

    @property
    def unfinished(self) -> int:
        """How many are not done, in time or overdue."""
        return self.in_time + self.overdue

    @property
    def total(self) -> int:
        """All that count; cancelled and standing work do not."""
        return self.done + self.unfinished


@dataclass(frozen=True, slots=True)
class UnitSection:
    """What one unit hears about one plan. `copied` means the reader only gets a copy of it.

    `attention` is what presses, in the order of the letter; `more` presses as well and is counted only.
    """

    plan: PlanName
    unit: str
    unit_name: str
    voice: Voice
    attention: tuple[Item, ...] = ()
    this_week: tuple[Item, ...] = ()
    later: tuple[Item, ...] = ()
    helping: tuple[Helping, ...] = ()
    accepted: tuple[Item, ...] = ()
    redated: tuple[Item, ...] = ()
    cancelled: tuple[Item, ...] = ()
    tally: Tally | None = None
    copied: bool = False
    more: tuple[Counted, ...] = ()
    part: Literal["unit"] = "unit"

    @property
    def pressing(self) -> tuple[Pressing, ...]:
        """All that asks for attention."""
        return (*self.attention, *self.more)

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        if self.copied:
            return ()
        due = (*self.attention, *self.this_week, *self.later)
        return (*due, *self.accepted, *self.redated, *self.cancelled)


@dataclass(frozen=True, slots=True)
class Silence:
    """A unit that left two letters unanswered, and since when it is asked."""

    unit_name: str
    since: date | None


@dataclass(frozen=True, slots=True)
class HandOvers:
    """How many texts, calls and sheets wait for the office's hands."""

    zalo: int = 0
    phone: int = 0
    paper: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.zalo + self.phone + self.paper


NOTHING_TO_HAND_OVER = HandOvers()


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A letter that did not arrive: whose, and the server's code."""

    unit_name: str
    code: int | None = None


MOST_LISTED = 8
"""Assignments named under one line of the digest; the rest is a number and a link."""

Listed = Literal["to_check", "obstacles", "extensions", "overdue", "next_rungs", "waiting"]
"""The lists of a digest, of which each may be longer than what it names."""

Section = Literal["to_check", "obstacles", "extensions", "overdue", "waiting", "silent"]
"""What a digest says of a plan, line by line, and the office's page of the day under as many headings."""


@dataclass(frozen=True, slots=True)
class NextRung:
    """A rung to be climbed on the next working day unless something happens: the item and the roles."""

    item: Item
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The standing office's day for one plan, in the order of its work.

    A list names its first `MOST_LISTED` only (of the next rungs one for each set of roles that would hear);
    `unlisted` says how many more there are.
    """

    plan: PlanName
    to_check: tuple[Item, ...] = ()
    obstacles: tuple[Item, ...] = ()
    extensions: tuple[Item, ...] = ()
    overdue: tuple[Item, ...] = ()
    next_rungs: tuple[NextRung, ...] = ()
    waiting: tuple[Item, ...] = ()
    silent: tuple[Silence, ...] = ()
    unlisted: Mapping[Listed, int] = field(default_factory=dict)
    part: Literal["digest"] = "digest"

    def total(self, listed: Listed) -> int:
        """How many a list stands for."""
        return len(getattr(self, listed)) + self.unlisted.get(listed, 0)

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return (*self.to_check, *self.obstacles, *self.extensions, *self.overdue, *self.waiting)


@dataclass(frozen=True, slots=True)
class DeskNote:
    """What the office must know beside its plans: hand-overs, lost letters, the last round, the chain."""

    hand_overs: HandOvers = NOTHING_TO_HAND_OVER
    undelivered: tuple[Undelivered, ...] = ()
    last_round: date | None = None
    chain_heads: Mapping[str, str] = field(default_factory=dict)
    part: Literal["desk"] = "desk"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return ()


class Attempt(StrEnum):
    """What was tried before the leadership hears of it."""

    REMINDED = "reminded"
    PHONED = "phoned"
    MET = "met"
    MESSAGED = "messaged"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt and its day."""

    what: Attempt
    on: date


@dataclass(frozen=True, slots=True)
class Affected:
    """A task that will slip because of a late one: its due date and the date now to be expected."""

    title: str
    due: date
    expected: date
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One late task for a leader: how far it is, what was tried, what slips, what the office proposes.

    `proposed` says that the office wrote a proposal (its words stay in the record); `proposed_until` is
    the date in it.
    """

    task: str
    title: str
    late: tuple[Item, ...]
    members: int
    done: int
    tried: tuple[Tried, ...] = ()
    silent: tuple[str, ...] = ()
    affected: tuple[Affected, ...] = ()
    proposed: bool = False
    proposed_until: date | None = None


@dataclass(frozen=True, slots=True)
class Leadership:
    """What needs a leader: late work to decide on, and reports that wait for the leader's acceptance."""

    plan: PlanName
    cases: tuple[Case, ...] = ()
    to_accept: tuple[Item, ...] = ()
    part: Literal["leadership"] = "leadership"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return (*(item for case in self.cases for item in case.late), *self.to_accept)


class Decided(StrEnum):
    """What was decided about one assignment."""

    RETURNED = "returned"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    OBSTACLE_ANSWERED = "obstacle_answered"
    LEADER_ANSWERED = "leader_answered"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about one assignment; its reason stands on the assignment's page."""

    plan: PlanName
    decided: Decided
    item: Item
    voice: Voice
    answer: Answered | None = None
    part: Literal["decision"] = "decision"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return (self.item,)


@dataclass(frozen=True, slots=True)
class Closing:
    """A plan is finished: what the unit did of it, and what stays undone."""

    plan: PlanName
    unit: str
    unit_name: str
    voice: Voice
    tally: Tally
    undone: tuple[Item, ...] = ()
    part: Literal["closing"] = "closing"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return self.undone


@dataclass(frozen=True, slots=True)
class UnitCount:
    """One unit's count in a report."""

    unit_name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class ClosingReport:
    """A plan is finished, as the leadership and the office read it: all counts, and what stays undone.

    The tally is as of the day of the close. `undone` has a line for each task and date.
    """

    plan: PlanName
    tally: Tally
    units: tuple[UnitCount, ...] = ()
    undone: tuple[Helping, ...] = ()
    part: Literal["closing_report"] = "closing_report"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return ()


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in link that is good for some minutes; `request` says which sign-in, and is no secret."""

    minutes: int
    request: str = ""
    part: Literal["sign_in"] = "sign_in"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing the machine cannot mend by itself: an English message id and the values of its fields."""

    message_id: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong with the running system."""

    troubles: tuple[Trouble, ...]
    part: Literal["alarm"] = "alarm"

    @property
    def items(self) -> tuple[Item, ...]:
        """The assignments the reader holds or decides on, in the order shown."""
        return ()


Part = UnitSection | Digest | DeskNote | Leadership | Decision | Closing | ClosingReport | SignIn | Alarm
