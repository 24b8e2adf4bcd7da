"""Dates of tasks: expressions, roll, repeats, and what cannot be dated."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_builders import at, day, every, monthly, plan, task

from plan_definitions.dates import TaskDates, occurrences, repeat_days, resolve_dates
from plan_definitions.model import CalendarDefinition, Kind, PlanDefinition, Repeat, Roll
from plan_definitions.working_days import WorkingCalendar

CALENDAR = WorkingCalendar(CalendarDefinition(vouched=(2026,)))

days = st.dates(date(2025, 1, 1), date(2027, 6, 1))


def dated(definition: PlanDefinition) -> dict[str, TaskDates]:
    resolved = resolve_dates(definition, CALENDAR)
    assert not resolved.diagnostics
    return dict(resolved.tasks)


def refused(definition: PlanDefinition, *unread: str) -> list[tuple[str, str]]:
    """The codes, each with the word it points at."""
    return [
        (d.code, d.place.file) for d in resolve_dates(definition, CALENDAR, frozenset(unread)).diagnostics
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("launch", date(2026, 6, 1)),
        ("launch - 7 working days", date(2026, 5, 21)),
        ("launch - 15 working days", date(2026, 5, 11)),
        ("opens + 10 working days", date(2026, 6, 15)),
        ("closes + 3 days", date(2026, 7, 3)),
        ("opens + 2 weeks", date(2026, 6, 15)),
        ("2026-06-12", date(2026, 6, 12)),
        ("2026-06-12 + 1 working day", date(2026, 6, 15)),
    ],
)
def test_an_expression_means_a_date(text: str, meant: date) -> None:
    assert dated(plan(task("a", due=text)))["a"].due == meant


@pytest.mark.parametrize(
    ("roll", "due"),
    [(Roll.PREVIOUS, date(2026, 6, 5)), (Roll.NEXT, date(2026, 6, 8)), (Roll.KEEP, date(2026, 6, 7))],
)
def test_a_due_date_on_a_sunday_rolls_and_remembers(roll: Roll, due: date) -> None:
    found = dated(plan(task("a", due="2026-06-07", roll=roll)))["a"]
    assert (found.due, found.unrolled_due) == (due, date(2026, 6, 7))


def test_an_anchor_rolls_but_a_start_does_not() -> None:
    found = dated(plan(task("a", start="sunday", due="sunday"), anchors={"sunday": date(2026, 6, 7)}))["a"]
    assert (found.start, found.due) == (date(2026, 6, 7), date(2026, 6, 5))


def test_an_event_keeps_its_date() -> None:
    assert dated(plan(task("a", due="2026-06-07", kind=Kind.EVENT)))["a"].due == date(2026, 6, 7)


def test_naming_a_task_means_its_rolled_due_date_in_any_written_order() -> None:
    found = dated(plan(task("late", due="early + 1 working day"), task("early", due="2026-06-07")))
    assert found["late"].due == date(2026, 6, 8)


def test_naming_a_repeated_task_means_its_last_occurrence() -> None:
    weekly = task("weekly", repeat=every("friday", "opens", "closes"))
    assert dated(plan(weekly, task("b", due="weekly")))["b"].due == date(2026, 6, 26)


def test_weekly_check_ins_of_june() -> None:
    found = dated(plan(task("a", repeat=every("friday", "opens", "closes"))))["a"]
    assert [o.due.day for o in found.occurrences] == [5, 12, 19, 26]
    assert [o.start.day for o in found.occurrences] == [1, 8, 15, 22]
    assert (found.start, found.due) == (date(2026, 6, 1), date(2026, 6, 26))


@given(days, st.integers(0, 400), st.integers(0, 6), st.integers(1, 4))
def test_weekly_days_are_that_weekday_evenly_within_the_bounds(
    first: date, length: int, weekday: int, weeks: int
) -> None:
    last = first + timedelta(length)
    repeat = Repeat(day("opens"), day("closes"), at("repeat"), weekday, weeks)
    found = list(repeat_days(repeat, first, last))
    every_such_day = [d for n in range(length + 1) if (d := first + timedelta(n)).weekday() == weekday]
    assert found == every_such_day[::weeks]


@given(days, st.integers(0, 900), st.integers(1, 31))
def test_monthly_days_are_that_day_or_the_months_last(first: date, length: int, month_day: int) -> None:
    last = first + timedelta(length)
    found = list(repeat_days(Repeat(day("opens"), day("closes"), at("r"), month_day=month_day), first, last))
    expected = [
        d
        for n in range(length + 1)
        if (d := first + timedelta(n)).day == month_day
        or (d.day < month_day and (d + timedelta(1)).month != d.month)
    ]
    assert found == expected


@given(days, st.integers(0, 400), st.integers(0, 6), st.sampled_from(Roll))
def test_occurrences_follow_each_other(first: date, length: int, weekday: int, roll: Roll) -> None:
    repeat = Repeat(day("opens"), day("closes"), at("r"), weekday)
    planned = list(repeat_days(repeat, first, first + timedelta(length)))
    kept, left_out = occurrences(planned, first, roll, CALENDAR)
    assert sorted([o.unrolled_due for o in kept] + list(left_out)) == planned
    assert all(o.start <= o.due for o in kept)
    assert all(one.due < two.start or roll is Roll.KEEP for one, two in pairwise(kept))


def test_a_check_in_in_a_week_off_is_left_out() -> None:
    found = dated(plan(task("a", repeat=every("friday", "2026-02-09", "2026-02-28"))))["a"]
    assert [o.due for o in found.occurrences] == [date(2026, 2, 13), date(2026, 2, 27)]
    assert found.left_out == (date(2026, 2, 20),)


def test_day_31_means_the_months_last_day() -> None:
    found = dated(plan(task("a", roll=Roll.KEEP, repeat=monthly(31, "2026-04-01", "2026-06-30"))))["a"]
    assert [o.due.isoformat() for o in found.occurrences] == ["2026-04-30", "2026-05-31", "2026-06-30"]


def test_an_unknown_name_is_told_once_with_what_it_may_mean() -> None:
    definition = plan(task("a", due="lauch"), task("b", start="lauch", due="closes"), task("c", due="a"))
    diagnostics = resolve_dates(definition, CALENDAR).diagnostics
    assert [(d.code, d.place.file) for d in diagnostics] == [("unknown-anchor", "lauch")]
    assert diagnostics[0].help is not None
    assert "`launch`" in diagnostics[0].help.say(str)


def test_both_dates_of_a_task_are_looked_at() -> None:
    assert refused(plan(task("a", start="x1", due="y2"))) == [
        ("unknown-anchor", "x1"),
        ("unknown-anchor", "y2"),
    ]


def test_dates_measured_from_each_other_are_refused_once() -> None:
    definition = plan(task("a", due="b + 1 day"), task("b", due="a - 1 day"), task("c", due="b"))
    assert refused(definition) == [("date-cycle", "b + 1 day")]


def test_a_date_measured_from_itself_is_refused() -> None:
    assert refused(plan(task("a", start="a - 1 day", due="launch"))) == [("date-cycle", "a - 1 day")]


def test_a_task_without_a_due_date_measures_nothing() -> None:
    standing = task("standing", kind=Kind.ONGOING)
    assert refused(plan(standing, task("b", due="standing"))) == [("undated-task", "standing")]


@pytest.mark.parametrize("text", ["opens + 99999 days", "opens - 9999 working days", "1999-01-01"])
def test_dates_nobody_has_a_calendar_for_are_refused(text: str) -> None:
    assert refused(plan(task("a", due=text))) == [("date-out-of-range", text)]


def test_a_repeat_without_days_and_one_with_too_many_are_refused() -> None:
    assert refused(plan(task("a", repeat=every("friday", "closes", "opens")))) == [
        ("empty-repeat", "every friday")
    ]
    assert refused(plan(task("a", repeat=every("friday", "opens", "2050-01-01")))) == [
        ("too-many-occurrences", "every friday")
    ]


def test_what_was_refused_elsewhere_is_not_complained_of_again() -> None:
    definition = plan(
        task("a", due="broken + 1 day"), task("b", due="a"), task("c", due="half"), task("half")
    )
    assert refused(definition, "broken", "half") == []


def test_a_long_chain_of_dates_needs_no_recursion() -> None:
    chain = [task("t0", due="opens"), *(task(f"t{n}", due=f"t{n - 1}") for n in range(1, 5000))]
    assert dated(plan(*reversed(chain)))["t4999"].due == date(2026, 6, 1)
