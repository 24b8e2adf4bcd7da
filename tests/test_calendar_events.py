"""Due dates in calendars: read back by icalendar's own parser."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.calendar_events import DueDate, publish, sequence, uid

TODAY = date(2026, 6, 10)
SIGNS = DueDate(
    uid("kim-thanh", "month-2026", "hazard-signs/thon-2"), "Cắm biển cảnh báo, rào chắn", date(2026, 6, 12)
)


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_an_event_lasts_the_whole_due_day() -> None:
    [event] = events(publish([SIGNS], TODAY))
    assert event["DTSTART"].dt == date(2026, 6, 12)
    assert event["DTEND"].dt == date(2026, 6, 13)
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["SUMMARY"] == "Cắm biển cảnh báo, rào chắn"
    assert event["STATUS"] == "CONFIRMED"
    assert event["TRANSP"] == "TRANSPARENT"


def test_the_file_is_published_not_an_invitation() -> None:
    calendar = Calendar.from_ical(publish([SIGNS], TODAY))
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert "ATTENDEE" not in publish([SIGNS], TODAY).decode()


def test_a_moved_date_keeps_its_name_and_gets_a_higher_number() -> None:
    moved = DueDate(SIGNS.uid, SIGNS.summary, date(2026, 6, 19))
    [before], [after] = events(publish([SIGNS], TODAY)), events(publish([moved], TODAY + timedelta(1)))
    assert before["UID"] == after["UID"] == "hazard-signs/thon-2.month-2026@kim-thanh.dondoc"
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_two_communes_share_no_event() -> None:
    assert uid("kim-thanh", "p", "a/b") != uid("kim-son", "p", "a/b")


def test_a_cancelled_assignment_leaves_the_calendar() -> None:
    [event] = events(publish([DueDate(SIGNS.uid, SIGNS.summary, SIGNS.due, cancelled=True)], TODAY))
    assert event["STATUS"] == "CANCELLED"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert publish([SIGNS], TODAY) == publish([SIGNS], TODAY)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_sequences_rise_from_day_to_day_and_fit_an_integer(day: date) -> None:
    assert 0 <= sequence(day) < sequence(day + timedelta(1)) < 2**31


@pytest.mark.parametrize(
    "summary",
    [
        "BEGIN:VALARM",
        "a\r\nATTENDEE:mailto:x@y.example",
        "a\nEND:VEVENT",
        "semi;colon, comma \\ backslash",
        "\x00\x07 controls",
        "Nguyễn " * 60,
    ],
)
def test_a_hostile_title_stays_one_summary(summary: str) -> None:
    content = publish([DueDate(SIGNS.uid, summary, SIGNS.due)], TODAY)
    [event] = events(content)
    assert set(event) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP"}
    assert str(event["SUMMARY"]).split() == summary.replace("\x00", " ").replace("\x07", " ").split()
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
