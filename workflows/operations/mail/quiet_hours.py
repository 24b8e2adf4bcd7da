"""When nobody is written to: at night, and on an office's days off."""

from datetime import datetime, time, timedelta

from plan_definitions.working_days import WorkingCalendar
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE

EVENING, MORNING = time(20), time(6, 30)
"""Between these nobody is written to."""


def is_quiet(transaction: Transaction, office: str, now: datetime) -> bool:
    """Whether nobody is to be written to for an office at this hour."""
    local = now.astimezone(LOCAL_ZONE)
    if local.time() >= EVENING or local.time() < MORNING:
        return True
    return not WorkingCalendar(transaction.offices.calendar(office)).is_working_day(local.date())


def next_morning(now: datetime) -> datetime:
    """When the next night ends; that day may be a day off."""
    local = now.astimezone(LOCAL_ZONE)
    today = datetime.combine(local.date(), MORNING, LOCAL_ZONE)
    return today if today > local else today + timedelta(days=1)
