"""Tables of the work: assignments, their history, notices not yet in a letter, evidence handed in."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.engine.records import NoticeKind
from workflows.engine.states import State
from workflows.store.tables.base import NUMBER, Base
from workflows.store.tables.columns import Word


class AssignmentRow(Base):
    """A task for one unit (and one occurrence). `facts` is NULL where nothing is known beside the columns."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("plan_number", "id"),
        Index(None, "plan_number", "unit"),
        Index(None, "plan_number", "task"),
    )

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"))
    id: Mapped[str]
    task: Mapped[str]
    unit: Mapped[str]
    occurrence: Mapped[int | None]
    state: Mapped[State] = mapped_column(Word(State))
    start: Mapped[date | None]
    original_due: Mapped[date | None]
    due: Mapped[date | None]
    unrolled_due: Mapped[date | None]
    opened_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    done_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    rung: Mapped[int]
    reminded_for: Mapped[int | None]
    next_look: Mapped[date | None]
    facts: Mapped[str | None] = mapped_column(Text)


class RecordRow(Base):
    """One entry of a plan's history: its canonical text, bound by its hash to the entry before."""

    __tablename__ = "records"
    # Read and checked in the order of the chain: on SQLite the chain is the table.
    __table_args__ = ({"sqlite_with_rowid": False},)

    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"), primary_key=True)
    sequence: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    assignment_number: Mapped[int | None] = mapped_column(ForeignKey("assignments.number"), index=True)
    content: Mapped[str] = mapped_column(Text)
    hash: Mapped[str]


class NoteRow(Base):
    """The free text of a record and the salt of its digest; erasing the row leaves the chain whole."""

    __tablename__ = "notes"

    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"), primary_key=True)
    sequence: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]


class NoticeRow(Base):
    """Something somebody should hear: in no letter yet, in one, or dropped with a reason.

    `occasion` says what it is told about only once: the due date and rung for what time calls for, the
    record for what a move calls for.
    """

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("assignment_number", "kind", "occasion", "to"),)

    id: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    office: Mapped[str]
    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"))
    assignment_number: Mapped[int] = mapped_column(ForeignKey("assignments.number"))
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    occasion: Mapped[str]
    to: Mapped[str]
    due: Mapped[date | None]
    rung: Mapped[int]
    as_of: Mapped[date]
    not_before: Mapped[date]
    sequence: Mapped[int] = mapped_column(NUMBER)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    dropped: Mapped[str | None]


class EvidenceRow(Base):
    """A file, or the number and date of a dispatch, handed in with a report."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    assignment_number: Mapped[int] = mapped_column(ForeignKey("assignments.number"), index=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    document: Mapped[str | None]
    file_name: Mapped[str | None]
    stored_as: Mapped[str | None]
    media_type: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(NUMBER)
    sha256: Mapped[str | None]
