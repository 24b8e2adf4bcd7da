"""Statements of the hot path: compiled once for each database, then run with plain tuples.

SQLAlchemy's own way through `execute` prepares every parameter set by name and type; for 100,000 changes
that costs more than the database does. Here the values already have the form the driver takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, UpdateBase, bindparam, case, update

from workflows.store.tables import AssignmentRow, Base, LetterItemRow, NoteRow, NoticeRow, RecordRow
from workflows.store.upserts import insert


@dataclass(frozen=True)
class Statement:
    """An INSERT or UPDATE of many rows, and the names of its parameters in the order of the tuples."""

    build: Callable[[Connection], UpdateBase]
    parameters: tuple[str, ...]
    compiled: dict[str, str] = field(default_factory=dict, compare=False)

    def text(self, connection: Connection) -> str:
        """The statement in the dialect at hand."""
        found = self.compiled.get(connection.dialect.name)
        if found is None:
            compiled = self.build(connection).compile(dialect=connection.dialect)
            # The tuples rely on this order; a changed statement must not put values into wrong columns.
            if tuple(compiled.positiontup or ()) != self.parameters:
                raise AssertionError(f"{compiled} takes {compiled.positiontup}")
            found = self.compiled[connection.dialect.name] = str(compiled)
        return found


def run(connection: Connection, statement: Statement, rows: Sequence[tuple[Any, ...]]) -> int:
    """Run a statement for every row; how many rows it touched."""
    if not rows:
        return 0
    return connection.exec_driver_sql(statement.text(connection), list(rows)).rowcount


def _names(table: type[Base]) -> list[str]:
    return [column.name for column in table.__table__.columns]


def _insertion(table: type[Base], *columns: str, once: bool = False) -> Statement:
    """An INSERT of these columns; with `once`, rows already there are passed over."""

    def build(connection: Connection) -> UpdateBase:
        statement = insert(connection, table).inline().values({name: bindparam(name) for name in columns})
        return statement.on_conflict_do_nothing() if once else statement

    return Statement(build, columns)


PLANNED = ("id", "task", "unit", "occurrence", "start", "original_due", "unrolled_due")
"""Columns of an assignment that only a revision changes."""

MOVED = ("state", "due", "opened_on", "submitted_on", "done_on", "finished_on", "rung", "reminded_for")
"""Columns of an assignment that its moves change, beside `next_look` and `facts`."""

GUARDS = ("was_state", "was_due", "was_rung", "was_facts")
"""What a decision rested on: it is saved only where all of it is still so."""


def _guarded_update(*columns: str) -> Statement:
    """An UPDATE of these columns, `next_look` and `facts` of a row that is still as it was decided upon.

    A row woken in between keeps its earlier `next_look`: being woken must never be lost.
    """
    row = AssignmentRow

    def build(_connection: Connection) -> UpdateBase:
        day = row.next_look.type
        woken = row.next_look.is_distinct_from(bindparam("seen_look", type_=day))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        values["next_look"] = case((woken, row.next_look), else_=bindparam("new_next_look", type_=day))
        values["facts"] = bindparam("new_facts")
        return (
            update(row)
            .where(
                row.number == bindparam("at_number"),
                row.plan_number == bindparam("at_plan", type_=row.plan_number.type),
                row.state == bindparam("was_state", type_=row.state.type),
                row.due.is_not_distinct_from(bindparam("was_due", type_=row.due.type)),
                row.rung == bindparam("was_rung", type_=row.rung.type),
                row.facts.is_not_distinct_from(bindparam("was_facts", type_=row.facts.type)),
            )
            .values(values)
        )

    new = tuple(f"new_{name}" for name in columns)
    return Statement(
        build, (*new, "seen_look", "new_next_look", "new_facts", "at_number", "at_plan", *GUARDS)
    )


MOVES = _guarded_update(*MOVED)
REVISIONS = _guarded_update(*(name for name in _names(AssignmentRow) if name in {*PLANNED, *MOVED}))
ASSIGNMENTS = _insertion(AssignmentRow, *_names(AssignmentRow))
RECORDS = _insertion(RecordRow, *_names(RecordRow))
NOTES = _insertion(NoteRow, *_names(NoteRow))
LETTER_ITEMS = _insertion(LetterItemRow, *_names(LetterItemRow))
NOTICES = _insertion(
    NoticeRow,
    *(name for name in _names(NoticeRow) if name not in {"id", "letter_id", "dropped"}),
    once=True,
)
