"""One order on one assignment, with what every verb needs to judge it and to write the change down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from workflows.engine.orders import Order
from workflows.engine.readiness import edge_completions
from workflows.engine.records import Assignment, Change, Facts, Notice, NoticeKind, Record
from workflows.engine.round import notice
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb


@dataclass(frozen=True, slots=True)
class Case:
    """One order on one assignment, with everything needed to judge it."""

    order: Order
    assignment: Assignment
    situation: Situation
    as_of: date
    now: datetime
    behalf: str | None

    @property
    def facts(self) -> Facts:
        return self.assignment.facts

    def change(
        self,
        after: Assignment,
        *notices: Notice,
        facts: Mapping[str, object] | None = None,
        looks: bool = True,
    ) -> Change:
        """The change with its record; the next round looks at unfinished work, whatever its date."""
        order, before = self.order, self.assignment
        resting = after.state in (State.DONE, State.CANCELLED) or not looks
        after = replace(after, next_look=None if resting else self.as_of)
        said = {"said_by": order.said_by} if order.said_by else {}
        record = Record(
            before.id,
            order.verb,
            before.state,
            after.state,
            self.as_of,
            self.now,
            order.by.name,
            self.behalf,
            order.via,
            {**(facts or {}), **said},
            order.note,
        )
        return Change(before, after, record, notices)

    def tell_unit(self, after: Assignment, kind: NoticeKind) -> Notice:
        return notice(after, kind, after.unit, self.as_of)


def finish(assignment: Assignment, case: Case) -> Assignment:
    return replace(assignment, state=State.DONE, finished_on=case.as_of)


def redated(assignment: Assignment, due: date | None) -> Assignment:
    """A new due date starts its ladder afresh."""
    if due == assignment.due:
        return assignment
    facts = replace(assignment.facts, late_at_publication=False, held_until=None, promise=None)
    return replace(assignment, due=due, rung=0, reminded_for=None, facts=facts)


def flag_successors(case: Case) -> list[Change]:
    """Work that opened because this one was done goes on, and is flagged where it would wait now."""
    if case.assignment.state not in (State.DONE, State.CANCELLED):
        return []
    undone = replace(case.assignment, state=State.OPEN, done_on=None, finished_on=None)
    situation = replace(case.situation, assignments={**case.situation.assignments, undone.id: undone})
    return [
        Change(
            successor,
            replace(successor, facts=replace(successor.facts, flagged=True)),
            Record(
                successor.id, Verb.REVISE, successor.state, successor.state, case.as_of, case.now,
                case.order.by.name, facts={"flagged_by": case.assignment.id},
            ),
        )
        for successor in _opened_successors(undone, situation)
    ]  # fmt: skip


def _opened_successors(undone: Assignment, situation: Situation) -> list[Assignment]:
    opened = (State.OPEN, State.STARTED, State.SUBMITTED)
    return [
        other
        for task in situation.schedule.tasks.values()
        for edge in task.after
        if edge.task == undone.task and not edge.soft
        for other in situation.of_task(task.id)
        if other.state in opened and not other.facts.flagged
        if not all(judged.satisfied for judged in edge_completions(other, edge, situation))
    ]
