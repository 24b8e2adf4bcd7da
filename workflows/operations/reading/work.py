"""One assignment, or all of a unit's, with everything its page shows, read in one moment."""

from dataclasses import dataclass
from datetime import date

from notifications.parts import Item
from notifications.sections import item, plan_name, read
from plan_definitions.schedule import ScheduledTask
from workflows.engine import board
from workflows.engine.board import Row, letter_order
from workflows.engine.records import Assignment
from workflows.errors import NotFound
from workflows.operations.situations import near_situation
from workflows.store.database import Database
from workflows.store.records import Evidence, StoredPlan, StoredRecord
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
        found = transaction.assignments.get(stored.number, assignment)
        if found.task not in stored.schedule.tasks:
            raise NotFound("a revision has taken `{name}` out of the plan", name=assignment)
        ((row, shown),) = _shown(transaction, stored, [found], as_of)
        return Work(
            stored,
            plan_name(stored.schedule).title,
            stored.schedule.tasks[found.task],
            row,
            shown,
            tuple(transaction.history.of_assignment(found.number)),
            tuple(transaction.evidence.of_assignment(found.number)),
        )


def read_unit(database: Database, office: str, unit: str, *, as_of: date) -> list[PlanWork]:
    """What a unit holds and helps with in every running plan; plans that do not concern it are left out."""
    with database.read() as transaction:
        plans = (_of_plan(transaction, plan, unit, as_of) for plan in transaction.plans.running(office))
        return [plan for plan in plans if plan.held or plan.helping]


def unit_history(
    database: Database, office: str, unit: str, *, most: int
) -> list[tuple[StoredPlan, StoredRecord]]:
    """The latest records of a unit's assignments in every plan, newest first."""
    found: list[tuple[StoredPlan, StoredRecord]] = []
    with database.read() as transaction:
        for plan in transaction.plans.running(office):
            for assignment in transaction.assignments.of_plan(plan.number, units=[unit]):
                if assignment.task in plan.schedule.tasks:
                    found += [(plan, s) for s in transaction.history.of_assignment(assignment.number)]
    found.sort(key=lambda pair: (pair[1].record.now, pair[1].sequence), reverse=True)
    return found[:most]


def _of_plan(transaction: Transaction, plan: StoredPlan, unit: str, as_of: date) -> PlanWork:
    helped = [task.id for task in plan.schedule.tasks.values() if unit in task.helpers]
    held = transaction.assignments.of_plan(plan.number, units=[unit])
    others = [a for a in transaction.assignments.of_tasks(plan.number, helped) if a.unit != unit]
    shown = _shown(transaction, plan, [*held, *others], as_of)
    own = tuple(pair for pair in shown if pair[0].unit == unit)
    return PlanWork(
        plan,
        plan_name(plan.schedule).title,
        tuple(sorted(own, key=lambda pair: letter_order(pair[0]))),
        tuple(pair for pair in shown if pair[0].unit != unit),
    )


def _shown(
    transaction: Transaction, plan: StoredPlan, chosen: list[Assignment], as_of: date
) -> list[tuple[Row, Item]]:
    situation = near_situation(transaction, plan, chosen)
    rows = board.rows(situation, as_of, chosen)
    reading = read(plan.schedule, plan.schedule.office, rows, as_of)
    return [(row, item(row, reading)) for row in rows]
