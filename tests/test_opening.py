"""What the daily round opens, as of which day and with how much time; the turns of repeated work."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import (
    edge,
    task,
    told,
)
from engine_driver import begun, june, states, to_the

from plan_definitions.model import Kind, Threshold
from plan_definitions.schedule import ScheduledTask
from workflows.engine.orders import Actor, Order
from workflows.engine.records import NoticeKind
from workflows.engine.states import State, Verb

FRIDAYS = (date(2026, 6, 5), date(2026, 6, 12), date(2026, 6, 19))
CLERK = Actor("vhxh", frozenset({"vhxh"}), frozenset({"standing_office"}))
VILLAGE = Actor("thon-1", frozenset({"thon-1"}), frozenset())
DEPUTY = Actor("deputy_chair", frozenset({"deputy"}), frozenset({"deputy_chair"}))


# Opening

AFTER = task("gifts", ("thon-1",), due=june(15), after=(edge("signs", 2),), span=5)
SIGNS = task("signs", ("thon-1",), due=june(5))


def test_work_opens_on_its_start() -> None:
    season = to_the(begun(task("gifts", ("thon-1",), start=june(4))), june(3))
    assert states(season) == {"gifts/thon-1": State.WAITING}
    opened = season.round(june(4))[0]
    assert (opened.after.state, opened.after.opened_on) == (State.OPEN, june(4))
    assert opened.record.facts == {"opened_on": "2026-06-04"}
    assert (opened.record.verb, opened.record.by) == (Verb.OPEN, "round")
    assert told(opened) == [(NoticeKind.OPENED, "thon-1", 0)]


def test_successors_open_when_the_lag_has_passed() -> None:
    season = begun(SIGNS, AFTER)
    season.round(june(1))
    season.move(Order(Verb.SUBMIT, "signs/thon-1", VILLAGE), june(4))
    assert states(to_the(season, june(7), june(5)))["gifts/thon-1"] is State.WAITING
    opened = season.round(june(8))[0].after
    assert (opened.opened_on, opened.due) == (june(8), june(15))


def test_what_others_made_late_gets_its_planned_working_days_and_keeps_both_dates() -> None:
    season = begun(SIGNS, AFTER)
    to_the(season, june(10))
    season.move(Order(Verb.SUBMIT, "signs/thon-1", VILLAGE), june(10))
    opened = to_the(season, june(12), june(11)).assignments["gifts/thon-1"]
    assert (opened.opened_on, opened.due, opened.original_due) == (june(12), june(19), june(15))
    record = next(r for r in season.records if r.assignment == "gifts/thon-1" and r.verb is Verb.OPEN)
    assert record.facts == {"opened_on": "2026-06-12", "due": "2026-06-19", "planned_due": "2026-06-15"}


def test_a_round_on_the_day_of_the_report_itself_opens_at_once() -> None:
    season = begun(SIGNS, task("gifts", ("thon-1",), after=("signs",)))
    season.round(june(1))
    season.move(Order(Verb.SUBMIT, "signs/thon-1", VILLAGE), june(4))
    season.round(june(4))
    assert season.assignments["gifts/thon-1"].opened_on == june(4)


def test_a_round_after_days_of_downtime_opens_as_of_the_morning_after_the_report() -> None:
    season = begun(SIGNS, task("gifts", ("thon-1",), due=june(10), after=("signs",), span=3))
    season.round(june(1))
    season.move(Order(Verb.SUBMIT, "signs/thon-1", VILLAGE), june(8))
    season.round(june(12))
    opened = season.assignments["gifts/thon-1"]
    assert (opened.opened_on, opened.due) == (june(9), june(12))


def test_a_threshold_releases_successors_and_leaves_the_others_due() -> None:
    members = ("thon-1", "thon-2", "thon-3")
    season = begun(
        task("signs", members, due=june(5), complete_when=Threshold(percent=60)),
        task("check", ("police",), due=june(15), after=("signs",)),
    )
    season.round(june(1))
    season.move(Order(Verb.SUBMIT, "signs/thon-1", VILLAGE), june(2))
    assert states(to_the(season, june(3), june(2)))["check/police"] is State.WAITING
    other = Actor("thon-2", frozenset({"thon-2"}), frozenset())
    season.move(Order(Verb.SUBMIT, "signs/thon-2", other), june(3))
    to_the(season, june(4), june(4))
    assert states(season)["check/police"] is State.OPEN
    to_the(season, june(30), june(5))
    heard = [n for told in season.letters.values() for n in told if n.assignment == "signs/thon-3"]
    assert {n.kind for n in heard} == {
        NoticeKind.PUBLISHED, NoticeKind.OPENED, NoticeKind.REMINDER,
        NoticeKind.OVERDUE, NoticeKind.ESCALATION,
    }  # fmt: skip
    assert {n.to for n in heard if n.kind is NoticeKind.ESCALATION} == {"standing_office"}
    assert season.assignments["signs/thon-3"].rung == 3


def test_all_predecessors_cancelled_releases_too() -> None:
    season = begun(SIGNS, task("gifts", ("thon-1",), after=("signs",)))
    season.round(june(1))
    season.move(Order(Verb.CANCEL, "signs/thon-1", CLERK, note="không cần"), june(2))
    season.round(june(3))
    assert states(season)["gifts/thon-1"] is State.OPEN


def test_published_late_work_not_yet_due_has_its_planned_working_days() -> None:
    season = begun(task("gifts", ("thon-1",), start=june(1), due=june(10), span=7), on=june(8))
    season.round(june(8))
    held = season.assignments["gifts/thon-1"]
    assert (held.opened_on, held.due, held.original_due) == (june(8), june(17), june(10))


def test_what_was_past_due_when_published_climbs_no_ladder_until_the_office_gives_it_a_date() -> None:
    season = begun(
        task("gifts", ("thon-1",), start=june(1), due=june(5)), task("end", due=june(30)), on=june(8)
    )
    to_the(season, june(19), june(8))
    held = season.assignments["gifts/thon-1"]
    assert (held.state, held.due, held.rung) == (State.OPEN, june(5), 0)
    assert {n.kind for v in season.letters.values() for n in v if n.assignment == held.id} <= {
        NoticeKind.PUBLISHED, NoticeKind.OPENED,
    }  # fmt: skip
    season.move(Order(Verb.GRANT, held.id, CLERK, until=june(22)), june(19))
    to_the(season, june(23), june(20))
    assert season.assignments["gifts/thon-1"].rung == 1


# Turns


def weekly(**fields: Any) -> ScheduledTask:
    made = task("news", ("thon-1",), repeat=FRIDAYS, **fields)
    starts = (june(1), june(8), june(15))
    turns = tuple(replace(turn, start=start) for turn, start in zip(made.turns, starts, strict=True))
    return replace(made, start=june(1), turns=turns)


def test_a_turn_opens_the_working_day_after_the_one_before_and_closes_a_missed_one() -> None:
    season = to_the(begun(weekly()), june(7))
    assert states(season) == {
        "news/thon-1/1": State.OPEN, "news/thon-1/2": State.WAITING, "news/thon-1/3": State.WAITING,
    }  # fmt: skip
    season.round(june(8))
    first = season.assignments["news/thon-1/1"]
    assert (first.state, first.facts.missed, first.finished_on) == (State.CANCELLED, True, june(7))
    assert states(season)["news/thon-1/2"] is State.OPEN
    missed = next(r for r in season.records if r.verb is Verb.MISS)
    assert (missed.assignment, missed.facts) == ("news/thon-1/1", {"missed": True})


def test_the_last_turn_waits_for_nobody() -> None:
    season = to_the(begun(weekly()), june(30))
    last = season.assignments["news/thon-1/3"]
    assert (last.state, last.rung) == (State.OPEN, 3)


def test_what_was_reported_is_not_missed() -> None:
    season = begun(weekly(accept="standing_office"))
    season.round(june(1))
    season.move(Order(Verb.SUBMIT, "news/thon-1/1", VILLAGE), june(5))
    to_the(season, june(9), june(6))
    assert states(season)["news/thon-1/1"] is State.SUBMITTED


def test_turns_that_passed_while_the_machine_was_down_are_missed_all_the_same() -> None:
    season = begun(weekly())
    season.round(june(16))
    assert [(a.state, a.facts.missed, a.finished_on) for _, a in sorted(season.assignments.items())] == [
        (State.CANCELLED, True, june(7)),
        (State.CANCELLED, True, june(14)),
        (State.OPEN, False, None),
    ]


def test_turns_past_when_published_never_opened_and_are_no_miss() -> None:
    season = to_the(begun(weekly(), on=june(17)), june(17), june(17))
    assert [(a.state, a.facts.missed) for _, a in sorted(season.assignments.items())] == [
        (State.CANCELLED, False), (State.CANCELLED, False), (State.OPEN, False),
    ]  # fmt: skip


def test_a_turn_held_up_by_others_is_closed_without_blame() -> None:
    season = to_the(begun(SIGNS, weekly(after=("signs",))), june(9))
    first = season.assignments["news/thon-1/1"]
    assert (first.state, first.facts.missed) == (State.CANCELLED, False)
    assert states(season)["news/thon-1/2"] is State.WAITING


@pytest.mark.parametrize("verb", [Verb.GRANT, Verb.RETURN, Verb.REOPEN])
def test_a_turn_that_was_given_more_time_outlives_the_opening_of_the_next(verb: Verb) -> None:
    season = begun(weekly(accept="standing_office"))
    season.round(june(1))
    if verb is Verb.GRANT:
        season.move(Order(Verb.GRANT, "news/thon-1/1", DEPUTY, until=june(9)), june(5))
    elif verb is Verb.RETURN:
        season.move(Order(Verb.SUBMIT, "news/thon-1/1", VILLAGE), june(5))
        season.move(Order(Verb.RETURN, "news/thon-1/1", CLERK, note="thiếu số liệu"), june(5))
    else:
        season.round(june(8))
        order = Order(Verb.REOPEN, "news/thon-1/1", CLERK, until=june(9), note="thôn gọi lại")
        season.move(order, june(8))
    to_the(season, june(9), june(8))
    assert season.assignments["news/thon-1/1"].state in (State.OPEN, State.STARTED)
    assert states(season)["news/thon-1/2"] is State.OPEN
    season.round(june(10))
    assert states(season)["news/thon-1/1"] is State.CANCELLED


def test_missed_turns_release_what_waits_for_all_of_them_in_the_same_round() -> None:
    season = begun(
        weekly(),
        task("end", due=june(30), after=("news",)),
    )
    season.round(june(1))
    season.move(Order(Verb.CANCEL, "news/thon-1/3", CLERK, note="thôi"), june(12))
    season.move(Order(Verb.CANCEL, "news/thon-1/2", CLERK, note="thôi"), june(12))
    season.round(june(15))
    assert states(season)["news/thon-1/1"] is State.CANCELLED
    assert states(season)["end/vhxh"] is State.OPEN


def test_ongoing_work_is_never_overdue_but_its_check_ins_are() -> None:
    made = weekly(kind=Kind.ONGOING)
    standing = replace(made.turns[0], occurrence=None, due=None, unrolled_due=None)
    season = to_the(begun(replace(made, turns=(standing, *made.turns))), june(30))
    assert (season.assignments["news/thon-1"].state, season.assignments["news/thon-1"].rung) == (
        State.OPEN,
        0,
    )
    assert season.assignments["news/thon-1/3"].rung == 3
