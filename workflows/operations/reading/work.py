"""One assignment, or all of a unit's, with everything its page shows, read in one moment."""

from dataclasses import dataclass
from datetime import date

from notifications.sections import item, plan_name, read
from notifications.work import Item
from plan_definitions.schedule import ScheduledTask
from workflows.engine import board
from workflows.engine.board import Row, letter_order
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.operations.reading.judged import Judge, Judged, day_of, judge
from workflows.operations.situations import check_in_plan, with_all_before
from workflows.store.database import Database
from workflows.store.records import Evidence, PlanHeading, StoredPlan, StoredRecord
from workflows.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Work:
    """One assignment as its unit sees it: the board's row, the letter's item, what was done and handed in."""

    plan: StoredPlan
    plan_title: str
    task: ScheduledTask
    row: Row
    item: Item
    history: tuple[StoredRecord, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PlanWork:
    """What a unit holds of one plan, in the order of its letter, and the rows that it helps with."""

    plan: StoredPlan
    plan_title: str
    held: tuple[tuple[Row, Item], ...]
    helping: tuple[tuple[Row, Item], ...]


def read_work(database: Database, office: str, plan: str, assignment: str, *, as_of: date) -> Work:
    """One assignment. Raises NotFound for a plan or assignment that does not exist (any more)."""
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        found, day = transaction.assignments.get(stored.number, assignment), day_of(stored, as_of)
        check_in_plan(found, stored)
        ((row, shown),) = _shown(stored, with_all_before(transaction, stored, [found.task]), [found], day)
        return Work(
            stored,
            plan_name(stored.schedule).title,
            stored.schedule.tasks[found.task],
            row,
            shown,
            tuple(transaction.history.of_assignment(found.number)),
            tuple(transaction.evidence.of_assignment(found.number)),
        )


def read_unit(
    database: Database,
    office: str,
    unit: str,
    *,
    as_of: date,
    closed_since: date | None = None,
    judge: Judge = judge,
) -> list[PlanWork]:
    """What a unit holds and helps with in every running plan, and in those closed since a day.

    Plans that do not concern it are left out; closed ones come last and stand as on their last day.
    """
    with database.read() as transaction:
        shown = _plans(transaction, office, closed_since)
        plans = (_of_plan(judge(transaction, plan.number, as_of), unit) for plan in shown)
        return [plan for plan in plans if plan.held or plan.helping]


def _plans(transaction: Transaction, office: str, closed_since: date | None) -> list[PlanHeading]:
    """The running plans, oldest first, then those closed since a day, the latest first."""
    running, closed = list[PlanHeading](), list[PlanHeading]()
    for plan in transaction.plans.headings(office):
        if plan.closed_on is None:
            running.append(plan)
        elif closed_since is not None and plan.closed_on >= closed_since:
            closed.insert(0, plan)
    return running + closed


def unit_history(
    database: Database, office: str, unit: str, *, most: int, closed_since: date | None = None
) -> list[tuple[StoredPlan, StoredRecord]]:
    """The latest records of a unit's assignments in the plans of `read_unit`, newest first."""
    found: list[tuple[StoredPlan, StoredRecord]] = []
    with database.read() as transaction:
        for heading in _plans(transaction, office, closed_since):
            plan = transaction.plans.by_number(heading.number)
            held = transaction.assignments.of_plan(plan.number, units=[unit])
            numbers = [a.number for a in held if a.task in plan.schedule.tasks]
            histories = transaction.history.of_assignments(numbers).values()
            found += [(plan, stored) for history in histories for stored in history]
    found.sort(key=lambda pair: (pair[1].record.now, pair[1].sequence), reverse=True)
    return found[:most]


def _of_plan(judged: Judged, unit: str) -> PlanWork:
    plan = judged.plan
    helped = {task.id for task in plan.schedule.tasks.values() if unit in task.helpers}
    chosen = [a for a in judged.situation.assignments.values() if a.unit == unit or a.task in helped]
    shown = _shown(plan, judged.situation, chosen, judged.as_of)
    own = tuple(pair for pair in shown if pair[0].unit == unit)
    return PlanWork(
        plan,
        plan_name(plan.schedule).title,
        tuple(sorted(own, key=lambda pair: letter_order(pair[0]))),
        tuple(pair for pair in shown if pair[0].unit != unit),
    )


def _shown(
    plan: StoredPlan, situation: Situation, chosen: list[Assignment], as_of: date
) -> list[tuple[Row, Item]]:
    rows = board.rows(situation, as_of, chosen)
    reading = read(plan.schedule, plan.schedule.office, rows, as_of)
    return [(row, item(row, reading)) for row in rows]
