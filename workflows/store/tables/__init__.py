"""The tables, one file a subject."""

from workflows.store.tables.base import Base
from workflows.store.tables.clockwork import ContactVersionRow, RoundRow
from workflows.store.tables.outbox import (
    CondemnedRow,
    FrozenRow,
    LetterItemRow,
    LetterRow,
    PolicyRefusalRow,
    SenderHourRow,
    SenderRow,
)
from workflows.store.tables.plans import OfficeRow, PlanRow, RevisionRow
from workflows.store.tables.window import ApiTokenRow, SignInRow, SubmissionRow
from workflows.store.tables.work import AssignmentRow, EvidenceRow, NoteRow, NoticeRow, RecordRow

__all__ = [
    "ApiTokenRow",
    "AssignmentRow",
    "Base",
    "CondemnedRow",
    "ContactVersionRow",
    "EvidenceRow",
    "FrozenRow",
    "LetterItemRow",
    "LetterRow",
    "NoteRow",
    "NoticeRow",
    "OfficeRow",
    "PlanRow",
    "PolicyRefusalRow",
    "RecordRow",
    "RevisionRow",
    "RoundRow",
    "SenderHourRow",
    "SenderRow",
    "SignInRow",
    "SubmissionRow",
]
