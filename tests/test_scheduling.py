"""From definition to schedule: fan-out, occurrences, slack, and moves that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_builders import LADDER, edge, every, office, plan, task

from plan_definitions.model import CalendarDefinition, Kind, Ladder, Roll, TaskDefinition
from plan_definitions.schedule import Schedule
from plan_definitions.scheduling import MovedDate, moved_dates, schedule
from plan_definitions.slack import latest_done, ready_day
from plan_definitions.working_days import WorkingCalendar

CALENDAR = WorkingCalendar(CalendarDefinition(vouched=(2026,)))


def planned(*tasks: TaskDefinition, **fields: object) -> Schedule:
    return schedule(plan(*tasks, **fields), CALENDAR)


def ids(scheduled: Schedule, name: str) -> list[str]:
    return [assignment.id for assignment in scheduled.tasks[name].assignments]


def test_a_task_for_one_unit_is_one_assignment() -> None:
    held = planned(task("a", "police", start="opens", due="2026-06-07")).tasks["a"].assignments
    assert [(a.id, a.unit, a.occurrence) for a in held] == [("a/police", "police", None)]
    assert (held[0].start, held[0].due) == (date(2026, 6, 1), date(2026, 6, 5))
    assert held[0].unrolled_due == date(2026, 6, 7)


def test_each_member_of_a_group_holds_its_own() -> None:
    scheduled = planned(task("a", "each villages", due="opens"))
    assert ids(scheduled, "a") == ["a/thon-1", "a/thon-2", "a/thon-3"]
    assert scheduled.tasks["a"].each == "villages"
    assert scheduled.tasks["a"].leads == ("thon-1", "thon-2", "thon-3")


def test_occurrences_are_counted_from_one_for_each_member() -> None:
    scheduled = planned(task("a", "each villages", repeat=every("friday", "opens", "2026-06-12")))
    assert ids(scheduled, "a") == [f"a/thon-{u}/{n}" for u in (1, 2, 3) for n in (1, 2)]
    second = scheduled.tasks["a"].assignments[1]
    assert (second.occurrence, second.start, second.due) == (2, date(2026, 6, 8), date(2026, 6, 12))


def test_repeated_standing_work_is_one_assignment_beside_its_check_ins() -> None:
    watch = task("watch", "police", kind=Kind.ONGOING, repeat=every("friday", "opens", "2026-06-12"))
    held = planned(watch).tasks["watch"].assignments
    assert [a.id for a in held] == ["watch/police", "watch/police/1", "watch/police/2"]
    assert (held[0].occurrence, held[0].start, held[0].due) == (None, date(2026, 6, 1), None)


def test_helpers_are_expanded_once_and_nobody_helps_itself() -> None:
    groups = {"all": ("office", "police", "thon-1")}
    definition = plan(
        task("a", "office", due="opens", helpers=("police", "all")), office=office(groups=groups)
    )
    scheduled = schedule(definition, CALENDAR).tasks["a"]
    assert scheduled.helpers == ("police", "thon-1")
    assert scheduled.helper_names == ("police", "all")


def test_the_ladder_is_the_tasks_own_else_the_default_else_none() -> None:
    light = Ladder("light", (0,), ())
    scheduled = planned(
        task("a", due="opens", ladder="light"),
        task("b", due="opens"),
        ladders={"default": LADDER, "light": light},
    )
    assert scheduled.tasks["a"].ladder == light
    assert scheduled.tasks["b"].ladder == LADDER
    bare = planned(task("a", due="opens"), ladders={}).tasks["a"].ladder
    assert (bare.remind, bare.escalate) == ((), ())


def test_an_event_is_scheduled_to_keep_its_date() -> None:
    assert planned(task("a", due="opens", kind=Kind.EVENT)).tasks["a"].roll is Roll.KEEP


def test_moved_dates_are_listed_with_their_reason() -> None:
    scheduled = planned(
        task("weekend", "each villages", due="2026-06-07"),
        task("holiday", due="2026-09-02", roll=Roll.NEXT),
        task("kept", due="opens"),
        task("weekly", repeat=every("sunday", "2026-06-08", "2026-06-14")),
    )
    assert moved_dates(scheduled, CALENDAR) == (
        MovedDate("weekend", None, date(2026, 6, 7), date(2026, 6, 5), None),
        MovedDate("holiday", None, date(2026, 9, 2), date(2026, 9, 3), "Quốc khánh"),
        MovedDate("weekly", 1, date(2026, 6, 14), date(2026, 6, 12), None),
    )


def test_the_span_is_what_the_plan_gives_from_opening_to_due() -> None:
    scheduled = planned(
        task("first", start="issued", due="issued + 1 working day"),
        task("second", after=["first"], due="issued + 4 working days"),
        task("lagged", after=[edge("first", "3 working days")], due="issued + 5 working days"),
        task("day", start="launch", due="launch"),
    )
    spans = {name: (t.opens, t.span) for name, t in scheduled.tasks.items()}
    assert spans == {
        "first": (date(2026, 5, 11), 1),
        "second": (date(2026, 5, 13), 2),
        "lagged": (date(2026, 5, 15), 1),
        "day": (date(2026, 6, 1), 1),
    }


def test_a_chain_up_to_an_event_without_a_day_to_spare_is_critical() -> None:
    scheduled = planned(
        task("script", start="issued", due="launch - 6 working days"),
        task("hall", start="launch - 5 working days", due="launch - 2 working days", after=["script"]),
        task("rehearsal", start="launch - 1 working day", due="launch - 1 working day", after=["hall"]),
        task("ceremony", start="launch", due="launch", kind=Kind.EVENT, after=["rehearsal", "guests"]),
        task("guests", due="launch - 4 working days"),
        task("thanks", due="launch + 3 working days", after=["ceremony"]),
        task("archive", due="launch + 9 working days"),
    )
    slack = {name: t.slack for name, t in scheduled.tasks.items()}
    assert slack == {
        "script": 0,
        "hall": 0,
        "rehearsal": 0,
        "ceremony": 0,
        "guests": 3,
        "thanks": 6,
        "archive": 0,
    }
    critical = [name for name, t in scheduled.tasks.items() if t.critical]
    assert critical == ["script", "hall", "rehearsal", "ceremony"]


def test_soft_edges_and_repeats_take_no_slack() -> None:
    scheduled = planned(
        task("a", start="opens", due="opens + 1 day"),
        task("b", start="opens", due="opens + 2 days", after=[edge("a", soft=True)]),
        task("weekly", repeat=every("friday", "opens", "closes")),
    )
    assert scheduled.tasks["a"].slack == 18
    assert scheduled.tasks["weekly"].slack is None
    assert not any(t.critical for t in scheduled.tasks.values())


def test_a_plan_with_mistakes_is_not_scheduled() -> None:
    with pytest.raises(ValueError, match="unknown-anchor"):
        planned(task("a", due="nowhere"))


def test_the_first_and_last_day_of_the_plan() -> None:
    scheduled = planned(task("a", start="issued", due="opens"), task("b", due="closes"))
    assert (scheduled.first_day, scheduled.last_day) == (date(2026, 5, 11), date(2026, 6, 30))


@st.composite
def chains(draw: st.DrawFn) -> Mapping[str, TaskDefinition]:
    """Up to eight tasks, each due no earlier than those before it."""
    tasks: dict[str, TaskDefinition] = {}
    due: dict[str, date] = {}
    for n in range(draw(st.integers(2, 8))):
        before = draw(st.lists(st.sampled_from(sorted(tasks)), unique=True, max_size=3)) if tasks else []
        first = max((CALENDAR.next_working_day(due[p]) for p in before), default=date(2026, 5, 11))
        day = CALENDAR.roll(first + timedelta(draw(st.integers(0, 12))), Roll.NEXT)
        kind = draw(st.sampled_from([Kind.TASK, Kind.TASK, Kind.EVENT]))
        due[f"t{n}"] = day
        tasks[f"t{n}"] = task(f"t{n}", due=f"base + {(day - BASE).days} days", after=before, kind=kind)
    return tasks


BASE = date(2026, 5, 1)


def harm(tasks: Mapping[str, TaskDefinition], scheduled: Schedule, late: str, days: int) -> bool:
    """Play the plan forward with one task done so many working days late: does an event or the end move?"""
    done: dict[str, date] = {}
    for name, t in scheduled.tasks.items():
        assert t.due is not None
        assert t.opens is not None
        ready = max([t.opens, *(ready_day(done[e.task], e.lag, CALENDAR) for e in t.after)])
        given_days = CALENDAR.between(t.opens, t.due)
        done[name] = CALENDAR.after(ready, given_days) if given_days else ready
        if name == late and days:
            done[name] = CALENDAR.after(t.due, days)
    moved = {name for name, day in done.items() if day != scheduled.tasks[name].due}
    return any(tasks[name].kind is Kind.EVENT for name in moved) or max(done.values()) > scheduled.last_day


@given(chains(), st.data())
def test_slack_is_exactly_how_late_a_task_may_be(
    tasks: Mapping[str, TaskDefinition], data: st.DataObject
) -> None:
    scheduled = planned(*tasks.values(), anchors={"base": BASE})
    late = data.draw(st.sampled_from(sorted(tasks)))
    slack = scheduled.tasks[late].slack
    assert slack is not None
    assert not harm(tasks, scheduled, late, slack)
    assert harm(tasks, scheduled, late, slack + 1)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 30))
def test_latest_done_is_the_last_day_that_is_still_ready_in_time(opening: date, lag: int) -> None:
    working = CALENDAR.roll(opening, Roll.NEXT)
    offset = edge("x", f"{lag} working days").lag if lag else None
    latest = latest_done(working, offset, CALENDAR)
    assert ready_day(latest, offset, CALENDAR) <= working
    assert ready_day(CALENDAR.next_working_day(latest), offset, CALENDAR) > working
