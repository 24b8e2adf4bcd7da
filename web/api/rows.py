"""What the API gives back, in the field names of `status --json` and `history --json`."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from plan_definitions.model import Channel, Evidence, Kind
from workflows.engine.board import Row
from workflows.engine.records import Asked, Via
from workflows.engine.states import Standing, State, Verb
from workflows.store.records import LetterState, PlanHeading, Scope, StoredLetter, StoredRecord


class Shown(BaseModel):
    """What is read from the records of the house."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Me(Shown):
    """The token of this call: what it may do, and until when."""

    office: str
    name: str
    scopes: list[Scope]
    units: list[str] = Field(description="The units whose work it sees and moves; empty: the whole office.")
    expires_at: datetime


class Plan(Shown):
    """A plan; its work stands at `/plans/{id}/assignments`."""

    id: str
    title: str
    revision: int
    published_on: date
    closed_on: date | None
    records: int = Field(description="How many records its history has: the last `sequence`.")

    @classmethod
    def of(cls, heading: PlanHeading) -> "Plan":
        """A plan's heading."""
        return cls(
            id=heading.id, title=heading.title, revision=heading.revision,
            published_on=heading.published_on, closed_on=heading.closed_on, records=heading.head_sequence,
        )  # fmt: skip


class Unit(Shown):
    """A unit; people and their addresses stay in the house."""

    id: str
    name: str
    groups: list[str]
    roles: list[str]


class Assignment(Shown):
    """A task for one unit, as `status --json` has it."""

    id: str
    title: str
    unit: str
    state: State
    standing: Standing
    due: date | None = Field(description="The date in force.")
    original_due: date | None = Field(description="The date of the plan.")
    days_late: int = Field(description="Calendar days past `due`.")
    rung: int = Field(description="How many steps upwards have been reported.")
    obstacle: bool


class Extension(Shown):
    """More time that was asked for."""

    asked_on: date
    wanted: date
    state: Asked
    answered_on: date | None


class Blocker(Shown):
    """An unfinished assignment that another one waits for."""

    assignment: str
    unit: str
    unit_name: str


class AssignmentInFull(Assignment):
    """One assignment with everything that its page shows, but for free text and files."""

    plan: str
    task: str
    unit_name: str
    occurrence: int | None
    kind: Kind
    start: date | None
    opened_on: date | None
    submitted_on: date | None
    done_on: date | None
    working_days_late: int
    working_days_left: int | None = Field(description="0 is today; null where nothing is awaited.")
    obstacle_since: date | None
    obstacle_waits_for: str | None
    extension: Extension | None
    promise_until: date | None
    returned_on: date | None
    waits_for: list[Blocker]
    helpers: list[str]
    clauses: list[str]
    accept: str | None = Field(description="The role that confirms the result; null where nobody must.")
    evidence: Evidence
    evidence_to_follow: bool
    none_allowed: bool
    figures: dict[str, int]
    silent: bool
    confidential: bool


class Board(Shown):
    """Assignments in the order of the plan, a page of them."""

    as_of: date
    counts: dict[str, int] = Field(
        description="How many stand where of all that the filters but `standing` choose; zeros included."
    )
    assignments: list[Assignment]
    next: str | None = Field(description="`after` for the next page; null on the last.")


class Record(Shown):
    """What happened, as `history --json` has it. Records are added and never changed."""

    sequence: int
    assignment: str | None = Field(description="Null where the record is about the plan itself.")
    as_of: date
    at: datetime
    verb: Verb
    before: State | None
    after: State | None
    by: str
    on_behalf_of: str | None
    via: Via | None
    facts: dict[str, Any]
    note: str | None = Field(
        description="Free text; null without the scope `read:notes`, where there is none or it was erased."
    )
    hash: str

    @classmethod
    def of(cls, stored: StoredRecord, *, notes: bool) -> "Record":
        """A stored record, with its free text only where that may leave the house."""
        record = stored.record
        return cls(
            sequence=stored.sequence, assignment=record.assignment, as_of=record.as_of, at=record.now,
            verb=record.verb, before=record.before, after=record.after, by=record.by,
            on_behalf_of=record.on_behalf_of, via=record.via, facts=dict(record.facts),
            note=record.note if notes else None, hash=stored.hash,
        )  # fmt: skip


class History(Shown):
    """Records, oldest first, a page of them."""

    records: list[Record]
    next: int | None = Field(description="`after` for the next page; null on the last.")


class UnitCount(Shown):
    """One unit's work in one plan, in the four-way count of reports."""

    plan: str
    unit: str
    name: str
    on_time: int = Field(description="Done on time.")
    late: int = Field(description="Done late.")
    in_time: int = Field(description="Not done, date not passed.")
    overdue: int = Field(description="Not done, date passed.")
    waiting: int = Field(description="Not done, waiting for others.")


class Tally(Shown):
    """The counts of every unit in every running plan."""

    as_of: date
    units: list[UnitCount]


class Letter(Shown):
    """How far a letter has come; whom it goes to and what it says stay in the house."""

    id: int
    kind: str
    channel: Channel
    state: LetterState
    attempts: int
    created_at: datetime
    due: datetime | None = Field(description="The next attempt; null where there will be none.")
    finished_at: datetime | None

    @classmethod
    def of(cls, letter: StoredLetter) -> "Letter":
        """A stored letter without address, subject and text."""
        return cls(
            id=letter.id, kind=letter.kind, channel=letter.channel, state=letter.state,
            attempts=letter.attempts, created_at=letter.created_at, due=letter.next_attempt,
            finished_at=letter.finished_at,
        )  # fmt: skip


class Letters(Shown):
    """Letters, oldest first, a page of them."""

    counts: dict[str, int] = Field(description="How many letters are in each state; zeros included.")
    letters: list[Letter]
    next: int | None = Field(description="`after` for the next page; null on the last.")


class Moved(Shown):
    """What a move did: the assignment as it stands now, and the record of it."""

    assignment: AssignmentInFull
    sequence: int
    repeated: bool = Field(description="The same call was carried out before; this time nothing changed.")


def in_full(row: Row) -> AssignmentInFull:
    """One assignment of the board."""
    return AssignmentInFull.model_validate(row)
