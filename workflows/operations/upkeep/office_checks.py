"""Checks of what the store knows: missing rounds, letters that do not leave, calendars, the clock."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from plan_definitions.diagnostics import Phrase
from plan_definitions.working_days import WorkingCalendar
from workflows.operations.mail.deliver import QUOTA_USED_UP
from workflows.operations.mail.lanes import lane_of
from workflows.operations.mail.outbox import undelivered
from workflows.operations.mail.queueing import morning
from workflows.operations.mail.quiet_hours import EVENING, MORNING, is_quiet
from workflows.operations.upkeep.findings import Check, Finding, fine, wrong
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.store.records import TO_SEND, LetterState, StoredLetter
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE, date_numeric, instant

ROUND_GRACE = timedelta(hours=1)
"""A round that has not come this long after 07:00 is missing."""

STUCK_AFTER = timedelta(hours=2)
"""A letter that could have left this long ago, and was never tried, is stuck: nobody delivers."""

TRIED_FOR = timedelta(hours=24)
"""A letter that was tried in vain for this long is stuck."""

CALENDAR_FROM = (12, 1)
"""Month and day from which next year's holidays are known and belong into the office's calendar file."""

CLOCK_SLACK = timedelta(minutes=10)
"""How far stamps in the store may lie ahead of the clock before the clock is called wrong."""


def office_findings(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every check of the store; the ones that concern an office come once for each office in trouble."""
    with database.read() as transaction:
        offices = transaction.offices.ids()
        yield _clock(transaction, offices, settings, now)
        yield from _each(Check.CALENDAR, [_calendar(transaction, o, now) for o in offices])
        yield from _each(Check.ROUND, [_round(transaction, o, settings, now) for o in offices])
        yield from _each(Check.MAIL_STUCK, [_stuck(transaction, o, settings, now) for o in offices])
        yield from _each(Check.MAIL_DEAD, [_dead(transaction, o, now) for o in offices])


def troubles_of(database: Database, settings: Settings, office: str, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with one office or with its store: the banner above its pages."""
    with database.read() as transaction:
        found = [
            _clock(transaction, [office], settings, now),
            _calendar(transaction, office, now),
            _round(transaction, office, settings, now),
            _stuck(transaction, office, settings, now),
            _dead(transaction, office, now),
        ]
    return tuple(finding for finding in found if finding is not None and not finding.ok)


_FINE = {
    Check.CALENDAR: Phrase("the holidays of every running plan are vouched for"),
    Check.ROUND: Phrase("no daily round is missing"),
    Check.MAIL_STUCK: Phrase("no letter is stuck"),
    Check.MAIL_DEAD: Phrase("no letter was given up these days"),
}


def _each(check: Check, found: list[Finding | None]) -> list[Finding]:
    """The troubles of the offices; where there is none, one line that says so."""
    return [finding for finding in found if finding is not None] or [fine(check, _FINE[check])]


def _clock(transaction: Transaction, offices: list[str], settings: Settings, now: datetime) -> Finding:
    """Nothing in the store was written later than now."""
    rounds = (transaction.rounds.last(office) for office in offices)
    stamps = [last.finished_at or last.begun_at for last in rounds if last is not None]
    latest = max(stamps, default=None)
    shown = {"now": instant(now, settings.lang)}
    if latest is None or latest <= now + CLOCK_SLACK:
        return fine(Check.CLOCK, Phrase("the clock says {now}", shown))
    return wrong(
        Check.CLOCK,
        Phrase(
            "the clock says {now}, but a round was run at {latest}",
            {**shown, "latest": instant(latest, settings.lang)},
        ),
        Phrase("Set the machine's clock (timedatectl set-ntp true)."),
    )


def _calendar(transaction: Transaction, office: str, now: datetime) -> Finding | None:
    today = now.astimezone(LOCAL_ZONE).date()
    plans = transaction.plans.running(office)
    calendar = WorkingCalendar(transaction.offices.calendar(office))
    spans = (range(today.year, plan.schedule.last_day.year + 1) for plan in plans)
    years = {today.year, *(year for span in spans for year in span)} if plans else set[int]()
    if plans and (today.month, today.day) >= CALENDAR_FROM:
        years.add(today.year + 1)
    missing = sorted(year for year in years if not calendar.vouches_for(year))
    if not missing:
        return None
    values = {"office": office, "years": ", ".join(str(year) for year in missing)}
    return wrong(
        Check.CALENDAR,
        Phrase("{office}: nobody has vouched for the holidays of {years}", values),
        Phrase("Enter what was announced in calendar.yaml, add the year to `vouched`, publish."),
        office,
    )  # fmt: skip


def last_round_expected(transaction: Transaction, office: str, now: datetime) -> date | None:
    """The working day whose round should be done by now; None where no plan was running then."""
    calendar = WorkingCalendar(transaction.offices.calendar(office))
    day = now.astimezone(LOCAL_ZONE).date()
    if now < morning(day) + ROUND_GRACE or not calendar.is_working_day(day):
        day = calendar.before(day, 1)
    begun = [heading.published_on for heading in transaction.plans.headings(office, running=True)]
    return day if begun and min(begun) < day else None


def _round(transaction: Transaction, office: str, settings: Settings, now: datetime) -> Finding | None:
    expected = last_round_expected(transaction, office, now)
    last = transaction.rounds.last(office)
    if expected is None or (last is not None and last.as_of >= expected and last.finished_at is not None):
        return None
    if last is not None and last.as_of > expected:
        return None  # the next one is under way
    values = {
        "office": office,
        "day": date_numeric(expected, settings.lang),
        "last": "-" if last is None else date_numeric(last.as_of, settings.lang),
    }
    return wrong(
        Check.ROUND,
        Phrase("{office}: the round of {day} is missing (last one: {last})", values),
        Phrase("Keep `dondoc up` running, or run `dondoc round` now; missed letters are not made up for."),
        office,
    )


def _stuck(transaction: Transaction, office: str, settings: Settings, now: datetime) -> Finding | None:
    """Letters that should have left, told with the server's last word.

    That an account has sent its letters of the day is no trouble: some that wait too long for it are.
    """
    rest = transaction.senders.paused(lane_of(settings).sender.address, now)
    waiting = transaction.letters.find(office, states=[*TO_SEND, LetterState.SENDING])
    could_leave = _could_leave(transaction, office, now)
    stuck = [letter for letter in waiting if _is_stuck(letter, now, could_leave=could_leave)]
    spent = rest is not None and rest[1] == QUOTA_USED_UP
    if not stuck and (rest is None or spent or not waiting):
        return None
    if spent:
        return wrong(
            Check.MAIL_STUCK,
            Phrase(
                "{office}: letters that do not leave: {n}; the account has sent all that it may in 24 hours",
                {"office": office, "n": len(stuck)},
            ),
            Phrase("Raise DONDOC_SMTP_PER_DAY if the provider allows more; they leave when there is room."),
            office,
        )
    word = rest[1] if rest is not None else next((one.last_reply for one in stuck if one.last_reply), None)
    values = {"office": office, "n": len(stuck) or len(waiting), "why": word or "-"}
    return wrong(
        Check.MAIL_STUCK,
        Phrase("{office}: letters that do not leave: {n}; the mail server's last word: {why}", values),
        Phrase("See `dondoc outbox`; after mending `dondoc deliver` sends them."),
        office,
        unquoting=Phrase("{office}: letters that do not leave: {n}", values),
    )


def _could_leave(transaction: Transaction, office: str, now: datetime) -> bool:
    """Whether letters have been free to leave all the time that makes a waiting one stuck."""
    begun = now - STUCK_AFTER
    local = begun.astimezone(LOCAL_ZONE)
    awake = not is_quiet(transaction, office, now) and MORNING <= local.time() < EVENING
    return awake and local.date() == now.astimezone(LOCAL_ZONE).date()


def _is_stuck(letter: StoredLetter, now: datetime, *, could_leave: bool) -> bool:
    if letter.attempts:
        return letter.created_at < now - TRIED_FOR
    due_since = letter.lease_until if letter.state is LetterState.SENDING else letter.not_before
    return could_leave and due_since is not None and due_since < now - STUCK_AFTER


def _dead(transaction: Transaction, office: str, now: datetime) -> Finding | None:
    dead = undelivered(transaction, office, now.astimezone(LOCAL_ZONE).date())
    if not dead:
        return None
    addresses = ", ".join(sorted({letter.address for letter in dead})[:5])
    values = {"office": office, "n": len(dead), "addresses": addresses}
    return wrong(
        Check.MAIL_DEAD,
        Phrase("{office}: letters that could not be delivered: {n} ({addresses})", values),
        Phrase("See `dondoc outbox --state dead`; correct the address in units.yaml, publish, retry."),
        office,
        unquoting=Phrase("{office}: letters that could not be delivered: {n}", values),
    )  # fmt: skip
