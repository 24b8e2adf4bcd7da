"""What the store hands out: frozen records of plans, history, notices, letters and rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from plan_definitions.model import Channel
from plan_definitions.schedule import Schedule
from workflows.engine.records import Notice, Record


@dataclass(frozen=True, slots=True)
class PlanHeading:
    """A plan without its schedule: for lists and heads of pages.

    `letters_counted` rises whenever letters without an answer are counted, which is in no record. As long as
    two readings of a heading are equal, nothing about the plan's work has changed in between, save the days
    on which a round next looks at it.
    """

    number: int
    office: str
    id: str
    title: str
    revision: int
    published_on: date
    closed_on: date | None
    head_sequence: int
    head_hash: str
    letters_counted: int


@dataclass(frozen=True, slots=True)
class StoredPlan(PlanHeading):
    """A plan with the schedule of its revision in force."""

    schedule: Schedule


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """An entry of the history where it stands; its note is None when there was none or it was erased."""

    sequence: int
    hash: str
    record: Record


@dataclass(frozen=True, slots=True)
class AuditResult:
    """How many records are whole, and the sequence number at which the chain breaks, None when it holds."""

    records: int
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice that no letter carries yet; `sequence` is the record that called for it."""

    id: int
    plan_number: int
    assignment_number: int
    sequence: int
    notice: Notice


class LetterState(StrEnum):
    """Where a letter stands. The last six are final, save that `dead` may be retried."""

    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"
    IN_DOUBT = "in_doubt"
    TO_HAND_OVER = "to_hand_over"
    SENT = "sent"
    DEAD = "dead"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    HANDED_OVER = "handed_over"


TO_SEND = frozenset({LetterState.QUEUED, LetterState.DEFERRED, LetterState.IN_DOUBT})
"""States in which a letter waits for its next attempt."""

FINAL = frozenset(
    {
        LetterState.SENT,
        LetterState.DEAD,
        LetterState.SUPERSEDED,
        LetterState.EXPIRED,
        LetterState.HANDED_OVER,
    }
)
"""States in which nothing more happens by itself."""


@dataclass(frozen=True, slots=True)
class QueuedLetter:
    """A letter to be queued in the transaction of the change that calls for it.

    `key` names the occasion. `content` is what it says, as JSON text; it is put into words at the first
    attempt. A channel other than mail makes it an item to be handed over. `assignments` are the numbers of
    those it speaks of, each once.
    """

    office: str
    key: str
    kind: str
    channel: Channel
    address: str
    subject: str
    language: str
    content: str
    created_at: datetime
    not_before: datetime
    expires_at: datetime
    urgent: bool = False
    assignments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter and how far it has come. `address` is a mail address, a telephone number or a contact."""

    id: int
    office: str
    key: str
    kind: str
    channel: Channel
    address: str
    subject: str
    language: str
    content: str
    message_id: str | None
    bytes_hash: str | None
    state: LetterState
    urgent: bool
    attempts: int
    created_at: datetime
    not_before: datetime
    expires_at: datetime
    lease_until: datetime | None
    last_code: int | None
    last_reply: str | None
    finished_at: datetime | None
    handed_over_by: str | None

    @property
    def next_attempt(self) -> datetime | None:
        """When it is tried next at the earliest; None where nothing more happens by itself."""
        return None if self.state in {*FINAL, LetterState.TO_HAND_OVER} else self.not_before


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """A letter that is ours to send until its lease ends.

    `data` are its frozen bytes, None before the first attempt. `was` is the state it was claimed from:
    `in_doubt` also where a lease ran out, since nobody knows how far its holder came.
    """

    letter: StoredLetter
    token: str
    data: bytes | None
    was: LetterState


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt: the new state, the server's word, and when to try again.

    `attempted` is False where the attempt does not count, as when the login was refused.
    """

    state: LetterState
    code: int | None = None
    reply: str | None = None
    not_before: datetime | None = None
    attempted: bool = True


class Claim(StrEnum):
    """What asking for a round came to; `NEW`, `RESUMED` and `AGAIN` let it begin."""

    NEW = "new"
    RESUMED = "resumed"
    AGAIN = "again"
    EARLIER = "earlier"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class RoundClaim:
    """The answer to a request for a round.

    `last` is the date of the office's last round. `totals` are those of the same date so far.
    """

    claim: Claim
    as_of: date
    last: date | None = None
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def granted(self) -> bool:
        """Whether the round may act."""
        return self.claim not in {Claim.EARLIER, Claim.BUSY}


@dataclass(frozen=True, slots=True)
class StoredRound:
    """A round of an office; `finished_at` is None while it runs or where it was killed."""

    office: str
    as_of: date
    begun_at: datetime
    finished_at: datetime | None
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a unit handed in: a file kept as `stored_as` (a random name), or a dispatch's number and date."""

    assignment_number: int
    added_at: datetime
    added_by: str
    document: str | None = None
    file_name: str | None = None
    stored_as: str | None = None
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Condemned:
    """An address that its own server said does not exist, since when and in which words."""

    address: str
    since: datetime
    reply: str


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """A sign-in asked for by a contact (`unit/contact`) from a browser, known by the hash of its secret.

    Without a browser it was made by the operator, and whoever opens it first is signed in.
    """

    id: str
    office: str
    contact: str
    browser: str | None
    asked_at: datetime
    expires_at: datetime


class Scope(StrEnum):
    """What another system may do; free text leaves only by `read:notes`, for it cannot be called back."""

    READ = "read"
    READ_NOTES = "read:notes"
    MOVE_UNIT = "move:unit"
    MOVE_OFFICE = "move:office"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """Another system that was let in; the secret itself is kept nowhere, its hash in the store only.

    `units` are those whose work it sees and moves; none means the whole office.
    """

    office: str
    name: str
    scopes: frozenset[Scope]
    units: frozenset[str]
    made_by: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it still lets anybody in."""
        return self.revoked_at is None and now < self.expires_at
