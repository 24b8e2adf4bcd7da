"""Working days of an office: weekends, Vietnam's public holidays, the office's own file."""

from __future__ import annotations

import importlib.util
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, cast

import holidays

from plan_definitions.model import CalendarDefinition, Offset, Roll, Step

FIRST_YEAR = 2000
LAST_YEAR = 2100
"""The years a plan may reach: the lunar calendar behind Tết is not known beyond."""

SATURDAY = 5


class DateOutOfRange(ValueError):
    """A date before `FIRST_YEAR` or after `LAST_YEAR`: nobody knows its holidays."""


class _Year(NamedTuple):
    """One year, worked out: its working days as ordinals in order and as a set, and why days are off."""

    ordered: tuple[int, ...]
    working: frozenset[int]
    names: Mapping[date, str]


class PublicHolidays(NamedTuple):
    """What the law gives one year: days off with their names, and Saturdays worked in exchange."""

    days_off: Mapping[date, str]
    make_up: frozenset[date]


def _vietnam() -> type[holidays.HolidayBase]:
    """The library's class for Vietnam, loaded from its own file.

    The documented ways to it import every country of the world first, which takes twenty times as long and
    would be paid by each run of the command.
    """
    file = Path(holidays.__path__[0], "countries", "vietnam.py")
    spec = importlib.util.spec_from_file_location("plan_definitions._holidays_of_vietnam", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"the holidays library has no {file}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("type[holidays.HolidayBase]", module.Vietnam)


_VIETNAM = _vietnam()


@cache
def public_holidays(year: int, language: str = "vi") -> PublicHolidays:
    """Vietnam's public holidays of a year as the `holidays` library knows them, named in `language` (vi, en).

    Coming years are computed, not announced: days exchanged by decision are missing until a new release.
    """
    found = _VIETNAM(years=year, expand=False, language={"en": "en_US"}.get(language, language))
    worked = frozenset(day for day in found.weekend_workdays if day.year == year)
    return PublicHolidays(MappingProxyType(dict(sorted(found.items()))), worked)


class WorkingCalendar:
    """Answers questions about working days; where they differ, the office's file wins over the library.

    A make-up day of the office's file is a working day even on a public holiday. All distances follow
    language.md: the N-th working day strictly after or before a day, which may itself be a day off.
    Every method raises `DateOutOfRange` for dates outside `FIRST_YEAR`..`LAST_YEAR`.
    """

    __slots__ = ("_days_off", "_language", "_make_up", "_vouched", "_years")

    def __init__(self, definition: CalendarDefinition, language: str = "vi") -> None:
        self._days_off = dict(definition.days_off)
        self._make_up = frozenset(definition.working_days)
        self._vouched = frozenset(definition.vouched)
        self._language = language
        self._years: dict[int, _Year] = {}

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`."""
        return day.toordinal() in self._year(day.year).working

    def day_off_name(self, day: date) -> str | None:
        """Why `day` is off: the name of the holiday; None for working days and plain weekends."""
        return self._year(day.year).names.get(day)

    def vouches_for(self, year: int) -> bool:
        """Whether somebody checked the holidays of `year` (calendar.yaml, `vouched`)."""
        return year in self._vouched

    def after(self, day: date, n: int) -> date:
        """The `n`-th working day strictly after `day`; `n` is at least 1."""
        _at_least_one(n)
        year = day.year
        working = self._year(year).ordered
        index = bisect_right(working, day.toordinal()) + n - 1
        while index >= len(working):
            index -= len(working)
            year += 1
            working = self._year(year).ordered
        return date.fromordinal(working[index])

    def before(self, day: date, n: int) -> date:
        """The `n`-th working day strictly before `day`; `n` is at least 1."""
        _at_least_one(n)
        year = day.year
        working = self._year(year).ordered
        index = bisect_left(working, day.toordinal()) - n
        while index < 0:
            year -= 1
            working = self._year(year).ordered
            index += len(working)
        return date.fromordinal(working[index])

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after `day`; for "today or later" see `roll`."""
        return self.after(day, 1)

    def add(self, day: date, offset: Offset) -> date:
        """`day` moved by a signed distance; the result of calendar days and weeks may be a day off."""
        if offset.amount == 0:
            return day
        if offset.step is Step.WORKING_DAY:
            return self.after(day, offset.amount) if offset.amount > 0 else self.before(day, -offset.amount)
        days = offset.amount * (7 if offset.step is Step.WEEK else 1)
        try:
            moved = day + timedelta(days)
        except OverflowError:
            raise DateOutOfRange(f"{offset.amount} {offset.step} from {day}") from None
        self._year(moved.year)
        return moved

    def roll(self, day: date, roll: Roll) -> date:
        """`day` itself when it is a working day; else the nearest one in the direction of `roll`."""
        if roll is Roll.KEEP or self.is_working_day(day):
            return day
        return self.before(day, 1) if roll is Roll.PREVIOUS else self.after(day, 1)

    def between(self, first: date, last: date) -> int:
        """How many working days lie in `(first, last]`; negative when the dates are reversed.

        The inverse of `after`: `between(day, after(day, n)) == n`.
        """
        if first.year == last.year:
            return self._rank(last) - self._rank(first)
        whole_years = range(min(first.year, last.year), max(first.year, last.year))
        crossed = sum(len(self._year(year).ordered) for year in whole_years)
        across = crossed if first <= last else -crossed
        return across + self._rank(last) - self._rank(first)

    def first_working_day_of_week(self, day: date) -> date | None:
        """The first working day of the week, Monday to Sunday, of `day`; None if all of it is off (Tết)."""
        sunday_before = day - timedelta(day.weekday() + 1)
        first = self.after(sunday_before, 1)
        return first if first - sunday_before <= timedelta(weeks=1) else None

    def _rank(self, day: date) -> int:
        """How many working days of its year are not after `day`."""
        return bisect_right(self._year(day.year).ordered, day.toordinal())

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._work_out(year)
        return known

    def _work_out(self, year: int) -> _Year:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise DateOutOfRange(f"the year {year} lies outside {FIRST_YEAR}..{LAST_YEAR}")
        public = public_holidays(year, self._language)
        names = {**public.days_off, **{day: name for day, name in self._days_off.items() if day.year == year}}
        names = {day: name for day, name in names.items() if day not in self._make_up}
        worked_weekends = (public.make_up - self._days_off.keys()) | self._make_up
        january = date(year, 1, 1).toordinal()
        ordered = tuple(
            ordinal
            for ordinal in range(january, date(year, 12, 31).toordinal() + 1)
            if (day := date.fromordinal(ordinal)) in worked_weekends
            or (day.weekday() < SATURDAY and day not in names)
        )
        return _Year(ordered, frozenset(ordered), MappingProxyType(names))


def _at_least_one(n: int) -> None:
    if n < 1:
        raise ValueError(f"working days are counted from 1, not {n}")
