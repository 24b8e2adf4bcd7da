"""One order on one assignment, with what every verb needs to judge it and to write the change down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from workflows.engine.completion import SETTLED
from workflows.engine.notices import notice
from workflows.engine.orders import Order
from workflows.engine.readiness import edge_completions
from workflows.engine.records import Assignment, Change, Facts, Notice, NoticeKind, Record
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

    @property
    def speaker_roles(self) -> frozenset[str]:
        """The roles of whoever decides: the one spoken for, or the actor."""
        return self.order.by.roles if self.behalf is None else self.situation.roles_of(self.behalf)

    def change(
        self, after: Assignment, *notices: Notice, facts: Mapping[str, object] | None = None
    ) -> Change:
        """The change with its record; the next round looks at unfinished work, whatever its date."""
        order, before = self.order, self.assignment
        after = after._replace(next_look=None if after.state in SETTLED else self.as_of)
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
    return assignment._replace(state=State.DONE, finished_on=case.as_of)


def redated(assignment: Assignment, due: date | None) -> Assignment:
    """A new due date starts its ladder afresh."""
    if due == assignment.due:
        return assignment
    facts = replace(assignment.facts, late_at_publication=False, held_until=None, promise=None)
    return assignment._replace(due=due, rung=0, reminded_for=None, facts=facts)


def flag_successors(case: Case) -> list[Change]:
    """Work that opened because this one was done goes on, and is flagged where it would wait now."""
    if case.assignment.state not in SETTLED:
        return []
    undone = case.assignment._replace(state=State.OPEN, done_on=None, finished_on=None)
    situation = replace(case.situation, assignments={**case.situation.assignments, undone.id: undone})
    return [
        Change(
            successor,
            successor._replace(facts=replace(successor.facts, flagged=True)),
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
        for name in situation.graph.successors[undone.task]
        for edge in situation.schedule.tasks[name].after
        if edge.task == undone.task and not edge.soft
        for other in situation.of_task(name)
        if other.state in opened and not other.facts.flagged
        if not all(judged.satisfied for judged in edge_completions(other, edge, situation))
    ]
