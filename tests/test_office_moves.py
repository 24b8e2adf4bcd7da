"""Releasing, reopening and handing on; holding, proposing, answering: what the office and leaders do."""

from dataclasses import replace
from datetime import date

import pytest
from builders import FIRST_OF_JUNE, TENTH_OF_JUNE, assignment, schedule, task
from gift_moves import (
    AFTER_SIGNS,
    CLERK,
    DEPUTY,
    GIFTS,
    LATE,
    SIGNS,
    TODAY,
    TWO_DAYS_ON,
    VILLAGE,
    C,
    D,
    O,
    S,
    W,
    carry_out,
    held,
    moved,
)

from plan_definitions.model import Ladder, Rung
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.readiness import readiness
from workflows.engine.records import (
    Answer,
    Answered,
    Facts,
    NoticeKind,
    Proposal,
)
from workflows.engine.situation import Situation
from workflows.engine.states import Verb
from workflows.errors import MoveRefused

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
    after = moved(Verb.REOPEN, CLERK, handed_on, holder._replace(state=C))
    assert (after.state, after.facts.replaced_by) == (W, None)


def test_work_that_was_handed_on_twice_stands_with_one_holder() -> None:
    first = held(C, facts=Facts(replaced_by="gifts/thon-2"))
    second = assignment("gifts/thon-2", C, facts=Facts(replaces="gifts/thon-1", replaced_by="gifts/thon-3"))
    third = assignment("gifts/thon-3", O, facts=Facts(replaces="gifts/thon-2"))
    with pytest.raises(MoveRefused, match="was handed on to `gifts/thon-3`"):
        carry_out(Verb.REOPEN, CLERK, first, second, third)
    gone, reopened = third._replace(state=C), first._replace(state=O, facts=Facts())
    assert moved(Verb.REOPEN, CLERK, first, second, gone).state is W
    with pytest.raises(MoveRefused, match="was handed on to `gifts/thon-1`"):
        carry_out(Verb.REOPEN, CLERK, gone, second, reopened)


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


def test_nobody_agrees_to_what_was_not_proposed() -> None:
    with pytest.raises(MoveRefused, match="no proposal to agree to"):
        moved(Verb.ANSWER, DEPUTY, held(O, **LATE), answer=Answered.AGREED)


def test_a_new_proposal_awaits_a_new_answer() -> None:
    answered = held(O, **LATE, facts=Facts(answer=Answer(Answered.OTHERWISE, TODAY)))
    assert moved(Verb.PROPOSE, CLERK, answered).facts.answer is None
