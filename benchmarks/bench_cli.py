"""What a call of `dondoc` costs: the start of a verb, and `status` on a big plan.

    python benchmarks/bench_cli.py [--assignments 100000] [--rounds 3] [--json]

The floor of a start is `python -c pass`; none of these verbs imports Prefect, whose own import stands beside
them. The floor of `status` reads the same rows with bare sqlite3 and prints them as JSON. Every figure is a
process of its own, its CPU seconds; the best of several counts. All run from compiled modules, as installed
commands do, whatever the environment says about writing them.

`status_small_s` is the start of any verb that opens the database. Figures of `work` leave it out: they are
the same call in a process that has imported what it needs, by the clock on the wall. The big plan is 5,000
tasks of 20 villages; `of_50_tasks` is one of as many assignments, 2,000 villages with 50 tasks.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.commune import DUE, PUBLISHED, VILLAGES, at, plan_of
from benchmarks.report import asked, tell
from workflows.operations.publish import publish
from workflows.store.database import Database

STATUS = ("status", "--as-of", str(DUE + timedelta(1)))

BAR = """\
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT * FROM assignments").fetchall()
print(json.dumps(rows))
"""
LOADED = """\
import sys, time
from pathlib import Path
from workflows.cli.main import run
small, big, *arguments = sys.argv[1:]
run(arguments, Path(small))
begun = time.perf_counter()
code = run(arguments, Path(big))
print(time.perf_counter() - begun, file=sys.stderr)
sys.exit(code)
"""
DONDOC = (sys.executable, "-c", "from workflows.cli.entry import main; main()")


def seconds(command: Sequence[str | Path], folder: Path, rounds: int) -> float:
    """The least CPU seconds of a process that must succeed."""
    best = float("inf")
    for _ in range(rounds + 1):
        before = os.times()
        _called(command, folder)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        best = min(best, used)
    return round(best, 3)


def work(arguments: Sequence[str], small: Path, big: Path, rounds: int) -> float:
    """The least seconds of a call in the folder `big`, after the same call in the folder `small`."""
    command: Sequence[str | Path] = (sys.executable, "-c", LOADED, small, big, *arguments)
    return round(min(float(_called(command, big)) for _ in range(rounds)), 3)


def _called(command: Sequence[str | Path], folder: Path) -> str:
    """Run a process that must succeed; what it wrote to stderr."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = kept | {"PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}
    done = subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=compiled,
    )  # fmt: skip
    return done.stderr


def starts(folder: Path, rounds: int) -> dict[str, float]:
    """Verbs on a plan of 20 assignments: nearly all of it is the start."""
    calls: dict[str, Sequence[str | Path]] = {
        "python_pass": (sys.executable, "-c", "pass"),
        "import_prefect": (sys.executable, "-c", "import prefect"),
        "help": (*DONDOC, "--help"),
        "check": (*DONDOC, "check", "plan.yaml"),
        "status_small": (*DONDOC, *STATUS),
    }
    return {f"{name}_s": seconds(call, folder, rounds) for name, call in calls.items()}


def board(small: Path, big: Path, wide: Path, rounds: int) -> dict[str, float]:
    """`status` of a big plan: its first page, and all of it."""
    database = big / ".dondoc" / "dondoc.db"
    return {
        "floor_rows_s": seconds((sys.executable, "-c", BAR, database), big, rounds),
        "status_first_page_s": seconds((*DONDOC, *STATUS), big, rounds),
        "status_first_page_work_s": work(STATUS, small, big, rounds),
        "status_first_page_of_50_tasks_s": seconds((*DONDOC, *STATUS), wide, rounds),
        "status_first_page_of_50_tasks_work_s": work(STATUS, small, wide, rounds),
        "status_json_s": seconds((*DONDOC, *STATUS, "--json"), big, rounds),
    }


def _home(folder: Path, assignments: int, villages: int = VILLAGES) -> Path:
    """A folder to call from, with a plan whose work is all open and the home that it was published in."""
    home = folder / ".dondoc"
    home.mkdir(parents=True, mode=0o700)
    database = Database.open(f"sqlite:///{home / 'dondoc.db'}", create=True)
    publish(database, plan_of(folder, assignments, villages), {}, as_of=PUBLISHED, now=at(PUBLISHED))
    database.close()
    with sqlite3.connect(home / "dondoc.db") as connection:
        connection.execute("UPDATE assignments SET state = 'open', opened_on = start")
    return folder


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, assignments=100_000, rounds=3)
    with tempfile.TemporaryDirectory() as name:
        small = _home(Path(name) / "small", 20)
        big = _home(Path(name) / "big", given.assignments)
        wide = _home(Path(name) / "wide", given.assignments, given.assignments // 50)
        figures = starts(small, given.rounds) | {"assignments": given.assignments}
        figures |= board(small, big, wide, given.rounds)
    tell(figures, as_json=given.json)


if __name__ == "__main__":
    main()
