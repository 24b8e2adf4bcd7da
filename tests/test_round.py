"""Reminders, rungs, pauses and the clock of acceptance: what a day calls for and who hears of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import (
    DEFAULT_LADDER,
    assignment,
    calendar,
    edge,
    situation,
    task,
    told,
)
from engine_driver import Season, begun, june, noon, states, to_the

from plan_definitions.model import Evidence
from plan_definitions.schedule import ScheduledTask, Turn
from workflows.engine import round as daily
from workflows.engine.orders import Actor, Order
from workflows.engine.records import OVERDUE_TOLD, Assignment, Change, Extension, Facts, NoticeKind, Promise
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb

CLERK = Actor("vhxh", frozenset({"vhxh"}), frozenset({"standing_office"}))
VILLAGE = Actor("thon-1", frozenset({"thon-1"}), frozenset())


def late(**fields: Any) -> Assignment:
    return assignment("gifts/thon-1", **fields)


def escalated(held: Assignment, as_of: date, known: Situation | None = None) -> Change | None:
    found = daily.escalate(known or situation(held), [held], as_of=as_of, now=noon(as_of))
    return found.changes[0] if found.changes else None


# Reminders and rungs


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (june(5), []),
        (june(8), [(NoticeKind.REMINDER, "thon-1", 2)]),
        (june(10), [(NoticeKind.REMINDER, "thon-1", 0)]),
        (june(11), [(NoticeKind.OVERDUE, "thon-1", 0), (NoticeKind.ESCALATION, "standing_office", 1)]),
        (
            june(15),
            [
                (NoticeKind.OVERDUE, "thon-1", 0),
                (NoticeKind.ESCALATION, "standing_office", 1),
                (NoticeKind.ESCALATION, "deputy_chair", 2),
            ],
        ),
    ],
    ids=["early", "the first reminder", "the day itself", "the first day overdue", "rungs missed meanwhile"],
)
def test_what_a_day_calls_for(as_of: date, expected: list[tuple[NoticeKind, str, int]]) -> None:
    assert told(escalated(late(), as_of)) == expected


def test_each_is_told_once() -> None:
    season = to_the(begun(task("gifts", ("thon-1",))), june(30))
    heard = [(n.kind, n.to, n.rung) for v in season.letters.values() for n in v]
    assert sorted(heard) == sorted(
        [
            (NoticeKind.PUBLISHED, "thon-1", 0),
            (NoticeKind.OPENED, "thon-1", 0),
            (NoticeKind.REMINDER, "thon-1", 2),
            (NoticeKind.REMINDER, "thon-1", 0),
            (NoticeKind.OVERDUE, "thon-1", 0),
            (NoticeKind.ESCALATION, "standing_office", 1),
            (NoticeKind.ESCALATION, "deputy_chair", 2),
            (NoticeKind.ESCALATION, "chair", 3),
        ]
    )


def test_the_record_says_what_was_reached_and_who_hears() -> None:
    made = escalated(late(reminded_for=0), june(15))
    assert made is not None
    assert made.record.verb is Verb.ESCALATE
    assert made.record.facts == {
        "overdue_since": "2026-06-10", "rung": 2, "to": ["deputy_chair", "standing_office"],
    }  # fmt: skip
    assert (made.after.rung, made.after.reminded_for, made.after.next_look) == (2, OVERDUE_TOLD, june(17))


def test_a_rung_that_nobody_is_left_on_is_passed_in_silence() -> None:
    held = assignment("gifts/vhxh", reminded_for=OVERDUE_TOLD)
    made = escalated(held, june(11), situation(held, plan=task("gifts")))
    assert made is not None
    assert (made.after.rung, made.notices, made.record.verb) == (1, (), Verb.REMIND)
    following = escalated(made.after, june(15), situation(made.after, plan=task("gifts")))
    assert told(following) == [(NoticeKind.ESCALATION, "deputy_chair", 2)]


def test_the_chairs_rung_waits_for_monday_unless_the_ladder_is_urgent() -> None:
    held = late(rung=2, reminded_for=OVERDUE_TOLD)
    made = escalated(held, june(17))
    assert made is not None
    assert [(n.to, n.not_before) for n in made.notices] == [("chair", june(22))]
    urgent = task("gifts", ("thon-1",), ladder=replace(DEFAULT_LADDER, urgent=True))
    made = escalated(held, june(17), situation(held, plan=urgent))
    assert made is not None
    assert [(n.to, n.not_before) for n in made.notices] == [("chair", june(17))]


def test_on_a_day_off_states_advance_and_no_letter_goes() -> None:
    season = begun(task("gifts", ("thon-1",), start=june(6)))
    season.round(june(6))
    assert states(season)["gifts/thon-1"] is State.OPEN
    assert not [day for day, _ in season.letters if day == june(6)]
    season.round(june(8))
    assert (june(8), "thon-1") in season.letters


def lived(first_round: int) -> Season:
    """Check-ins on the news, due on 5 June, and on its review after it, due on the 9th; each with a next."""
    news = task("news", ("thon-1",), start=june(1), repeat=(june(5), june(12)))
    review = task("review", ("thon-1",), start=june(1), repeat=(june(9), june(16)), after=("news",))
    season = begun(
        replace(news, turns=starting(news, june(1), june(8))),
        replace(review, turns=starting(review, june(8), june(10)), after=(edge("news", same_unit=True),)),
    )
    season.round(june(1))
    for day in range(first_round, 12):
        season.round(june(day))
    return season


def starting(definition: ScheduledTask, *starts: date) -> tuple[Turn, ...]:
    return tuple(replace(turn, start=day) for turn, day in zip(definition.turns, starts, strict=True))


def test_what_a_check_in_lets_open_is_opened_though_its_own_end_has_come_too() -> None:
    """The news gives way on the 8th; its review opens that day and gives way on the 10th."""
    every_day, back_on_the_11th = lived(first_round=2), lived(first_round=11)
    missed = back_on_the_11th.assignments["review/thon-1/1"]
    assert (missed.state, missed.opened_on, missed.facts.missed) == (State.CANCELLED, june(8), True)
    ends = [
        {a.id: (a.state, a.opened_on, a.due, a.finished_on, a.facts) for a in season.assignments.values()}
        for season in (every_day, back_on_the_11th)
    ]
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("last_round", "published_on", "days"),
    [
        (june(9), june(1), [10]),
        (june(10), june(1), [10]),
        (june(7), june(1), [8, 9, 10]),
        (june(7), june(9), [9, 10]),
        (None, june(9), [9, 10]),
        (None, june(10), [10]),
    ],
    ids=["yesterday", "today again", "two missed", "revised since", "the first", "published today"],
)
def test_the_days_a_round_makes_good(last_round: date | None, published_on: date, days: list[int]) -> None:
    assert list(daily.days_to_advance(last_round, published_on, june(10))) == [june(day) for day in days]


def test_a_reminder_on_a_day_off_fires_on_the_working_day_before() -> None:
    season = begun(task("gifts", ("thon-1",), due=june(14)))
    to_the(season, june(12))
    kinds = [n.rung for n in season.letters[june(12), "thon-1"] if n.kind is NoticeKind.REMINDER]
    assert kinds == [0]


# Pauses


@pytest.mark.parametrize(
    ("facts", "day", "expected"),
    [
        (Facts(held_until=june(11)), 11, [(NoticeKind.OVERDUE, "thon-1", 0)]),
        (
            Facts(held_until=june(11)),
            12,
            [(NoticeKind.OVERDUE, "thon-1", 0), (NoticeKind.ESCALATION, "standing_office", 1)],
        ),
        (Facts(promise=Promise(june(16), june(9), 0)), 15, [(NoticeKind.OVERDUE, "thon-1", 0)]),
        (
            Facts(promise=Promise(june(16), june(9), 0)),
            17,
            [
                (NoticeKind.OVERDUE, "thon-1", 0),
                (NoticeKind.ESCALATION, "standing_office", 1),
                (NoticeKind.ESCALATION, "deputy_chair", 2),
                (NoticeKind.ESCALATION, "chair", 3),
            ],
        ),
        (Facts(extension=Extension(june(10), june(19))), 12, []),
        (
            Facts(extension=Extension(june(10), june(19))),
            13,
            [(NoticeKind.OVERDUE, "thon-1", 0), (NoticeKind.ESCALATION, "standing_office", 1)],
        ),
    ],
    ids=["held", "held for a day only", "promised", "a broken promise", "time asked for", "not answered"],
)
def test_what_a_pause_holds_back(facts: Facts, day: int, expected: list[Any]) -> None:
    assert told(escalated(late(facts=facts), june(day))) == expected


def test_reminders_go_on_through_a_promise() -> None:
    promised = late(facts=Facts(promise=Promise(june(12), june(5), 0)))
    assert told(escalated(promised, june(10))) == [(NoticeKind.REMINDER, "thon-1", 0)]


def test_a_hold_is_spent_with_the_rung_it_held() -> None:
    made = escalated(late(facts=Facts(held_until=june(11))), june(12))
    assert made is not None
    assert made.after.facts.held_until is None


# Acceptance


def reported(**fields: Any) -> Assignment:
    known = {"submitted_on": june(5), "done_on": june(5)}
    return late(state=State.SUBMITTED, **(known | fields))


CHECKED = task("gifts", ("thon-1",), accept="standing_office")


@pytest.mark.parametrize(
    ("day", "given", "expected"),
    [
        (8, 0, []),
        (9, 0, [("standing_office", 1)]),
        (10, 1, []),
        (11, 1, [("deputy_chair", 2)]),
        (11, 0, [("standing_office", 1), ("deputy_chair", 2)]),
        (30, 2, []),
    ],
)
def test_acceptance_has_a_clock(day: int, given: int, expected: list[tuple[str, int]]) -> None:
    held = reported(facts=Facts(acceptance_rung=given))
    made = escalated(held, june(day), situation(held, plan=CHECKED))
    assert [(n.to, n.rung) for n in made.notices] == expected if made else not expected


def test_the_clock_runs_from_the_report() -> None:
    held = reported()
    made = escalated(held, june(9), situation(held, plan=CHECKED))
    assert made is not None
    assert [(n.kind, n.due) for n in made.notices] == [(NoticeKind.ACCEPTANCE_REMINDER, june(5))]
    assert (made.after.facts.acceptance_rung, made.after.next_look) == (1, june(11))


def test_reported_again_it_is_reminded_of_again() -> None:
    season = begun(replace(CHECKED, turns=task("gifts", due=june(30)).turns))
    season.round(june(1))
    for first in (june(2), june(9)):
        season.move(Order(Verb.SUBMIT, "gifts/thon-1", VILLAGE), first)
        to_the(season, first + timedelta(2), first)
        season.move(Order(Verb.RETURN, "gifts/thon-1", CLERK, note="bổ sung"), first + timedelta(2))
    heard = [n for v in season.letters.values() for n in v if n.kind is NoticeKind.ACCEPTANCE_REMINDER]
    assert [n.due for n in heard] == [june(2), june(9)]


def test_a_chair_who_must_accept_is_reminded_on_monday() -> None:
    held = reported()
    made = escalated(held, june(9), situation(held, plan=replace(CHECKED, accept="chair")))
    assert made is not None
    assert [(n.to, n.not_before) for n in made.notices] == [("chair", june(15))]


def test_evidence_that_never_came_is_told_to_the_office_once() -> None:
    held = reported(facts=Facts(evidence_to_follow=True))
    known = situation(held, plan=task("gifts", ("thon-1",), evidence=Evidence.REQUIRED))
    made = escalated(held, june(11), known)
    assert told(made) == [(NoticeKind.ACCEPTANCE_REMINDER, "standing_office", 1)]
    assert made is not None
    assert escalated(made.after, june(30), known) is None


def test_a_report_that_nobody_must_check_reminds_nobody() -> None:
    assert escalated(reported(), june(30)) is None


def test_a_broken_promise_does_not_swallow_the_rung_it_held_back() -> None:
    """Fired on Wednesday for the chair's Monday list, promised on Thursday until Monday, broken."""
    season = begun(task("gifts", ("thon-1",)))
    to_the(season, june(17))
    season.move(Order(Verb.PROMISE, "gifts/thon-1", VILLAGE, until=june(22)), june(18))
    to_the(season, june(22), june(18))
    assert (june(22), "chair") not in season.letters
    season.round(june(23))
    assert [n.kind for n in season.letters[june(23), "chair"]] == [NoticeKind.ESCALATION]


def test_holidays_of_the_office_count() -> None:
    closed = calendar(days_off={june(11): "Nghỉ", june(12): "Nghỉ"})
    held = late(reminded_for=OVERDUE_TOLD)
    assert escalated(held, june(12), situation(held, calendar=closed)) is None
    made = escalated(held, june(15), situation(held, calendar=closed))
    assert told(made) == [(NoticeKind.ESCALATION, "standing_office", 1)]
