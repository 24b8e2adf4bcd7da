"""Checks that need no file: warnings, and how complaints are gathered. Errors stand in plans/bad."""

from __future__ import annotations

import inspect
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_builders import LADDER, at, contact, edge, every, name, office, plan, task, unit

from plan_definitions.checks import RULES, check
from plan_definitions.diagnostics import Diagnostic, Severity
from plan_definitions.model import (
    CalendarDefinition,
    Channel,
    Clause,
    Kind,
    Manner,
    PlanDefinition,
    Threshold,
)

CLAUSES = {
    "II.1": Clause("II.1", "Thời gian", "fact", named=False),
    "V.6.2": Clause("V.6.2", "Rà soát", "deliverable", named=True),
}


def told(definition: PlanDefinition, *unread: str) -> list[tuple[str, str]]:
    """The codes, each with the word it points at."""
    return [(d.code, d.place.file) for d in check(definition, frozenset(unread))]


def only(definition: PlanDefinition) -> Diagnostic:
    [diagnostic] = check(definition)
    return diagnostic


def test_a_sound_plan_is_passed_in_silence() -> None:
    survey = task("survey", "each villages", due="opens", helpers=["police"], accept="deputy_chair")
    signs = task(
        "signs", "each villages", due="closes", after=[edge("survey", "1 working day", same_unit=True)]
    )
    weekly = task("weekly", "each villages", repeat=every("friday", "opens", "closes"), after=["survey"])
    watch = task("watch", "police", kind=Kind.ONGOING, complete_when=Threshold(percent=80))
    assert told(plan(survey, signs, weekly, watch)) == []


def test_accepting_ones_own_work_is_warned_of() -> None:
    found = only(plan(task("a", "office", due="opens", accept="standing_office")))
    assert (found.code, found.severity) == ("self-acceptance", Severity.WARNING)
    assert found.place == at("standing_office")


def test_a_member_of_the_leading_group_that_accepts_is_warned_of() -> None:
    everyone = office(groups={"everyone": ("office", "police")})
    definition = plan(task("a", "each everyone", due="opens", accept="standing_office"), office=everyone)
    assert told(definition) == [("self-acceptance", "standing_office")]


def test_the_work_of_those_who_are_asked_is_not_accepted() -> None:
    front = unit("front", manner=Manner.REQUEST)
    definition = plan(task("a", "front", due="opens", accept="deputy_chair"), office=office(front))
    assert told(definition) == [("acceptance-of-request", "deputy_chair")]


def test_a_duty_without_a_task_is_warned_of_and_a_fact_is_not() -> None:
    definition = plan(task("a", due="opens"), clauses=CLAUSES, places={("clause", "V.6.2"): at("V.6.2")})
    found = only(definition)
    assert (found.code, found.severity, found.place) == ("uncovered-clause", Severity.WARNING, at("V.6.2"))
    assert told(plan(task("a", due="opens", clauses=["V.6.2"]), clauses=CLAUSES)) == []


def test_each_year_that_nobody_vouched_for_is_named_once() -> None:
    definition = plan(
        task("a", due="2026-12-30"),
        task("b", due="2027-01-05"),
        task("c", start="2027-01-06", due="2028-02-15"),
    )
    found = list(check(definition))
    assert [(d.code, d.severity, d.message.values["year"]) for d in found] == [
        ("unvouched-year", Severity.WARNING, 2027),
        ("unvouched-year", Severity.WARNING, 2028),
    ]


def test_the_years_of_occurrences_count() -> None:
    weekly = task("weekly", repeat=every("friday", "2026-12-20", "2027-01-10"))
    assert [code for code, _ in told(plan(weekly))] == ["unvouched-year"]


def test_a_plan_without_a_default_ladder_is_warned_of_where_a_task_needs_it() -> None:
    light = {"light": LADDER}
    assert told(plan(task("a", due="opens"), ladders=light)) == [("missing-default-ladder", "a")]
    assert told(plan(task("a", due="opens", ladder="light"), ladders=light)) == []


def test_an_occurrence_in_a_week_off_is_warned_of() -> None:
    weekly = task("weekly", repeat=every("friday", "2026-02-09", "2026-02-28"))
    found = only(plan(weekly))
    assert (found.code, found.severity) == ("left-out-occurrence", Severity.WARNING)
    assert found.message.values["days"] == "2026-02-20"


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2026, 6, 5), ["needless-make-up-day"]),
        (date(2026, 6, 6), []),
        (date(2026, 8, 22), []),  # known to the library as well
        (date(2026, 9, 2), []),
    ],
)
def test_a_make_up_day_makes_up_for_something(day: date, codes: list[str]) -> None:
    calendar = CalendarDefinition(vouched=(2026,), working_days=(day,))
    assert [code for code, _ in told(plan(task("a", due="opens"), calendar=calendar))] == codes


@pytest.mark.parametrize(
    ("contacts", "reached"),
    [
        ((), False),
        ((contact(channel=Channel.MAIL, email=None),), False),
        ((contact(channel=Channel.ZALO, email="a@b.example"),), False),
        ((contact(channel=Channel.PHONE, email=None, phone="0000 000 001"),), True),
        ((contact(channel=Channel.PAPER, email=None),), True),
        ((contact(channel=Channel.MAIL, email=None), contact("second")), True),
    ],
)
def test_a_channel_is_usable_with_what_it_needs(contacts: tuple[object, ...], reached: bool) -> None:
    health = unit("health", contacts=contacts)
    definition = plan(task("a", "health", due="opens"), office=office(health))
    assert [code for code, _ in told(definition)] == ([] if reached else ["unusable-channel"])


def test_a_unit_may_be_reached_through_another() -> None:
    silent, bearer = unit("branch", contacts=(), via="youth"), unit("youth")
    assert told(plan(task("a", "branch", due="opens"), office=office(silent, bearer))) == []
    mute = unit("youth", contacts=())
    assert [
        code for code, _ in told(plan(task("a", "branch", due="opens"), office=office(silent, mute)))
    ] == ["unusable-channel"]


def test_a_unit_that_the_plan_does_not_name_may_be_unreachable() -> None:
    assert told(plan(task("a", due="opens"), office=office(unit("mute", contacts=())))) == []


def test_a_name_used_wrongly_in_many_places_is_one_mistake_with_its_lines() -> None:
    uses = [task(f"t{n}", "polise", due="opens") for n in range(30)]
    found = only(plan(*uses))
    assert (found.code, found.place) == ("unknown-unit", at("polise"))
    assert found.help is not None
    help_text = found.help.say(str)
    assert "did you mean `police`" in help_text
    assert "also on line 1, 1" in help_text


def test_a_wrong_group_causes_no_further_complaint() -> None:
    wrong = task("a", "each vilages", due="opens", complete_when=Threshold(count=99), accept="deputy_chair")
    after = task("b", "each villages", due="closes", after=[edge("a", same_unit=True)])
    assert told(plan(wrong, after)) == [("unknown-group", "vilages")]


def test_what_was_refused_while_reading_is_not_complained_of_again() -> None:
    definition = plan(
        task("half", clauses=["V.9"]),
        task("b", "lost-unit", due="lost-anchor", after=["half", "lost-task"], ladder="lost-ladder"),
        task("c", "each lost-group", due="half + 1 day", helpers=["lost-unit"]),
        clauses={},
    )
    lost = ("half", "lost-unit", "lost-anchor", "lost-task", "lost-ladder", "lost-group", "V.9")
    assert told(definition, *lost) == []


def test_a_cycle_is_told_edge_by_edge_with_its_lines() -> None:
    tasks = [task("a", due="opens", after=["c"]), task("b", due="opens", after=["a"])]
    found = only(plan(*tasks, task("c", due="opens", after=["b"])))
    assert (found.code, found.place) == ("cycle", at("c"))
    told_edges = "`b` after `a` (line 1); `c` after `b` (line 1); `a` after `c` (line 1)"
    assert told_edges in found.message.say(str)


def test_a_long_cycle_is_cut_short() -> None:
    size = 3000
    tasks = [task(f"t{n}", due="opens", after=[f"t{(n + 1) % size}"]) for n in range(size)]
    message = only(plan(*tasks)).message.say(str)
    assert message.endswith("and 2988 more")


def test_a_lag_beyond_all_calendars_contradicts_the_dates() -> None:
    far = [task("a", due="opens"), task("b", due="closes", after=[edge("a", "999999 days")])]
    assert told(plan(*far)) == [("due-before-predecessor", "a")]


def test_a_soft_edge_does_not_bind_dates() -> None:
    assert told(plan(task("a", due="closes"), task("b", due="opens", after=[edge("a", soft=True)]))) == []


def test_turns_of_one_unit_follow_each_other_pair_by_pair() -> None:
    counts = task("counts", "each villages", repeat=every("thursday", "opens", "closes"))
    report = task("report", "each villages", repeat=every("friday", "opens", "closes"))
    tied = task("tied", "each villages", repeat=every("friday", "opens", "2026-06-26"), after=["counts"])
    assert told(plan(counts, tied)) == [("due-before-predecessor", "counts")]
    alike = task("alike", "each villages", repeat=report.repeat, after=[edge("counts", same_unit=True)])
    assert told(plan(counts, alike)) == []


@given(st.permutations(["survey", "signs", "check", "weekly"]))
def test_the_order_written_does_not_matter(order: list[str]) -> None:
    tasks = {
        "survey": task("survey", "each villages", due="opens"),
        "signs": task("signs", "each villages", due="survey - 1 day", after=[edge("survey")]),
        "check": task("check", "polise", due="signs", after=["sings"]),
        "weekly": task("weekly", repeat=every("friday", "opens", "check"), helpers=[name("polise")]),
    }
    expected = [
        ("unknown-task", "sings"),
        ("unknown-unit", "polise"),
        ("due-before-predecessor", "survey"),
        ("empty-repeat", "every friday"),
    ]
    assert sorted(told(plan(*(tasks[n] for n in order)))) == sorted(expected)


def test_every_rule_says_what_it_is() -> None:
    assert [rule.__name__ for rule in RULES if not inspect.getdoc(rule)] == []
