"""Notices: what somebody should hear, until a letter carries it or it is dropped."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select, update

from workflows.engine.records import Notice
from workflows.store.batches import batches
from workflows.store.records import LetterState, StoredNotice
from workflows.store.statements import LINKS, run
from workflows.store.tables import AssignmentRow, LetterRow, NoticeRow

ROW = NoticeRow

_GIVEN_UP = (LetterState.SUPERSEDED, LetterState.EXPIRED)


class Notices:
    """The notices of every office; `Transaction.apply` writes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pending(self, office: str, as_of: date, *, plan_number: int | None = None) -> list[StoredNotice]:
        """Notices in no letter yet that may go on `as_of`, of whatever date, oldest first."""
        query = (
            select(ROW.__table__, AssignmentRow.id.label("assignment"))
            .join(AssignmentRow, AssignmentRow.number == ROW.assignment_number)
            .where(
                ROW.office == office, ROW.letter_id.is_(None), ROW.dropped.is_(None), ROW.not_before <= as_of
            )
            .order_by(ROW.id)
        )
        if plan_number is not None:
            query = query.where(ROW.plan_number == plan_number)
        return [_stored(row) for row in self._connection.execute(query)]

    def link(self, told: Sequence[tuple[int, int]]) -> int:
        """Say which letter carries which notice, by the id of the notice, then of the letter; how many were
        still free.
        """
        return run(self._connection, LINKS, [(letter, notice) for notice, letter in told])

    def drop(self, notice_ids: Collection[int], why: str) -> int:
        """Say that these notices are in no letter, and why; how many were still free."""
        dropped = 0
        for ids in batches(sorted(notice_ids)):
            statement = update(ROW).where(ROW.id.in_(ids), ROW.letter_id.is_(None), ROW.dropped.is_(None))
            dropped += self._connection.execute(statement.values(dropped=why)).rowcount
        return dropped

    def release(self, letter_id: int) -> int:
        """Free the notices of a letter that was superseded or expired, for the next letter; how many.

        A letter in any other state keeps them. Release only what no server can have taken: a notice is told
        once.
        """
        given_up = select(LetterRow.id).where(LetterRow.id == letter_id, LetterRow.state.in_(_GIVEN_UP))
        statement = update(ROW).where(ROW.letter_id.in_(given_up.scalar_subquery()))
        return self._connection.execute(statement.values(letter_id=None)).rowcount

    def of_letter(self, letter_id: int) -> list[StoredNotice]:
        """The notices a letter carries."""
        query = (
            select(ROW.__table__, AssignmentRow.id.label("assignment"))
            .join(AssignmentRow, AssignmentRow.number == ROW.assignment_number)
            .where(ROW.letter_id == letter_id)
        )
        return [_stored(row) for row in self._connection.execute(query.order_by(ROW.id))]


def _stored(row: Row[Any]) -> StoredNotice:
    notice = Notice(row.assignment, row.kind, row.due, row.rung, row.to, row.as_of, row.not_before)
    return StoredNotice(row.id, row.plan_number, row.assignment_number, row.sequence, notice)
