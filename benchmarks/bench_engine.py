"""Decisions of the engine alone: assignments that became overdue overnight, with no store and no letter.

    python benchmarks/bench_engine.py [--assignments 20000] [--rounds 5] [--json]

The floor makes the same records (the assignment after, its history entry, its notices) as copies of ready
ones and decides nothing. Times are CPU seconds; of several rounds the best counts.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.commune import DUE, PUBLISHED, at, plan_of
from benchmarks.report import asked, tell
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import publication
from workflows.engine import round as engine
from workflows.engine.records import Change
from workflows.engine.situation import Situation
from workflows.engine.states import State

LATE = DUE + timedelta(1)


def opened(folder: Path, assignments: int) -> Situation:
    """A plan whose work is all open and was due yesterday."""
    schedule = plan_of(folder, assignments)
    made = publication.publish(schedule, {}, revision=1, as_of=PUBLISHED, now=at(PUBLISHED)).changes
    open_work = [
        change.after._replace(state=State.OPEN, opened_on=PUBLISHED, next_look=LATE) for change in made
    ]
    return Situation(schedule, WorkingCalendar(schedule.calendar), {a.id: a for a in open_work})


def decide(situation: Situation) -> Sequence[Change]:
    """What the round decides about all of it, from nothing remembered."""
    fresh = Situation(situation.schedule, situation.calendar, situation.assignments)
    candidates = fresh.assignments.values()
    return engine.escalate(fresh, candidates, as_of=LATE, now=at(LATE)).changes


def copied(changes: Sequence[Change]) -> list[Change]:
    """The floor."""
    return [
        Change(
            change.before,
            change.after._replace(),
            change.record._replace(),
            tuple([notice._replace() for notice in change.notices]),
        )
        for change in changes
    ]


def seconds(call: Callable[[], object], rounds: int) -> float:
    """The least CPU seconds of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        call()
        best = min(best, time.process_time() - begun)
    return best


def measure(assignments: int, rounds: int) -> dict[str, float]:
    """Every figure of the table."""
    with tempfile.TemporaryDirectory() as name:
        situation = opened(Path(name), assignments)
    changes = decide(situation)
    assert len(changes) == len(situation.assignments)
    floor = seconds(lambda: copied(changes), rounds)
    ours = seconds(lambda: decide(situation), rounds)
    return {
        "decisions": len(changes),
        "notices": sum(len(change.notices) for change in changes),
        "floor_per_second": round(len(changes) / floor),
        "decisions_per_second": round(len(changes) / ours),
        "ratio": round(floor / ours, 3),
    }


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, assignments=20_000, rounds=5)
    tell(measure(given.assignments, given.rounds), as_json=given.json)


if __name__ == "__main__":
    main()
