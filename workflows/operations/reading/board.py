"""The board: the same rows for pages, tables and JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.situation import Situation
from workflows.engine.standings import Placed, in_order
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


@dataclass(frozen=True, slots=True)
class Overview:
    """One plan on a day, before rows: where everything stands, in the order of the board's rows, and counts.

    For readers that show a page of a big plan; `rows` are those of a `Board`.
    """

    plan: StoredPlan
    as_of: date
    situation: Situation
    placed: tuple[Placed, ...]
    counts: dict[str, int]

    def rows(self, chosen: Iterable[Placed]) -> list[Row]:
        """What people see of some of it."""
        return [board.row_of(placed, self.situation, self.as_of) for placed in chosen]


def read_board(database: Database, office: str, plan: str, *, as_of: date, unit: str | None = None) -> Board:
    """The board of a plan, perhaps of one unit's work only. Raises NotFound for an unknown plan."""
    seen = read_overview(database, office, plan, as_of=as_of, unit=unit)
    return Board(seen.plan, as_of, tuple(seen.rows(seen.placed)), seen.counts)


def read_overview(
    database: Database, office: str, plan: str, *, as_of: date, unit: str | None = None
) -> Overview:
    """Where a plan's work stands, perhaps one unit's only. Raises NotFound for an unknown plan."""
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        situation = whole_situation(transaction, stored)
    chosen = None if unit is None else [a for a in situation.assignments.values() if a.unit == unit]
    placed = tuple(in_order(situation, as_of, chosen))
    return Overview(stored, as_of, situation, placed, board.counts(placed))
