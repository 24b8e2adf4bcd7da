"""When to look at an assignment again: the first day on which time alone may change something."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from workflows.engine import ladder
from workflows.engine.ladder_days import ONE_DAY
from workflows.engine.readiness import readiness
from workflows.engine.records import Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, State


def next_look(assignment: Assignment, situation: Situation, as_of: date) -> date | None:
    """The first day after `as_of` on which time alone may change something; None when only a move can."""
    days: list[date] = []
    if assignment.state is State.WAITING:
        ready = readiness(assignment, situation).day
        # Ready already: the round has not been by. The day stays in the past so that it is found.
        if ready is not None and ready <= as_of:
            return ready
        days += [ready] if ready is not None else []
    elif assignment.state in IN_HAND:
        days += _look_days(assignment, situation, as_of)
    elif assignment.state is State.SUBMITTED:
        days += ladder.acceptance_days(assignment, situation.calendar)
    if assignment.occurrence is not None and assignment.state in IN_HAND | {State.WAITING}:
        overtaken = overtaken_on(assignment, situation)
        days += [overtaken] if overtaken is not None else []
    return min((day for day in days if day > as_of), default=None)


def _look_days(assignment: Assignment, situation: Situation, as_of: date) -> Iterator[date]:
    """Days on which time alone may change work in hand; the first after `as_of` is among them."""
    task, due = situation.task(assignment), assignment.due
    if due is None or not ladder.climbs(assignment, task):
        return
    looks = situation.ladder_days(due, task.ladder).looks
    following = bisect_right(looks, as_of)
    yield from looks[following : following + 1]
    for pause in (
        ladder.asked_until(assignment, situation.calendar),
        ladder.paused_until(assignment, situation.calendar),
    ):
        if pause is not None:
            yield pause + ONE_DAY


def overtaken_on(assignment: Assignment, situation: Situation) -> date | None:
    """The day a check-in gives way to the next one; None for the last and for work that does not repeat.

    That is when the next one may open, or the day after its own due date where it was given more time.
    """
    following = situation.following(assignment)
    if following is None or following.start is None:
        return None
    own = date.min if assignment.due is None else assignment.due + ONE_DAY
    return max(following.start, own)
