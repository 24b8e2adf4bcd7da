"""What one unit hears about one plan: from the board's rows to the parts of a letter."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from notifications.parts import PlanName, Tally, UnitSection
from notifications.recipients import helper, voice_of
from notifications.work import Citation, Counted, Helper, Helping, Item
from plan_definitions.model import Kind, Office
from plan_definitions.schedule import Schedule
from workflows.engine.board import Row, letter_order
from workflows.engine.records import Notice, NoticeKind
from workflows.engine.states import IN_HAND, UNFINISHED, Standing, State

_TITLE_VERBS = ("Triển khai ", "Tổ chức thực hiện ", "Tổ chức ", "Thực hiện ")
"""Verbs with which a plan's official title begins; a letter speaks of the thing itself."""

_ASKED_OF_THE_UNIT = frozenset({State.WAITING, State.OPEN, State.STARTED})
_PRESSING = frozenset({Standing.OVERDUE, Standing.DUE_SOON})
_DAYS_TO_SUNDAY = 6

MOST_NAMED = 60
"""Pressing work that a letter names at most, and rows that it shows: what is beyond is counted."""


def plan_name(schedule: Schedule) -> PlanName:
    """How letters name a plan; the issuer's name stands in while the paper has no number."""
    title = schedule.title
    for verb in _TITLE_VERBS:
        if title.startswith(verb):
            title = title.removeprefix(verb)
            title = title[:1].upper() + title[1:]
            break
    paper = schedule.document
    unit = schedule.office.units.get(paper.issuer or "")
    number = f"{paper.number}{paper.symbol or ''}" if paper.number else None
    return PlanName(schedule.id, title, unit.name if unit else schedule.office.name, number)


@dataclass(frozen=True, slots=True)
class Told:
    """Notices, by what they do to a letter."""

    notices: tuple[Notice, ...] = ()

    def of(self, *kinds: NoticeKind) -> frozenset[str]:
        """The assignments with a notice of one of these kinds."""
        return frozenset(notice.assignment for notice in self.notices if notice.kind in kinds)


@dataclass(frozen=True, slots=True)
class Reading:
    """One plan on one day, indexed for writing letters, its rows everywhere in the order of a letter.

    `opened`, `escalated`: by a notice not yet told.
    """

    schedule: Schedule
    office: Office
    as_of: date
    plan: PlanName
    of_unit: Mapping[str, Sequence[Row]]
    helped_by: Mapping[str, Sequence[Row]]
    of_task: Mapping[str, Sequence[Row]]
    by_id: Mapping[str, Row]
    opened: frozenset[str]
    escalated: frozenset[str]
    helper: Callable[[str], Helper]


def read(
    schedule: Schedule, office: Office, rows: Iterable[Row], as_of: date, notices: Iterable[Notice] = ()
) -> Reading:
    """Index the rows of one plan by unit, helping unit and task."""
    of_unit, helped_by, of_task = (defaultdict[str, list[Row]](list) for _ in range(3))
    by_id: dict[str, Row] = {}
    for row in sorted(rows, key=letter_order):
        of_unit[row.unit].append(row)
        of_task[row.task].append(row)
        by_id[row.id] = row
        for unit in row.helpers:
            helped_by[unit].append(row)
    helpers: dict[str, Helper] = {}

    def named(unit: str) -> Helper:
        if unit not in helpers:
            helpers[unit] = helper(office, unit, as_of)
        return helpers[unit]

    told = Told(tuple(notices))
    return Reading(
        schedule=schedule,
        office=office,
        as_of=as_of,
        plan=plan_name(schedule),
        of_unit=of_unit,
        helped_by=helped_by,
        of_task=of_task,
        by_id=by_id,
        opened=told.of(NoticeKind.OPENED),
        escalated=told.of(NoticeKind.ESCALATION),
        helper=named,
    )


def item(row: Row, reading: Reading, *, opens: bool = False, new_date: bool = False) -> Item:
    """A row as a letter speaks of it."""
    clauses = reading.schedule.clauses
    return Item(
        plan=row.plan,
        assignment=row.id,
        title=row.title,
        unit=row.unit,
        unit_name=row.unit_name,
        standing=row.standing,
        due=row.due,
        original_due=row.original_due,
        late=row.working_days_late,
        left=row.working_days_left,
        citations=tuple(Citation(c, clauses[c].cite if c in clauses else None) for c in row.clauses),
        named=row.named,
        helpers=tuple(reading.helper(unit) for unit in row.helpers if unit != row.unit),
        waits_for=row.waits_for_units,
        earlier=tuple(dict.fromkeys(b.title for b in row.waits_for if b.unit == row.unit)),
        check_in=row.occurrence is not None,
        returned=_is_returned(row),
        opens=opens,
        new_date=new_date,
        obstacle=row.obstacle,
        missed=row.missed,
        promised=row.promise_until,
        extension_wanted=row.extension.wanted if row.extension is not None and row.extension_asked else None,
        confidential=row.confidential,
        number=row.number,
    )


def items(rows: Iterable[Row], reading: Reading) -> tuple[Item, ...]:
    """Rows in the order of a letter."""
    return tuple(item(row, reading) for row in sorted(rows, key=letter_order))


def pressing(rows: Iterable[Row], opened: frozenset[str], as_of: date) -> list[Row]:
    """Those of a unit that a triggered letter lists: returned, overdue, due today, due soon, opened."""
    return [
        row
        for row in rows
        if row.state in IN_HAND
        and (row.standing in _PRESSING or row.due == as_of or row.returned_on is not None or row.id in opened)
    ]


def daily_section(unit: str, told: Told, reading: Reading) -> UnitSection:
    """A unit's section on a day with a trigger."""
    opened = told.of(NoticeKind.OPENED)
    attention = pressing(reading.of_unit.get(unit, ()), opened, reading.as_of)
    redated = told.of(NoticeKind.REDATED)
    new_dates = opened | redated
    # What brings a new date is named in any case: the date goes into the calendar.
    named = [row for place, row in enumerate(attention) if place < MOST_NAMED or row.id in new_dates]
    more = [row for row in attention[MOST_NAMED:] if row.id not in new_dates]
    opening = [row for row in reading.helped_by.get(unit, ()) if row.id in reading.opened]
    return UnitSection(
        plan=reading.plan,
        unit=unit,
        unit_name=reading.office.units[unit].name,
        voice=voice_of(reading.office.units[unit]),
        attention=tuple(
            item(row, reading, opens=row.id in opened, new_date=row.id in new_dates) for row in named
        ),
        helping=helping(opening),
        accepted=_named(told.of(NoticeKind.ACCEPTED), reading),
        redated=_named(redated - {row.id for row in attention}, reading, new_date=True),
        cancelled=_named(told.of(NoticeKind.CANCELLED), reading, new_date=True),
        more=tuple(map(_counted, more)),
    )


def _counted(row: Row) -> Counted:
    return Counted(
        assignment=row.id,
        number=row.number,
        standing=row.standing,
        due=row.due,
        late=row.working_days_late,
        left=row.working_days_left,
        returned=_is_returned(row),
    )


def _is_returned(row: Row) -> bool:
    return row.returned_on is not None and row.state in IN_HAND


def weekly_section(unit: str, told: Told, up_to: date, reading: Reading) -> UnitSection:
    """A unit's weekly summary: the daily section, and everything else that it holds or helps with."""
    section = daily_section(unit, told, reading)
    shown = {entry.assignment for entry in section.pressing} | {entry.assignment for entry in section.redated}
    rows = reading.of_unit.get(unit, ())
    rest = [row for row in rows if row.state in _ASKED_OF_THE_UNIT and row.id not in shown]
    sunday = sunday_of(reading.as_of)
    week = [row for row in rest if row.due is not None and row.due <= sunday]
    later = [row for row in rest if row.due is None or row.due > sunday]
    helped = [row for row in reading.helped_by.get(unit, ()) if _is_near(row, sunday)]
    return replace(
        section,
        this_week=items(week, reading),
        later=tuple(item(row, reading) for row in sorted(later, key=_by_due)),
        helping=helping(helped),
        tally=tally(rows, up_to),
    )


def sunday_of(day: date) -> date:
    """The last day of the week, Monday to Sunday, of a day."""
    return day + timedelta(_DAYS_TO_SUNDAY - day.weekday())


def publication_section(unit: str, new: frozenset[str], reading: Reading) -> UnitSection:
    """A unit's own extract of a plan: what it leads, by date, and what it helps with."""
    rows = sorted((r for r in reading.of_unit.get(unit, ()) if r.state in _ASKED_OF_THE_UNIT), key=_by_due)
    helped = [row for row in reading.helped_by.get(unit, ()) if row.state in _ASKED_OF_THE_UNIT]
    return UnitSection(
        plan=reading.plan,
        unit=unit,
        unit_name=reading.office.units[unit].name,
        voice=voice_of(reading.office.units[unit]),
        later=tuple(item(row, reading, new_date=row.id in new) for row in rows),
        helping=helping(helped),
    )


def copied(section: UnitSection) -> UnitSection:
    """The section as another unit gets it for information: confidential work shows its state only."""
    return replace(
        section,
        copied=True,
        attention=_for_others(section.attention),
        this_week=_for_others(section.this_week),
        later=_for_others(section.later),
        accepted=_for_others(section.accepted),
        redated=_for_others(section.redated),
        cancelled=_for_others(section.cancelled),
    )


def _for_others(shown: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(
        replace(entry, new_date=False, title=None if entry.confidential else entry.title) for entry in shown
    )


def tally(rows: Iterable[Row], up_to: date) -> Tally:
    """The four-way count of a unit's work; cancelled and standing work do not count."""
    counts: dict[Standing, int] = defaultdict(int)
    for row in rows:
        counts[row.standing] += 1
    not_yet = (
        Standing.NOT_DUE, Standing.WAITING_FOR_OTHERS, Standing.IN_PROGRESS, Standing.DUE_SOON,
        Standing.AWAITING_CHECK,
    )  # fmt: skip
    return Tally(
        up_to=up_to,
        on_time=counts[Standing.DONE_ON_TIME],
        late=counts[Standing.DONE_LATE],
        in_time=sum(counts[standing] for standing in not_yet),
        overdue=counts[Standing.OVERDUE],
        waiting=counts[Standing.WAITING_FOR_OTHERS],
    )


def is_unfinished(row: Row) -> bool:
    """Whether a result is still to come: standing work never has one."""
    return row.state in UNFINISHED and not (row.kind is Kind.ONGOING and row.occurrence is None)


def helping(rows: Iterable[Row]) -> tuple[Helping, ...]:
    """Helped work, one line for a task (and day) however many units lead it."""
    together: dict[tuple[str, date | None], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=_by_due):
        together[(row.task, row.due)].append(row)
    return tuple(_helping(group) for group in together.values())


def _helping(group: Sequence[Row]) -> Helping:
    first = group[0]
    standings = {row.standing for row in group}
    worst = next((s for s in (Standing.OVERDUE, Standing.DUE_SOON) if s in standings), first.standing)
    leads = tuple(dict.fromkeys(row.unit_name for row in group))
    return Helping(None if first.confidential else first.title, leads, first.due, worst)


def _named(ids: Iterable[str], reading: Reading, *, new_date: bool = False) -> tuple[Item, ...]:
    rows = sorted((reading.by_id[name] for name in ids), key=_by_due)
    return tuple(item(row, reading, new_date=new_date) for row in rows)


def _is_near(row: Row, sunday: date) -> bool:
    """In hand, or to begin this week: helpers need not hear of what is further away."""
    starts = row.start is not None and row.start <= sunday
    return row.state in IN_HAND or (row.state is State.WAITING and starts)


def _by_due(row: Row) -> tuple[date, str]:
    return row.due or date.max, row.id
