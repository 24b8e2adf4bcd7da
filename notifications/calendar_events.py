"""Due dates as calendar files: all-day events that update themselves when a date moves.

An event keeps its UID for the life of the assignment; a later letter carries a higher SEQUENCE, so that a
calendar takes the newer date whatever order the letters are opened in (RFC 5545, 3.8.7.4). `icalendar`
escapes and folds; the few properties are put in order here, because building its component objects costs
three times as much as the rest of a letter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from icalendar import vText
from icalendar.parser import Contentline

PRODUCT = "-//Don Doc//Letters//VI"
_FIRST_DAY = date(2020, 1, 1)
_CRLF = "\r\n"
_HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "METHOD:PUBLISH", "CALSCALE:GREGORIAN")
_CONTROLS = dict.fromkeys(range(0x20), " ") | {0x7F: " "}


@dataclass(frozen=True, slots=True)
class DueDate:
    """One assignment's due date for a calendar; `cancelled` takes the event out again."""

    uid: str
    summary: str
    due: date
    cancelled: bool = False


def uid(office: str, plan: str, assignment: str) -> str:
    """The event's name for life: the assignment's."""
    return f"{assignment}.{plan}@{office}.dondoc"


def sequence(as_of: date) -> int:
    """A number that rises with the day on which something is said: days since 2020."""
    return (as_of - _FIRST_DAY).days


def publish(dates: Iterable[DueDate], as_of: date) -> bytes:
    """An iCalendar file (METHOD:PUBLISH) of due dates as they stand on `as_of`."""
    lines = [*_HEAD, *(line for one in dates for line in _event(one, as_of)), "END:VCALENDAR"]
    return (_CRLF.join(lines) + _CRLF).encode()


def _event(one: DueDate, as_of: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield _text("UID", one.uid)
    yield f"SEQUENCE:{sequence(as_of)}"
    yield f"DTSTAMP:{as_of:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{one.due:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.due + timedelta(1):%Y%m%d}"
    yield _text("SUMMARY", one.summary)
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    # A due date does not make anybody busy.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(name: str, value: str) -> str:
    """A property with free text: controls become spaces, the rest is escaped and folded."""
    escaped = vText(value.translate(_CONTROLS)).to_ical().decode()
    folded: bytes = Contentline(f"{name}:{escaped}").to_ical()  # type: ignore[no-untyped-call]
    return folded.decode()
