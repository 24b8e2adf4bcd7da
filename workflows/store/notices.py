"""Notices: what somebody should hear, until a letter carries it or it is dropped."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from workflows.engine.records import Notice
from workflows.store.among import among
from workflows.store.records import LetterState, StoredNotice
from workflows.store.tables import AssignmentRow, LetterRow, NoticeRow

ROW = NoticeRow

_SELECT = select(
    ROW.id, ROW.plan_number, ROW.assignment_number, ROW.sequence,
    AssignmentRow.id, ROW.kind, ROW.due, ROW.rung, ROW.to, ROW.as_of, ROW.not_before,
).join(AssignmentRow, AssignmentRow.number == ROW.assignment_number)  # fmt: skip
"""A stored notice: what the store knows of it, then the fields of the notice in their order."""

_GIVEN_UP = (LetterState.SUPERSEDED, LetterState.EXPIRED)


class Notices:
    """The notices of every office; `Transaction.apply` writes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def pending(self, office: str, as_of: date, *, plan_number: int | None = None) -> list[StoredNotice]:
        """Notices in no letter yet that may go on `as_of`, of whatever date, oldest first."""
        waiting = ROW.letter_id.is_(None), ROW.dropped.is_(None), ROW.not_before <= as_of
        query = _SELECT.where(ROW.office == office, *waiting)
        if plan_number is not None:
            query = query.where(ROW.plan_number == plan_number)
        return self._read(query)

    def link(self, told: Mapping[int, Collection[int]]) -> int:
        """Say which notices each letter carries, by their ids; how many were still free.

        A notice of two letters is the first one's.
        """
        return sum(self._settle(told[letter], letter_id=letter) for letter in sorted(told))

    def drop(self, notice_ids: Collection[int], why: str) -> int:
        """Say that these notices are in no letter, and why; how many were still free."""
        return self._settle(notice_ids, dropped=why)

    def _settle(self, notice_ids: Collection[int], **values: object) -> int:
        chosen = ROW.id.in_(among(self._connection, notice_ids))
        free = update(ROW).where(chosen, ROW.letter_id.is_(None), ROW.dropped.is_(None))
        return self._connection.execute(free.values(values)).rowcount

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
        return self._read(_SELECT.where(ROW.letter_id == letter_id))

    def _read(self, query: Select[Any]) -> list[StoredNotice]:
        return [_stored(row) for row in self._connection.execute(query.order_by(ROW.id)).all()]


def _stored(row: Row[Any]) -> StoredNotice:
    id, plan_number, assignment_number, sequence, *told = row  # noqa: A001
    return StoredNotice(id, plan_number, assignment_number, sequence, Notice(*told))
