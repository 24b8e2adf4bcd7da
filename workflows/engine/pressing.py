"""What a first look at a plan is for: the most pressing first, and what presses nobody left out."""

import heapq
from collections.abc import Iterable
from datetime import date

from workflows.engine.board import Row
from workflows.engine.states import IN_HAND, Standing

ATTENTION = (
    Standing.OVERDUE,
    Standing.AWAITING_CHECK,
    Standing.DUE_SOON,
    Standing.WAITING_FOR_OTHERS,
)
"""Standings that ask something of somebody."""

MOST_PRESSING_FIRST = (
    *ATTENTION,
    Standing.IN_PROGRESS,
    Standing.ONGOING,
    Standing.NOT_DUE,
    Standing.DONE_LATE,
    Standing.DONE_ON_TIME,
    Standing.CANCELLED,
)

Urgency = tuple[int, bool, date]
"""What a list of all standings is ordered by: the standing's place, those without a date last, the date."""

_PLACES = {standing: position for position, standing in enumerate(MOST_PRESSING_FIRST)}


def wants_attention(row: Row) -> bool:
    """Whether a first look should show it: pressing, or something is asked about it."""
    asked = row.obstacle or row.extension_asked or row.silent or row.evidence_to_follow
    return row.standing in ATTENTION or (row.state in IN_HAND and (asked or row.returned_on is not None))


def by_due(row: Row) -> tuple[bool, date, str]:
    """Sort key of those that stand alike: by date, those without one last, then by name."""
    due = row.due
    return due is None, due or date.max, row.id


def urgency(row: Row) -> Urgency:
    """How much it presses, the most first; the name decides between equals."""
    due = row.due
    return _PLACES[row.standing], due is None, due or date.max


def most_pressing(rows: Iterable[Row], most: int) -> list[Row]:
    """The first, standing by standing and within it by date."""
    return heapq.nsmallest(most, rows, key=lambda row: (*urgency(row), row.id))
