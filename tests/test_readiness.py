"""When work may open, whom it waits for, and how much time it has when it opens late."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import FIRST_OF_JUNE, TENTH_OF_JUNE, assignment, edge, schedule, task

from plan_definitions.model import Kind, Step, Threshold
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.completion import completion
from workflows.engine.readiness import blockers, due_when_opened, readiness
from workflows.engine.records import Assignment, Facts
from workflows.engine.situation import Situation
from workflows.engine.states import State

ALL = Threshold()
FRIDAYS = (date(2026, 6, 5), date(2026, 6, 12), date(2026, 6, 19))


def situation(*held: Assignment, tasks: tuple[ScheduledTask, ...]) -> Situation:
    plan = schedule(*tasks)
    return Situation(plan, WorkingCalendar(plan.calendar), {a.id: a for a in held})


def waiting(name: str = "gifts/thon-1", **fields: Any) -> Assignment:
    return assignment(name, State.WAITING, **({"start": FIRST_OF_JUNE} | fields))


def done(name: str, day: int, accepted: int | None = None, **fields: Any) -> Assignment:
    """Done on a day of June, accepted on another (the same)."""
    finished = date(2026, 6, accepted or day)
    return assignment(name, State.DONE, done_on=date(2026, 6, day), finished_on=finished, **fields)


def cancelled(name: str, day: int, **fields: Any) -> Assignment:
    return assignment(name, State.CANCELLED, finished_on=date(2026, 6, day), **fields)


# Completion


@pytest.mark.parametrize(
    ("threshold", "days", "finished"),
    [
        (ALL, (2, 4, 3), 4),
        (Threshold(percent=50), (5, 2, 4), 4),
        (Threshold(percent=1), (5, 2, 4), 2),
        (Threshold(count=2), (5, 2, 4), 4),
        (Threshold(count=9), (5, 2, 4), 5),
    ],
    ids=["all", "half of three is two", "a percentage rounds up", "a count", "no more than there are"],
)
def test_a_task_is_complete_on_the_day_its_threshold_was_reached(
    threshold: Threshold, days: tuple[int, ...], finished: int
) -> None:
    judged = completion([done(f"signs/thon-{n}", day) for n, day in enumerate(days)], threshold)
    assert (judged.finished_on, judged.satisfied, judged.missing) == (date(2026, 6, finished), True, ())


def test_below_its_threshold_it_misses_everyone_unfinished() -> None:
    members = [
        done("signs/thon-1", 2),
        assignment("signs/thon-2"),
        assignment("signs/thon-3", State.SUBMITTED),
    ]
    judged = completion(members, ALL)
    assert (judged.satisfied, [a.unit for a in judged.missing]) == (False, ["thon-2", "thon-3"])
    assert completion(members, Threshold(percent=34)).satisfied is False
    assert completion(members, Threshold(percent=33)).satisfied is True


def test_cancelled_ones_leave_the_count() -> None:
    members = [done("signs/thon-1", 2), done("signs/thon-2", 3), assignment("signs/thon-3")]
    assert not completion(members, Threshold(percent=80)).satisfied
    members[2] = cancelled("signs/thon-3", 8)
    judged = completion(members, Threshold(percent=80))
    assert (judged.finished_on, judged.done_on) == (date(2026, 6, 8), date(2026, 6, 3))


def test_all_cancelled_counts_as_complete_and_says_so() -> None:
    judged = completion([cancelled("signs/thon-1", 2), cancelled("signs/thon-2", 4)], ALL)
    assert (judged.satisfied, judged.all_cancelled, judged.finished_on) == (True, True, date(2026, 6, 4))
    assert not completion([cancelled("signs/thon-1", 2), done("signs/thon-2", 4)], ALL).all_cancelled


def test_lags_count_from_the_day_the_work_was_done_not_accepted() -> None:
    judged = completion([done("signs/thon-1", 2, 8), done("signs/thon-2", 5, 5)], ALL)
    assert (judged.finished_on, judged.done_on) == (date(2026, 6, 8), date(2026, 6, 5))


# Opening


SIGNS = task("signs", ("thon-1", "thon-2"))


def after_signs(**fields: Any) -> ScheduledTask:
    return task("gifts", ("thon-1", "thon-2"), after=(edge("signs", **fields),))


def test_it_waits_for_its_start() -> None:
    known = situation(tasks=(task("gifts", ("thon-1",)),))
    assert readiness(waiting(start=date(2026, 6, 4)), known).day == date(2026, 6, 4)


def test_without_a_start_it_waits_for_the_plan_to_begin() -> None:
    known = situation(tasks=(task("gifts", ("thon-1",), start=date(2026, 6, 4)),))
    assert readiness(waiting(start=None), known).day == date(2026, 6, 4)


def test_it_waits_for_all_of_its_predecessors() -> None:
    held = (done("signs/thon-1", 3), assignment("signs/thon-2"))
    ready = readiness(waiting(), situation(*held, tasks=(SIGNS, after_signs())))
    assert (ready.day, [a.id for a in ready.waits_for]) == (None, ["signs/thon-2"])


def test_a_report_of_one_day_is_followed_up_on_the_morning_after() -> None:
    held = (done("signs/thon-1", 3), done("signs/thon-2", 5))
    ready = readiness(waiting(), situation(*held, tasks=(SIGNS, after_signs())))
    assert (ready.day, ready.morning) == (date(2026, 6, 5), date(2026, 6, 6))
    later = readiness(waiting(start=date(2026, 6, 9)), situation(*held, tasks=(SIGNS, after_signs())))
    assert (later.day, later.morning) == (date(2026, 6, 9), date(2026, 6, 9))


@pytest.mark.parametrize(
    ("lag", "step", "day"),
    [(2, Step.WORKING_DAY, 9), (2, Step.DAY, 7), (1, Step.WEEK, 12)],
)
def test_a_lag_counts_from_the_day_the_predecessor_was_done(lag: int, step: Step, day: int) -> None:
    held = (done("signs/thon-1", 5), done("signs/thon-2", 5))
    ready = readiness(waiting(), situation(*held, tasks=(SIGNS, after_signs(lag=lag, step=step))))
    assert ready.day == date(2026, 6, day)


def test_a_lag_that_passed_before_the_work_was_accepted_delays_nothing_more() -> None:
    held = (done("signs/thon-1", 2, 9), done("signs/thon-2", 2, 9))
    assert readiness(waiting(), situation(*held, tasks=(SIGNS, after_signs(lag=2)))).day == date(2026, 6, 9)


def test_a_soft_edge_blocks_nobody() -> None:
    held = (assignment("signs/thon-1"), assignment("signs/thon-2"))
    assert readiness(waiting(), situation(*held, tasks=(SIGNS, after_signs(soft=True)))).day == FIRST_OF_JUNE


def test_same_unit_ties_to_the_units_own() -> None:
    held = (done("signs/thon-1", 3), assignment("signs/thon-2"))
    known = situation(
        *held, tasks=(replace(SIGNS, complete_when=Threshold(count=1)), after_signs(same_unit=True))
    )
    assert readiness(waiting(), known).day == date(2026, 6, 3)
    assert [a.id for a in readiness(waiting("gifts/thon-2"), known).waits_for] == ["signs/thon-2"]


def test_same_unit_follows_work_that_was_handed_on() -> None:
    gone = cancelled("signs/thon-1", 2, facts=Facts(replaced_by="signs/thon-3"))
    holder = assignment("signs/thon-3", facts=Facts(replaces="signs/thon-1"))
    tasks = (SIGNS, after_signs(same_unit=True))
    assert readiness(waiting(), situation(gone, holder, tasks=tasks)).waits_for == (holder,)
    finished = done("signs/thon-3", 8, facts=holder.facts)
    assert readiness(waiting(), situation(gone, finished, tasks=tasks)).day == date(2026, 6, 8)


def test_work_handed_on_keeps_the_tie_of_its_origin() -> None:
    taken = waiting("gifts/thon-3", facts=Facts(replaces="gifts/thon-1"))
    held = (done("signs/thon-2", 3), assignment("signs/thon-1"), taken)
    known = situation(*held, tasks=(SIGNS, after_signs(same_unit=True)))
    assert [a.id for a in readiness(taken, known).waits_for] == ["signs/thon-1"]


WEEKLY = task("weekly", ("thon-1",), repeat=FRIDAYS)


def test_a_repeated_predecessor_means_all_its_turns() -> None:
    turns = (done("weekly/thon-1/1", 5), cancelled("weekly/thon-1/2", 15), assignment("weekly/thon-1/3"))
    tasks = (WEEKLY, task("gifts", ("thon-1",), after=("weekly",)))
    assert [a.id for a in readiness(waiting(), situation(*turns, tasks=tasks)).waits_for] == [
        "weekly/thon-1/3"
    ]
    turns = (*turns[:2], done("weekly/thon-1/3", 19))
    assert readiness(waiting(), situation(*turns, tasks=tasks)).day == date(2026, 6, 19)


def test_same_unit_ties_turn_to_turn_where_both_repeat_alike() -> None:
    turns = (done("weekly/thon-1/1", 5), assignment("weekly/thon-1/2"), assignment("weekly/thon-1/3"))
    following = task("gifts", ("thon-1",), repeat=FRIDAYS, after=(edge("weekly", same_unit=True),))
    known = situation(*turns, tasks=(WEEKLY, following))
    assert readiness(waiting("gifts/thon-1/1"), known).day == date(2026, 6, 5)
    assert [a.id for a in readiness(waiting("gifts/thon-1/2"), known).waits_for] == ["weekly/thon-1/2"]
    shorter = task("gifts", ("thon-1",), repeat=FRIDAYS[:2], after=(edge("weekly", same_unit=True),))
    unlike = situation(*turns, tasks=(WEEKLY, shorter))
    assert len(readiness(waiting("gifts/thon-1/1"), unlike).waits_for) == 2


def test_of_repeated_ongoing_work_only_the_check_ins_are_waited_for() -> None:
    ongoing = replace(WEEKLY, kind=Kind.ONGOING)
    held = (assignment("weekly/thon-1", due=None), *(done(f"weekly/thon-1/{n}", 5) for n in (1, 2, 3)))
    tasks = (ongoing, task("gifts", ("thon-1",), after=("weekly",)))
    assert readiness(waiting(), situation(*held, tasks=tasks)).day == date(2026, 6, 5)


# Who holds it up


def test_the_blocker_is_whoever_has_the_work_in_hand() -> None:
    tasks = (
        SIGNS,
        task("check", ("police",), after=("signs",)),
        task("gifts", ("thon-1",), after=("check",)),
    )
    held = (
        done("signs/thon-1", 3), assignment("signs/thon-2"), waiting("check/police"), waiting("gifts/thon-1"),
    )  # fmt: skip
    known = situation(*held, tasks=tasks)
    assert [a.id for a in blockers(held[3], known)] == ["signs/thon-2"]
    assert [a.id for a in blockers(held[2], known)] == ["signs/thon-2"]


def test_a_predecessor_that_only_waits_for_its_start_is_the_blocker_itself() -> None:
    tasks = (SIGNS, after_signs())
    held = (done("signs/thon-1", 3), waiting("signs/thon-2", start=date(2026, 6, 20)), waiting())
    assert [a.id for a in blockers(held[2], situation(*held, tasks=tasks))] == ["signs/thon-2"]


# Time


@pytest.mark.parametrize(
    ("planned_start", "due", "opened", "expected"),
    [
        (date(2026, 6, 3), 10, 3, 10),
        (date(2026, 6, 3), 10, 2, 10),
        (date(2026, 6, 3), 10, 4, 11),
        (date(2026, 6, 3), 10, 15, 22),
        (date(2026, 6, 3), 19, 4, 19),
        (None, 10, 3, 10),
        (None, 10, 4, 11),
    ],
    ids=[
        "in time", "early", "a day late", "past its due", "late, but time enough", "no start, in time",
        "no start, too late",
    ],
)  # fmt: skip
def test_what_opens_late_has_its_planned_working_days(
    planned_start: date | None, due: int, opened: int, expected: int
) -> None:
    plan = task("gifts", ("thon-1",), start=planned_start, span=5)
    held = waiting(start=planned_start or FIRST_OF_JUNE, due=date(2026, 6, due))
    known = situation(tasks=(plan,))
    assert due_when_opened(held, plan, date(2026, 6, opened), known) == date(2026, 6, expected)


def test_work_without_a_date_gets_none() -> None:
    plan = task("gifts", ("thon-1",), due=None)
    known = situation(tasks=(plan, SIGNS))
    assert due_when_opened(waiting(due=None), plan, TENTH_OF_JUNE, known) is None


def test_what_was_past_due_when_published_keeps_its_date_until_others_make_it_later() -> None:
    plan = task("gifts", ("thon-1",), start=date(2026, 5, 20), due=date(2026, 6, 3), span=5)
    held = waiting(start=date(2026, 6, 8), due=date(2026, 6, 3), facts=Facts(late_at_publication=True))
    known = situation(tasks=(plan,))
    assert due_when_opened(held, plan, date(2026, 6, 8), known) == date(2026, 6, 3)
    assert due_when_opened(held, plan, date(2026, 6, 9), known) == date(2026, 6, 16)
