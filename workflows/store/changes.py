"""Saving decisions: guarded moves, their records and their notices, thousands at a time."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, text

from workflows.engine.escalation import ROUND
from workflows.engine.history import normal
from workflows.engine.records import Assignment, Change, Facts, Notice
from workflows.store.among import among
from workflows.store.batches import batches
from workflows.store.chain import Chain
from workflows.store.json_texts import dump_facts
from workflows.store.statements import ASSIGNMENTS, MOVED, MOVES, NOTICES, PLANNED, REVISIONS, run
from workflows.store.tables import AssignmentRow

ROW = AssignmentRow

Values = tuple[Any, ...]


def apply(connection: Connection, plan_number: int, changes: Sequence[Change]) -> list[Change]:
    """Save changes of one plan, in their order; the ones lost to somebody who was first.

    Lost is a move whose assignment is no longer as it was decided upon, and a new assignment that is there
    already. A lost change writes no record and no notice. Raises NotFound for an unknown plan.
    """
    writer = _Writer(connection, plan_number, Chain(connection, plan_number))
    return [lost for batch in batches(changes) for lost in writer.apply(batch)]


class _Writer:
    """Writes changes of one plan; the plan's head is locked while it does."""

    def __init__(self, connection: Connection, plan_number: int, chain: Chain) -> None:
        self._connection = connection
        self._plan_number = plan_number
        self._chain = chain
        self._iso = _IsoTexts().__getitem__
        # SQLite keeps days as ISO text; PostgreSQL's driver takes them as they are.
        self._day: Callable[[date | None], Any] = self._iso if connection.dialect.name == "sqlite" else _same
        # By identity, which lasts while the facts are held beside their text.
        self._facts_texts: dict[int, tuple[Facts, str | None]] = {}

    def apply(self, changes: Sequence[Change]) -> list[Change]:
        """Save one batch; the changes that were lost."""
        self._facts_texts.clear()
        lost = self._move([c for c in changes if c.before is not None])
        created = self._create([c.after for c in changes if c.before is None])
        notices: list[Values] = []
        missed = []
        for change in changes:
            number = change.after.number if change.before else created.pop(change.after.id, None)
            if number is None or id(change) in lost:
                missed.append(change)
                continue
            sequence = self._chain.add(change.record, number)
            notices += [self._notice(n, change, number, sequence) for n in change.notices]
        self._chain.save()
        run(self._connection, NOTICES, notices)
        return missed

    def _move(self, moves: Sequence[Change]) -> set[int]:
        """Update what is still as decided upon; the identities of the changes for which it was not."""
        if self._update(moves):
            return set()
        # Somebody was first with one of them; executemany cannot say with which.
        won = self._still_true(moves)
        if not self._update(won):
            raise AssertionError("a locked row changed")
        winners = {id(change) for change in won}
        return {id(change) for change in moves if id(change) not in winners}

    def _update(self, moves: Sequence[Change]) -> bool:
        """Update every row, or none and say False where one was not as it was decided upon."""
        replanned = any(_replanned(change) for change in moves)
        values = self._revision if replanned else self._moved
        rows = [values(change) for change in moves]
        savepoint = self._connection.begin_nested()
        if run(self._connection, REVISIONS if replanned else MOVES, rows) == len(rows):
            savepoint.commit()
            return True
        savepoint.rollback()
        return False

    def _still_true(self, moves: Sequence[Change]) -> list[Change]:
        """The moves whose rows, now locked, are as they were decided upon; none after a lost one."""
        numbers = among(self._connection, (change.after.number for change in moves))
        query = (
            select(ROW.number, ROW.plan_number, ROW.state, ROW.due, ROW.rung, ROW.facts)
            .where(ROW.number.in_(numbers))
            .order_by(ROW.number)
            .with_for_update(key_share=True)
        )
        stored: dict[int, Values] = {
            number: tuple(rest)
            for number, plan_number, *rest in self._connection.execute(query)
            if plan_number == self._plan_number
        }
        won = []
        for change in moves:
            before, after = change.before, change.after
            if before is not None and stored.get(before.number) == _rests_on(before):
                stored[before.number] = _rests_on(after)
                won.append(change)
            else:
                stored.pop(after.number, None)
        return won

    def _create(self, assignments: Sequence[Assignment]) -> dict[str, int]:
        """Insert new assignments; the numbers they got, by id. Those there already are left out."""
        if not assignments:
            return {}
        query = select(ROW.id).where(
            ROW.plan_number == self._plan_number, ROW.id.in_([a.id for a in assignments])
        )
        known = set(self._connection.scalars(query))
        new = {a.id: a for a in assignments if a.id not in known}
        numbers = dict(zip(new, self._numbers(len(new)), strict=True))
        run(self._connection, ASSIGNMENTS, [self._created(a, numbers[a.id]) for a in new.values()])
        return numbers

    def _numbers(self, count: int) -> Sequence[int]:
        """Numbers for new assignments, known before they are written so that their records can name them."""
        if self._connection.dialect.name == "sqlite":
            # The write lock is ours: nobody else takes a number meanwhile.
            last = self._connection.scalar(select(func.max(ROW.number))) or 0
            return range(last + 1, last + 1 + count)
        query = text(
            "SELECT nextval(pg_get_serial_sequence('assignments', 'number')) FROM generate_series(1, :count)"
        )
        return list(self._connection.scalars(query, {"count": count}))

    def _created(self, a: Assignment, number: int) -> Values:
        planned = {name: self._value(getattr(a, name)) for name in (*PLANNED, *MOVED, "next_look")}
        row = planned | {"number": number, "plan_number": self._plan_number, "facts": self._facts(a.facts)}
        return tuple(row[name] for name in ASSIGNMENTS.parameters)

    def _moved(self, change: Change) -> Values:
        day, after = self._day, change.after
        return (
            after.state.value,
            day(after.due),
            day(after.opened_on),
            day(after.submitted_on),
            day(after.done_on),
            day(after.finished_on),
            after.rung,
            after.reminded_for,
            *self._guards(change),
        )

    def _revision(self, change: Change) -> Values:
        names = REVISIONS.parameters[: len(PLANNED) + len(MOVED)]
        values = (self._value(getattr(change.after, name.removeprefix("new_"))) for name in names)
        return (*values, *self._guards(change))

    def _guards(self, change: Change) -> Values:
        before, after = change.before, change.after
        if before is None:
            raise TypeError("a new assignment is no move")
        return (
            self._day(before.next_look),
            self._day(after.next_look),
            self._facts(after.facts),
            after.number,
            self._plan_number,
            before.state.value,
            self._day(before.due),
            before.rung,
            self._facts(before.facts),
        )

    def _notice(self, notice: Notice, change: Change, number: int, sequence: int) -> Values:
        if notice.assignment != change.after.id:
            raise ValueError(f"a change of {change.after.id} with a notice about {notice.assignment}")
        return (
            self._chain.office,
            self._plan_number,
            number,
            notice.kind.value,
            self._occasion(notice, change, sequence),
            notice.to,
            self._day(notice.due),
            notice.rung,
            self._day(notice.as_of),
            self._day(notice.not_before),
            sequence,
        )

    def _occasion(self, notice: Notice, change: Change, sequence: int) -> str:
        """What a notice is told about only once.

        What the round tells about an unchanged state comes once for a due date and rung, however often the
        round runs. Anything else comes of a move, which its guard lets happen once: returned twice for the
        same due date, a unit hears of it twice.
        """
        if change.record.by == ROUND and change.before and change.before.state is change.after.state:
            return f"{self._iso(notice.due) or 'no due date'}, rung {notice.rung}"
        return f"record {sequence}"

    def _facts(self, facts: Facts) -> str | None:
        # Most decisions leave the facts as they were, and most assignments in hand share theirs.
        found = self._facts_texts.get(id(facts))
        if found is None:
            found = self._facts_texts[id(facts)] = (facts, _facts_text(facts))
        return found[1]

    def _value(self, value: object) -> Any:
        return self._day(value) if isinstance(value, date) else _plain(value)


def _replanned(change: Change) -> bool:
    before, after = change.before, change.after
    return before is not None and (
        after.id != before.id
        or after.original_due != before.original_due
        or after.start != before.start
        or after.unrolled_due != before.unrolled_due
        or (after.task, after.unit, after.occurrence) != (before.task, before.unit, before.occurrence)
    )


def _rests_on(a: Assignment) -> Values:
    return (a.state, a.due, a.rung, _facts_text(a.facts))


def _facts_text(facts: Facts) -> str | None:
    text = dump_facts(facts)
    return None if text is None else normal(text)


def _plain(value: object) -> object:
    """Text in one spelling, a word of a vocabulary as plain text; numbers and None as they are."""
    return normal(str(value)) if isinstance(value, str) else value


class _IsoTexts(dict[date | None, str | None]):
    """Days as ISO texts: ten thousand changes name a handful of days ten times each."""

    def __missing__(self, day: date | None) -> str | None:
        text = self[day] = None if day is None else day.isoformat()
        return text


def _same(day: date | None) -> date | None:
    return day
