"""The outbox: letters queued once for each occasion, and everything that happens to them but sending."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from plan_definitions.model import Channel
from workflows.engine.states import State
from workflows.errors import NotFound
from workflows.store.among import among
from workflows.store.claims import COLUMNS, Claims
from workflows.store.records import FINAL, TO_SEND, Condemned, LetterState, QueuedLetter, StoredLetter
from workflows.store.statements import LETTER_ITEMS, run
from workflows.store.tables import AssignmentRow, CondemnedRow, FrozenRow, LetterItemRow, LetterRow
from workflows.store.upserts import insert

ROW = LetterRow
FROZEN_FOR = timedelta(days=90)
"""How long the bytes of a letter are kept after its final state (mail.md, *Outbox*)."""

_PIECE = 50
_QUEUED = tuple(field.name for field in fields(QueuedLetter) if field.name != "assignments")

RETRIABLE = frozenset({*TO_SEND, LetterState.DEAD, LetterState.EXPIRED})
"""States from which the office may send a letter again, as long as its bytes are kept."""


class Letters(Claims):
    """The letters of every office; `Claims` adds what a delivering process does with them."""

    def queue(self, *letters: QueuedLetter) -> list[int | None]:
        """Queue letters; the id of each, or None where its occasion has its letter already."""
        if not letters:
            return []
        once = insert(self._connection, ROW).on_conflict_do_nothing(index_elements=["office", "key"])
        written = self._connection.execute(
            once.returning(ROW.office, ROW.key, ROW.id), [_values(letter) for letter in letters]
        )
        ids = {(row.office, row.key): row.id for row in written}
        found = [ids.pop((letter.office, letter.key), None) for letter in letters]
        items = [
            (letter_id, number)
            for letter_id, letter in zip(found, letters, strict=True)
            if letter_id is not None
            for number in letter.assignments
        ]
        run(self._connection, LETTER_ITEMS, items)
        return found

    def get(self, letter_id: int) -> StoredLetter:
        """One letter. Raises NotFound."""
        found = self._read(select(*COLUMNS).where(ROW.id == letter_id))
        if not found:
            raise NotFound("there is no letter number {id}", id=letter_id)
        return found[0]

    def by_key(self, office: str, key: str) -> StoredLetter | None:
        """The letter of an occasion, if it has been queued."""
        found = self._read(select(*COLUMNS).where(ROW.office == office, ROW.key == key))
        return found[0] if found else None

    def find(
        self,
        office: str | None = None,
        *,
        states: Collection[LetterState] | None = None,
        kinds: Collection[str] | None = None,
        address: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        ended_since: datetime | None = None,
        useless_by: datetime | None = None,
        limit: int | None = None,
        after: int = 0,
        hold: bool = False,
    ) -> list[StoredLetter]:
        """Letters with an id above `after`, oldest first, narrowed by whatever is given.

        They were written from `since` on and before `before`, reached a final state from `ended_since` on,
        and expire by `useless_by`. With `hold` nobody else claims or ends them before the transaction ends.
        """
        query = select(*COLUMNS).where(ROW.id > after).order_by(ROW.id).limit(limit)
        if office is not None:
            query = query.where(ROW.office == office)
        if states is not None:
            query = query.where(ROW.state.in_(sorted(states)))
        if kinds is not None:
            query = query.where(ROW.kind.in_(sorted(kinds)))
        if address is not None:
            query = query.where(ROW.address == address)
        if since is not None:
            query = query.where(ROW.created_at >= since)
        if before is not None:
            query = query.where(ROW.created_at < before)
        if ended_since is not None:
            query = query.where(ROW.finished_at >= ended_since)
        if useless_by is not None:
            query = query.where(ROW.expires_at <= useless_by)
        if hold:
            query = query.with_for_update(key_share=True)
        return self._read(query)

    def newest_first(
        self,
        office: str,
        *,
        before: datetime | None = None,
        below: int | None = None,
        states: Collection[LetterState] | None = None,
        address: str | None = None,
    ) -> Iterator[StoredLetter]:
        """An office's letters, read in small pieces as they are asked for, narrowed by whatever is given.

        They were written before the instant `before`, and have a number below `below`.
        """
        # Numbers first: they stand in the indexes, and sorting an office's whole letters would read them all.
        query = select(ROW.id).where(ROW.office == office).order_by(ROW.id.desc()).limit(_PIECE)
        if before is not None:
            query = query.where(ROW.created_at < before)
        if states is not None:
            query = query.where(ROW.state.in_(sorted(states)))
        if address is not None:
            query = query.where(ROW.address == address)
        while True:
            numbers = query if below is None else query.where(ROW.id < below)
            found = self._read(select(*COLUMNS).where(ROW.id.in_(numbers)).order_by(ROW.id.desc()))
            yield from found
            if len(found) < _PIECE:
                return
            below = found[-1].id

    def with_later(
        self,
        letter_ids: Iterable[int],
        *,
        besides: Iterable[int],
        kinds: Collection[str],
        states: Collection[LetterState],
    ) -> set[int]:
        """Those letters after which one of some kinds to the same address stands in one of these states.

        Those `besides` do not count as later ones.
        """
        later = aliased(ROW)
        said_again = select(later.id).where(
            later.office == ROW.office,
            later.address == ROW.address,
            later.id > ROW.id,
            later.id.not_in(among(self._connection, besides)),
            later.kind.in_(sorted(kinds)),
            later.state.in_(sorted(states)),
        )
        chosen = ROW.id.in_(among(self._connection, letter_ids))
        return set(self._connection.scalars(select(ROW.id).where(chosen, said_again.exists())))

    def of_assignment(self, assignment_number: int) -> list[StoredLetter]:
        """The letters that speak of an assignment, oldest first."""
        query = select(*COLUMNS).join(LetterItemRow, LetterItemRow.letter_id == ROW.id)
        return self._read(query.where(LetterItemRow.assignment_number == assignment_number).order_by(ROW.id))

    def assignments(self, letter_id: int) -> tuple[int, ...]:
        """The numbers of the assignments a letter speaks of."""
        return self.assignments_of([letter_id])

    def assignments_of(self, letter_ids: Collection[int]) -> tuple[int, ...]:
        """The numbers of the assignments that any of these letters speaks of, each once."""
        spoken_of = LetterItemRow.letter_id.in_(among(self._connection, letter_ids))
        query = select(LetterItemRow.assignment_number).where(spoken_of)
        return tuple(sorted(set(self._connection.scalars(query).all())))

    def assignments_told(
        self,
        office: str,
        kind: str,
        *,
        states: Collection[LetterState],
        since: datetime,
        before: datetime | None = None,
    ) -> set[int]:
        """The numbers of the assignments that letters of a kind, written in a span and now so, speak of."""
        query = (
            select(LetterItemRow.assignment_number)
            .join(ROW, ROW.id == LetterItemRow.letter_id)
            .where(ROW.office == office, ROW.kind == kind, ROW.created_at >= since)
            .where(ROW.state.in_(sorted(states)))
        )
        if before is not None:
            query = query.where(ROW.created_at < before)
        return set(self._connection.scalars(query).all())

    def speaking_of(self, letter_ids: Iterable[int], states: Collection[State]) -> set[int]:
        """Those letters that speak of an assignment in one of these states."""
        spoken_of = (
            select(LetterItemRow.assignment_number)
            .join(AssignmentRow, AssignmentRow.number == LetterItemRow.assignment_number)
            .where(LetterItemRow.letter_id == ROW.id, AssignmentRow.state.in_(sorted(states)))
        )
        chosen = ROW.id.in_(among(self._connection, letter_ids))
        return set(self._connection.scalars(select(ROW.id).where(chosen, spoken_of.exists())))

    def count_by_kind(self, office: str, *, before: datetime) -> dict[str, int]:
        """How many letters of each kind an office had written before an instant."""
        query = select(ROW.kind, func.count()).where(ROW.office == office, ROW.created_at < before)
        rows = self._connection.execute(query.group_by(ROW.kind))
        return dict(rows.tuples().all())

    def count_by_state(self, office: str | None = None) -> dict[LetterState, int]:
        """How many letters stand in each state, zeros included."""
        query = select(ROW.state, func.count()).group_by(ROW.state)
        if office is not None:
            query = query.where(ROW.office == office)
        counts = dict.fromkeys(LetterState, 0)
        counts.update((state, count) for state, count in self._connection.execute(query))
        return counts

    def retry(self, letter_id: int, now: datetime, expires_at: datetime) -> bool:
        """Send a letter now that waits, died or expired, its attempts counted anew; False in other states.

        False as well where its bytes were dropped: no attempt may send other ones.
        """
        kept = select(FrozenRow.letter_id).where(FrozenRow.letter_id == ROW.id).exists()
        whole = or_(ROW.bytes_hash.is_(None), kept)
        statement = update(ROW).where(ROW.id == letter_id, ROW.state.in_(sorted(RETRIABLE)), whole)
        values: dict[str, Any] = {
            "state": LetterState.QUEUED,
            "not_before": now,
            "expires_at": expires_at,
            "attempts": 0,
            "finished_at": None,
        }
        let_go = statement.values(token=None, lease_until=None, **values)
        return self._connection.execute(let_go).rowcount == 1

    def supersede(self, letter_ids: Collection[int], now: datetime, why: str) -> int:
        """Withdraw unsent letters: what they say is no longer so, or another letter says it; how many were.

        A letter being sent this moment is not withdrawn.
        """
        unsent = {*TO_SEND, LetterState.TO_HAND_OVER}
        return self._settle(letter_ids, unsent, state=LetterState.SUPERSEDED, finished_at=now, last_reply=why)

    def expire(self, now: datetime) -> int:
        """Give up letters whose usefulness has passed, but for those that somebody holds now; how many."""
        left = and_(ROW.state == LetterState.SENDING, ROW.lease_until <= now)
        unsent = or_(ROW.state.in_(sorted(TO_SEND)), left)
        stale = select(ROW.id).where(unsent, ROW.expires_at <= now)
        ids = self._connection.scalars(stale.with_for_update(key_share=True, skip_locked=True)).all()
        values = {"state": LetterState.EXPIRED, "finished_at": now}
        expired = update(ROW).where(ROW.id.in_(among(self._connection, ids)))
        return self._connection.execute(expired.values(values)).rowcount

    def handed_over(self, letter_id: int, by: str, now: datetime) -> bool:
        """Tick off an item that somebody carried, called or showed; False where it was not to be."""
        values = {"state": LetterState.HANDED_OVER, "finished_at": now, "handed_over_by": by}
        return self._settle([letter_id], {LetterState.TO_HAND_OVER}, **values) == 1

    def drop_frozen(self, now: datetime) -> int:
        """Drop the bytes of letters that reached a final state 90 days ago; the hash stays. How many."""
        old = select(ROW.id).where(ROW.state.in_(sorted(FINAL)), ROW.finished_at <= now - FROZEN_FOR)
        return self._connection.execute(delete(FrozenRow).where(FrozenRow.letter_id.in_(old))).rowcount

    def condemn(self, office: str, address: str, now: datetime, reply: str) -> None:
        """Note that an address does not exist, in the words of its server."""
        values = {"since": now, "reply": reply}
        statement = insert(self._connection, CondemnedRow).values(office=office, address=address, **values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["office", "address"], set_=values)
        )

    def condemned(self, office: str) -> dict[str, Condemned]:
        """The addresses of an office that do not exist, by address."""
        query = select(CondemnedRow.address, CondemnedRow.since, CondemnedRow.reply)
        rows = self._connection.execute(query.where(CondemnedRow.office == office))
        return {row.address: Condemned(*row) for row in rows}

    def pardon(self, office: str, address: str) -> bool:
        """Try an address again; False where it was not condemned."""
        statement = delete(CondemnedRow).where(CondemnedRow.office == office, CondemnedRow.address == address)
        return self._connection.execute(statement).rowcount == 1

    def _settle(self, letter_ids: Collection[int], states: Collection[LetterState], **values: Any) -> int:
        chosen = ROW.id.in_(among(self._connection, letter_ids)), ROW.state.in_(sorted(states))
        settled = update(ROW).where(*chosen).values(token=None, lease_until=None, **values)
        return self._connection.execute(settled).rowcount

    def _read(self, query: Select[Any]) -> list[StoredLetter]:
        return [StoredLetter(*row) for row in self._connection.execute(query)]


def _values(letter: QueuedLetter) -> dict[str, Any]:
    values = {name: getattr(letter, name) for name in _QUEUED}
    by_mail = letter.channel is Channel.MAIL
    return values | {"state": LetterState.QUEUED if by_mail else LetterState.TO_HAND_OVER, "attempts": 0}
