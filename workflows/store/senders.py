"""Mail accounts: how much each may still send, and whether its provider lets it in."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from workflows.store.tables import SenderHourRow, SenderRow
from workflows.store.upserts import insert

_DAY = timedelta(hours=24)
_LOOKED_BACK = _DAY + timedelta(hours=1)


class Senders:
    """Budgets and pauses of the mail accounts.

    Providers count letters over any 24 hours. The store counts by the hour and looks back over every hour
    that reaches into those 24, so a quota is never passed, whichever day or hour it is counted by.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, sender: str, now: datetime, wanted: int, per_day: int) -> int:
        """Set aside up to `wanted` letters of the quota of `per_day`; how many were granted, perhaps 0."""
        granted = max(0, min(wanted, self.left(sender, now, per_day)))
        self._connection.execute(
            delete(SenderHourRow).where(SenderHourRow.sender == sender, SenderHourRow.hour <= now - 3 * _DAY)
        )
        if granted:
            hour = now.replace(minute=0, second=0, microsecond=0)
            statement = insert(self._connection, SenderHourRow).values(sender=sender, hour=hour, used=granted)
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["sender", "hour"], set_={"used": SenderHourRow.used + granted}
                )
            )
        return granted

    def left(self, sender: str, now: datetime, per_day: int) -> int:
        """How much of the quota is left; nobody else takes of it before this transaction ends."""
        self._lock(sender)
        return max(0, per_day - self.used(sender, now))

    def give_back(self, sender: str, taken_at: datetime, unused: int) -> None:
        """Return what was set aside at an instant for letters that did not go out after all."""
        hour = taken_at.replace(minute=0, second=0, microsecond=0)
        statement = update(SenderHourRow).where(
            SenderHourRow.sender == sender, SenderHourRow.hour == hour, SenderHourRow.used >= unused
        )
        self._connection.execute(statement.values(used=SenderHourRow.used - unused))

    def room_from(self, sender: str, now: datetime) -> datetime:
        """When the first of the letters set aside in the last 24 hours no longer count."""
        query = select(func.min(SenderHourRow.hour)).where(*_counted(sender, now))
        first: datetime | None = self._connection.scalar(query)
        return now if first is None else first + _LOOKED_BACK

    def used(self, sender: str, now: datetime) -> int:
        """How many letters were set aside in the last 24 hours (full hours)."""
        query = select(func.coalesce(func.sum(SenderHourRow.used), 0)).where(*_counted(sender, now))
        return int(self._connection.execute(query).scalar_one())

    def pause(self, sender: str, until: datetime, reason: str) -> None:
        """Send nothing through this account for a while: its login was refused or its quota is used up."""
        self._lock(sender)
        self._connection.execute(
            update(SenderRow).where(SenderRow.name == sender).values(paused_until=until, reason=reason)
        )

    def resume(self, sender: str) -> None:
        """Let the account send again."""
        self._connection.execute(
            update(SenderRow).where(SenderRow.name == sender).values(paused_until=None, reason=None)
        )

    def paused(self, sender: str, now: datetime) -> tuple[datetime, str] | None:
        """Until when the account is paused and why, None where it may send."""
        query = select(SenderRow.paused_until, SenderRow.reason).where(SenderRow.name == sender)
        row = self._connection.execute(query).one_or_none()
        if row is None or row.paused_until is None or row.paused_until <= now:
            return None
        return row.paused_until, row.reason or ""

    def _lock(self, sender: str) -> None:
        statement = insert(self._connection, SenderRow).values(name=sender)
        self._connection.execute(statement.on_conflict_do_nothing())
        self._connection.execute(
            select(SenderRow.name).where(SenderRow.name == sender).with_for_update(key_share=True)
        )


def _counted(sender: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The hours that count against a quota now."""
    return SenderHourRow.sender == sender, SenderHourRow.used > 0, SenderHourRow.hour > now - _LOOKED_BACK
