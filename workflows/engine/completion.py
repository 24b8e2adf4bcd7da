"""When the assignments of one task and occurrence count as complete."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plan_definitions.model import Threshold
from workflows.engine.records import Assignment
from workflows.engine.states import State

SETTLED = frozenset({State.DONE, State.CANCELLED})
"""States that want nothing more: what a successor waits for."""


@dataclass(frozen=True, slots=True)
class Completion:
    """How far one occurrence of a task has come.

    `finished_on` is the day it came to count as complete, `done_on` the day the work that completed it was
    done (lags count from it); both None while it is not. `all_cancelled` says that nothing was left to do.
    """

    finished_on: date | None
    done_on: date | None
    all_cancelled: bool
    missing: tuple[Assignment, ...]

    @property
    def satisfied(self) -> bool:
        """Whether successors may follow."""
        return self.finished_on is not None


def completion(members: Sequence[Assignment], threshold: Threshold) -> Completion:
    """Judge the assignments of one task and occurrence.

    Cancelled ones leave the count; all cancelled counts as satisfied (engine.md, *Completion*). The day is
    the first on which enough were done of those not cancelled by then.
    """
    ended = sorted((a for a in members if a.state in SETTLED), key=lambda a: a.finished_on or date.min)
    left, done_days = len(members), list[date]()
    for position, assignment in enumerate(ended):
        if assignment.state is State.CANCELLED:
            left -= 1
        else:
            insort(done_days, assignment.done_on or assignment.finished_on or date.min)
        same_day = position + 1 < len(ended) and ended[position + 1].finished_on == assignment.finished_on
        needed = threshold.needed(left)
        if not same_day and len(done_days) >= needed:
            day = assignment.finished_on or date.min
            return Completion(day, done_days[needed - 1] if needed else day, left == 0, ())
    return Completion(None, None, False, tuple(a for a in members if a.state not in SETTLED))
