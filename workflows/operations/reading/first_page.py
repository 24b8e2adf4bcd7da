"""The first page of a plan, however big: how many stand where, and the most pressing rows.

Assignments of a kind stand alike, and one of each is judged for all. Only the tasks on the page, and those
that hang on others, are read whole, with whatever comes before them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.pressing import Urgency, most_pressing, urgency, wants_attention
from workflows.engine.standings import hangs_on_others
from workflows.engine.states import Standing
from workflows.operations.reading.judged import day_of
from workflows.operations.situations import situation_with, with_all_before
from workflows.store.database import Database
from workflows.store.records import StoredPlan
from workflows.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class FirstPage:
    """A plan at a first look: `rows` are the first of `pressing` assignments that want attention."""

    plan: StoredPlan
    as_of: date
    counts: dict[str, int]
    pressing: int
    rows: tuple[Row, ...]


def read_first_page(database: Database, office: str, plan: str, *, as_of: date, most: int) -> FirstPage:
    """Counts of all, and at most `most` rows. Raises NotFound for an unknown plan."""
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        as_of = day_of(stored, as_of)
        kinds = _kinds(transaction, stored, as_of)
        pressing = [(row, many) for row, many in kinds if wants_attention(row)]
        situation = with_all_before(transaction, stored, _first_tasks(pressing, most))
    return FirstPage(
        plan=stored,
        as_of=as_of,
        counts=_counts(kinds),
        pressing=sum(many for _, many in pressing),
        rows=tuple(most_pressing(filter(wants_attention, board.rows(situation, as_of)), most)),
    )


def _kinds(transaction: Transaction, plan: StoredPlan, as_of: date) -> list[tuple[Row, int]]:
    """Where the plan's work stands: one of each kind, with how many; what hangs on others one by one."""
    found = transaction.assignments.alike(plan.number)
    many = {one.id: count for one, count in found}
    alone = situation_with(plan, (one for one, _ in found))
    known = list(alone.tasks_known(alone.assignments.values()))
    hanging = {one.task for one in known if hangs_on_others(one, alone, as_of)}
    told = [(board.row(one, alone, as_of), many[one.id]) for one in known if one.task not in hanging]
    if hanging:
        whole = with_all_before(transaction, plan, hanging)
        told += [(row, 1) for row in board.rows(whole, as_of) if row.task in hanging]
    return told


def _first_tasks(pressing: Iterable[tuple[Row, int]], most: int) -> set[str]:
    """Tasks that hold the `most` most pressing assignments: names decide last, and begin with the task's."""
    many: Counter[tuple[Urgency, str]] = Counter()
    for row, count in pressing:
        many[urgency(row), f"{row.task}/"] += count
    chosen: set[str] = set()
    passed = 0
    for key in sorted(many):
        if passed >= most:
            break
        chosen.add(key[1].removesuffix("/"))
        passed += many[key]
    return chosen


def _counts(kinds: Iterable[tuple[Row, int]]) -> dict[str, int]:
    found: Counter[Standing] = Counter()
    for row, many in kinds:
        found[row.standing] += many
    return {standing.value: found[standing] for standing in Standing}
