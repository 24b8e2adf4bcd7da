"""What somebody should hear: made by a decision, and still true or not when the letters are written."""

from datetime import date

from workflows.engine import ladder
from workflows.engine.records import Assignment, Notice, NoticeKind
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, State

_OF_WORK_IN_HAND = frozenset(
    {NoticeKind.OPENED, NoticeKind.REMINDER, NoticeKind.OVERDUE, NoticeKind.ESCALATION}
)
"""What the round tells; nearly all notices are of these kinds."""


def notice(
    assignment: Assignment,
    kind: NoticeKind,
    to: str,
    as_of: date,
    *,
    rung: int = 0,
    not_before: date | None = None,
) -> Notice:
    """A notice about an assignment, for its due date in force."""
    return Notice(assignment.id, kind, assignment.due, rung, to, as_of, not_before or as_of)


def still_true(told: Notice, assignment: Assignment, situation: Situation, as_of: date) -> bool:
    """Whether a notice not yet in a letter still says what is so; what was done since is not reminded of."""
    state = assignment.state
    if told.kind in _OF_WORK_IN_HAND:
        if state not in IN_HAND or told.due != assignment.due:
            return False
        return told.kind is not NoticeKind.ESCALATION or not is_paused(assignment, situation, as_of)
    match told.kind:
        case NoticeKind.EXTENSION_ANSWERED | NoticeKind.OBSTACLE_ANSWERED | NoticeKind.LEADER_ANSWERED:
            return True
        case NoticeKind.PUBLISHED:
            return state is not State.CANCELLED
        case NoticeKind.CANCELLED:
            return state is State.CANCELLED
        case NoticeKind.ACCEPTED:
            return state is State.DONE
        case NoticeKind.ACCEPTANCE_REMINDER:
            return state is State.SUBMITTED
        case NoticeKind.REDATED:
            return state in IN_HAND | {State.WAITING}
        case NoticeKind.RETURNED:
            return state in IN_HAND and assignment.facts.returned_on is not None
    raise AssertionError(f"nobody knows whether {told.kind} is still true")


def is_paused(assignment: Assignment, situation: Situation, as_of: date) -> bool:
    """Whether the ladder stands still on a day: what was to be escalated keeps until the pause is over."""
    paused = ladder.paused_until(assignment, situation.calendar)
    return paused is not None and as_of <= paused


def only_paused(told: Notice, assignment: Assignment, situation: Situation, as_of: date) -> bool:
    """Whether a notice is untrue for no other reason than a pause.

    It is to be kept, not dropped: a broken promise must not swallow the rung that it held back.
    """
    paused = is_paused(assignment, situation, as_of)
    return (
        paused
        and told.kind is NoticeKind.ESCALATION
        and assignment.state in IN_HAND
        and told.due == assignment.due
    )
