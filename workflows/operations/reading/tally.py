"""The four-way count of each unit, as tables and artifacts show it."""

from datetime import date
from typing import TypedDict

from notifications.sections import tally
from workflows.engine.board import Row
from workflows.operations.reading.judged import Judge, Judged, judge
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


def tally_by_unit(database: Database, office: str, *, as_of: date, judge: Judge = judge) -> list[UnitTally]:
    """The counts of every unit in every running plan of an office, in the order of units.yaml."""
    with database.read() as transaction:
        plans = transaction.plans.headings(office, running=True)
        found = [judge(transaction, plan.number, as_of) for plan in plans]
    return [one for judged in found for one in _of_plan(judged)]


def _of_plan(judged: Judged) -> list[UnitTally]:
    by_unit: dict[str, list[Row]] = {}
    for row in judged.rows:
        by_unit.setdefault(row.unit, []).append(row)
    units = judged.plan.schedule.office.units
    found = []
    for name in (unit for unit in units if unit in by_unit):
        counted = tally(by_unit[name], judged.as_of)
        found.append(
            UnitTally(
                plan=judged.plan.id, unit=name, name=units[name].name,
                on_time=counted.on_time, late=counted.late, in_time=counted.in_time,
                overdue=counted.overdue, waiting=counted.waiting,
            )
        )  # fmt: skip
    return found
