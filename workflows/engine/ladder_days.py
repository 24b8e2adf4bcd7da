"""The days on which the rungs of a ladder fall for a due date."""

from dataclasses import dataclass
from datetime import date, timedelta

from plan_definitions.model import Ladder
from plan_definitions.working_days import WorkingCalendar

ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class LadderDays:
    """A ladder laid along the calendar; everybody with the same ladder and due date shares it.

    `reminders` pairs each reminder rung (working days before due) with its day, `rungs` are the working days
    of the escalations, pauses left out of account. `soon` is the day from which work is *due soon*: the
    earliest reminder, at the latest the due date. `looks` are, in order, all days on which time alone may
    change something.
    """

    reminders: tuple[tuple[int, date], ...]
    rungs: tuple[date, ...]
    soon: date
    looks: tuple[date, ...]


def ladder_days(due: date, ladder: Ladder, calendar: WorkingCalendar) -> LadderDays:
    """Lay a ladder along the calendar for a due date."""
    reminders = tuple((before, reminder_day(due, before, calendar)) for before in ladder.remind)
    rungs = tuple(calendar.after(due, rung.after) for rung in ladder.escalate)
    reminder_days = [day for _, day in reminders]
    looks = sorted({*reminder_days, due + ONE_DAY, *rungs})
    return LadderDays(reminders, rungs, min(reminder_days, default=due), tuple(looks))


def reminder_day(due: date, before: int, calendar: WorkingCalendar) -> date:
    """The day a reminder rung falls on: `before` working days before due.

    The rung of the day itself moves to the working day before where the due date is a day off.
    """
    if before:
        return calendar.before(due, before)
    return due if calendar.is_working_day(due) else calendar.before(due, 1)
