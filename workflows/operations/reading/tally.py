"""The four-way count of each unit, as tables and artifacts show it."""

from datetime import date
from typing import TypedDict

from notifications.sections import tally
from workflows.engine.board import Row
from workflows.operations.reading.board import read_board
from workflows.store.database import Database


class UnitTally(TypedDict):
    """One unit's work in one plan: done (on time, late), not done (in time, overdue), waiting for others."""

    plan: str
    unit: str
    name: str
    on_time: int
    late: int
    in_time: int
    overdue: int
    waiting: int


def tally_by_unit(database: Database, office: str, *, as_of: date) -> list[UnitTally]:
    """The counts of every unit in every running plan of an office, in the order of units.yaml."""
    with database.read() as transaction:
        plans = [heading.id for heading in transaction.plans.headings(office, running=True)]
    return [one for plan in plans for one in _of_plan(database, office, plan, as_of)]


def _of_plan(database: Database, office: str, plan: str, as_of: date) -> list[UnitTally]:
    board = read_board(database, office, plan, as_of=as_of)
    by_unit: dict[str, list[Row]] = {}
    for row in board.rows:
        by_unit.setdefault(row.unit, []).append(row)
    units = board.plan.schedule.office.units
    found = []
    for name in (unit for unit in units if unit in by_unit):
        counted = tally(by_unit[name], as_of)
        found.append(
            UnitTally(
                plan=plan, unit=name, name=units[name].name, on_time=counted.on_time, late=counted.late,
                in_time=counted.in_time, overdue=counted.overdue, waiting=counted.waiting,
            )
        )  # fmt: skip
    return found
