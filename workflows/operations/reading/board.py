"""The board: the same rows for pages, tables and JSON."""

from dataclasses import dataclass
from datetime import date

from workflows.engine import board
from workflows.engine.board import Row
from workflows.operations.reading.judged import day_of
from workflows.operations.situations import whole_situation
from workflows.store.database import Database
from workflows.store.records import StoredPlan


@dataclass(frozen=True, slots=True)
class Board:
    """One plan on a day: its rows and how many stand where (every standing, zeros included)."""

    plan: StoredPlan
    as_of: date
    rows: tuple[Row, ...]
    counts: dict[str, int]


def read_board(database: Database, office: str, plan: str, *, as_of: date, unit: str | None = None) -> Board:
    """The board of a plan, perhaps of one unit's work only; a closed one stands still.

    Raises NotFound for an unknown plan.
    """
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        situation = whole_situation(transaction, stored)
    as_of = day_of(stored, as_of)
    chosen = None if unit is None else [a for a in situation.assignments.values() if a.unit == unit]
    rows = tuple(board.rows(situation, as_of, chosen))
    return Board(stored, as_of, rows, board.counts(rows))
