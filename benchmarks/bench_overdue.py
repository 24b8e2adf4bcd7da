"""A whole morning: 10,000 overdue pieces of work of 20 units, from looking to letters at the mail server.

    python benchmarks/bench_overdue.py [--assignments 10000] [--rounds 3] [--json]

Everything fell due on Tuesday and nobody reported. On Wednesday the round finds out, writes for each piece of
work the history, the news for its unit and for the standing office, then the letters; delivery puts them into
words and bytes and hands them to a mail server on loopback. The goal is one second for all of it without
Prefect's start.

The database is the one that the mornings before were run on, kept open as the clock of `dondoc up` keeps it;
`opened_s` is a morning on a database opened a moment ago, as `dondoc round` and `dondoc deliver` have it.

The floor writes the same rows with bare `sqlite3.executemany` (the same pragmas, batches of 5,000) and sends
the same bytes with smtplib: it looks at nothing, decides nothing and says nothing.
"""

import shutil
import smtplib
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.commune import DUE, OFFICE, PUBLISHED, VILLAGES, at, lane, plan_of
from benchmarks.report import asked, tell
from benchmarks.sink import LOOPBACK, running_sink
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport
from workflows.garbage import FOR_A_CALL, few_collections
from workflows.operations.mail.deliver import deliver
from workflows.operations.publish import publish
from workflows.operations.round import advance, escalate, write_letters
from workflows.operations.tickets import NoRound, begin_round, finish_round
from workflows.store.database import Database

WEDNESDAY = DUE + timedelta(1)
EARLIER = tuple(PUBLISHED + timedelta(days) for days in range((DUE - PUBLISHED).days))
"""Days whose rounds and letters come before the day before: the opening, a reminder, a week-end."""

BATCH = 5_000
TABLES = ("assignments", "records", "notices", "letters", "letter_items", "frozen_letters")


class Clock:
    """The morning of a day, wherever the watch stands."""

    def __init__(self) -> None:
        self.now = at(PUBLISHED)


def morning(database: Database, port: int, clock: Clock, timed: dict[str, float]) -> int:
    """One day's round and delivery, each step timed; how many letters were sent."""

    def step(name: str, call: Callable[[], Any]) -> Any:
        begun = time.perf_counter()
        result = call()
        timed[name] = time.perf_counter() - begun
        return result

    def now() -> Any:
        return clock.now

    day = clock.now.date()
    ticket = begin_round(database, OFFICE, as_of=day, now=clock.now)
    assert not isinstance(ticket, NoRound)
    step("advance", lambda: advance(database, ticket, now))
    step("escalate", lambda: escalate(database, ticket, now))
    step("summarise", lambda: write_letters(database, ticket, now))
    finish_round(database, ticket, {}, now=clock.now)

    def send() -> int:
        with YagmailTransport(MailServer(LOOPBACK, port, Security.NONE)) as transport:
            return deliver(database, transport, lane(), now).sent

    sent: int = step("deliver", send)
    return sent


def prepared(folder: Path, assignments: int, port: int) -> Path:
    """A database on Monday evening: everything open, told of and reminded of."""
    file = folder / "prepared.db"
    database, clock = Database.open(f"sqlite:///{file}", create=True), Clock()
    publish(database, plan_of(folder, assignments), {}, as_of=PUBLISHED, now=at(PUBLISHED, 6))
    for day in EARLIER:
        clock.now = at(day)
        morning(database, port, clock, {})
    database.close()
    return file


@dataclass(frozen=True)
class Morning:
    """The Wednesday: seconds of its steps, the files of the evening before and of the day, letters sent."""

    timed: dict[str, float]
    before: Path
    after: Path
    sent: int


def measure_once(folder: Path, monday: Path, port: int, *, opened_anew: bool = False) -> Morning:
    """Tuesday, then the Wednesday, on a copy of the prepared database."""
    before, after = folder / "tuesday.db", folder / "wednesday.db"
    for old in (*folder.glob("tuesday.db*"), *folder.glob("wednesday.db*")):
        old.unlink()
    shutil.copy(monday, after)
    database, clock, timed = Database.open(f"sqlite:///{after}", create=False), Clock(), dict[str, float]()
    clock.now = at(DUE)
    morning(database, port, clock, {})
    with closing(sqlite3.connect(after)) as now, closing(sqlite3.connect(before)) as kept:
        now.backup(kept)
    if opened_anew:
        database.close()
        database = Database.open(f"sqlite:///{after}", create=False)
    clock.now = at(WEDNESDAY)
    cpu, wall = time.process_time(), time.perf_counter()
    sent = morning(database, port, clock, timed)
    timed |= {"total": time.perf_counter() - wall, "total_cpu": time.process_time() - cpu}
    database.close()
    return Morning(timed, before, after, sent)


def floor_seconds(folder: Path, before: Path, after: Path, port: int) -> float:
    """Seconds for the same rows by bare executemany and the same bytes by smtplib."""
    file = folder / "floor.db"
    for old in folder.glob("floor.db*"):
        old.unlink()
    shutil.copy(before, file)
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    written = {table: _new_rows(after, file, table) for table in TABLES}
    letters = _letters(after, {row[0] for row in written["letters"][1]})
    begun = time.perf_counter()
    for table, (columns, rows) in written.items():
        marks = ",".join("?" * len(columns))
        for start in range(0, len(rows), BATCH):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES ({marks})",  # noqa: S608 - our own names
                rows[start : start + BATCH],
            )
            connection.execute("COMMIT")
    with smtplib.SMTP(LOOPBACK, port) as server:
        for address, data in letters:
            server.sendmail("dondoc@xa.example", [address], data)
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def _new_rows(after: Path, before: Path, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns of a table, and the rows that the morning wrote or changed."""
    connection = sqlite3.connect(after)
    connection.execute("ATTACH ? AS old", (str(before),))
    cursor = connection.execute(f"SELECT * FROM {table} EXCEPT SELECT * FROM old.{table}")  # noqa: S608
    rows, columns = cursor.fetchall(), [column[0] for column in cursor.description]
    connection.close()
    return columns, rows


def _letters(after: Path, numbers: set[int]) -> list[tuple[str, bytes]]:
    """Addresses and bytes of letters."""
    connection = sqlite3.connect(after)
    query = "SELECT l.id, l.address, f.data FROM letters l JOIN frozen_letters f ON f.letter_id = l.id"
    found = [(to, zlib.decompress(data)) for id, to, data in connection.execute(query) if id in numbers]  # noqa: A001
    connection.close()
    return found


def measure(assignments: int, rounds: int) -> dict[str, float]:
    """The best of several mornings beside the best floor, in turns."""
    mornings, opened, floors = list[dict[str, float]](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as name, running_sink() as port:
        folder = Path(name)
        monday = prepared(folder, assignments, port)
        for _ in range(rounds):
            opened.append(measure_once(folder, monday, port, opened_anew=True).timed["total"])
            found = measure_once(folder, monday, port)
            assert found.sent > VILLAGES
            mornings.append(found.timed)
            floors.append(floor_seconds(folder, found.before, found.after, port))
    best, floor = min(mornings, key=lambda timed: timed["total"]), min(floors)
    return {
        "assignments": assignments,
        "letters": found.sent,
        **{f"{name}_s": round(value, 3) for name, value in best.items()},
        "opened_s": round(min(opened), 3),
        "floor_s": round(floor, 3),
        "ratio": round(best["total"] / floor, 2),
    }


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, assignments=10_000, rounds=3)
    # As in every process of ours that runs a round.
    with few_collections(FOR_A_CALL):
        found = measure(given.assignments, given.rounds)
    tell(found, as_json=given.json)


if __name__ == "__main__":
    main()
