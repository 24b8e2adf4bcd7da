"""Letters refused by policy (5.7.x): whether they, or the account that sends them, are to blame."""

from datetime import datetime

from sqlalchemy import Connection, case, delete, distinct, func, select, update

from workflows.store.records import LetterState
from workflows.store.tables import LetterRow, PolicyRefusalRow
from workflows.store.upserts import insert

ROW = PolicyRefusalRow
_GIVEN_BACK = (LetterState.DEFERRED, LetterState.IN_DOUBT, LetterState.DEAD)


class PolicyRefusals:
    """Refusals by policy, account by account, until a server takes a letter.

    A refusal may be the letter's own fault or the account's. Several in a row, perhaps hours apart and seen
    by different processes, are the account's; the letters then go back as if nobody had tried.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, sender: str, letter_id: int, was: LetterState) -> int:
        """A letter claimed from the state `was` has been refused; how often by now."""
        statement = insert(self._connection, ROW).values(
            letter_id=letter_id, sender=sender, was=was, times=1, in_a_row=True
        )
        again = {"sender": sender, "times": ROW.times + 1, "in_a_row": True}
        noted = statement.on_conflict_do_update(index_elements=["letter_id"], set_=again)
        times: int = self._connection.execute(noted.returning(ROW.times)).scalar_one()
        return times

    def in_a_row(self, sender: str) -> int:
        """To how many addresses letters were refused since the account's last letter was taken."""
        query = select(func.count(distinct(LetterRow.address))).join(ROW, ROW.letter_id == LetterRow.id)
        return self._connection.scalar(query.where(ROW.sender == sender, ROW.in_a_row)) or 0

    def end_row(self, sender: str) -> None:
        """A letter of the account was taken: each refusal before it was its own letter's fault."""
        suspects = ROW.sender == sender, ROW.in_a_row
        self._connection.execute(update(ROW).where(*suspects).values(in_a_row=False))

    def put_back(self, sender: str, now: datetime) -> frozenset[int]:
        """Put the letters that were refused in a row back as they were before; their ids.

        They may leave again at once, no attempt counted, even those given up already. The row of refusals
        stands: until a letter is taken, one more shows that the account is still refused.
        """
        suspects = ROW.sender == sender, ROW.in_a_row
        refused = select(ROW.letter_id).where(*suspects, ROW.times > 0)
        of_letter = ROW.letter_id == LetterRow.id
        was = select(ROW.was).where(of_letter).scalar_subquery()
        uncounted = LetterRow.attempts - select(ROW.times).where(of_letter).scalar_subquery()
        waiting = LetterRow.id.in_(refused), LetterRow.state.in_(_GIVEN_BACK)
        statement = update(LetterRow).where(*waiting)
        restored = statement.values(
            state=was,
            attempts=case((uncounted > 0, uncounted), else_=0),
            not_before=now,
            finished_at=None,
        )
        found = frozenset(self._connection.scalars(restored.returning(LetterRow.id)))
        self._connection.execute(update(ROW).where(*suspects).values(times=0))
        return found

    def forget(self, letter_id: int) -> None:
        """Judge a letter anew: somebody sends it again."""
        self._connection.execute(delete(ROW).where(ROW.letter_id == letter_id))
