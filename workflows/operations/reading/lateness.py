"""How late each task of a plan was: what next year's plan should learn from this year's."""

from collections.abc import Mapping
from datetime import date

from workflows.engine.states import Standing
from workflows.errors import NotFound
from workflows.operations.reading.board import read_board
from workflows.store.database import Database

_LATE = frozenset({Standing.DONE_LATE, Standing.OVERDUE})


def lateness(database: Database, office: str, plan: str, *, as_of: date) -> Mapping[str, int]:
    """By how many working days each task that was late was late, by task id; the latest unit counts.

    Work that was never finished counts until the plan was closed, or until `as_of`. Nothing where the store
    does not have the plan.
    """
    try:
        board = read_board(database, office, plan, as_of=as_of)
    except NotFound:
        return {}
    late: dict[str, int] = {}
    for row in board.rows:
        if row.standing in _LATE:
            late[row.task] = max(row.working_days_late, late.get(row.task, 0))
    return {task: days for task, days in late.items() if days > 0}
