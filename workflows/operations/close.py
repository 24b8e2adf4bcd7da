"""Closing a finished plan: its ladders end, the leadership reads how it went, each unit what it did of it."""

from dataclasses import dataclass
from datetime import date, datetime

from notifications.occasions import closing_letters
from notifications.sections import is_unfinished
from workflows.engine import board
from workflows.engine.records import Record
from workflows.engine.states import Verb
from workflows.errors import NotFound
from workflows.operations.mail.queueing import queue
from workflows.operations.reading.judged import read_judged
from workflows.operations.situations import check_office, whole_situation
from workflows.store.database import Database
from workflows.texts import Language

PLAN_CLOSED = "plan closed"


@dataclass(frozen=True, slots=True)
class Closed:
    """A plan that was closed: how many assignments stay unfinished, how many letters say so."""

    plan: str
    unfinished: int
    letters: int


def unfinished_of(database: Database, office: str, plan: str, as_of: date) -> int:
    """How many assignments of a plan would stay without a result if it were closed. Raises NotFound."""
    rows = read_judged(database, office, plan, as_of=as_of).rows
    return sum(map(is_unfinished, rows))


def close_plan(
    database: Database,
    office: str,
    plan: str,
    *,
    by: str,
    as_of: date,
    now: datetime,
    language: Language = Language.VI,
) -> Closed:
    """End a plan: no round looks at it again, its links only show.

    Raises NotFound where it is unknown or closed, MoveRefused where `by` is not the standing office.
    """
    with database.write() as transaction:
        stored = transaction.plans.get(office, plan, hold=True)
        check_office(by, transaction.offices.get(office))
        if not transaction.plans.close(stored.number, as_of):
            raise NotFound("the plan `{plan}` is closed already", plan=plan)
        record = Record(None, Verb.CLOSE, None, None, as_of, now, by)
        transaction.history.append(stored.number, [record])
        waiting = transaction.notices.pending(office, date.max, plan_number=stored.number)
        transaction.notices.drop([notice.id for notice in waiting], PLAN_CLOSED)
        situation = whole_situation(transaction, stored)
        rows = board.rows(situation, as_of)
        letters = closing_letters(
            stored.schedule.office, stored.schedule, rows, as_of=as_of, language=language
        )
        keyed = {
            f"closing:{stored.id}:{reader.channel}:{reader.address}": composed
            for composed in letters
            for reader in [composed.letter.recipient]
        }
        queued = queue(transaction, keyed, now=now, not_before=now)
    return Closed(plan, sum(map(is_unfinished, rows)), len(queued))
