"""Working days: the laws, and the days of 2026 that an office knows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_definitions.model import CalendarDefinition, Offset, Roll, Step
from plan_definitions.working_days import DateOutOfRange, WorkingCalendar, public_holidays

OFFICE = CalendarDefinition(
    vouched=(2026,),
    days_off={date(2026, 1, 2): "Nghỉ hoán đổi", date(2026, 6, 15): "Ngày truyền thống của xã"},
    working_days=(date(2026, 1, 10), date(2026, 8, 22)),
)
CALENDAR = WorkingCalendar(OFFICE)

days = st.dates(date(2019, 1, 1), date(2031, 12, 31))
distances = st.integers(1, 600)
rolls = st.sampled_from(Roll)


def naive_after(day: date, n: int) -> date:
    """The definition itself, one day at a time."""
    while n:
        day += timedelta(1)
        n -= CALENDAR.is_working_day(day)
    return day


@given(days, st.integers(1, 80))
def test_after_counts_one_working_day_at_a_time(day: date, n: int) -> None:
    assert CALENDAR.after(day, n) == naive_after(day, n)


@given(days, distances)
def test_before_and_after_are_inverse_on_working_days(day: date, n: int) -> None:
    working = CALENDAR.roll(day, Roll.NEXT)
    assert CALENDAR.before(CALENDAR.after(working, n), n) == working
    assert CALENDAR.after(CALENDAR.before(working, n), n) == working


@given(days, distances)
def test_results_are_working_days_strictly_beyond(day: date, n: int) -> None:
    later, earlier = CALENDAR.after(day, n), CALENDAR.before(day, n)
    assert earlier < day < later
    assert CALENDAR.is_working_day(later)
    assert CALENDAR.is_working_day(earlier)


@given(days, distances)
def test_between_undoes_after_even_from_a_day_off(day: date, n: int) -> None:
    assert CALENDAR.between(day, CALENDAR.after(day, n)) == n


@given(days, days, days)
def test_between_adds_up_and_changes_sign(first: date, middle: date, last: date) -> None:
    assert CALENDAR.between(first, last) == -CALENDAR.between(last, first)
    assert CALENDAR.between(first, middle) + CALENDAR.between(middle, last) == CALENDAR.between(first, last)


@given(days, rolls)
def test_roll_lands_on_a_working_day_or_keeps(day: date, roll: Roll) -> None:
    rolled = CALENDAR.roll(day, roll)
    assert CALENDAR.roll(rolled, roll) == rolled
    if roll is Roll.KEEP or CALENDAR.is_working_day(day):
        assert rolled == day
    else:
        assert CALENDAR.is_working_day(rolled)
        assert (rolled < day) is (roll is Roll.PREVIOUS)


@given(days, st.integers(-300, 300), st.sampled_from(Step))
def test_add_agrees_with_its_parts(day: date, amount: int, step: Step) -> None:
    moved = CALENDAR.add(day, Offset(amount, step))
    match step:
        case Step.DAY:
            assert moved == day + timedelta(days=amount)
        case Step.WEEK:
            assert moved == day + timedelta(weeks=amount)
        case Step.WORKING_DAY if amount > 0:
            assert moved == CALENDAR.after(day, amount)
        case Step.WORKING_DAY if amount < 0:
            assert moved == CALENDAR.before(day, -amount)
        case _:
            assert moved == day


@given(days)
def test_the_first_working_day_of_the_week_is_the_first(day: date) -> None:
    monday = day - timedelta(day.weekday())
    working = [d for n in range(7) if CALENDAR.is_working_day(d := monday + timedelta(n))]
    assert CALENDAR.first_working_day_of_week(day) == (working[0] if working else None)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 2), False),  # exchanged by the office's file; the library does not know it
        (date(2026, 1, 10), True),
        (date(2026, 2, 17), False),  # Tết
        (date(2026, 4, 27), False),  # Hùng kings' day fell on a Sunday
        (date(2026, 6, 1), True),
        (date(2026, 6, 6), False),
        (date(2026, 6, 15), False),  # the office's own
        (date(2026, 8, 22), True),
        (date(2026, 8, 31), False),
        (date(2026, 11, 24), False),
    ],
)
def test_the_year_2026(day: date, works: bool) -> None:
    assert CALENDAR.is_working_day(day) is works


def test_the_librarys_make_up_day_counts_unless_the_office_closes_it() -> None:
    assert WorkingCalendar(CalendarDefinition()).is_working_day(date(2026, 8, 22))
    closed = CalendarDefinition(days_off={date(2026, 8, 22): "Nghỉ bão"})
    assert not WorkingCalendar(closed).is_working_day(date(2026, 8, 22))


def test_the_office_may_work_on_a_public_holiday() -> None:
    calendar = WorkingCalendar(CalendarDefinition(working_days=(date(2026, 11, 24),)))
    assert calendar.is_working_day(date(2026, 11, 24))
    assert calendar.day_off_name(date(2026, 11, 24)) is None


def test_days_off_have_names_in_the_language_asked_for() -> None:
    assert CALENDAR.day_off_name(date(2026, 6, 15)) == "Ngày truyền thống của xã"
    assert CALENDAR.day_off_name(date(2026, 9, 2)) == "Quốc khánh"
    assert CALENDAR.day_off_name(date(2026, 6, 6)) is None
    assert WorkingCalendar(OFFICE, "en").day_off_name(date(2026, 9, 2)) == "National Day"


def test_a_week_of_tet_has_no_working_day() -> None:
    assert CALENDAR.first_working_day_of_week(date(2026, 2, 18)) is None
    assert CALENDAR.next_working_day(date(2026, 2, 13)) == date(2026, 2, 23)


def test_only_checked_years_are_vouched_for() -> None:
    assert CALENDAR.vouches_for(2026)
    assert not CALENDAR.vouches_for(2027)


def test_distances_from_the_source_document() -> None:
    """From the day of issue to the launch there are fifteen working days, 11 to 29 May 2026."""
    assert CALENDAR.before(date(2026, 6, 1), 15) == date(2026, 5, 11)
    assert CALENDAR.between(date(2026, 5, 10), date(2026, 5, 31)) == 15


def test_dates_without_known_holidays_are_refused() -> None:
    with pytest.raises(DateOutOfRange):
        CALENDAR.is_working_day(date(1999, 12, 31))
    with pytest.raises(DateOutOfRange):
        CALENDAR.add(date(2026, 1, 1), Offset(10**12, Step.DAY))
    with pytest.raises(DateOutOfRange):
        CALENDAR.add(date(2026, 1, 1), Offset(10**12, Step.WORKING_DAY))
    with pytest.raises(ValueError, match="counted from 1"):
        CALENDAR.after(date(2026, 1, 1), 0)


def test_public_holidays_hold_what_the_law_gives() -> None:
    public = public_holidays(2026)
    assert public.days_off[date(2026, 1, 1)] == "Tết Dương lịch"
    assert public.make_up == {date(2026, 8, 22)}
