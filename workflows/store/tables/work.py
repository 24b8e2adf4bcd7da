"""Tables of the work: assignments, their history, notices not yet in a letter, evidence handed in."""

from sqlalchemy import Date, Index, Integer, LargeBinary, Text, UniqueConstraint

from workflows.engine.records import NoticeKind
from workflows.engine.states import State
from workflows.store.tables.base import NUMBER, Base, column, reference
from workflows.store.tables.columns import Instant, NormalText, Word


class AssignmentRow(Base, table="assignments"):
    """A task for one unit (and one occurrence). `facts` is NULL where nothing is known beside the columns."""

    number = column(NUMBER, primary_key=True)
    plan_number = reference("plans.number")
    id = column(NormalText)
    task = column(NormalText)
    unit = column(NormalText)
    occurrence = column(Integer, nullable=True)
    state = column(Word(State))
    start = column(Date, nullable=True)
    original_due = column(Date, nullable=True)
    due = column(Date, nullable=True)
    unrolled_due = column(Date, nullable=True)
    opened_on = column(Date, nullable=True)
    submitted_on = column(Date, nullable=True)
    done_on = column(Date, nullable=True)
    finished_on = column(Date, nullable=True)
    rung = column(Integer)
    reminded_for = column(Integer, nullable=True)
    next_look = column(Date, nullable=True)
    facts = column(Text, nullable=True)
    named_once = UniqueConstraint("plan_number", "id")
    by_unit = Index(None, "plan_number", "unit")
    by_task = Index(None, "plan_number", "task")


class RecordRow(Base, table="records", sqlite_with_rowid=False):
    """One entry of a plan's history: its canonical text, bound by its hash to the entry before."""

    plan_number = reference("plans.number", primary_key=True)
    sequence = column(NUMBER, primary_key=True)
    assignment_number = reference("assignments.number", index=True, nullable=True)
    content = column(Text)
    hash = column(NormalText)


class NoteRow(Base, table="notes"):
    """The free text of a record and the salt of its digest; erasing the row leaves the chain whole."""

    plan_number = reference("plans.number", primary_key=True)
    sequence = column(NUMBER, primary_key=True)
    salt = column(LargeBinary)
    note = column(NormalText)


class NoticeRow(Base, table="notices"):
    """Something somebody should hear: in no letter yet, in one, or dropped with a reason.

    `occasion` says what it is told about only once: the due date and rung for what time calls for, the
    record for what a move calls for.
    """

    id = column(NUMBER, primary_key=True)
    office = column(NormalText)
    plan_number = reference("plans.number")
    assignment_number = reference("assignments.number")
    kind = column(Word(NoticeKind))
    occasion = column(NormalText)
    to = column(NormalText)
    due = column(Date, nullable=True)
    rung = column(Integer)
    as_of = column(Date)
    not_before = column(Date)
    sequence = column(NUMBER)
    letter_id = reference("letters.id", nullable=True)
    dropped = column(NormalText, nullable=True)
    told_once = UniqueConstraint("assignment_number", "kind", "occasion", "to")


class EvidenceRow(Base, table="evidence"):
    """A file, or the number and date of a dispatch, handed in with a report."""

    id = column(NUMBER, primary_key=True)
    assignment_number = reference("assignments.number", index=True)
    added_at = column(Instant)
    added_by = column(NormalText)
    document = column(NormalText, nullable=True)
    file_name = column(NormalText, nullable=True)
    stored_as = column(NormalText, nullable=True)
    media_type = column(NormalText, nullable=True)
    size = column(NUMBER, nullable=True)
    sha256 = column(NormalText, nullable=True)
