"""Rounds: one at a time for an office, one date at most once, killed ones taken up again."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from workflows.errors import NotFound
from workflows.store.json_texts import dump_counts, load_counts
from workflows.store.records import Claim, RoundClaim, StoredRound
from workflows.store.tables import OfficeRow, RoundRow
from workflows.store.upserts import insert


class Rounds:
    """The daily rounds of every office."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, office: str, as_of: date, now: datetime, token: str, lease: timedelta) -> RoundClaim:
        """Ask to hold the round of `as_of`; granted until `now + lease`, to whoever holds `token`.

        A new date is granted; the date of the last round once more, taken up where it was killed or run
        again; an earlier date never. While another token's lease runs the answer is `busy`. Missed dates
        have no round of their own: the next round makes their states good. Raises NotFound.
        """
        self._lock(office)
        # A round that is just renewing its lease is waited for, and then seen to hold it.
        last = self._last(office, lock=True)
        if last is not None and last.as_of > as_of:
            return RoundClaim(Claim.EARLIER, as_of, last.as_of)
        if last is not None and _held_by_another(last, token, now):
            return RoundClaim(Claim.BUSY, as_of, last.as_of)
        self._take_away(office)
        held = {"token": token, "lease_until": now + lease, "finished_at": None}
        if last is None or last.as_of < as_of:
            row = {"office": office, "as_of": as_of, "begun_at": now, "totals": "{}"} | held
            self._connection.execute(insert(self._connection, RoundRow).values(row))
            return RoundClaim(Claim.NEW, as_of, None if last is None else last.as_of)
        self._connection.execute(update(RoundRow).where(*_is(office, as_of)).values(held))
        claim = Claim.RESUMED if last.finished_at is None else Claim.AGAIN
        return RoundClaim(claim, as_of, as_of, load_counts(last.totals))

    def renew(self, office: str, as_of: date, token: str, lease_until: datetime) -> bool:
        """Hold the round longer; False where it was lost to another."""
        return self._guarded(office, as_of, token, lease_until=lease_until)

    def finish(self, office: str, as_of: date, token: str, now: datetime, totals: Mapping[str, int]) -> bool:
        """Say what the round did in all, and let go of it; False where it was lost to another."""
        return self._guarded(
            office, as_of, token, token=None, lease_until=None, finished_at=now, totals=dump_counts(totals)
        )

    def last(self, office: str, *, before: date | None = None, finished: bool = False) -> StoredRound | None:
        """The office's latest round; perhaps only of those before a date, or of those that came to an end."""
        row = self._last(office, before, finished=finished)
        if row is None:
            return None
        return StoredRound(office, row.as_of, row.begun_at, row.finished_at, load_counts(row.totals))

    def owed(self, day: date) -> list[str]:
        """The offices whose round of `day` is not finished, nor any later one, in order."""
        done = or_(RoundRow.as_of > day, and_(RoundRow.as_of == day, RoundRow.finished_at.is_not(None)))
        rounds = select(RoundRow.office).where(RoundRow.office == OfficeRow.id, done)
        return list(
            self._connection.scalars(select(OfficeRow.id).where(~rounds.exists()).order_by(OfficeRow.id))
        )

    def _take_away(self, office: str) -> None:
        """Whoever held a round of the office, killed or only slow, holds it no longer, of whatever date."""
        holds = update(RoundRow).where(RoundRow.office == office, RoundRow.token.is_not(None))
        self._connection.execute(holds.values(token=None, lease_until=None))

    def _lock(self, office: str) -> None:
        # The office's row stands for "the round of this office": PostgreSQL lets one asker in at a time.
        query = select(OfficeRow.id).where(OfficeRow.id == office).with_for_update(key_share=True)
        if self._connection.execute(query).one_or_none() is None:
            raise NotFound("there is no office `{office}` in the store", office=office)

    def _last(
        self, office: str, before: date | None = None, *, finished: bool = False, lock: bool = False
    ) -> Row[Any] | None:
        query = select(RoundRow.__table__).where(RoundRow.office == office)
        if lock:
            query = query.with_for_update(key_share=True)
        if finished:
            query = query.where(RoundRow.finished_at.is_not(None))
        if before is not None:
            query = query.where(RoundRow.as_of < before)
        return self._connection.execute(query.order_by(RoundRow.as_of.desc()).limit(1)).one_or_none()

    def _guarded(self, office: str, as_of: date, held_by: str, **values: object) -> bool:
        statement = update(RoundRow).where(*_is(office, as_of), RoundRow.token == held_by).values(**values)
        return self._connection.execute(statement).rowcount == 1


def _is(office: str, as_of: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return RoundRow.office == office, RoundRow.as_of == as_of


def _held_by_another(row: Row[Any], token: str, now: datetime) -> bool:
    """Whether another round of the office may still be at work; after its lease it counts as killed."""
    return row.finished_at is None and row.token != token and row.lease_until > now
