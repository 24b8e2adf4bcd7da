"""Ladders: which day a rung falls on, who hears of it, and what makes it stand still."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    DEFAULT_LADDER,
    TENTH_OF_JUNE,
    assignment,
    calendar,
    office,
    situation,
    task,
    unit,
)

from plan_definitions.model import Kind, Ladder, Rung, Threshold
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import ladder
from workflows.engine.ladder_days import ladder_days
from workflows.engine.records import Asked, Assignment, Extension, Facts, Promise
from workflows.engine.situation import Situation
from workflows.engine.states import State

PLAIN = WorkingCalendar(calendar())
FRIDAY_OFF = WorkingCalendar(calendar(days_off={date(2026, 6, 12): "Nghỉ bù"}))


def late(**fields: Any) -> Assignment:
    return assignment("gifts/thon-1", State.STARTED, **fields)


# Days


@pytest.mark.parametrize(
    ("due", "days_off", "reminders"),
    [
        (date(2026, 6, 10), PLAIN, [date(2026, 6, 8), date(2026, 6, 10)]),
        (date(2026, 6, 8), PLAIN, [date(2026, 6, 4), date(2026, 6, 8)]),
        (date(2026, 6, 14), PLAIN, [date(2026, 6, 11), date(2026, 6, 12)]),
        (date(2026, 6, 12), FRIDAY_OFF, [date(2026, 6, 10), date(2026, 6, 11)]),
    ],
    ids=["a Wednesday", "over a weekend", "due on a Sunday: on the working day before", "due on a holiday"],
)
def test_reminders_fall_on_working_days(due: date, days_off: WorkingCalendar, reminders: list[date]) -> None:
    days = ladder_days(due, DEFAULT_LADDER, days_off)
    assert days.reminders == tuple(zip((2, 0), reminders, strict=True))
    assert days.soon == min(reminders)


def test_rungs_count_working_days_after_the_due_date() -> None:
    assert ladder_days(TENTH_OF_JUNE, DEFAULT_LADDER, FRIDAY_OFF).rungs == (
        date(2026, 6, 11),
        date(2026, 6, 16),
        date(2026, 6, 18),
    )


def test_a_ladder_without_reminders_makes_work_due_soon_on_the_day_itself() -> None:
    bare = Ladder("bare", remind=(), escalate=())
    days = ladder_days(TENTH_OF_JUNE, bare, PLAIN)
    assert (days.soon, days.looks) == (TENTH_OF_JUNE, (date(2026, 6, 11),))


def test_everything_that_time_may_change_is_looked_at() -> None:
    assert ladder_days(TENTH_OF_JUNE, DEFAULT_LADDER, PLAIN).looks == (
        date(2026, 6, 8),
        TENTH_OF_JUNE,
        date(2026, 6, 11),
        date(2026, 6, 15),
        date(2026, 6, 17),
    )


@pytest.mark.parametrize(
    ("as_of", "given", "reached"),
    [
        (date(2026, 6, 5), None, None),
        (date(2026, 6, 8), None, 2),
        (date(2026, 6, 9), 2, None),
        (date(2026, 6, 9), None, 2),
        (TENTH_OF_JUNE, 2, 0),
        (TENTH_OF_JUNE, None, 0),
        (TENTH_OF_JUNE, 0, None),
        (date(2026, 6, 11), None, None),
    ],
    ids=[
        "early", "the first", "given", "late but not past", "the second", "collapsed", "both given",
        "past due there is no reminder",
    ],
)  # fmt: skip
def test_the_nearest_reminder_not_given(as_of: date, given: int | None, reached: int | None) -> None:
    held = late(reminded_for=given)
    assert ladder.reminder_reached(held, situation(held), as_of) == reached


# Who hears


def heard(held: Assignment, known: Situation) -> tuple[tuple[str, ...], ...]:
    return ladder.recipients(held, known)


def test_each_rung_has_its_role() -> None:
    held = late()
    assert heard(held, situation(held)) == (("standing_office",), ("deputy_chair",), ("chair",))


def test_units_that_are_asked_are_told_to_the_office_only() -> None:
    held = assignment("gifts/youth")
    assert heard(held, situation(held, plan=task("gifts", ("youth",)))) == (("standing_office",), (), ())


@pytest.mark.parametrize(
    ("unit_id", "expected"),
    [
        ("vhxh", ((), ("deputy_chair",), ("chair",))),
        ("deputy", (("standing_office",), (), ("chair",))),
        ("chair", (("standing_office",), ("deputy_chair",), ())),
    ],
)
def test_nobody_is_told_of_their_own_lateness(unit_id: str, expected: tuple[tuple[str, ...], ...]) -> None:
    held = assignment(f"gifts/{unit_id}")
    assert heard(held, situation(held, plan=task("gifts", (unit_id,)))) == expected


def test_one_of_two_roles_of_a_rung_is_enough() -> None:
    both = Ladder("launch", (0,), (Rung(1, ("standing_office", "deputy_chair")),))
    held = assignment("gifts/vhxh")
    assert heard(held, situation(held, plan=task("gifts", ladder=both))) == (("deputy_chair",),)


def test_past_the_threshold_the_others_are_told_to_the_office_only() -> None:
    plan = task("gifts", ("thon-1", "thon-2", "thon-3"), complete_when=Threshold(percent=60))
    done = {"done_on": TENTH_OF_JUNE, "finished_on": TENTH_OF_JUNE}
    held = late()
    others = [assignment("gifts/thon-2", State.DONE, **done), assignment("gifts/thon-3")]
    full = (("standing_office",), ("deputy_chair",), ("chair",))
    assert heard(held, situation(held, *others, plan=plan)) == full
    others[1] = assignment("gifts/thon-3", State.DONE, **done)
    assert heard(held, situation(held, *others, plan=plan)) == (("standing_office",), (), ())


def test_the_threshold_counts_turn_by_turn() -> None:
    fridays = (date(2026, 6, 5), date(2026, 6, 12))
    plan = task("gifts", ("thon-1", "thon-2"), repeat=fridays, complete_when=Threshold(count=1))
    done = assignment("gifts/thon-2/1", State.DONE, done_on=fridays[0], finished_on=fridays[0])
    first, second = assignment("gifts/thon-1/1"), assignment("gifts/thon-1/2")
    known = situation(first, second, done, assignment("gifts/thon-2/2"), plan=plan)
    assert heard(first, known)[1] == ()
    assert heard(second, known)[1] == ("deputy_chair",)


# Whether it climbs


@pytest.mark.parametrize(
    ("plan", "held", "climbs"),
    [
        ({}, {}, True),
        ({}, {"due": None}, False),
        ({"kind": Kind.EVENT}, {}, True),
        ({"kind": Kind.ONGOING}, {}, False),
        ({"kind": Kind.ONGOING}, {"id": "gifts/thon-1/1"}, True),
        ({}, {"facts": Facts(late_at_publication=True)}, False),
    ],
    ids=["work", "no date", "an event", "standing work", "its check-ins", "late when published"],
)
def test_what_climbs(plan: dict[str, Any], held: dict[str, Any], climbs: bool) -> None:
    assert ladder.climbs(assignment(**({"id": "gifts/thon-1"} | held)), task(**plan)) is climbs


# Pauses


TUESDAY = date(2026, 6, 9)


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        (Facts(), None),
        (Facts(held_until=date(2026, 6, 12)), date(2026, 6, 12)),
        (Facts(promise=Promise(date(2026, 6, 16), TUESDAY, 0)), date(2026, 6, 16)),
        (Facts(promise=Promise(date(2026, 7, 31), TUESDAY, 0)), date(2026, 6, 23)),
        (Facts(extension=Extension(TUESDAY, date(2026, 6, 19))), date(2026, 6, 11)),
        (Facts(extension=Extension(date(2026, 6, 11), date(2026, 6, 19))), None),
        (Facts(extension=Extension(TUESDAY, date(2026, 6, 19), Asked.REFUSED, TUESDAY)), None),
        (
            Facts(held_until=TENTH_OF_JUNE, extension=Extension(TENTH_OF_JUNE, date(2026, 6, 19))),
            date(2026, 6, 12),
        ),
    ],
    ids=[
        "none", "held", "promised", "promised too far", "asked in time", "asked too late", "refused",
        "the longest counts",
    ],
)  # fmt: skip
def test_what_makes_a_ladder_stand_still(facts: Facts, until: date | None) -> None:
    assert ladder.paused_until(late(facts=facts), PLAIN) == until


def test_a_request_holds_what_the_unit_hears_as_well_a_promise_does_not() -> None:
    asked, promised = Extension(TUESDAY, date(2026, 6, 19)), Promise(date(2026, 6, 19), TUESDAY, 0)
    assert ladder.asked_until(late(facts=Facts(extension=asked)), PLAIN) == date(2026, 6, 11)
    assert ladder.asked_until(late(facts=Facts(promise=promised)), PLAIN) is None


# What comes next


@pytest.mark.parametrize(
    ("fields", "as_of", "expected"),
    [
        ({}, TUESDAY, (date(2026, 6, 11), ("standing_office",))),
        ({"rung": 1}, date(2026, 6, 11), (date(2026, 6, 15), ("deputy_chair",))),
        ({"rung": 3}, date(2026, 6, 19), None),
        ({"rung": 0}, date(2026, 6, 12), (date(2026, 6, 15), ("standing_office",))),
        (
            {"rung": 1, "facts": Facts(held_until=date(2026, 6, 16))},
            date(2026, 6, 15),
            (date(2026, 6, 17), ("deputy_chair",)),
        ),
        (
            {"rung": 1, "facts": Facts(promise=Promise(date(2026, 6, 19), TENTH_OF_JUNE, 1))},
            date(2026, 6, 15),
            (date(2026, 6, 22), ("deputy_chair",)),
        ),
        ({"state": State.SUBMITTED}, TUESDAY, None),
        ({"due": None}, TUESDAY, None),
    ],
    ids=[
        "the first", "the second", "none left", "what a day off held up", "held", "promised to a Friday",
        "reported", "no date",
    ],
)  # fmt: skip
def test_the_next_rung(
    fields: dict[str, Any], as_of: date, expected: tuple[date, tuple[str, ...]] | None
) -> None:
    held = assignment("gifts/thon-1", **({"state": State.STARTED} | fields))
    assert ladder.next_rung(held, situation(held), as_of) == expected
    for days in range(20):
        by = as_of + timedelta(days)
        soon = expected if expected is not None and expected[0] <= by else None
        assert ladder.next_rung(held, situation(held), as_of, by=by) == soon


def test_the_next_rung_passes_over_those_that_nobody_is_left_on() -> None:
    held = assignment("gifts/vhxh")
    known = situation(held, plan=task("gifts"))
    assert ladder.next_rung(held, known, TUESDAY) == (date(2026, 6, 15), ("deputy_chair",))
    asked = assignment("gifts/youth", rung=1)
    assert ladder.next_rung(asked, situation(asked, plan=task("gifts", ("youth",))), TUESDAY) is None


# The chair's list


@pytest.mark.parametrize(
    ("as_of", "days_off", "day"),
    [
        (date(2026, 6, 8), {}, date(2026, 6, 8)),
        (TUESDAY, {}, date(2026, 6, 15)),
        (TUESDAY, {date(2026, 6, 15): "Nghỉ"}, date(2026, 6, 16)),
        (date(2026, 6, 15), {date(2026, 6, 15): "Nghỉ"}, date(2026, 6, 16)),
        (date(2026, 2, 13), {}, date(2026, 2, 23)),
        (date(2026, 6, 13), {}, date(2026, 6, 15)),
    ],
    ids=["on Monday", "later", "Monday off", "on a Monday off", "a whole week of Tết", "on Saturday"],
)
def test_the_chair_gets_one_list_a_week(as_of: date, days_off: dict[date, str], day: date) -> None:
    known = situation(calendar=calendar(days_off=days_off))
    assert known.chairs_day(as_of) == day


def test_roles_of_one_unit_are_told_apart() -> None:
    units = {**office().units, "ubnd": unit("ubnd")}
    roles = {"standing_office": "vhxh", "deputy_chair": "ubnd", "chair": "ubnd"}
    held = assignment("gifts/ubnd")
    known = situation(held, plan=task("gifts", ("ubnd",)), office=replace(office(), units=units, roles=roles))
    assert heard(held, known) == (("standing_office",), (), ())
