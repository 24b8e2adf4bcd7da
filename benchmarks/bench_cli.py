"""What a call of `dondoc` costs: the start of a verb, and `status` on a big plan.

    python benchmarks/bench_cli.py [--assignments 100000] [--rounds 3] [--json]

The floor of a start is `python -c pass`; none of these verbs imports Prefect, whose own import stands beside
them. The floor of `status` reads the same rows with bare sqlite3 and prints them as JSON. Every figure is a
process of its own, its CPU seconds; the best of several counts. All run from compiled modules, as installed
commands do, whatever the environment says about writing them.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.commune import DUE, PUBLISHED, at, plan_of
from benchmarks.report import asked, tell
from workflows.operations.publish import publish
from workflows.store.database import Database

LATE = DUE + timedelta(1)

BAR = """\
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT * FROM assignments").fetchall()
print(json.dumps(rows))
"""
DONDOC = (sys.executable, "-c", "from workflows.cli.entry import main; main()")


def seconds(command: Sequence[str | Path], folder: Path, rounds: int) -> float:
    """The least CPU seconds of a process that must succeed."""
    best = float("inf")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = kept | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    for _ in range(rounds + 1):
        before = os.times()
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder, env=compiled
        )
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        best = min(best, used)
    return round(best, 3)


def starts(folder: Path, rounds: int) -> dict[str, float]:
    """Verbs on a plan of 20 assignments: nearly all of it is the start."""
    calls: dict[str, Sequence[str | Path]] = {
        "python_pass": (sys.executable, "-c", "pass"),
        "import_prefect": (sys.executable, "-c", "import prefect"),
        "help": (*DONDOC, "--help"),
        "check": (*DONDOC, "check", "plan.yaml"),
        "status_small": (*DONDOC, "status", "--as-of", str(LATE)),
    }
    _home(folder, 20)
    return {f"{name}_s": seconds(call, folder, rounds) for name, call in calls.items()}


def board(folder: Path, assignments: int, rounds: int) -> dict[str, float]:
    """`status` of a big plan: its first page, and all of it."""
    file = _home(folder, assignments)
    as_of = ("--as-of", str(LATE))
    return {
        "assignments": assignments,
        "floor_rows_s": seconds((sys.executable, "-c", BAR, file), folder, rounds),
        "status_first_page_s": seconds((*DONDOC, "status", *as_of), folder, rounds),
        "status_json_s": seconds((*DONDOC, "status", "--json", *as_of), folder, rounds),
    }


def _home(folder: Path, assignments: int) -> Path:
    """A home with a plan whose work is all open, in the working folder of the calls; its database."""
    home = folder / ".dondoc"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    database = Database.open(f"sqlite:///{home / 'dondoc.db'}", create=True)
    publish(database, plan_of(folder, assignments), {}, as_of=PUBLISHED, now=at(PUBLISHED))
    database.close()
    with sqlite3.connect(home / "dondoc.db") as connection:
        connection.execute("UPDATE assignments SET state = 'open', opened_on = start")
    return home / "dondoc.db"


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, assignments=100_000, rounds=3)
    with tempfile.TemporaryDirectory() as name:
        figures = starts(Path(name), given.rounds) | board(Path(name), given.assignments, given.rounds)
    tell(figures, as_json=given.json)


if __name__ == "__main__":
    main()
