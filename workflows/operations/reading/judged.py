"""A plan on a day, read and judged: what boards, desks and cases are made from."""

from collections.abc import Callable
from datetime import date
from threading import RLock

from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.forecast import Forecast
from workflows.engine.situation import Situation
from workflows.operations.situations import situation_with, whole_situation
from workflows.store.database import Database
from workflows.store.records import PlanHeading, StoredPlan
from workflows.store.transaction import Transaction


def day_of(plan: PlanHeading, as_of: date) -> date:
    """The day on which a plan is judged: a closed one stands as it stood when it was closed."""
    return as_of if plan.closed_on is None else min(as_of, plan.closed_on)


class Judged:
    """A plan with all of its assignments on a day. What is worked out from it is worked out once, when first
    asked for; threads may share it.
    """

    def __init__(self, plan: StoredPlan, as_of: date, situation: Situation) -> None:
        self.plan = plan
        self.as_of = day_of(plan, as_of)
        self.situation = situation
        self._working = RLock()
        self._rows: tuple[Row, ...] | None = None
        self._forecast: Forecast | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every assignment as people see it, in the order of the board."""
        with self._working:
            if self._rows is None:
                self._rows = tuple(board.rows(self.situation, self.as_of))
            return self._rows

    @property
    def forecast(self) -> Forecast:
        """What slips because of what."""
        with self._working:
            if self._forecast is None:
                self._forecast = Forecast(self.situation, self.as_of)
            return self._forecast


Judge = Callable[[Transaction, int, date], Judged]
"""From a transaction and the store's number of a plan to the plan as it is in that transaction, on a day.

Whoever lives long enough to read a plan twice may remember it; see `judge` for one that remembers nothing.
"""


def judge(transaction: Transaction, number: int, as_of: date) -> Judged:
    """Read a plan and its assignments. Raises NotFound."""
    plan = transaction.plans.by_number(number)
    return Judged(plan, as_of, whole_situation(transaction, plan))


def judge_again(transaction: Transaction, known: Judged, as_of: date) -> Judged:
    """As `judge`, where an earlier reading is at hand: of a plan that went on, only what has moved is read.

    Whatever changes an assignment leaves a record about it, save the count of letters without an answer.
    """
    before, plan = known.plan, transaction.plans.by_number(known.plan.number)
    if (plan.revision, plan.letters_counted) != (before.revision, before.letters_counted):
        return judge(transaction, plan.number, as_of)
    moved = transaction.history.told_since(before)
    if moved is None:
        return judge(transaction, plan.number, as_of)
    assignments = dict(known.situation.assignments)
    assignments.update((a.id, a) for a in transaction.assignments.by_numbers(moved).values())
    return Judged(plan, as_of, situation_with(plan, assignments.values()))


def read_judged(database: Database, office: str, plan: str, *, as_of: date, judge: Judge = judge) -> Judged:
    """A plan of an office by its id. Raises NotFound."""
    with database.read() as transaction:
        return judge(transaction, transaction.plans.get(office, plan).number, as_of)
