"""Obstacles, promises and more time: what a unit says is in the way, and what is answered."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import FIRST_OF_JUNE, TENTH_OF_JUNE, assignment, task
from gift_moves import (
    ASKED,
    CLERK,
    DEPUTY,
    GIFTS,
    LATE,
    TODAY,
    TWO_DAYS_ON,
    VILLAGE,
    O,
    W,
    carry_out,
    held,
    moved,
)

from plan_definitions.model import Kind
from workflows.engine.records import (
    Asked,
    Extension,
    Facts,
    NoticeKind,
    Obstacle,
    Promise,
    Via,
)
from workflows.engine.states import Verb
from workflows.errors import MoveRefused

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
    assert moved(Verb.PROMISE, VILLAGE, at._replace(rung=2), until=TWO_DAYS_ON).facts.promise == Promise(
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
