"""The history of a plan: read, verified, and its free texts erased."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, select

from workflows.engine.history import FIRST_DIGEST, digest, note_digest, place, read
from workflows.engine.records import Record
from workflows.errors import NotFound
from workflows.store.among import among
from workflows.store.chain import Chain
from workflows.store.records import AuditResult, PlanHeading, StoredRecord
from workflows.store.tables import NoteRow, PlanRow, RecordRow

_BATCH = 1000


class History:
    """What happened, plan by plan; records are added and never changed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self, plan_number: int, records: Sequence[Record], *, assignment_number: int | None = None
    ) -> int:
        """Add records about the plan itself (published, closed); the sequence number of the last.

        With `assignment_number` they stand in the history of that assignment and change nothing about it;
        what does goes through `Transaction.apply`. Raises NotFound.
        """
        chain = Chain(self._connection, plan_number)
        last = 0
        for record in records:
            last = chain.add(record, assignment_number)
        chain.save()
        return last

    def of_assignment(self, assignment_number: int) -> list[StoredRecord]:
        """Everything recorded about an assignment, oldest first."""
        query = _SELECT.where(RecordRow.assignment_number == assignment_number)
        return [_stored(row) for row in self._connection.execute(query)]

    def of_assignments(self, assignment_numbers: Iterable[int]) -> Mapping[int, list[StoredRecord]]:
        """As `of_assignment`, of many at once, by their numbers."""
        found: defaultdict[int, list[StoredRecord]] = defaultdict(list)
        chosen = RecordRow.assignment_number.in_(among(self._connection, assignment_numbers))
        for row in self._connection.execute(_SELECT.where(chosen)):
            found[row.assignment_number].append(_stored(row))
        return found

    def of_plan(self, plan_number: int, *, after: int = 0) -> Iterator[StoredRecord]:
        """A plan's records with a sequence number above `after`, oldest first, read as they are asked for."""
        return map(_stored, self._rows(plan_number, after))

    def told_since(self, known: PlanHeading) -> set[int] | None:
        """The assignments that a plan's records are about since its heading was as `known`, by number.

        None where the plan never had that head: its history is another one, of a backup perhaps.
        """
        of_plan = select(RecordRow.hash).where(RecordRow.plan_number == known.number)
        if (
            self._connection.scalar(of_plan.where(RecordRow.sequence == known.head_sequence))
            != known.head_hash
        ):
            return None
        later = select(RecordRow.assignment_number).where(
            RecordRow.plan_number == known.number, RecordRow.sequence > known.head_sequence
        )
        return {number for number in self._connection.scalars(later) if number is not None}

    def verify(self, plan_number: int) -> AuditResult:
        """Check a plan's chain from its first record to its head.

        Finds a text, note, place or digest that was changed, records that are missing, added, exchanged or
        cut off at the end. An erased note is no break. Raises NotFound.
        """
        plan = self._connection.execute(select(PlanRow).where(PlanRow.number == plan_number)).one_or_none()
        if plan is None:
            raise NotFound("there is no plan number {number} in the store", number=plan_number)
        name, sequence, head = f"{plan.office}/{plan.id}", 0, FIRST_DIGEST
        for row in self._rows(plan_number, 0):
            head = digest(head, row.content)
            if row.hash != head or not _is_whole(row, name, sequence + 1):
                return AuditResult(sequence, sequence + 1)
            sequence += 1
        if (sequence, head) != (plan.head_sequence, plan.head_hash):
            return AuditResult(sequence, sequence + 1)
        return AuditResult(sequence, None)

    def erase_note(self, plan_number: int, sequence: int) -> bool:
        """Erase the free text of a record and its salt; False where there is none. The chain holds."""
        if self._connection.dialect.name == "sqlite":
            # Overwritten in the file, too, whatever this SQLite was built to do.
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON")
        statement = delete(NoteRow).where(NoteRow.plan_number == plan_number, NoteRow.sequence == sequence)
        return self._connection.execute(statement).rowcount == 1

    def _rows(self, plan_number: int, after: int) -> Iterator[Row[Any]]:
        """Rows in the order of the chain, a batch at a time: memory stays bounded on both databases."""
        while True:
            query = _SELECT.where(RecordRow.plan_number == plan_number, RecordRow.sequence > after)
            rows = self._connection.execute(query.limit(_BATCH)).all()
            yield from rows
            if len(rows) < _BATCH:
                return
            after = rows[-1].sequence


_SELECT: Select[Any] = (
    select(
        RecordRow.sequence,
        RecordRow.assignment_number,
        RecordRow.content,
        RecordRow.hash,
        NoteRow.salt,
        NoteRow.note,
    )
    .outerjoin(
        NoteRow, and_(NoteRow.plan_number == RecordRow.plan_number, NoteRow.sequence == RecordRow.sequence)
    )
    .order_by(RecordRow.plan_number, RecordRow.sequence)
)


def _stored(row: Row[Any]) -> StoredRecord:
    return StoredRecord(row.sequence, row.hash, read(row.content, row.note))


def _is_whole(row: Row[Any], chain: str, sequence: int) -> bool:
    """Whether a record stands in its own place, and its note, where it still exists, is its own."""
    try:
        said = place(row.content)
    except ValueError:
        return False
    if row.note is not None and note_digest(row.salt, row.note) != said.note_digest:
        return False
    return row.sequence == sequence and (said.chain, said.sequence) == (chain, sequence)
