"""When an assignment is looked at again, what wakes it, and what is still true when letters are written."""

from datetime import date
from typing import Any

import pytest
from builders import (
    TENTH_OF_JUNE,
    assignment,
    change,
    edge,
    notice,
    schedule,
    situation,
    task,
)
from engine_driver import june, noon

from plan_definitions.schedule import Schedule
from workflows.engine import round as daily
from workflows.engine.records import Assignment, Facts, NoticeKind, Promise
from workflows.engine.states import State, Verb


def late(**fields: Any) -> Assignment:
    return assignment("gifts/thon-1", **fields)


# What still holds when the letter is written


@pytest.mark.parametrize(
    ("kind", "held", "true"),
    [
        (NoticeKind.REMINDER, {}, True),
        (NoticeKind.REMINDER, {"state": State.DONE}, False),
        (NoticeKind.REMINDER, {"due": june(19)}, False),
        (NoticeKind.OPENED, {"state": State.STARTED}, True),
        (NoticeKind.OPENED, {"state": State.SUBMITTED}, False),
        (NoticeKind.OVERDUE, {"state": State.CANCELLED}, False),
        (NoticeKind.ESCALATION, {}, True),
        (NoticeKind.ESCALATION, {"facts": Facts(promise=Promise(june(12), june(10), 0))}, False),
        (NoticeKind.ESCALATION, {"facts": Facts(promise=Promise(june(9), june(5), 0))}, True),
        (NoticeKind.ACCEPTED, {"state": State.DONE}, True),
        (NoticeKind.ACCEPTED, {}, False),
        (NoticeKind.ACCEPTANCE_REMINDER, {"state": State.SUBMITTED}, True),
        (NoticeKind.ACCEPTANCE_REMINDER, {}, False),
        (NoticeKind.CANCELLED, {"state": State.CANCELLED}, True),
        (NoticeKind.CANCELLED, {"state": State.WAITING}, False),
        (NoticeKind.REDATED, {"state": State.WAITING}, True),
        (NoticeKind.REDATED, {"state": State.DONE}, False),
        (NoticeKind.RETURNED, {"state": State.STARTED, "facts": Facts(returned_on=june(9))}, True),
        (NoticeKind.RETURNED, {"state": State.SUBMITTED}, False),
        (NoticeKind.PUBLISHED, {"state": State.WAITING}, True),
        (NoticeKind.PUBLISHED, {"state": State.CANCELLED}, False),
        (NoticeKind.EXTENSION_ANSWERED, {"due": june(19)}, True),
        (NoticeKind.OBSTACLE_ANSWERED, {}, True),
        (NoticeKind.LEADER_ANSWERED, {"state": State.DONE}, True),
    ],
)
def test_what_is_no_longer_so_is_not_told(kind: NoticeKind, held: dict[str, Any], true: bool) -> None:
    at = late(**held)
    assert daily.still_true(notice("gifts/thon-1", kind), at, situation(at), TENTH_OF_JUNE) is true


def test_a_pause_keeps_an_escalation_for_later_and_nothing_else() -> None:
    paused = late(facts=Facts(promise=Promise(june(12), june(10), 0)))
    for kind in NoticeKind:
        waits = daily.only_paused(notice("gifts/thon-1", kind), paused, situation(paused), TENTH_OF_JUNE)
        assert waits is (kind is NoticeKind.ESCALATION)
    told_of = notice("gifts/thon-1", NoticeKind.ESCALATION)
    assert not daily.only_paused(told_of, paused, situation(paused), june(13))
    assert not daily.only_paused(told_of, paused._replace(state=State.DONE), situation(paused), TENTH_OF_JUNE)
    assert not daily.only_paused(told_of, paused._replace(due=june(19)), situation(paused), TENTH_OF_JUNE)


# When to look again


@pytest.mark.parametrize(
    ("held", "as_of", "look"),
    [
        ({"state": State.WAITING, "start": june(4)}, june(1), june(4)),
        ({"state": State.WAITING, "start": june(1)}, june(4), june(1)),
        ({}, june(1), june(8)),
        ({}, june(8), june(10)),
        ({}, june(10), june(11)),
        ({}, june(17), None),
        ({"due": None}, june(1), None),
        ({"facts": Facts(promise=Promise(june(19), june(9), 0))}, june(17), june(20)),
        ({"facts": Facts(late_at_publication=True)}, june(1), None),
        ({"state": State.SUBMITTED, "submitted_on": june(5)}, june(5), june(9)),
        ({"state": State.DONE}, june(1), None),
        ({"state": State.CANCELLED}, june(1), None),
    ],
)
def test_the_next_day_on_which_time_alone_changes_something(
    held: dict[str, Any], as_of: date, look: date | None
) -> None:
    at = late(**held)
    assert daily.next_look(at, situation(at), as_of) == look


def test_each_step_puts_off_only_what_it_decides_on() -> None:
    """Due for a reminder today: the first step leaves it for the second to find."""
    at = late(next_look=june(8))
    assert daily.advance(situation(at), [at], as_of=june(8), now=noon(june(8))).looks == ()
    quiet = late(next_look=june(3))
    found = daily.escalate(situation(quiet), [quiet], as_of=june(3), now=noon(june(3)))
    assert found.looks == ((quiet, june(8)),)


def test_work_that_a_revision_took_out_of_the_plan_is_left_alone() -> None:
    gone = assignment("other/thon-1", next_look=june(1))
    found = daily.escalate(situation(gone), [gone], as_of=june(30), now=noon(june(30)))
    assert (found.changes, found.looks) == ((), ())


def plan_of_three() -> Schedule:
    return schedule(
        task("signs"),
        task("gifts", after=("signs",)),
        task("news", after=(edge("signs", soft=True),)),
        task("end"),
    )


@pytest.mark.parametrize(
    ("before", "after", "woken"),
    [
        (State.STARTED, State.DONE, {"gifts"}),
        (State.SUBMITTED, State.DONE, {"gifts"}),
        (State.OPEN, State.CANCELLED, {"gifts"}),
        (State.DONE, State.STARTED, {"gifts"}),
        (State.CANCELLED, State.WAITING, {"gifts"}),
        (State.OPEN, State.STARTED, set()),
        (State.STARTED, State.SUBMITTED, set()),
    ],
)
def test_what_ends_or_is_undone_wakes_its_successors(before: State, after: State, woken: set[str]) -> None:
    made = change(assignment("signs/vhxh", before), Verb.REVISE, {"state": after})
    assert daily.to_wake(plan_of_three(), [made]) == woken


def test_a_new_assignment_wakes_nobody() -> None:
    made = change(assignment("signs/vhxh"), Verb.CREATE)._replace(before=None)
    assert daily.to_wake(plan_of_three(), [made]) == set()
