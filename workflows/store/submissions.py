"""Forms that were carried out: the same form, sent again, changes nothing."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from workflows.store.tables import SubmissionRow
from workflows.store.upserts import insert

KEPT = timedelta(days=90)
"""How long a form is remembered: longer than any browser keeps a page to send again."""


class Submissions:
    """The one-time keys of forms."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, key: str, plan_number: int, now: datetime, asked: str | None = None) -> bool:
        """Take a form's key; False where it was carried out before. A rollback gives it back.

        `asked` is a hash of what the form says, for `is_same`.
        """
        row = {"key": key, "plan_number": plan_number, "at": now, "asked": asked}
        statement = insert(self._connection, SubmissionRow).values(row).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(SubmissionRow.key)).one_or_none() is not None

    def settle(self, key: str, sequence: int) -> None:
        """Note the record that the form made."""
        statement = update(SubmissionRow).where(SubmissionRow.key == key)
        self._connection.execute(statement.values(sequence=sequence))

    def is_same(self, key: str, asked: str | None) -> bool:
        """Whether what was carried out under a key said this, as far as that was noted."""
        query = select(SubmissionRow.asked).where(SubmissionRow.key == key)
        known = self._connection.execute(query).scalar_one()
        return None in (known, asked) or known == asked

    def sequence(self, key: str) -> int:
        """The record that a carried-out form made. Raises NoResultFound for a form never carried out."""
        query = select(SubmissionRow.sequence).where(SubmissionRow.key == key)
        found: int | None = self._connection.execute(query).scalar_one()
        return found or 0

    def forget(self, now: datetime) -> int:
        """Drop keys that no browser can send again; how many."""
        statement = delete(SubmissionRow).where(SubmissionRow.at < now - KEPT)
        return self._connection.execute(statement).rowcount
