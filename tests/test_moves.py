"""Moves: the one table, verb by verb and state by state, and every rule that says no."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import FIRST_OF_JUNE, TENTH_OF_JUNE, assignment, edge
from gift_moves import (
    AFTER_SIGNS,
    ASKED,
    CLERK,
    DEPUTY,
    GIFTS,
    LATE,
    POLICE,
    SIGNS,
    TODAY,
    TWO_DAYS_ON,
    VILLAGE,
    C,
    D,
    O,
    S,
    U,
    W,
    carry_out,
    held,
    moved,
)

from plan_definitions.model import Evidence
from workflows.engine import moves
from workflows.engine.orders import Actor
from workflows.engine.records import (
    Answered,
    Facts,
    NoticeKind,
    Obstacle,
    Via,
)
from workflows.engine.states import MOVES, State, Verb
from workflows.errors import MoveRefused

LEGAL: list[tuple[Verb, State, State, Actor, dict[str, Any], dict[str, Any]]] = [
    (Verb.START, O, S, VILLAGE, {}, {}),
    (Verb.SUBMIT, W, D, VILLAGE, {"start": date(2026, 6, 30)}, {}),
    (Verb.SUBMIT, O, D, VILLAGE, {}, {}),
    (Verb.SUBMIT, S, D, VILLAGE, {}, {}),
    (Verb.WITHDRAW, U, S, VILLAGE, {}, {}),
    (Verb.WITHDRAW, D, S, VILLAGE, {}, {}),
    (Verb.RELEASE, W, O, CLERK, {}, {}),
    *((Verb.CANCEL, state, C, CLERK, {}, {}) for state in (W, O, S, U)),
    (Verb.REOPEN, D, O, CLERK, {}, {}),
    (Verb.REOPEN, C, W, CLERK, {}, {}),
    *((Verb.REASSIGN, state, C, CLERK, {}, {"to": "thon-2"}) for state in (W, O, S, U)),
    *((Verb.OBSTACLE, state, state, VILLAGE, {}, {}) for state in (W, O, S)),
    *(
        (Verb.RESOLVE, state, state, CLERK, {"facts": Facts(obstacle=Obstacle(TODAY))}, {})
        for state in (W, O, S, U)
    ),
    *((Verb.PROMISE, state, state, VILLAGE, {}, {"until": TWO_DAYS_ON}) for state in (O, S)),
    *((Verb.EXTEND, state, state, VILLAGE, {}, {"until": TWO_DAYS_ON}) for state in (W, O, S)),
    *((Verb.GRANT, s, s, DEPUTY, {"facts": Facts(extension=ASKED)}, {}) for s in (W, O, S)),
    *((Verb.REFUSE, s, s, DEPUTY, {"facts": Facts(extension=ASKED)}, {}) for s in (W, O, S)),
    *((Verb.HOLD, state, state, CLERK, LATE, {}) for state in (O, S)),
    *((Verb.PROPOSE, state, state, CLERK, LATE, {"until": TWO_DAYS_ON}) for state in (O, S)),
    *((Verb.ANSWER, state, state, DEPUTY, LATE, {"answer": Answered.OTHERWISE}) for state in (O, S)),
    *((Verb.EVIDENCE, state, state, VILLAGE, {}, {"evidence_files": 1}) for state in (O, S, D)),
    (Verb.EVIDENCE, U, D, VILLAGE, {}, {"evidence_files": 1}),
]
"""Every move that people make, from every state that has it; acceptance stands apart below."""


@pytest.mark.parametrize(("verb", "before", "after", "by", "fields", "order"), LEGAL)
def test_a_legal_move_leads_where_the_table_says(
    verb: Verb, before: State, after: State, by: Actor, fields: dict[str, Any], order: dict[str, Any]
) -> None:
    at = held(before, **fields)
    change = carry_out(verb, by, at, **order)[0]
    assert (change.before, change.after.state) == (at, after)
    assert (change.record.verb, change.record.before, change.record.after) == (verb, before, after)
    assert change.record.note == "vì mưa lũ"
    assert change.after.next_look == (None if after in (D, C) else TODAY)


@pytest.mark.parametrize("verb", sorted(moves.PEOPLES_VERBS))
@pytest.mark.parametrize("state", list(State))
def test_whatever_is_not_in_the_table_is_refused(verb: Verb, state: State) -> None:
    if state in MOVES[verb].before:
        return
    with pytest.raises(MoveRefused, match=r"`gifts/thon-1` is .*possible only from"):
        carry_out(verb, CLERK, held(state), on_behalf_of="thon-1", via=Via.PHONE)


@pytest.mark.parametrize("verb", [Verb.OPEN, Verb.MISS, Verb.REMIND, Verb.ESCALATE])
def test_the_rounds_own_moves_are_nobodys_to_make(verb: Verb) -> None:
    state = min(MOVES[verb].before)
    with pytest.raises(MoveRefused, match="possible only from"):
        carry_out(verb, CLERK, held(state))


@pytest.mark.parametrize("verb", sorted(verb for verb in moves.PEOPLES_VERBS if MOVES[verb].reason))
@pytest.mark.parametrize("note", [None, "", "  "])
def test_some_moves_need_a_reason(verb: Verb, note: str | None) -> None:
    checked = replace(GIFTS, accept="standing_office")
    facts = Facts(extension=ASKED, obstacle=Obstacle(TODAY))
    state = next(s for s in (O, U, W, D) if s in MOVES[verb].before)
    by = VILLAGE if verb in (Verb.OBSTACLE, Verb.EXTEND) else CLERK
    with pytest.raises(MoveRefused, match="needs a reason"):
        carry_out(verb, by, held(state, facts=facts), tasks=(checked,), note=note)


# Reporting done


def test_a_report_waits_for_its_check_where_somebody_must_accept() -> None:
    checked = replace(GIFTS, accept="deputy_chair")
    change = carry_out(Verb.SUBMIT, VILLAGE, held(O), tasks=(checked,), figures={"gifts": 90})[0]
    assert change.after.state is U
    assert (change.after.submitted_on, change.after.done_on, change.after.finished_on) == (TODAY, TODAY, None)
    assert change.after.facts.figures == {"gifts": 90}
    assert change.record.facts == {"done_on": "2026-06-09", "figures": {"gifts": 90}}


def test_work_counts_as_done_on_the_day_reported_and_finished_today() -> None:
    after = moved(Verb.SUBMIT, VILLAGE, held(O), done_on=date(2026, 6, 5))
    assert (after.done_on, after.finished_on) == (date(2026, 6, 5), TODAY)


def test_nothing_is_done_on_a_day_to_come() -> None:
    with pytest.raises(MoveRefused, match="done on 2026-06-10: that day has not come yet"):
        moved(Verb.SUBMIT, VILLAGE, held(O), done_on=TENTH_OF_JUNE)


def test_waiting_work_is_not_done_before_what_it_waits_for() -> None:
    signs = assignment("signs/thon-1", O)
    with pytest.raises(MoveRefused, match="cannot be reported done yet: it waits for signs/thon-1"):
        carry_out(Verb.SUBMIT, VILLAGE, held(W), signs, tasks=(SIGNS, AFTER_SIGNS))


def test_nor_before_the_time_that_must_lie_between() -> None:
    signs = assignment("signs/thon-1", D, done_on=TODAY, finished_on=TODAY)
    lagged = replace(GIFTS, after=(edge("signs", 2),))
    with pytest.raises(MoveRefused, match="cannot be reported done before 2026-06-11"):
        carry_out(Verb.SUBMIT, VILLAGE, held(W), signs, tasks=(SIGNS, lagged))


def test_work_reported_before_a_round_came_by_has_the_dates_the_round_would_have_given_it() -> None:
    signs = assignment("signs/thon-1", D, done_on=date(2026, 6, 8), finished_on=date(2026, 6, 8))
    following = replace(AFTER_SIGNS, start=FIRST_OF_JUNE)
    after = moved(Verb.SUBMIT, VILLAGE, held(W), signs, tasks=(SIGNS, following))
    assert (after.state, after.opened_on, after.due) == (D, TODAY, date(2026, 6, 16))


def test_nothing_was_done_before_the_plan_began() -> None:
    early = FIRST_OF_JUNE - timedelta(1)
    with pytest.raises(MoveRefused, match="done on 2026-05-31: the plan begins on 2026-06-01"):
        moved(Verb.SUBMIT, VILLAGE, held(O), done_on=early)
    assert moved(Verb.SUBMIT, VILLAGE, held(O), done_on=FIRST_OF_JUNE).done_on == FIRST_OF_JUNE


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"medals": 3}, "`gifts` counts no figure `medals`; it counts: gifts"),
        ({"gifts": -1}, "figure `gifts` is below zero"),
        ({"gifts": 10**15}, "figure `gifts` is too large"),
    ],
)
def test_figures_are_those_of_the_plan(figures: dict[str, int], message: str) -> None:
    with pytest.raises(MoveRefused, match=message):
        moved(Verb.SUBMIT, VILLAGE, held(O), figures=figures)


def test_nothing_to_report_needs_the_plans_leave() -> None:
    with pytest.raises(MoveRefused, match=r"does not allow \*nothing to report\*"):
        moved(Verb.SUBMIT, VILLAGE, held(O), nothing_to_report=True)
    allowed = replace(GIFTS, none_allowed=True, evidence=Evidence.REQUIRED)
    after = moved(Verb.SUBMIT, VILLAGE, held(O), tasks=(allowed,), nothing_to_report=True)
    assert (after.state, after.facts.nothing_to_report) == (D, True)


EVIDENCE: list[tuple[Evidence, dict[str, Any], State | str]] = [
    (Evidence.NONE, {}, D),
    (Evidence.REQUIRED, {"evidence_files": 1}, D),
    (Evidence.REQUIRED, {"evidence_later": True}, U),
    (Evidence.REQUIRED, {}, "needs a file as evidence"),
    (Evidence.REQUIRED, {"document": "12/BC, 9/6/2026"}, "a dispatch number is not enough"),
    (Evidence.REQUIRED, {"document": "12/BC, 9/6/2026", "evidence_later": True}, U),
    (Evidence.DOCUMENT, {"document": "12/BC, 9/6/2026"}, D),
    (Evidence.DOCUMENT, {"evidence_files": 1}, D),
    (Evidence.DOCUMENT, {}, "needs evidence: a file, or number and date of a dispatch"),
]


@pytest.mark.parametrize(("asked", "given", "outcome"), EVIDENCE)
def test_evidence(asked: Evidence, given: dict[str, Any], outcome: State | str) -> None:
    tasks = (replace(GIFTS, evidence=asked),)
    if not isinstance(outcome, State):
        with pytest.raises(MoveRefused, match=outcome):
            moved(Verb.SUBMIT, VILLAGE, held(O), tasks=tasks, **given)
    else:
        after = moved(Verb.SUBMIT, VILLAGE, held(O), tasks=tasks, **given)
        assert (after.state, after.facts.evidence_to_follow) == (outcome, outcome is U)


def test_evidence_that_follows_finishes_what_nobody_must_accept() -> None:
    tasks = (replace(GIFTS, evidence=Evidence.REQUIRED),)
    owing = held(U, facts=Facts(evidence_to_follow=True))
    with pytest.raises(MoveRefused, match="a dispatch number is not enough"):
        moved(Verb.EVIDENCE, VILLAGE, owing, tasks=tasks, document="12/BC, 9/6/2026")
    with pytest.raises(MoveRefused, match="no file and no dispatch number given"):
        moved(Verb.EVIDENCE, VILLAGE, owing, tasks=tasks)
    after = moved(Verb.EVIDENCE, VILLAGE, owing, tasks=tasks, evidence_files=2)
    assert (after.state, after.finished_on, after.facts.evidence_to_follow) == (D, TODAY, False)


def test_evidence_that_follows_leaves_the_check_to_whoever_accepts() -> None:
    tasks = (replace(GIFTS, evidence=Evidence.REQUIRED, accept="standing_office"),)
    owing = held(U, facts=Facts(evidence_to_follow=True))
    with pytest.raises(MoveRefused, match="evidence for `gifts/thon-1` has not come yet"):
        moved(Verb.ACCEPT, CLERK, owing, tasks=tasks)
    after = moved(Verb.EVIDENCE, VILLAGE, owing, tasks=tasks, evidence_files=1)
    assert after.state is U
    assert moved(Verb.ACCEPT, CLERK, after, tasks=tasks).state is D


def test_the_office_sends_back_a_report_whose_evidence_never_came() -> None:
    tasks = (replace(GIFTS, evidence=Evidence.REQUIRED),)
    owing = held(U, facts=Facts(evidence_to_follow=True))
    assert moved(Verb.RETURN, CLERK, owing, tasks=tasks).state is S
    with pytest.raises(MoveRefused, match="is for nobody: the plan asks for no check"):
        moved(Verb.RETURN, CLERK, held(U), tasks=tasks)


def test_a_finished_report_is_taken_back_on_the_same_day_only() -> None:
    after = moved(Verb.WITHDRAW, VILLAGE, held(D))
    assert (after.state, after.submitted_on, after.done_on, after.finished_on) == (S, None, None, None)
    with pytest.raises(MoveRefused, match="on the same day only"):
        moved(Verb.WITHDRAW, VILLAGE, held(D), as_of=TENTH_OF_JUNE)


# Checking


def test_acceptance_finishes_and_tells_the_unit() -> None:
    change = carry_out(Verb.ACCEPT, DEPUTY, held(U), tasks=(replace(GIFTS, accept="deputy_chair"),))[0]
    assert (change.after.state, change.after.finished_on, change.after.next_look) == (D, TODAY, None)
    assert [(n.kind, n.to) for n in change.notices] == [(NoticeKind.ACCEPTED, "thon-1")]


@pytest.mark.parametrize(
    ("due", "new"),
    [
        (date(2026, 6, 8), date(2026, 6, 11)),
        (TENTH_OF_JUNE, date(2026, 6, 11)),
        (date(2026, 6, 12), date(2026, 6, 12)),
    ],
)
def test_what_is_returned_is_due_in_two_working_days_at_the_earliest(due: date, new: date) -> None:
    tasks = (replace(GIFTS, accept="standing_office"),)
    change = carry_out(Verb.RETURN, CLERK, held(U, due=due, rung=1, reminded_for=0), tasks=tasks)[0]
    after = change.after
    assert (after.state, after.due, after.facts.returned_on) == (S, new, TODAY)
    assert (after.submitted_on, after.done_on) == (None, None)
    assert (after.rung, after.reminded_for) == ((1, 0) if due == new else (0, None))
    assert [(n.kind, n.to, n.due) for n in change.notices] == [(NoticeKind.RETURNED, "thon-1", new)]


# What the record says


def test_the_record_says_who_reported_for_whom_and_how() -> None:
    order: dict[str, Any] = {"on_behalf_of": "thon-1", "via": Via.PHONE, "said_by": "Trưởng thôn"}
    record = carry_out(Verb.START, CLERK, held(O), **order)[0].record
    assert (record.by, record.on_behalf_of, record.via) == ("vhxh", "thon-1", Via.PHONE)
    assert record.facts == {"said_by": "Trưởng thôn"}


def test_a_unit_that_speaks_is_no_longer_silent_however_its_word_came() -> None:
    silent = held(O, facts=Facts(unanswered=2))
    assert moved(Verb.START, VILLAGE, silent).facts.unanswered == 0
    assert moved(Verb.START, CLERK, silent, on_behalf_of="thon-1", via=Via.ZALO).facts.unanswered == 0
    assert moved(Verb.PROPOSE, CLERK, silent).facts.unanswered == 2
    assert moved(Verb.PROMISE, DEPUTY, silent, until=TWO_DAYS_ON).facts.unanswered == 2


def test_nobody_elses_move_goes_unnoticed_in_the_table() -> None:
    """Every verb of the table that is somebody's to make has its function, and only those."""
    assert frozenset(MOVES) - moves.PEOPLES_VERBS == {Verb.OPEN, Verb.MISS, Verb.REMIND, Verb.ESCALATE}
    with pytest.raises(MoveRefused, match="is not for `police`; it is for: thon-1"):
        carry_out(Verb.START, POLICE, held(O))


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (Verb.EXTEND, {"until": date(9999, 12, 31)}),
        (Verb.EXTEND, {"until": date(2062, 6, 12)}),
        (Verb.SUBMIT, {"done_on": date(206, 6, 9)}),
        (Verb.OBSTACLE, {"since": date(1, 1, 1)}),
    ],
    ids=["the last day there is", "a digit turned", "a digit lost", "the first day there is"],
)
def test_a_date_far_from_the_plan_is_taken_for_a_slip_of_the_pen(verb: Verb, said: dict[str, Any]) -> None:
    """Beyond the years that the calendar knows, every later round would have failed on it."""
    with pytest.raises(MoveRefused, match="is the year right"):
        carry_out(verb, VILLAGE, held(S), **said)
