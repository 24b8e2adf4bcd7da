"""What units handed in: names and hashes of files kept elsewhere, numbers and dates of dispatches."""

from dataclasses import asdict, fields

from sqlalchemy import Connection, select

from workflows.errors import NotFound
from workflows.store.records import Evidence
from workflows.store.tables import EvidenceRow
from workflows.store.upserts import insert

_COLUMNS = [getattr(EvidenceRow, f.name) for f in fields(Evidence)]


class EvidenceShelf:
    """The evidence of every assignment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, evidence: Evidence) -> int:
        """Note a file or a dispatch; its id."""
        values = {name: value for name, value in asdict(evidence).items() if name != "id"}
        statement = insert(self._connection, EvidenceRow).values(values).returning(EvidenceRow.id)
        return self._connection.execute(statement).scalar_one()

    def get(self, id: int) -> Evidence:  # noqa: A002 - the column's name
        """One piece of evidence. Raises NotFound."""
        row = self._connection.execute(select(*_COLUMNS).where(EvidenceRow.id == id)).one_or_none()
        if row is None:
            raise NotFound("there is no evidence number {id}", id=id)
        return Evidence(*row)

    def of_assignment(self, assignment_number: int) -> list[Evidence]:
        """What was handed in for an assignment, oldest first."""
        query = select(*_COLUMNS).where(EvidenceRow.assignment_number == assignment_number)
        return [Evidence(*row) for row in self._connection.execute(query.order_by(EvidenceRow.id))]
