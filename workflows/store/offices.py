"""Offices: who they are and on which days they work."""

from collections.abc import Iterator

from sqlalchemy import Connection, select
from sqlalchemy.orm import InstrumentedAttribute

from plan_definitions.model import CalendarDefinition, Office
from workflows.errors import NotFound
from workflows.store.json_texts import dump, load
from workflows.store.tables import OfficeRow
from workflows.store.upserts import insert


class Offices:
    """The offices of this database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, office: Office, calendar: CalendarDefinition) -> None:
        """Keep an office and its calendar as last published."""
        values = {"name": office.name, "definition": dump(office), "calendar": dump(calendar)}
        statement = insert(self._connection, OfficeRow).values(id=office.id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def get(self, office: str) -> Office:
        """The office with its units. Raises NotFound."""
        return load(Office, self._text(OfficeRow.definition, office))

    def each(self) -> Iterator[Office]:
        """Every office with its units, in the order of the alphabet, read by one statement."""
        for text in self._connection.scalars(select(OfficeRow.definition).order_by(OfficeRow.id)):
            yield load(Office, text)

    def calendar(self, office: str) -> CalendarDefinition:
        """The office's own days off and make-up days. Raises NotFound."""
        return load(CalendarDefinition, self._text(OfficeRow.calendar, office))

    def ids(self) -> list[str]:
        """Every office, in the order of the alphabet."""
        return list(self._connection.scalars(select(OfficeRow.id).order_by(OfficeRow.id)))

    def _text(self, column: InstrumentedAttribute[str], office: str) -> str:
        text = self._connection.scalar(select(column).where(OfficeRow.id == office))
        if text is None:
            raise NotFound("there is no office `{office}` in the store", office=office)
        return text
