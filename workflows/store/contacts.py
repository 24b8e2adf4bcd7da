"""Whose links still hold: the version that a contact's signed links must name."""

from sqlalchemy import Connection, select

from workflows.store.tables import ContactVersionRow
from workflows.store.upserts import insert


class ContactVersions:
    """Versions of the contacts' links; a contact never bumped has version 1."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._of_offices: dict[str, dict[str, int]] = {}

    def version(self, office: str, contact: str) -> int:
        """The version that links of this contact (`unit/contact`) must name.

        A transaction that signs many letters asks once for each office.
        """
        if office not in self._of_offices:
            query = select(ContactVersionRow.contact, ContactVersionRow.version)
            raised = self._connection.execute(query.where(ContactVersionRow.office == office))
            self._of_offices[office] = dict(raised.tuples().all())
        return self._of_offices[office].get(contact, 1)

    def raised(self) -> dict[tuple[str, str], int]:
        """The versions of all that were ever bumped, by office and contact; every other one is 1."""
        rows = self._connection.execute(
            select(ContactVersionRow.office, ContactVersionRow.contact, ContactVersionRow.version)
        )
        return {(office, contact): version for office, contact, version in rows}

    def bump(self, office: str, contact: str) -> int:
        """Revoke every link sent to this contact so far; the new version."""
        self._of_offices.pop(office, None)
        statement = insert(self._connection, ContactVersionRow).values(
            office=office, contact=contact, version=2
        )
        raised = statement.on_conflict_do_update(
            index_elements=["office", "contact"], set_={"version": ContactVersionRow.version + 1}
        )
        return self._connection.execute(raised.returning(ContactVersionRow.version)).scalar_one()
