"""Claims on letters: a lease and a token before the first byte, a guarded word afterwards."""

import hashlib
import secrets
import zlib
from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from workflows.store.among import among
from workflows.store.records import FINAL, TO_SEND, ClaimedLetter, LetterState, Outcome, StoredLetter
from workflows.store.tables import FrozenRow, LetterRow
from workflows.store.upserts import insert

ROW = LetterRow
COLUMNS = [getattr(ROW, f.name) for f in fields(StoredLetter)]
_TOKEN_BYTES = 16


class Claims:
    """What a delivering process does with letters; any number of them may work at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        offices: Collection[str] | None = None,
        urgent_only: bool = False,
    ) -> list[ClaimedLetter]:
        """Take up to `limit` letters that are due, the urgent ones first; ours until `now + lease`.

        Among them are letters whose holder's lease ran out: they count as in doubt, since nobody knows how
        far the holder came. Letters past their usefulness stay (see `expire`). Commit before
        the first byte goes out.
        """
        query = (
            select(*COLUMNS, FrozenRow.data)
            .outerjoin(FrozenRow, FrozenRow.letter_id == ROW.id)
            .where(_is_due(now), ROW.expires_at > now)
            .order_by(ROW.urgent.desc(), ROW.not_before, ROW.id)
            .limit(limit)
            .with_for_update(key_share=True, skip_locked=True, of=ROW)
        )
        if offices is not None:
            query = query.where(ROW.office.in_(sorted(offices)))
        if urgent_only:
            query = query.where(ROW.urgent)
        token, until = secrets.token_hex(_TOKEN_BYTES), now + lease
        claimed = []
        for *columns, data in self._connection.execute(query).all():
            letter = StoredLetter(*columns)
            was = LetterState.IN_DOUBT if letter.state is LetterState.SENDING else letter.state
            claimed.append(ClaimedLetter(letter, token, None if data is None else zlib.decompress(data), was))
        ids = [c.letter.id for c in claimed]
        values = {"state": LetterState.SENDING, "token": token, "lease_until": until}
        taken = update(ROW).where(ROW.id.in_(among(self._connection, ids)))
        self._connection.execute(taken.values(values))
        return claimed

    def freeze(self, letter_id: int, token: str, data: bytes, message_id: str) -> bool:
        """Keep the bytes that every attempt will send; False where the letter is no longer ours.

        Raises ValueError where it has bytes already: they never change.
        """
        statement = update(ROW).where(*_held(letter_id, token), ROW.bytes_hash.is_(None))
        found = hashlib.sha256(data).hexdigest()
        done = self._connection.execute(statement.values(message_id=message_id, bytes_hash=found)).rowcount
        if done:
            values = {"letter_id": letter_id, "data": zlib.compress(data)}
            self._connection.execute(insert(self._connection, FrozenRow).values(values))
            return True
        if self._connection.scalar(select(ROW.id).where(*_held(letter_id, token))) is None:
            return False
        raise ValueError(f"letter {letter_id} is frozen already")

    def frozen(self, letter_id: int) -> bytes | None:
        """The bytes of a letter, None before its first attempt and after they were dropped."""
        data = self._connection.scalar(select(FrozenRow.data).where(FrozenRow.letter_id == letter_id))
        return None if data is None else zlib.decompress(data)

    def renew(self, letter_ids: Iterable[int], token: str, lease_until: datetime) -> int:
        """Hold letters longer; how many were still ours."""
        chosen = ROW.id.in_(among(self._connection, letter_ids))
        held = and_(chosen, ROW.token == token, ROW.state == LetterState.SENDING)
        return self._connection.execute(update(ROW).where(held).values(lease_until=lease_until)).rowcount

    def finish(self, letter_id: int, token: str, outcome: Outcome, now: datetime) -> bool:
        """Say what became of an attempt, and let go; False where the letter is no longer ours.

        A letter that must wait (`deferred`, `in_doubt`, or `queued` again because nothing was tried)
        names its `not_before`; otherwise ValueError is raised.
        """
        if outcome.state in TO_SEND and outcome.not_before is None:
            raise ValueError(f"{outcome.state} without a time for the next attempt")
        values: dict[str, Any] = {
            "state": outcome.state,
            "attempts": ROW.attempts + int(outcome.attempted),
            "last_code": outcome.code,
            "last_reply": outcome.reply,
            "finished_at": now if outcome.state in FINAL else None,
        }
        if outcome.not_before is not None:
            values["not_before"] = outcome.not_before
        statement = update(ROW).where(*_held(letter_id, token))
        let_go = statement.values(token=None, lease_until=None, **values)
        return self._connection.execute(let_go).rowcount == 1

    def next_due(
        self, *, offices: Collection[str] | None = None, urgent_only: bool = False
    ) -> datetime | None:
        """The earliest instant at which a letter may be claimed, perhaps past; None where none waits.

        Perhaps only of some offices, or of the urgent ones. Call `expire` first: a letter past its
        usefulness is never claimed and would be due forever.
        """
        narrowed: list[ColumnElement[bool]] = []
        if offices is not None:
            narrowed.append(ROW.office.in_(sorted(offices)))
        if urgent_only:
            narrowed.append(ROW.urgent.is_(True))
        waiting = select(func.min(ROW.not_before)).where(ROW.state.in_(sorted(TO_SEND)), *narrowed)
        under_way = select(func.min(ROW.lease_until)).where(ROW.state == LetterState.SENDING, *narrowed)
        found = [self._connection.scalar(waiting), self._connection.scalar(under_way)]
        return min((moment for moment in found if moment is not None), default=None)


def _is_due(now: datetime) -> ColumnElement[bool]:
    waits = and_(ROW.state.in_(sorted(TO_SEND)), ROW.not_before <= now)
    left = and_(ROW.state == LetterState.SENDING, ROW.lease_until <= now)
    return or_(waits, left)


def _held(letter_id: int, token: str) -> tuple[ColumnElement[bool], ...]:
    return ROW.id == letter_id, ROW.token == token, ROW.state == LetterState.SENDING
