"""The ladder of an assignment: which days its rungs fall on, and what pauses it."""

from collections.abc import Iterator
from datetime import date, timedelta

from plan_definitions.model import Kind, Role, Roll
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.records import Asked, Assignment
from workflows.engine.situation import Situation
from workflows.engine.states import State

EXTENSION_HOLD = 2
"""Working days for which a request for more time, made by the due date, holds the ladder."""

PROMISE_HOLD = 10
"""Working days for which a promise pauses the ladder at most."""

ACCEPTANCE_DAYS = (2, 4)
"""Working days after which the accepter, then the next role above, hears that something waits for a check."""

ONE_DAY = timedelta(1)


def climbs(assignment: Assignment, task: ScheduledTask) -> bool:
    """Whether dates drive this assignment at all: in hand, with a due date, not standing work.

    Work that was already late when its plan was published waits for the office (engine.md, *Revision*).
    """
    standing_work = task.kind is Kind.ONGOING and assignment.occurrence is None
    return assignment.due is not None and not standing_work and not assignment.facts.late_at_publication


def reminder_day(due: date, before: int, calendar: WorkingCalendar) -> date:
    """The day a reminder rung falls on: `before` working days before due.

    The rung of the day itself moves to the working day before where the due date is a day off.
    """
    if before:
        return calendar.before(due, before)
    return due if calendar.is_working_day(due) else calendar.before(due, 1)


def reminder_reached(
    assignment: Assignment, task: ScheduledTask, calendar: WorkingCalendar, as_of: date
) -> int | None:
    """The nearest reminder rung that has come and was not given; missed ones collapse into it."""
    due = assignment.due
    if due is None or as_of > due:
        return None
    come = [r for r in task.ladder.remind if reminder_day(due, r, calendar) <= as_of]
    given = assignment.reminded_for
    return min((r for r in come if given is None or r < given), default=None)


def due_soon_from(due: date, task: ScheduledTask, calendar: WorkingCalendar) -> date:
    """The day from which work is *due soon*: the earliest reminder rung, at the latest the due date."""
    return min((reminder_day(due, r, calendar) for r in task.ladder.remind), default=due)


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


def rung_days(assignment: Assignment, task: ScheduledTask, calendar: WorkingCalendar) -> list[date]:
    """The working day on which each rung after the due date falls, pauses left out of account."""
    due = assignment.due
    return [] if due is None else [calendar.after(due, rung.after) for rung in task.ladder.escalate]


def recipients(assignment: Assignment, rung: int, situation: Situation) -> tuple[str, ...]:
    """Who hears of rung `rung` (counted from 1): the roles it names, less what the rules take away.

    A requested unit, and a member whose task has reached its threshold without it, are told to the standing
    office at most. A role that the late unit itself holds is left out, so that a rung nobody is left on
    passes to the next.
    """
    task = situation.task(assignment)
    roles: tuple[str, ...] = task.ladder.escalate[rung - 1].to
    if situation.requested(assignment.unit) or situation.is_complete_without(assignment):
        roles = tuple(role for role in roles if role == Role.STANDING_OFFICE)
    return tuple(role for role in roles if situation.unit_of(role) != assignment.unit)


def next_rung(
    assignment: Assignment, situation: Situation, as_of: date
) -> tuple[date, tuple[str, ...]] | None:
    """The next rung that would fire after `as_of` if nothing happens, and who would hear of it."""
    task = situation.task(assignment)
    if assignment.state not in (State.OPEN, State.STARTED) or not climbs(assignment, task):
        return None
    paused = paused_until(assignment, situation.calendar)
    # Nothing can fire before tomorrow, nor while the ladder stands still.
    earliest = max(as_of, paused or as_of) + ONE_DAY
    for rung, day in enumerate(rung_days(assignment, task, situation.calendar), 1):
        if rung > assignment.rung and (to := recipients(assignment, rung, situation)):
            # What a round finds on a day off is told on the next working day.
            return situation.calendar.roll(max(day, earliest), Roll.NEXT), to
    return None


def acceptance_days(assignment: Assignment, calendar: WorkingCalendar) -> list[date]:
    """The days on which a report that nobody checked is reminded of."""
    if assignment.submitted_on is None:
        return []
    return [calendar.after(assignment.submitted_on, days) for days in ACCEPTANCE_DAYS]


def look_days(assignment: Assignment, task: ScheduledTask, calendar: WorkingCalendar) -> Iterator[date]:
    """Every day on which time alone may change something about work in hand."""
    if not climbs(assignment, task) or assignment.due is None:
        return
    yield from (reminder_day(assignment.due, r, calendar) for r in task.ladder.remind)
    yield assignment.due + ONE_DAY
    yield from rung_days(assignment, task, calendar)
    for pause in (asked_until(assignment, calendar), paused_until(assignment, calendar)):
        if pause is not None:
            yield pause + ONE_DAY
