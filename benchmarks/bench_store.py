"""The store against bare SQLite: saving 100,000 changes, and looking where there is nothing to do.

Run `python benchmarks/bench_store.py [--json] [--changes N] [--idle N]`. Both sides write the same rows to
the same tables with the same pragmas, in batches of 5,000, each batch its own transaction. The floor has its
rows ready; the store works out texts, digests and guards, and that is what the ratio shows.
"""

import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.report import asked, tell
from plan_definitions.model import CalendarDefinition, Document, Office
from plan_definitions.schedule import Schedule
from workflows.engine.records import Assignment, Change, Notice, NoticeKind, Record
from workflows.engine.states import State, Verb
from workflows.store.database import Database

BATCH = 5_000
TODAY, LATER = date(2026, 6, 10), date(2026, 7, 30)
NOW = datetime(2026, 6, 10, tzinfo=UTC)
UNITS = 20

UPDATE = (
    "UPDATE assignments SET state=?, due=?, opened_on=?, submitted_on=?, done_on=?, finished_on=?, rung=?,"
    " reminded_for=?, next_look=?, facts=? WHERE number=? AND state=?"
)
RECORD = "INSERT INTO records (plan_number, sequence, assignment_number, content, hash) VALUES (?,?,?,?,?)"
NOTICE = (
    'INSERT INTO notices (office, plan_number, assignment_number, kind, occasion, "to", due, rung, as_of,'
    " not_before, sequence) VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)


def waiting(number: int, next_look: date) -> Assignment:
    """An assignment that opens on the day of its next look."""
    task, unit = f"task-{number // UNITS}", f"unit-{number % UNITS}"
    return Assignment(
        number, "plan", f"{task}/{unit}", task, unit, None, State.WAITING, TODAY, LATER, LATER, LATER,
        next_look=next_look,
    )  # fmt: skip


def opening(before: Assignment) -> Change:
    """What the round decides about it: it opens, and its unit hears of it."""
    after = before._replace(state=State.OPEN, opened_on=TODAY, next_look=LATER)
    facts = {"due": LATER.isoformat()}
    record = Record(before.id, Verb.OPEN, before.state, after.state, TODAY, NOW, "round", facts=facts)
    notice = Notice(before.id, NoticeKind.OPENED, LATER, 0, before.unit, TODAY, TODAY)
    return Change(before, after, record, (notice,))


def filled(file: Path, rows: int, next_look: date) -> Database:
    """A database with so many waiting assignments of one plan."""
    database = Database.open(f"sqlite:///{file}", create=True)
    office = Office("office", "Xã", {}, {}, {})
    schedule = Schedule("plan", "Kế hoạch", None, office, CalendarDefinition(), Document(), {}, {}, {})
    with database.write() as transaction:
        transaction.offices.save(office, CalendarDefinition())
        transaction.plans.save_revision(schedule, {}, published_on=TODAY, published_at=NOW, by="publish")
    day = next_look.isoformat()
    with sqlite3.connect(file) as connection:
        connection.executemany(
            "INSERT INTO assignments (number, plan_number, id, task, unit, state, start, original_due, due,"
            " unrolled_due, rung, next_look) VALUES (?,1,?,?,?,'waiting',?,?,?,?,0,?)",
            (
                (n, a.id, a.task, a.unit, str(TODAY), str(LATER), str(LATER), str(LATER), day)
                for n in range(1, rows + 1)
                for a in [waiting(n, next_look)]
            ),
        )
    connection.close()
    return database


def batches(rows: int) -> Iterator[range]:
    """The numbers of the assignments, a batch at a time."""
    return (range(first, min(first + BATCH, rows + 1)) for first in range(1, rows + 1, BATCH))


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def store_seconds(file: Path, rows: int) -> float:
    """Seconds in which the store saves a change for every assignment; deciding is not counted."""
    database, seconds = filled(file, rows, TODAY), 0.0

    def save(changes: Sequence[Change]) -> None:
        with database.write() as transaction:
            assert transaction.apply(1, changes) == []

    for numbers in batches(rows):
        changes = [opening(waiting(n, TODAY)) for n in numbers]
        seconds += timed(lambda changes=changes: save(changes))  # type: ignore[misc]
    with database.read() as transaction:
        assert transaction.assignments.count_by_state(1)[State.OPEN] == rows
    database.close()
    return seconds


def rows_written(file: Path) -> Iterator[list[list[tuple[Any, ...]]]]:
    """The rows the store wrote, as batches of updates, records and notices."""
    connection = sqlite3.connect(file)
    updates = """
        SELECT state, due, opened_on, submitted_on, done_on, finished_on, rung, reminded_for, next_look,
               facts, number, 'waiting'
        FROM assignments ORDER BY number"""
    records = "SELECT plan_number, sequence, assignment_number, content, hash FROM records ORDER BY sequence"
    notices = """
        SELECT office, plan_number, assignment_number, kind, occasion, "to", due, rung, as_of, not_before,
               sequence
        FROM notices ORDER BY id"""
    cursors = [connection.execute(select) for select in (updates, records, notices)]
    while batch := [cursor.fetchmany(BATCH) for cursor in cursors]:
        if not batch[0]:
            break
        yield batch
    connection.close()


def floor_seconds(file: Path, written: Path, rows: int) -> float:
    """Seconds in which bare `executemany` writes what the store wrote to `written`."""
    filled(file, rows, TODAY).close()
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")

    def write(batch: list[list[tuple[Any, ...]]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for statement, values in zip((UPDATE, RECORD, NOTICE), batch, strict=True):
            connection.executemany(statement, values)
        connection.execute("COMMIT")

    seconds = 0.0
    for batch in rows_written(written):
        seconds += timed(lambda batch=batch: write(batch))  # type: ignore[misc]
    connection.close()
    return seconds


def idle_seconds(file: Path, rows: int) -> float:
    """Seconds in which the round sees that none of so many assignments wants anything (median of 20)."""
    database = filled(file, rows, LATER)

    def look() -> None:
        with database.read() as transaction:
            assert transaction.assignments.to_look_at(1, TODAY) == []

    seconds = statistics.median(timed(look) for _ in range(20))
    database.close()
    return seconds


def peak_memory(file: Path) -> float:
    """The most that saving one batch of 5,000 holds beside its changes, in MiB."""
    database = filled(file, BATCH, TODAY)
    changes = [opening(waiting(n, TODAY)) for n in range(1, BATCH + 1)]
    tracemalloc.start()
    with database.write() as transaction:
        transaction.apply(1, changes)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    database.close()
    return peak / 2**20


def measure(changes: int, idle: int, repeats: int) -> dict[str, float]:
    """Every figure; the rates are the best of `repeats` runs, floor and store in turns."""
    with tempfile.TemporaryDirectory() as folder:
        names = count()
        pairs = []
        for _ in range(repeats):
            written = Path(folder, f"{next(names)}.db")
            store = store_seconds(written, changes)
            pairs.append((store, floor_seconds(Path(folder, f"{next(names)}.db"), written, changes)))
        store, floor = (min(seconds) for seconds in zip(*pairs, strict=True))
        return {
            "changes": changes,
            "store_changes_per_second": round(changes / store),
            "floor_changes_per_second": round(changes / floor),
            "ratio": round(floor / store, 3),
            "batch_peak_mib": round(peak_memory(Path(folder, "memory.db")), 1),
            "idle_assignments": idle,
            "idle_look_ms": round(idle_seconds(Path(folder, "idle.db"), idle) * 1000, 3),
        }


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, changes=100_000, idle=1_000_000, repeats=3)
    tell(measure(given.changes, given.idle, given.repeats), as_json=given.json)


if __name__ == "__main__":
    main()
