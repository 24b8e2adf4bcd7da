"""The ladder of an assignment: which days its rungs fall on, and what pauses it."""

from datetime import date

from plan_definitions.model import Kind, Roll
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.ladder_days import ONE_DAY
from workflows.engine.records import Asked, Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND

EXTENSION_HOLD = 2
"""Working days for which a request for more time, made by the due date, holds the ladder."""

PROMISE_HOLD = 10
"""Working days for which a promise pauses the ladder at most."""

ACCEPTANCE_DAYS = (2, 4)
"""Working days after which the accepter, then the next role above, hears that something waits for a check."""


def climbs(assignment: Assignment, task: ScheduledTask) -> bool:
    """Whether dates drive this assignment at all: in hand, with a due date, not standing work.

    Work that was already late when its plan was published waits for the office (engine.md, *Revision*).
    """
    standing_work = task.kind is Kind.ONGOING and assignment.occurrence is None
    return assignment.due is not None and not standing_work and not assignment.facts.late_at_publication


def reminder_reached(assignment: Assignment, situation: Situation, as_of: date) -> int | None:
    """The nearest reminder rung that has come and was not given; missed ones collapse into it."""
    due, given = assignment.due, assignment.reminded_for
    if due is None or as_of > due:
        return None
    days = situation.ladder_days(due, situation.task(assignment).ladder)
    come = (rung for rung, day in days.reminders if day <= as_of and (given is None or rung < given))
    return min(come, default=None)


def asked_until(assignment: Assignment, calendar: WorkingCalendar) -> date | None:
    """The last day on which a request for time, made by the due date and not answered, holds the ladder."""
    asked, due = assignment.facts.extension, assignment.due
    if asked is None or asked.state is not Asked.ASKED or due is None or asked.asked_on > due:
        return None
    return calendar.after(asked.asked_on, EXTENSION_HOLD)


def paused_until(assignment: Assignment, calendar: WorkingCalendar) -> date | None:
    """The last day on which the ladder stands still: a hold, a promise, or an unanswered request for time."""
    facts = assignment.facts
    if facts.held_until is None and facts.promise is None and facts.extension is None:
        return None
    pauses = [facts.held_until, asked_until(assignment, calendar)]
    if facts.promise is not None:
        pauses.append(min(facts.promise.until, calendar.after(facts.promise.made_on, PROMISE_HOLD)))
    return max((day for day in pauses if day is not None), default=None)


def recipients(assignment: Assignment, situation: Situation) -> tuple[tuple[str, ...], ...]:
    """Who hears of each rung: the roles it names, less what the rules take away.

    A requested unit, and a member whose task has reached its threshold without it, are told to the standing
    office at most. A role that the late unit itself holds is left out, so that a rung nobody is left on
    passes to the next.
    """
    unit = assignment.unit
    limited = situation.requested(unit) or situation.is_complete_without(assignment)
    return situation.hearers(situation.task(assignment).ladder, unit, limited=limited)


def next_rung(
    assignment: Assignment, situation: Situation, as_of: date, *, by: date = date.max
) -> tuple[date, tuple[str, ...]] | None:
    """The next rung that would fire after `as_of`, at the latest on the day `by`, if nothing happens; and who
    would hear of it.
    """
    task, due = situation.task(assignment), assignment.due
    if due is None or assignment.state not in IN_HAND or not climbs(assignment, task):
        return None
    paused = paused_until(assignment, situation.calendar)
    # Nothing can fire before tomorrow, nor while the ladder stands still.
    earliest = max(as_of, paused or as_of) + ONE_DAY
    days = situation.ladder_days(due, task.ladder).rungs[assignment.rung :]
    if not days or max(days[0], earliest) > by:
        return None
    for day, to in zip(days, recipients(assignment, situation)[assignment.rung :], strict=True):
        if to:
            # What a round finds on a day off is told on the next working day.
            fires = situation.calendar.roll(max(day, earliest), Roll.NEXT)
            return (fires, to) if fires <= by else None
    return None


def acceptance_days(assignment: Assignment, calendar: WorkingCalendar) -> list[date]:
    """The days on which a report that nobody checked is reminded of."""
    if assignment.submitted_on is None:
        return []
    return [calendar.after(assignment.submitted_on, days) for days in ACCEPTANCE_DAYS]
