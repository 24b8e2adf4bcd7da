"""Assignments: the board's rows, and those a round has to look at."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from plan_definitions.diagnostics import did_you_mean
from workflows.engine.records import Assignment, Facts
from workflows.engine.states import IN_HAND, UNFINISHED, State
from workflows.errors import NotFound
from workflows.store.among import among
from workflows.store.json_texts import dump_facts, load_facts
from workflows.store.tables import AssignmentRow, PlanRow

ROW = AssignmentRow
_NEAR = 5000
"""How many names are searched for the one that a mistyped name meant: enough for any commune's plan."""


def _as_stored(column: Any) -> ColumnElement[Any]:
    """A column whose values come as the driver gives them: `_assignments` looks up what they mean."""
    return type_coerce(column, Text())


_COLUMNS = (
    ROW.number,
    PlanRow.id.label("plan"),
    ROW.id,
    ROW.task,
    ROW.unit,
    ROW.occurrence,
    _as_stored(ROW.state),
    _as_stored(ROW.start),
    _as_stored(ROW.original_due),
    _as_stored(ROW.due),
    _as_stored(ROW.unrolled_due),
    _as_stored(ROW.opened_on),
    _as_stored(ROW.submitted_on),
    _as_stored(ROW.done_on),
    _as_stored(ROW.finished_on),
    ROW.rung,
    ROW.reminded_for,
    _as_stored(ROW.next_look),
    ROW.facts,
)


class Assignments:
    """The assignments of every plan; they change through `Transaction.apply` only, save for `next_look`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, plan_number: int, id: str) -> Assignment:  # noqa: A002 - the language's word
        """The assignment named `task/unit` or `task/unit/n`. Raises NotFound."""
        found = self._read(_of_plan(plan_number).where(ROW.id == id))
        if not found:
            known = self._connection.scalars(
                select(ROW.id).where(ROW.plan_number == plan_number).limit(_NEAR)
            )
            raise NotFound("there is no assignment `{id}` in this plan", did_you_mean(id, list(known)), id=id)
        return found[0]

    def by_numbers(self, numbers: Iterable[int]) -> dict[int, Assignment]:
        """Assignments of any plan by the store's number, lowest first; unknown numbers are left out."""
        chosen = among(self._connection, numbers)
        found = self._read(_SELECT.where(ROW.number.in_(chosen)).order_by(ROW.number))
        return {assignment.number: assignment for assignment in found}

    def of_plan(
        self,
        plan_number: int,
        *,
        units: Collection[str] | None = None,
        states: Collection[State] | None = None,
    ) -> list[Assignment]:
        """A plan's assignments in the order they were made, perhaps only of some units or in some states."""
        query = _of_plan(plan_number).order_by(ROW.number)
        if units is not None:
            query = query.where(ROW.unit.in_(sorted(units)))
        if states is not None:
            query = query.where(ROW.state.in_(sorted(states)))
        return self._read(query)

    def of_tasks(
        self, plan_number: int, tasks: Collection[str], *, besides: Iterable[Assignment] = ()
    ) -> list[Assignment]:
        """Every assignment of some tasks, `besides` those at hand already."""
        query = _of_plan(plan_number).where(ROW.task.in_(sorted(tasks))).order_by(ROW.number)
        known = among(self._connection, (assignment.number for assignment in besides))
        return self._read(query.where(ROW.number.not_in(known)))

    def alike(self, plan_number: int) -> list[tuple[Assignment, int]]:
        """One of each kind of a plan's assignments, and how many there are.

        Those of a kind differ by unit, turn and what was noted about reminders: where no predecessor holds
        them up they stand alike on every day.
        """
        kind = (ROW.task, ROW.occurrence.is_(None), ROW.state, ROW.start, ROW.due, ROW.done_on, ROW.facts)
        query = select(func.min(ROW.number), func.count()).where(ROW.plan_number == plan_number)
        found = dict(self._connection.execute(query.group_by(*kind)).tuples().all())
        return [(one, found[number]) for number, one in self.by_numbers(found).items()]

    def to_look_at(
        self,
        plan_number: int,
        as_of: date,
        *,
        limit: int = 5000,
        states: Collection[State] | None = None,
        or_turns: bool = False,
        after: Assignment | None = None,
    ) -> list[Assignment]:
        """Assignments that time may change on `as_of`, earliest `next_look` first.

        Only those in `states`, if given; with `or_turns` the turns of repeated tasks in any other state, too.

        `after` is the last one of the batch before, as it was read then: the batches of one pass neither
        skip nor repeat, whatever the decisions in between did to `next_look`.
        """
        query = _of_plan(plan_number).where(ROW.next_look <= as_of)
        if states is not None:
            chosen = ROW.state.in_(sorted(states))
            query = query.where(or_(chosen, ROW.occurrence.is_not(None)) if or_turns else chosen)
        if after is not None:
            later = and_(ROW.next_look == after.next_look, ROW.number > after.number)
            query = query.where(ROW.next_look >= after.next_look, or_(ROW.next_look > after.next_look, later))
        return self._read(query.order_by(ROW.next_look, ROW.number).limit(limit))

    def look_again(self, looked_at: Iterable[tuple[Assignment, date | None]]) -> None:
        """Put off looked-at assignments that did not change to their next day; woken ones stay awake."""
        days = [
            {"n": a.number, "seen": a.next_look, "day": day} for a, day in looked_at if a.next_look != day
        ]
        if days:
            statement = (
                update(ROW.__table__)  # type: ignore[arg-type]
                .where(ROW.number == bindparam("n"), ROW.next_look.is_not_distinct_from(bindparam("seen")))
                .values(next_look=bindparam("day"))
            )
            self._connection.execute(statement, days)

    def wake(
        self, plan_number: int, as_of: date, *, ids: Collection[str] = (), tasks: Collection[str] = ()
    ) -> int:
        """Have the round of `as_of` look at unfinished assignments, named or of some tasks; how many woke."""
        statement = update(ROW).where(
            ROW.plan_number == plan_number,
            or_(ROW.id.in_(sorted(ids)), ROW.task.in_(sorted(tasks))),
            ROW.state.in_(sorted(UNFINISHED)),
            or_(ROW.next_look.is_(None), ROW.next_look > as_of),
        )
        return self._connection.execute(statement.values(next_look=as_of)).rowcount

    def count_letter(self, numbers: Iterable[int], as_of: date) -> None:
        """Count one more letter, of `as_of`, in which these units were asked; their next word sets the
        count to zero.
        """
        self._count(numbers, lambda facts: replace(facts, unanswered=facts.unanswered + 1, asked_on=as_of))

    def take_back_letter(self, numbers: Iterable[int]) -> None:
        """Count one letter less in which these units were asked: it never left."""
        self._count(numbers, _one_less)

    def _count(self, numbers: Iterable[int], counted: Callable[[Facts], Facts]) -> None:
        asked = ROW.number.in_(among(self._connection, numbers))
        # Let readers of the plans know. Plans first, assignments after, as moves lock them.
        plans = self._connection.scalars(select(ROW.plan_number).where(asked).distinct()).all()
        for plan in sorted(plans):
            raised = update(PlanRow).where(PlanRow.number == plan)
            self._connection.execute(raised.values(letters_counted=PlanRow.letters_counted + 1))
        in_hand = select(ROW.facts, ROW.number).where(asked, ROW.state.in_(sorted(IN_HAND)))
        query = in_hand.order_by(ROW.number).with_for_update(key_share=True)
        alike: defaultdict[str | None, list[int]] = defaultdict(list)
        for facts, number in self._connection.execute(query).all():
            alike[facts].append(number)
        for facts, held in alike.items():
            noted = update(ROW).where(ROW.number.in_(among(self._connection, held)))
            self._connection.execute(noted.values(facts=dump_facts(counted(load_facts(facts)))))

    def count_by_state(self, plan_number: int) -> dict[State, int]:
        """How many assignments stand in each state, zeros included."""
        query = select(ROW.state, func.count()).where(ROW.plan_number == plan_number).group_by(ROW.state)
        counts = dict.fromkeys(State, 0)
        counts.update((state, count) for state, count in self._connection.execute(query))
        return counts

    def _read(self, query: Select[Any]) -> list[Assignment]:
        return _assignments(self._connection.execute(query).all())


_SELECT: Select[Any] = select(*_COLUMNS).join(PlanRow, PlanRow.number == ROW.plan_number)


def _of_plan(plan_number: int) -> Select[Any]:
    return _SELECT.where(ROW.plan_number == plan_number)


class _Days(dict[Any, date | None]):
    """Days by what the driver gives: ISO text of SQLite, days of PostgreSQL. Thousands of rows name a few."""

    def __missing__(self, stored: str | date | None) -> date | None:
        day = self[stored] = date.fromisoformat(stored) if isinstance(stored, str) else stored
        return day


_STATES = {state.value: state for state in State}


def _assignments(rows: Iterable[Row[Any]]) -> list[Assignment]:
    """Rows of `_COLUMNS`; a round and a board read tens of thousands. KeyError for an unknown state."""
    day = _Days().__getitem__
    return [
        Assignment(
            number, plan, id_, task, unit, occurrence, _STATES[state],
            day(start), day(original_due), day(due), day(unrolled_due),
            day(opened_on), day(submitted_on), day(done_on), day(finished_on),
            rung, reminded_for, day(next_look), load_facts(facts),
        )
        for (
            number, plan, id_, task, unit, occurrence, state, start, original_due, due, unrolled_due,
            opened_on, submitted_on, done_on, finished_on, rung, reminded_for, next_look, facts,
        ) in rows
    ]  # fmt: skip


def _one_less(facts: Facts) -> Facts:
    left = max(0, facts.unanswered - 1)
    return replace(facts, unanswered=left, asked_on=facts.asked_on if left else None)
