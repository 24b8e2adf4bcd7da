"""Who may make which move (the column *who* of engine.md's table), and in whose name the office may speak."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import FIRST_OF_JUNE, assignment, schedule, task, unit
from builders import office as commune

from plan_definitions.model import Office
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.orders import Actor, Order
from workflows.engine.permission import check_permission
from workflows.engine.records import NOTHING_KNOWN, Facts, Via
from workflows.engine.situation import Situation
from workflows.engine.states import MOVES, State, Verb, Who
from workflows.errors import MoveRefused

VILLAGE, OTHER_VILLAGE, CLERK, DEPUTY, CHAIR = (
    Actor(name, frozenset({name}), frozenset(roles))
    for name, roles in (
        ("thon-1", ()),
        ("thon-2", ()),
        ("vhxh", ("standing_office",)),
        ("deputy", ("deputy_chair",)),
        ("chair", ("chair",)),
    )
)
EVERYBODY = (VILLAGE, OTHER_VILLAGE, CLERK, DEPUTY, CHAIR)

ALLOWED: dict[Who, tuple[Actor, ...]] = {
    Who.ROUND: (),
    Who.UNIT: (VILLAGE,),
    Who.ACCEPTER: (DEPUTY,),
    Who.OFFICE: (CLERK,),
    Who.LEADER: (DEPUTY, CHAIR),
    Who.UNIT_OR_LEADER: (VILLAGE, DEPUTY, CHAIR),
    Who.UNIT_OR_OFFICE: (VILLAGE, CLERK),
    Who.GRANTER: (CLERK, DEPUTY, CHAIR),
}


def check(
    verb: Verb,
    by: Actor,
    name: str = "gifts/thon-1",
    *,
    office: Office | None = None,
    accept: str | None = "deputy_chair",
    rung: int = 0,
    facts: Facts = NOTHING_KNOWN,
    **order: Any,
) -> str | None:
    """On whose behalf `by` may make the move; the work is in hand, and the deputy chair accepts it."""
    plan = schedule(task("gifts", (name.split("/")[1],), accept=accept), office=office or commune())
    at = assignment(name, State.SUBMITTED, submitted_on=FIRST_OF_JUNE, rung=rung, facts=facts)
    situation = Situation(plan, WorkingCalendar(plan.calendar), {at.id: at})
    return check_permission(Order(verb, name, by, **order), at, situation)


@pytest.mark.parametrize("verb", list(MOVES))
@pytest.mark.parametrize("by", EVERYBODY, ids=lambda actor: actor.name)
def test_who_may_make_which_move(verb: Verb, by: Actor) -> None:
    if by in ALLOWED[MOVES[verb].who]:
        assert check(verb, by) is None
    else:
        with pytest.raises(MoveRefused, match=f"`gifts/thon-1` is (not for `{by.name}`|for nobody)"):
            check(verb, by)


def test_the_refusal_names_those_who_may() -> None:
    with pytest.raises(MoveRefused, match="is not for `thon-2`; it is for: chair, deputy, vhxh"):
        check(Verb.GRANT, OTHER_VILLAGE)


# Speaking for others


@pytest.mark.parametrize("via", [Via.PHONE, Via.ZALO, Via.PAPER, Via.MEETING])
def test_the_office_writes_down_what_a_unit_said_and_how(via: Via) -> None:
    assert check(Verb.START, CLERK, on_behalf_of="thon-1", via=via) == "thon-1"


def test_without_a_name_it_is_the_unit_whose_move_it_is() -> None:
    assert check(Verb.START, CLERK, via=Via.PHONE) == "thon-1"


def test_it_must_say_how_the_word_came() -> None:
    with pytest.raises(MoveRefused, match="say how its word came"):
        check(Verb.START, CLERK, on_behalf_of="thon-1")


def test_only_the_one_whose_move_it_is_can_be_spoken_for() -> None:
    with pytest.raises(MoveRefused, match="cannot be recorded on behalf of `thon-2`"):
        check(Verb.START, CLERK, on_behalf_of="thon-2", via=Via.PHONE)


@pytest.mark.parametrize("by", [VILLAGE, OTHER_VILLAGE, DEPUTY, CHAIR], ids=lambda actor: actor.name)
def test_nobody_but_the_office_speaks_for_others(by: Actor) -> None:
    with pytest.raises(MoveRefused, match="is not for"):
        check(Verb.START, by, on_behalf_of="thon-3", via=Via.PHONE)


def test_a_unit_may_name_itself() -> None:
    assert check(Verb.START, VILLAGE, on_behalf_of="thon-1") is None


def test_the_office_writes_down_a_leaders_answer() -> None:
    assert check(Verb.ANSWER, CLERK, on_behalf_of="deputy", via=Via.MEETING) == "deputy"
    with pytest.raises(MoveRefused, match="cannot be recorded on behalf of `thon-1`"):
        check(Verb.ANSWER, CLERK, on_behalf_of="thon-1", via=Via.MEETING)


# Acceptance


def test_the_lead_never_accepts_its_own_work() -> None:
    with pytest.raises(MoveRefused, match="is not for `vhxh`; it is for: deputy"):
        check(Verb.ACCEPT, CLERK, "gifts/vhxh", accept="standing_office")
    with pytest.raises(MoveRefused, match="cannot be recorded on behalf of `deputy`"):
        check(Verb.ACCEPT, CLERK, "gifts/vhxh", on_behalf_of="deputy", via=Via.PHONE)


def test_where_the_lead_holds_the_accepting_role_the_next_one_above_accepts() -> None:
    assert check(Verb.ACCEPT, DEPUTY, "gifts/vhxh", accept="standing_office") is None
    assert check(Verb.ACCEPT, CHAIR, "gifts/deputy", accept="deputy_chair") is None


def test_nobody_accepts_the_work_of_units_that_are_only_asked() -> None:
    with pytest.raises(MoveRefused, match="is for nobody: the plan asks for no check"):
        check(Verb.ACCEPT, DEPUTY, "gifts/youth")
    with pytest.raises(MoveRefused, match="is for nobody"):
        check(Verb.RETURN, CLERK, "gifts/youth", facts=Facts(evidence_to_follow=True))


def test_the_office_may_send_back_what_owes_its_evidence() -> None:
    assert check(Verb.RETURN, CLERK, accept=None, facts=Facts(evidence_to_follow=True)) is None
    with pytest.raises(MoveRefused, match="is for nobody"):
        check(Verb.RETURN, CLERK, accept=None)
    with pytest.raises(MoveRefused, match="is for nobody"):
        check(Verb.RETURN, CLERK, "gifts/vhxh", accept=None, facts=Facts(evidence_to_follow=True))


# Promises


@pytest.mark.parametrize(("rung", "allowed"), [(0, False), (1, True), (3, True)])
def test_the_office_promises_once_it_was_escalated_to(rung: int, allowed: bool) -> None:
    if allowed:
        assert check(Verb.PROMISE, CLERK, rung=rung) is None
    else:
        with pytest.raises(MoveRefused, match="it is for: chair, deputy, thon-1"):
            check(Verb.PROMISE, CLERK, rung=rung)


# People with several hats


def test_one_unit_may_hold_several_roles() -> None:
    units = {**commune().units, "ubnd": unit("ubnd")}
    both = replace(
        commune(),
        units=units,
        roles={"standing_office": "vhxh", "deputy_chair": "ubnd", "chair": "ubnd"},
    )
    leader = Actor("ubnd", frozenset({"ubnd"}), frozenset({"deputy_chair", "chair"}))
    assert check(Verb.ACCEPT, leader, office=both) is None
    with pytest.raises(MoveRefused, match="is for nobody"):
        check(Verb.ACCEPT, leader, "gifts/ubnd", office=both)


def test_the_office_does_its_own_work_like_any_unit() -> None:
    assert check(Verb.SUBMIT, CLERK, "gifts/vhxh", done_on=date(2026, 6, 1)) is None
