"""Moves: the one table, verb by verb and state by state, and every rule that says no."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import FIRST_OF_JUNE, TENTH_OF_JUNE, assignment, edge, indicator, schedule, task
from engine_driver import noon

from plan_definitions.model import Evidence, Kind, Ladder, Rung
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import moves
from workflows.engine.orders import Actor, Order
from workflows.engine.readiness import readiness
from workflows.engine.records import (
    Answer,
    Answered,
    Asked,
    Assignment,
    Change,
    Extension,
    Facts,
    NoticeKind,
    Obstacle,
    Promise,
    Proposal,
    Via,
)
from workflows.engine.situation import Situation
from workflows.engine.states import MOVES, State, Verb
from workflows.errors import MoveRefused

W, O, S, U, D, C = State  # noqa: E741 - in the order of the table
VILLAGE = Actor("thon-1/head", frozenset({"thon-1"}), frozenset())
CLERK = Actor("vhxh", frozenset({"vhxh"}), frozenset({"standing_office"}))
DEPUTY = Actor("deputy_chair", frozenset({"deputy"}), frozenset({"deputy_chair"}))
POLICE = Actor("police", frozenset({"police"}), frozenset())
TODAY = date(2026, 6, 9)

GIFTS = task("gifts", ("thon-1",), indicators=(indicator(),))


def held(state: State, **fields: Any) -> Assignment:
    """The village's assignment in a state, with the dates that go with it."""
    known: dict[str, Any] = {"start": FIRST_OF_JUNE}
    if state in (U, D):
        known |= {"submitted_on": TODAY, "done_on": TODAY}
    if state in (D, C):
        known |= {"finished_on": TODAY}
    return assignment("gifts/thon-1", state, **(known | fields))


def situation(*others: Assignment, tasks: tuple[ScheduledTask, ...] = (GIFTS,)) -> Situation:
    plan = schedule(*tasks)
    return Situation(plan, WorkingCalendar(plan.calendar), {a.id: a for a in others})


def carry_out(
    verb: Verb,
    by: Actor,
    at: Assignment,
    *others: Assignment,
    tasks: tuple[ScheduledTask, ...] = (GIFTS,),
    as_of: date = TODAY,
    **order: Any,
) -> list[Change]:
    asked = Order(verb, at.id, by, **({"note": "vì mưa lũ"} | order))
    return moves.carry_out(asked, situation(at, *others, tasks=tasks), as_of=as_of, now=noon(as_of))


def moved(verb: Verb, by: Actor, at: Assignment, *others: Assignment, **order: Any) -> Assignment:
    """The assignment after the move."""
    return carry_out(verb, by, at, *others, **order)[0].after


TWO_DAYS_ON = date(2026, 6, 11)
ASKED = Extension(TODAY, date(2026, 6, 12))
LATE: dict[str, Any] = {"due": date(2026, 6, 5), "rung": 1}

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


SIGNS = task("signs", ("thon-1",))
AFTER_SIGNS = replace(GIFTS, after=(edge("signs"),))


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


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        ({"medals": 3}, "`gifts` counts no figure `medals`; it counts: gifts"),
        ({"gifts": -1}, "figure `gifts` is below zero"),
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


# The office's moves


def test_release_opens_whatever_predecessors_say_with_the_planned_working_days() -> None:
    signs = assignment("signs/thon-1", O)
    change = carry_out(Verb.RELEASE, CLERK, held(W), signs, tasks=(SIGNS, AFTER_SIGNS))[0]
    after = change.after
    assert (after.state, after.opened_on, after.facts.released) == (O, TODAY, True)
    assert after.due == date(2026, 6, 16)
    assert change.record.facts == {"due": "2026-06-16"}
    assert [n.kind for n in change.notices] == [NoticeKind.OPENED]


def test_reopening_what_was_done_needs_a_new_date_once_the_old_one_has_passed() -> None:
    past = held(D, due=date(2026, 6, 5), rung=1)
    for wrong in (None, date(2026, 6, 8)):
        with pytest.raises(MoveRefused, match="give a new date, today or later"):
            moved(Verb.REOPEN, CLERK, past, until=wrong)
    after = moved(Verb.REOPEN, CLERK, past, until=date(2026, 6, 12))
    assert (after.state, after.due, after.rung, after.done_on) == (O, date(2026, 6, 12), 0, None)
    assert after.original_due == date(2026, 6, 5)
    assert moved(Verb.REOPEN, CLERK, held(D)).due == TENTH_OF_JUNE


def test_what_was_cancelled_waits_again() -> None:
    after = moved(Verb.REOPEN, CLERK, held(C, facts=Facts(missed=True)))
    assert (after.state, after.opened_on, after.facts.missed, after.next_look) == (W, None, False, TODAY)


def test_reopening_flags_successors_that_are_open_and_leaves_waiting_ones_waiting() -> None:
    tasks = (SIGNS, AFTER_SIGNS, task("parade", ("police",), after=("signs",)))
    signs = assignment("signs/thon-1", D, done_on=TODAY, finished_on=TODAY)
    parade = assignment("parade/police", W, start=FIRST_OF_JUNE)
    first, *rest = carry_out(Verb.REOPEN, CLERK, signs, held(S), parade, tasks=tasks)
    assert first.after.state is O
    assert [(c.after.id, c.after.state, c.after.facts.flagged) for c in rest] == [("gifts/thon-1", S, True)]
    assert rest[0].record.facts == {"flagged_by": "signs/thon-1"}
    known = {a.id: a for a in (first.after, rest[0].after, parade)}
    plan = schedule(*tasks)
    now = Situation(plan, WorkingCalendar(plan.calendar), known)
    assert readiness(parade, now).waits_for == (first.after,)


def test_a_withdrawal_of_finished_work_flags_too() -> None:
    signs = assignment("signs/thon-1", D, submitted_on=TODAY, done_on=TODAY, finished_on=TODAY)
    changes = carry_out(Verb.WITHDRAW, VILLAGE, signs, held(O), tasks=(SIGNS, AFTER_SIGNS))
    assert [c.after.facts.flagged for c in changes] == [False, True]


def test_reassignment_cancels_and_gives_another_unit_the_work_with_its_planned_time() -> None:
    gone, fresh = carry_out(Verb.REASSIGN, CLERK, held(S, due=date(2026, 6, 5), rung=1), to="thon-2")
    assert (gone.after.state, gone.after.facts.replaced_by) == (C, "gifts/thon-2")
    after = fresh.after
    assert (fresh.before, after.id, after.unit, after.state) == (None, "gifts/thon-2", "thon-2", O)
    assert (after.opened_on, after.due, after.rung) == (TODAY, date(2026, 6, 16), 0)
    assert (after.facts.replaces, after.original_due) == ("gifts/thon-1", date(2026, 6, 5))
    assert [(n.kind, n.to) for c in (gone, fresh) for n in c.notices] == [
        (NoticeKind.CANCELLED, "thon-1"),
        (NoticeKind.OPENED, "thon-2"),
    ]


def test_waiting_work_is_handed_on_waiting() -> None:
    fresh = carry_out(Verb.REASSIGN, CLERK, held(W), to="thon-2")[1]
    assert (fresh.after.state, fresh.after.due, fresh.notices) == (W, TENTH_OF_JUNE, ())


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (None, "say to which unit it goes"),
        ("thon-9", "`thon-9` is not one"),
        ("thon-1", "`thon-1` has `gifts/thon-1` already"),
    ],
)
def test_work_goes_to_a_unit_that_is_there_and_has_not_got_it(to: str | None, message: str) -> None:
    with pytest.raises(MoveRefused, match=message):
        carry_out(Verb.REASSIGN, CLERK, held(O), to=to)


def test_what_was_handed_on_is_not_reopened_behind_its_new_holder() -> None:
    handed_on = held(C, facts=Facts(replaced_by="gifts/thon-2"))
    holder = assignment("gifts/thon-2", O, facts=Facts(replaces="gifts/thon-1"))
    with pytest.raises(MoveRefused, match="was handed on to `gifts/thon-2`"):
        carry_out(Verb.REOPEN, CLERK, handed_on, holder)
    after = moved(Verb.REOPEN, CLERK, handed_on, replace(holder, state=C))
    assert (after.state, after.facts.replaced_by) == (W, None)


# Obstacle, promise, more time


def test_an_obstacle_may_name_a_unit_and_the_day_it_began() -> None:
    after = moved(Verb.OBSTACLE, VILLAGE, held(O), since=date(2026, 6, 5), waits_for="police")
    assert after.facts.obstacle == Obstacle(date(2026, 6, 5), "police")
    with pytest.raises(MoveRefused, match="there is no unit `polce`"):
        moved(Verb.OBSTACLE, VILLAGE, held(O), waits_for="polce")
    with pytest.raises(MoveRefused, match="2026-06-10 has not come yet"):
        moved(Verb.OBSTACLE, VILLAGE, held(O), since=TENTH_OF_JUNE)


def test_an_obstacle_is_resolved_once_and_the_offices_answer_is_told() -> None:
    stuck = held(O, facts=Facts(obstacle=Obstacle(FIRST_OF_JUNE)))
    by_office = carry_out(Verb.RESOLVE, CLERK, stuck)[0]
    assert [(n.kind, n.to) for n in by_office.notices] == [(NoticeKind.OBSTACLE_ANSWERED, "thon-1")]
    assert carry_out(Verb.RESOLVE, VILLAGE, stuck)[0].notices == ()
    for free in (held(O), by_office.after):
        with pytest.raises(MoveRefused, match="reports no open obstacle"):
            moved(Verb.RESOLVE, CLERK, free)


@pytest.mark.parametrize("until", [None, date(2026, 6, 8), date(2026, 6, 24)])
def test_a_promise_reaches_from_today_to_ten_working_days_on(until: date | None) -> None:
    with pytest.raises(MoveRefused, match="promise a day from today to 2026-06-23"):
        moved(Verb.PROMISE, VILLAGE, held(O), until=until)


def test_a_promise_is_given_once_a_rung() -> None:
    at = moved(Verb.PROMISE, VILLAGE, held(O, **LATE), until=date(2026, 6, 23))
    assert at.facts.promise == Promise(date(2026, 6, 23), TODAY, 1)
    with pytest.raises(MoveRefused, match="promised already at this step"):
        moved(Verb.PROMISE, VILLAGE, at, until=TWO_DAYS_ON)
    assert moved(Verb.PROMISE, VILLAGE, replace(at, rung=2), until=TWO_DAYS_ON).facts.promise == Promise(
        TWO_DAYS_ON, TODAY, 2
    )


def test_more_time_is_asked_for_once_and_for_later() -> None:
    at = moved(Verb.EXTEND, VILLAGE, held(O), until=TWO_DAYS_ON)
    assert at.facts.extension == Extension(TODAY, TWO_DAYS_ON)
    with pytest.raises(MoveRefused, match="asked for already and is not answered yet"):
        moved(Verb.EXTEND, VILLAGE, at, until=date(2026, 6, 12))
    for until in (None, TENTH_OF_JUNE):
        with pytest.raises(MoveRefused, match="ask for a day after 2026-06-10"):
            moved(Verb.EXTEND, VILLAGE, held(O), until=until)
    with pytest.raises(MoveRefused, match="ask for a day after 2026-06-09"):
        moved(Verb.EXTEND, VILLAGE, held(O, due=date(2026, 6, 5)), until=TODAY)
    with pytest.raises(MoveRefused, match="has no due date"):
        moved(Verb.EXTEND, VILLAGE, held(O, due=None), until=TWO_DAYS_ON)


LAST = task("closing", ("vhxh",), due=date(2026, 6, 30))


def test_time_granted_moves_the_due_date_and_starts_the_ladder_afresh() -> None:
    paused = Facts(extension=ASKED, promise=Promise(TODAY, TODAY, 1), held_until=TODAY)
    known = replace(paused, late_at_publication=True)
    at = held(O, due=date(2026, 6, 8), rung=2, reminded_for=-1, facts=known)
    change = carry_out(Verb.GRANT, CLERK, at, tasks=(GIFTS, LAST))[0]
    after = change.after
    assert (after.due, after.original_due) == (date(2026, 6, 12), date(2026, 6, 8))
    assert (after.rung, after.reminded_for) == (0, None)
    assert after.facts == Facts(
        extension=Extension(TODAY, date(2026, 6, 12), Asked.GRANTED, TODAY), late_at_publication=False
    )
    assert [(n.kind, n.to) for n in change.notices] == [(NoticeKind.EXTENSION_ANSWERED, "thon-1")]


def test_the_office_may_give_a_date_nobody_asked_for() -> None:
    after = moved(Verb.GRANT, CLERK, held(O), tasks=(GIFTS, LAST), until=date(2026, 6, 15))
    assert after.due == date(2026, 6, 15)
    with pytest.raises(MoveRefused, match="nothing was asked for: give the new date"):
        moved(Verb.GRANT, CLERK, held(O), tasks=(GIFTS, LAST))
    for until in (date(2026, 6, 8), TENTH_OF_JUNE, TODAY):
        with pytest.raises(MoveRefused, match="is no new date for `gifts/thon-1`"):
            moved(Verb.GRANT, CLERK, held(O), tasks=(GIFTS, LAST), until=until)


PARADE = task("parade", ("police",), due=date(2026, 6, 15), after=("gifts",), span=3)
WAITING = assignment("parade/police", W, due=date(2026, 6, 15), start=FIRST_OF_JUNE)


def test_only_the_deputy_chair_grants_what_makes_other_work_slip() -> None:
    order: dict[str, Any] = {"tasks": (GIFTS, PARADE, LAST), "until": date(2026, 6, 11)}
    with pytest.raises(MoveRefused, match=r"other work would slip \(parade 2026-06-15 → 2026-06-17\)"):
        carry_out(Verb.GRANT, CLERK, held(O), WAITING, **order)
    assert moved(Verb.GRANT, DEPUTY, held(O), WAITING, **order).due == date(2026, 6, 11)
    by_phone: dict[str, Any] = {"on_behalf_of": "deputy", "via": Via.PHONE}
    granted = carry_out(Verb.GRANT, CLERK, held(O), WAITING, **order, **by_phone)[0]
    assert (granted.after.due, granted.record.on_behalf_of) == (date(2026, 6, 11), "deputy")


@pytest.mark.parametrize(
    ("fields", "at", "until"),
    [
        ({"kind": Kind.EVENT}, {}, date(2026, 6, 11)),
        ({}, {"unrolled_due": FIRST_OF_JUNE}, date(2026, 6, 11)),
        ({}, {}, date(2026, 7, 1)),
    ],
    ids=["an event", "due on an anchor itself", "past the end of the plan"],
)
def test_nor_does_the_office_move_a_fixed_date(
    fields: dict[str, Any], at: dict[str, Any], until: date
) -> None:
    tasks = (replace(GIFTS, **fields), LAST)
    with pytest.raises(MoveRefused, match="a fixed date of the plan would move"):
        moved(Verb.GRANT, CLERK, held(O, **at), tasks=tasks, until=until)
    assert moved(Verb.GRANT, DEPUTY, held(O, **at), tasks=tasks, until=until).due == until


def test_a_refusal_moves_nothing_but_is_told() -> None:
    at = held(O, rung=1, facts=Facts(extension=ASKED))
    change = carry_out(Verb.REFUSE, CLERK, at)[0]
    assert (change.after.due, change.after.rung) == (at.due, 1)
    assert change.after.facts.extension == replace(ASKED, state=Asked.REFUSED, answered_on=TODAY)
    assert [n.kind for n in change.notices] == [NoticeKind.EXTENSION_ANSWERED]
    with pytest.raises(MoveRefused, match="asks for no more time"):
        moved(Verb.REFUSE, CLERK, change.after)


# Holding, proposing, answering


def test_tomorrows_rung_is_held_for_one_working_day_once() -> None:
    friday = date(2026, 6, 5)
    late = held(O, due=date(2026, 6, 3), rung=1)
    after = moved(Verb.HOLD, CLERK, late, as_of=friday)
    assert after.facts.held_until == date(2026, 6, 8)
    with pytest.raises(MoveRefused, match="held once already"):
        moved(Verb.HOLD, CLERK, after, as_of=date(2026, 6, 8))


def test_there_is_nothing_to_hold_while_no_rung_is_near() -> None:
    with pytest.raises(MoveRefused, match="nothing about `gifts/thon-1` would be reported on 2026-06-10"):
        moved(Verb.HOLD, CLERK, held(O))
    silent = replace(GIFTS, ladder=Ladder("light", (0,), (Rung(1, ("standing_office",)),)))
    with pytest.raises(MoveRefused, match="nothing about"):
        moved(Verb.HOLD, CLERK, held(O, **LATE), tasks=(silent,))


def test_a_proposal_is_a_date_or_words() -> None:
    after = moved(Verb.PROPOSE, CLERK, held(O, **LATE), until=TWO_DAYS_ON)
    assert after.facts.proposal == Proposal(TODAY, TWO_DAYS_ON)
    assert moved(Verb.PROPOSE, CLERK, held(O)).facts.proposal == Proposal(TODAY)
    with pytest.raises(MoveRefused, match="say what is proposed"):
        moved(Verb.PROPOSE, CLERK, held(O), note=None)
    with pytest.raises(MoveRefused, match="2026-06-08 has passed"):
        moved(Verb.PROPOSE, CLERK, held(O), until=date(2026, 6, 8))


@pytest.mark.parametrize(
    ("answer", "due", "told"),
    [
        (Answered.AGREED, TWO_DAYS_ON, ["standing_office", "thon-1"]),
        (Answered.OTHERWISE, date(2026, 6, 5), ["standing_office", "thon-1"]),
        (Answered.CALL_BACK, date(2026, 6, 5), ["standing_office"]),
    ],
)
def test_the_leaders_answer(answer: Answered, due: date, told: list[str]) -> None:
    late = held(O, **LATE, facts=Facts(proposal=Proposal(TODAY, TWO_DAYS_ON)))
    change = carry_out(Verb.ANSWER, DEPUTY, late, answer=answer)[0]
    assert change.after.facts.answer == Answer(answer, TODAY)
    assert (change.after.due, change.after.rung) == (due, 0 if answer is Answered.AGREED else 1)
    assert [(n.kind, n.to) for n in change.notices] == [(NoticeKind.LEADER_ANSWERED, to) for to in told]
    with pytest.raises(MoveRefused, match="agreed, otherwise or call_back"):
        moved(Verb.ANSWER, DEPUTY, late)


def test_a_new_proposal_awaits_a_new_answer() -> None:
    answered = held(O, **LATE, facts=Facts(answer=Answer(Answered.OTHERWISE, TODAY)))
    assert moved(Verb.PROPOSE, CLERK, answered).facts.answer is None


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
