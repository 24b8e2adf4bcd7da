"""What a whole plan adds up to: its money, and which clauses of the signed document it carries."""

from collections import defaultdict
from typing import NamedTuple

from plan_definitions.graph import Graph
from plan_definitions.schedule import Schedule


class Coverage(NamedTuple):
    """Ids of clauses with a duty, in the order of the document: carried by a task, and carried by none."""

    covered: tuple[str, ...]
    missing: tuple[str, ...]


def clause_coverage(schedule: Schedule) -> Coverage:
    """Which clauses with a duty the tasks carry; clauses that state a fact need nobody."""
    carried = {clause for task in schedule.tasks.values() for clause in task.clauses}
    duties = [clause.id for clause in schedule.clauses.values() if clause.form != "fact"]
    return Coverage(
        covered=tuple(clause for clause in duties if clause in carried),
        missing=tuple(clause for clause in duties if clause not in carried),
    )


def budget_by_source(schedule: Schedule) -> dict[str, int]:
    """The plan's money in đồng, by who pays, in the order in which the tasks name them."""
    sums: defaultdict[str, int] = defaultdict(int)
    for task in schedule.tasks.values():
        for line in task.budget:
            sums[line.source] += line.amount
    return dict(sums)


def critical_chain(schedule: Schedule) -> tuple[str, ...]:
    """The longest chain of tasks none of which may slip, first to last; empty where every task may."""
    critical = {name: task for name, task in schedule.tasks.items() if task.critical}
    before = {name: [e.task for e in task.after if not e.soft] for name, task in critical.items()}
    return Graph.of(before).longest_path()
