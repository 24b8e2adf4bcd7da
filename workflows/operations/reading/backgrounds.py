"""What is behind a late assignment: what was tried, since when it is asked for, what slips because of it."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from notifications.escalations import Background
from notifications.parts import Attempt, Tried
from workflows.engine.board import Row
from workflows.engine.forecast import Forecast
from workflows.engine.records import Assignment, Via
from workflows.engine.states import Verb
from workflows.store.records import StoredRecord
from workflows.store.transaction import Transaction

_ATTEMPTS: Mapping[Via, Attempt] = {
    Via.PHONE: Attempt.PHONED,
    Via.MEETING: Attempt.MET,
    Via.ZALO: Attempt.MESSAGED,
}

_OLDEST = 20
"""Work of one unit, opened first, whose histories tell since when it is silent: no need to read hundreds."""


def background(transaction: Transaction, assignment: Assignment, forecast: Forecast) -> Background:
    """What was tried, what slips and what the office proposes, for whoever decides about late work."""
    history = transaction.history.of_assignment(assignment.number)
    return Background(tuple(tried(history)), forecast.slips(assignment.id), assignment.facts.proposal)


def tried(history: Iterable[StoredRecord]) -> Iterator[Tried]:
    """Every attempt to bring an assignment about, in the order of its records."""
    for stored in history:
        record = stored.record
        if (
            record.verb in (Verb.REMIND, Verb.ESCALATE)
            and {"reminder", "overdue_since"} & record.facts.keys()
        ):
            yield Tried(Attempt.REMINDED, record.as_of)
        elif record.via is not None and record.via in _ATTEMPTS:
            yield Tried(_ATTEMPTS[record.via], record.as_of)
        elif record.verb is Verb.ESCALATE:
            yield Tried(Attempt.REPORTED, record.as_of)


def asked_since(history: Iterable[StoredRecord]) -> date | None:
    """The day from which the unit has been asked in vain: its first reminder since it last said anything."""
    asked: date | None = None
    for stored in history:
        if stored.record.verb in (Verb.OPEN, Verb.REMIND, Verb.ESCALATE):
            asked = asked or stored.record.as_of
        else:
            asked = None
    return asked


def unheard_since(histories: Iterable[Iterable[StoredRecord]]) -> date | None:
    """As `asked_since` for a unit: the earliest day among the pieces of work it leaves unanswered."""
    return min((day for history in histories if (day := asked_since(history)) is not None), default=None)


def silent_since(transaction: Transaction, silent: Iterable[Row]) -> dict[str, date]:
    """Since when units that leave work unanswered are asked in vain, by unit."""
    held: defaultdict[str, list[Row]] = defaultdict(list)
    for row in silent:
        held[row.unit].append(row)
    oldest = {unit: heapq.nsmallest(_OLDEST, rows, key=_by_opening) for unit, rows in held.items()}
    histories = transaction.history.of_assignments(row.number for rows in oldest.values() for row in rows)
    since = {unit: unheard_since(histories[row.number] for row in rows) for unit, rows in oldest.items()}
    return {unit: day for unit, day in since.items() if day is not None}


def _by_opening(row: Row) -> tuple[date, str]:
    return row.opened_on or date.max, row.id
