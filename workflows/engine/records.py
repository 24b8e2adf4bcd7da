"""Frozen records of the work: assignments, what is known about them, history and notices.

Of the named tuples a round makes tens of thousands, and a frozen dataclass takes more than twice as long to
make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from workflows.engine.states import MOVES, State, Verb


class Via(StrEnum):
    """How a unit's word reached whoever recorded it."""

    LINK = "link"
    PHONE = "phone"
    ZALO = "zalo"
    PAPER = "paper"
    MEETING = "meeting"


class Asked(StrEnum):
    """How far a request for more time has come."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Answered(StrEnum):
    """What a leader answers to an escalation."""

    AGREED = "agreed"
    OTHERWISE = "otherwise"
    CALL_BACK = "call_back"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something holds the unit up since a day; perhaps another unit. Its words are in the record only."""

    since: date
    waits_for: str | None = None
    resolved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """More time asked for: when, until when, and the answer."""

    asked_on: date
    wanted: date
    state: Asked = Asked.ASKED
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A day by which somebody said it will be done; it pauses the ladder once a rung."""

    until: date
    made_on: date
    rung: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the standing office proposes to the leader (words in the record), perhaps a new date."""

    made_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the leader answered to an escalation, and when."""

    kind: Answered
    answered_on: date


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about an assignment beside its state.

    `acceptance_rung` counts reminders to whoever must accept. `unanswered` counts letters since the unit
    last said anything, `asked_on` is the day of the last of them. `late_at_publication` means the due date
    had passed when the plan was published: no ladder until the office marks it done or gives it a new date.
    `flagged` means a predecessor was reopened after this one had opened, `removed_by_revision` that the
    plan lost it.
    """

    obstacle: Obstacle | None = None
    extension: Extension | None = None
    acceptance_rung: int = 0
    promise: Promise | None = None
    proposal: Proposal | None = None
    answer: Answer | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    nothing_to_report: bool = False
    evidence_given: bool = False
    evidence_to_follow: bool = False
    returned_on: date | None = None
    held_until: date | None = None
    unanswered: int = 0
    asked_on: date | None = None
    late_at_publication: bool = False
    missed: bool = False
    released: bool = False
    flagged: bool = False
    removed_by_revision: bool = False
    replaces: str | None = None
    replaced_by: str | None = None


NOTHING_KNOWN = Facts()

OVERDUE_TOLD = -1
"""Value of `reminded_for` after the unit's first letter past the due date."""


class Assignment(NamedTuple):
    """A task for one unit (and one occurrence): what is tracked.

    `number` is the store's row number, 0 before it is saved. `start` is the day from which it may open: the
    plan's, or the day of publication where that is later. `original_due` is the due date of the plan, `due`
    the one in force (opened late, extended or returned). `opened_on` is the day it could open, whichever day
    a round came by. `reminded_for` is the lowest reminder rung given for the due date in force (working days
    before due), `OVERDUE_TOLD` once the unit was told that the date has passed. `done_on` is the day the
    work was done, as reported; `finished_on` the day it came to count as done. `rung` is how many escalation
    rungs have been passed for the due date in force. `next_look` is the first day on which time alone may
    change something, None when only a move can.
    """

    number: int
    plan: str
    id: str
    task: str
    unit: str
    occurrence: int | None
    state: State
    start: date | None
    original_due: date | None
    due: date | None
    unrolled_due: date | None = None
    opened_on: date | None = None
    submitted_on: date | None = None
    done_on: date | None = None
    finished_on: date | None = None
    rung: int = 0
    reminded_for: int | None = None
    next_look: date | None = None
    facts: Facts = NOTHING_KNOWN

    @property
    def obstacle(self) -> Obstacle | None:
        """What stands in its way, while that can be resolved: finished work is held up by nothing."""
        found = self.facts.obstacle
        is_open = found is not None and found.resolved_on is None
        return found if is_open and self.state in MOVES[Verb.RESOLVE].before else None

    @property
    def extension_asked(self) -> bool:
        """Whether more time was asked for, can still be given, and nobody answered yet."""
        found = self.facts.extension
        is_open = found is not None and found.state is Asked.ASKED
        return is_open and self.state in MOVES[Verb.GRANT].before


class Record(NamedTuple):
    """One entry of the append-only history: who moved what, when and why.

    `as_of` is the date decided for, `now` the instant it was written. `by` is a contact (`unit/contact`),
    unit, role, `round` or `publish`; `on_behalf_of` the unit whose word it is when the office writes it
    down, `via` how it came. `facts` are small JSON values (dates as ISO text). `note` is free text: kept
    apart from the chain, erasable, never quoted in letters.
    """

    assignment: str | None
    verb: Verb
    before: State | None
    after: State | None
    as_of: date
    now: datetime
    by: str
    on_behalf_of: str | None = None
    via: Via | None = None
    facts: Mapping[str, object] = MappingProxyType({})
    note: str | None = None


class NoticeKind(StrEnum):
    """Why somebody hears something."""

    PUBLISHED = "published"
    OPENED = "opened"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    ACCEPTANCE_REMINDER = "acceptance_reminder"
    EXTENSION_ANSWERED = "extension_answered"
    OBSTACLE_ANSWERED = "obstacle_answered"
    CANCELLED = "cancelled"
    REDATED = "redated"
    LEADER_ANSWERED = "leader_answered"


AT_ONCE = frozenset(
    {
        NoticeKind.PUBLISHED,
        NoticeKind.RETURNED,
        NoticeKind.EXTENSION_ANSWERED,
        NoticeKind.OBSTACLE_ANSWERED,
        NoticeKind.LEADER_ANSWERED,
    }
)
"""Notices that get a decision letter of their own, outside the one round letter a day."""


class Notice(NamedTuple):
    """Something that somebody should hear, not yet in a letter.

    What the round tells is unique by (assignment, kind, due, rung, to), what a move tells by its record.
    `to` is a unit id or a role name. `due` is the due date in force; of an acceptance reminder the day of
    the report, from which that clock runs. `not_before` is the first day it may go (a chair's list waits
    for the week's first working day).
    """

    assignment: str
    kind: NoticeKind
    due: date | None
    rung: int
    to: str
    as_of: date
    not_before: date


class Change(NamedTuple):
    """One decision: the assignment before and after, the record of it and the notices it calls for.

    Saved only where the stored state is still `before.state`; `before` is None for a new assignment.
    """

    before: Assignment | None
    after: Assignment
    record: Record
    notices: tuple[Notice, ...] = ()
