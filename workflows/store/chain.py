"""Appending to a plan's history: the head is locked, every record is bound to the one before."""

import secrets
from typing import Any

from sqlalchemy import Connection, select, update

from workflows.engine.history import canonical, digest, normal, note_digest
from workflows.engine.records import Record
from workflows.errors import NotFound
from workflows.store.statements import NOTES, RECORDS, run
from workflows.store.tables import PlanRow

_SALT_BYTES = 16


class Chain:
    """The open end of one plan's history. `save` writes what was added and moves the head."""

    def __init__(self, connection: Connection, plan_number: int) -> None:
        """Lock the head, so that appenders take turns. Raises NotFound."""
        query = select(PlanRow).where(PlanRow.number == plan_number).with_for_update(key_share=True)
        plan = connection.execute(query).one_or_none()
        if plan is None:
            raise NotFound("there is no plan number {number} in the store", number=plan_number)
        self._connection = connection
        self._plan_number = plan_number
        self._name = f"{plan.office}/{plan.id}"
        self._sequence: int = plan.head_sequence
        self._head: str = plan.head_hash
        self._records: list[tuple[Any, ...]] = []
        self._notes: list[tuple[Any, ...]] = []
        self.office: str = plan.office

    def add(self, record: Record, assignment_number: int | None) -> int:
        """Bind a record to the one before it; its sequence number."""
        self._sequence += 1
        vouched = None
        if record.note is not None:
            salt, note = secrets.token_bytes(_SALT_BYTES), normal(record.note)
            vouched = note_digest(salt, note)
            self._notes.append((self._plan_number, self._sequence, salt, note))
        text = canonical(self._name, self._sequence, record, vouched)
        self._head = digest(self._head, text)
        self._records.append((self._plan_number, self._sequence, assignment_number, text, self._head))
        return self._sequence

    def save(self) -> None:
        """Write the records added and the new head."""
        run(self._connection, RECORDS, self._records)
        run(self._connection, NOTES, self._notes)
        self._connection.execute(
            update(PlanRow)
            .where(PlanRow.number == self._plan_number)
            .values(head_sequence=self._sequence, head_hash=self._head)
        )
        self._records.clear()
        self._notes.clear()
