"""Who hears what today: notices and rows of all running plans become at most one letter for an address.

Pure: the store's notices come in, letters and the notices that each one answers go out. A notice that no
letter answers waits (an acceptance rides in the unit's next letter). Contacts without mail get the same
letters; the office hands them over (`Recipient.channel`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from notifications.digest import Desk, desk_note, digest, is_empty
from notifications.drafts import Composed, Drafts
from notifications.escalations import Background, leadership
from notifications.letters import LetterKind
from notifications.parts import Digest, Leadership, Part, UnitSection
from notifications.sections import (
    Reading,
    Told,
    copied,
    daily_section,
    plan_name,
    read,
    sunday_of,
    weekly_section,
)
from plan_definitions.model import Office, Role
from plan_definitions.schedule import Schedule
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.records import AT_ONCE, Notice, NoticeKind
from workflows.engine.states import UNFINISHED
from workflows.texts import Language

TRIGGERS = frozenset(
    {
        NoticeKind.OPENED,
        NoticeKind.REMINDER,
        NoticeKind.OVERDUE,
        NoticeKind.CANCELLED,
        NoticeKind.REDATED,
    }
)
"""What makes a unit hear on an ordinary day; an escalation of its work does so as well.

What this week's summary has told already is no trigger once more: an opening, or an early reminder of
something due this week whose ladder reminds again, rides in the next letter. A unit that reports in time so
hears mostly on Mondays (about half of a season's working days instead of three quarters).
"""


@dataclass(frozen=True, slots=True)
class PlanToday:
    """One running plan on the day of the round.

    `rows` holds at least every row of each unit that may hear; all rows where the office gets its digest.
    `notices` are pending, still true, and may go today. `backgrounds` are by assignment id, `silent_since`
    by unit. `announced` are assignments that this week's summary (or today's publication) has told their
    units. `is_new`: published today, so that every unit has its extract and needs no summary beside it.
    """

    schedule: Schedule
    rows: Sequence[Row]
    notices: Sequence[Notice]
    backgrounds: Mapping[str, Background] = field(default_factory=dict)
    silent_since: Mapping[str, date] = field(default_factory=dict)
    announced: frozenset[str] = frozenset()
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Quiet:
    """A unit that hears nothing today: how much it holds and its nearest due date, for the log."""

    unit: str
    unit_name: str
    holding: int
    next_due: date | None


@dataclass(frozen=True, slots=True)
class RoundLetters:
    """The outcome of summarising one office's day."""

    letters: tuple[Composed, ...]
    quiet: tuple[Quiet, ...]


def round_letters(
    office: Office,
    plans: Sequence[PlanToday],
    *,
    calendar: WorkingCalendar,
    as_of: date,
    desk: Desk | None = None,
    language: Language = Language.VI,
) -> RoundLetters:
    """Every round letter of one office on one working day.

    `desk` None leaves the office's digest out (a round over part of the plans). On the week's first working
    day each unit that holds unfinished work gets its weekly summary, on others only those with a trigger.
    Notices that get a letter at once (`AT_ONCE`) are left to `notifications.occasions`.
    """
    day = _Day(office, calendar, as_of, calendar.first_working_day_of_week(as_of) == as_of)
    drafts = Drafts(office, as_of)
    quiet: dict[str, Quiet] = {}
    for today in plans:
        reading = read(today.schedule, office, today.rows, as_of, today.notices)
        told = _by_reader(today.notices)
        _tell_leaders(told, today, reading, day, drafts)
        for unit in _units(today, reading):
            _tell_unit(unit, told.get(unit, ()), reading, day, drafts, quiet, today.announced, today.is_new)
        if desk is not None:
            _tell_office(told, today, reading, day, drafts)
    if desk is not None:
        _tell_of_desk(desk, office, plans, drafts)
    letters = drafts.letters(_round_kind, language)
    heard = {part.unit for c in letters for part in c.letter.parts if isinstance(part, UnitSection)}
    return RoundLetters(tuple(letters), tuple(q for unit, q in quiet.items() if unit not in heard))


@dataclass(frozen=True, slots=True)
class _Day:
    """What is the same for every plan and unit of one round."""

    office: Office
    calendar: WorkingCalendar
    as_of: date
    weekly: bool


Heard = Mapping[str, Sequence[Notice]]


def _by_reader(notices: Sequence[Notice]) -> Heard:
    told: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.kind not in AT_ONCE:
            told.setdefault(notice.to, []).append(notice)
    return told


def _units(today: PlanToday, reading: Reading) -> list[str]:
    """The units that may hear of a plan, in the order of units.yaml."""
    concerned = reading.of_unit.keys() | reading.helped_by.keys() | {notice.to for notice in today.notices}
    return [unit for unit in reading.office.units if unit in concerned]


def _tell_unit(
    unit: str,
    notices: Sequence[Notice],
    reading: Reading,
    day: _Day,
    drafts: Drafts,
    quiet: dict[str, Quiet],
    announced: frozenset[str],
    is_new: bool,
) -> None:
    """A unit's section, if the day or a notice calls for one; else the reason why it hears nothing."""
    rows = reading.of_unit.get(unit, ())
    held = [row for row in rows if row.state in UNFINISHED]
    escalated = any(row.id in reading.escalated for row in rows)
    triggered = escalated or any(_is_news(notice, reading, announced) for notice in notices)
    told = Told(tuple(notices))
    weekly = day.weekly and not is_new
    if triggered or (weekly and held):
        if weekly:
            section = weekly_section(unit, told, day.calendar.before(day.as_of, 1), reading)
        else:
            section = daily_section(unit, told, reading)
        plan = reading.schedule.id
        drafts.add(unit, section, ((plan, notice) for notice in notices))
        _copy(section, day.office, drafts)
    elif held:
        due = min((row.due for row in held if row.due is not None), default=None)
        before = quiet.get(unit)
        if before is not None:
            due = min((d for d in (due, before.next_due) if d is not None), default=None)
        holding = len(held) + (before.holding if before is not None else 0)
        quiet[unit] = Quiet(unit, day.office.units[unit].name, holding, due)


def _is_news(notice: Notice, reading: Reading, announced: frozenset[str]) -> bool:
    """Whether a notice is reason enough for a letter on an ordinary day."""
    if notice.kind not in TRIGGERS or notice.assignment not in announced:
        return notice.kind in TRIGGERS
    if notice.kind is NoticeKind.REMINDER:
        ladder = reading.schedule.tasks[reading.by_id[notice.assignment].task].ladder
        this_week = notice.due is not None and notice.due <= sunday_of(reading.as_of)
        return not (this_week and any(rung < notice.rung for rung in ladder.remind))
    return notice.kind is not NoticeKind.OPENED


def _copy(section: UnitSection, office: Office, drafts: Drafts) -> None:
    """What a unit hears goes to its `copy_to` for information, unless both read the same mailbox."""
    to = office.units[section.unit].copy_to
    if to is not None and drafts.reader(to).key != drafts.reader(section.unit).key:
        drafts.add(to, copied(section))


def _tell_leaders(told: Heard, today: PlanToday, reading: Reading, day: _Day, drafts: Drafts) -> None:
    for role in (Role.DEPUTY_CHAIR, Role.CHAIR):
        notices = told.get(role, ())
        if notices:
            part = leadership(notices, reading, today.backgrounds, day.calendar)
            plan = reading.schedule.id
            drafts.add(day.office.unit_of(role), part, ((plan, notice) for notice in notices))


def _tell_office(told: Heard, today: PlanToday, reading: Reading, day: _Day, drafts: Drafts) -> None:
    notices = told.get(Role.STANDING_OFFICE, ())
    part = digest(reading, day.calendar, today.silent_since)
    if notices or not is_empty(part):
        plan = reading.schedule.id
        drafts.add(day.office.unit_of(Role.STANDING_OFFICE), part, ((plan, notice) for notice in notices))


def _tell_of_desk(desk: Desk, office: Office, plans: Sequence[PlanToday], drafts: Drafts) -> None:
    """Hand-overs and lost letters; they alone are reason enough for a digest, the rest rides along.

    The letter names its plans on such a day as well: it keeps its subject, and so its thread.
    """
    note = desk_note(desk, drafts.channels())
    clerk = office.unit_of(Role.STANDING_OFFICE)
    named = drafts.has(clerk, Digest)
    if note.hand_overs.total or note.undelivered or named:
        for today in () if named else plans:
            drafts.add(clerk, Digest(plan_name(today.schedule)))
        drafts.add(clerk, note)


def _round_kind(parts: Sequence[Part]) -> LetterKind:
    first = parts[0]
    if isinstance(first, Leadership):
        return LetterKind.ESCALATION
    if not isinstance(first, UnitSection):
        return LetterKind.DIGEST
    return LetterKind.DAILY if first.tally is None else LetterKind.WEEKLY
