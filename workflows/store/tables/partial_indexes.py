"""Indexes that hold some of a table's rows only; all others stand with their tables.

A condition is said to each database by itself, and that imports both dialects, which every command would pay
for. Only who makes tables from these models, or compares them, needs to import this module.
"""

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import InstrumentedAttribute

from workflows.store.tables.outbox import LetterRow
from workflows.store.tables.work import AssignmentRow, NoticeRow


def _index(name: str | None, *columns: InstrumentedAttribute[Any], condition: str) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


TO_SEND = _index(
    "ix_letters_to_send", LetterRow.not_before, condition="state IN ('deferred', 'in_doubt', 'queued')"
)
UNDER_WAY = _index("ix_letters_under_way", LetterRow.lease_until, condition="state = 'sending'")
UNSETTLED = _index(
    "ix_notices_unsettled",
    NoticeRow.office,
    NoticeRow.not_before,
    condition="letter_id IS NULL AND dropped IS NULL",
)
IN_A_LETTER = _index(None, NoticeRow.letter_id, condition="letter_id IS NOT NULL")
NOTED = _index(
    None,
    AssignmentRow.plan_number,
    AssignmentRow.next_look,
    AssignmentRow.number,
    condition="next_look IS NOT NULL",
)
"""Only rows that time can change are in it: a round with nothing to do reads one empty range."""
