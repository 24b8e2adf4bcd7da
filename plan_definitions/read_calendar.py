"""calendar.yaml: years whose holidays someone checked, the office's days off, make-up working days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from plan_definitions.diagnostics import Phrase, Report, Unreadable
from plan_definitions.forms import DATE, TEXT, YEARS, Form, read_amount
from plan_definitions.model import CalendarDefinition
from plan_definitions.records import Key, Record, list_of, record
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Node


def read_year(node: Node, report: Report) -> int:
    """A year in four digits."""
    year = read_amount(node, report)
    if year not in YEARS:
        message = Phrase("the year {year} cannot be meant", {"year": year})
        raise report.refuse("no-such-date", node.place, message)
    return year


@dataclass(frozen=True, slots=True)
class _Day:
    """A day and where it stands."""

    date: date
    place: Place
    name: str = ""


def _read_day(node: Node, report: Report) -> _Day:
    return _Day(DATE.read(node, report), node.place)


DAY = Form(_read_day, DATE.schema)
DAY_OFF = Record({"date": Key(DAY, required=True), "name": Key(TEXT, required=True)})


def _day_off(date: _Day, name: str) -> _Day:
    return _Day(date.date, date.place, name)


CALENDAR = Record(
    {
        "vouched": Key(list_of(Form(read_year, {"type": "integer"}))),
        "days_off": Key(list_of(record(DAY_OFF, _day_off))),
        "working_days": Key(list_of(DAY)),
    }
)


def read_calendar(node: Node, report: Report) -> CalendarDefinition | None:
    """The calendar; no day stands in it twice, whether as a day off or as a working day."""
    before = report.errors
    try:
        values = CALENDAR.values(node, report)
    except Unreadable:
        return None
    if report.errors > before:
        report.unread.add("vouched")
    report.places["calendar", ""] = node.place
    seen: dict[date, Place] = {}
    once = _once(seen, report)
    days_off = {day.date: day.name for day in values.get("days_off", ()) if once(day)}
    make_up: tuple[_Day, ...] = tuple(day for day in values.get("working_days", ()) if once(day))
    report.places.update({("working_day", day.date.isoformat()): day.place for day in make_up})
    working_days = tuple(day.date for day in make_up)
    return CalendarDefinition(values.get("vouched", ()), days_off, working_days)


def _once(seen: dict[date, Place], report: Report) -> Callable[[_Day], bool]:
    """A test that a day has not stood in the calendar before; a second time is reported."""

    def once(day: _Day) -> bool:
        if day.date in seen:
            values = {"date": day.date.isoformat(), "line": seen[day.date].line}
            message = Phrase("the day {date} already stands on line {line}", values)
            report.error("duplicate-day", day.place, message)
            return False
        seen[day.date] = day.place
        return True

    return once
