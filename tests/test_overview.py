"""What is counted and ordered without rows says what the rows say: in every season, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import all_of, schedule, task
from engine_driver import Season
from hypothesis import given, settings
from operation_cases import KIM_THANH, PLAN, at, commune, june, move, publish_plan, round_on
from test_laws import DAYS, FIRST, Event, attempt, events, laws, plans

from plan_definitions.schedule import Schedule
from workflows.engine.orders import Actor, Order
from workflows.engine.pressing import most_pressing, wants_attention
from workflows.engine.readiness import blockers
from workflows.engine.situation import Situation
from workflows.engine.states import Standing, Verb
from workflows.errors import NotFound
from workflows.operations.answers import carry_out_once
from workflows.operations.move import PlanReference
from workflows.operations.publish import publish
from workflows.operations.reading.board import read_board
from workflows.operations.reading.first_page import read_first_page
from workflows.operations.reading.work import read_work
from workflows.store.database import Database


def weeks(plan: Schedule, asked: list[Event]) -> Iterator[tuple[Situation, date]]:
    """A season's plan under way, as it stands twice a week."""
    season = Season(plan)
    season.publish(FIRST)
    for day in range(DAYS):
        today = FIRST + timedelta(day)
        season.round(today)
        for event in asked:
            if event.day == day:
                attempt(season, event)
        if today.weekday() in (0, 3):
            yield season.situation, today


@laws
@given(plans(), events())
def test_who_holds_work_up_does_not_depend_on_who_was_asked_about_before(
    plan: Schedule, asked: list[Event]
) -> None:
    for situation, _ in weeks(plan, asked):
        for assignment in situation.assignments.values():
            afresh = replace(situation)
            assert blockers(assignment, situation) == blockers(assignment, afresh)


def assert_first_page_is_of_the_board(database: Database, plan: Schedule, day: date) -> None:
    seen = read_board(database, plan.office.id, plan.id, as_of=day)
    pressing = [row for row in seen.rows if wants_attention(row)]
    for most in (0, 1, 3, 100):
        first = read_first_page(database, plan.office.id, plan.id, as_of=day, most=most)
        assert first.counts == seen.counts
        assert first.pressing == len(pressing)
        wanted = [all_of(row) for row in most_pressing(pressing, most)]
        assert [all_of(row) for row in first.rows] == wanted


def test_a_first_page_is_the_most_pressing_of_the_board(database: Database) -> None:
    plan = publish_plan(database)
    for day in (2, 3, 4, 8, 9, 10, 12, 19):
        round_on(database, june(day))
        if day == 4:
            move(database, Verb.OBSTACLE, "signs/thon-1", "thon-1", june(4), note="đường ngập")
        if day == 8:
            move(database, Verb.SUBMIT, "signs/thon-2", "thon-2", june(8))
        assert_first_page_is_of_the_board(database, plan, june(day))


def test_of_a_kind_that_waits_each_is_judged_by_itself(database: Database) -> None:
    """The first village waits for its own signs only; the others wait for the first one's."""
    signs = task("signs", ("thon-1",), start=june(1), due=june(15))
    gifts = task("gifts", ("thon-1", "thon-2", "thon-3"), start=june(2), after=("signs",))
    plan = publish_plan(database, schedule(signs, gifts, id=PLAN, office=commune()))
    round_on(database, june(3))
    first = read_first_page(database, KIM_THANH, PLAN, as_of=june(3), most=100)
    assert [row.id for row in first.rows] == ["gifts/thon-2", "gifts/thon-3"]
    assert (first.counts["not_due"], first.counts["waiting_for_others"]) == (1, 2)
    assert_first_page_is_of_the_board(database, plan, june(3))


def test_a_page_and_a_move_know_who_holds_work_up_from_afar(database: Database) -> None:
    chain = (
        task("survey", ("police",), start=june(1), due=june(2)),
        task("signs", ("thon-1",), due=june(3), after=("survey",)),
        task("gifts", ("thon-1",), due=june(4), after=("signs",)),
    )
    publish_plan(database, schedule(*chain, id=PLAN, office=commune()))
    round_on(database, june(8))
    (shown,) = (
        r for r in read_board(database, KIM_THANH, PLAN, as_of=june(8)).rows if r.id == "gifts/thon-1"
    )
    assert (shown.standing, [b.unit for b in shown.waits_for]) == (Standing.WAITING_FOR_OTHERS, ["police"])
    page = read_work(database, KIM_THANH, PLAN, "gifts/thon-1", as_of=june(8))
    assert all_of(page.row) == all_of(shown)

    def stuck(by: Actor) -> Order:
        return Order(Verb.OBSTACLE, "gifts/thon-1", by, note="đường ngập")

    where = PlanReference(KIM_THANH, PLAN)
    for _ in range(2):
        told = carry_out_once(
            database, where, "thon-1", "gifts/thon-1", stuck,
            once="f" * 64, as_of=june(8), now=at(june(8), 9),
        )  # fmt: skip
        assert (told.row.standing, told.row.waits_for) == (shown.standing, shown.waits_for)


def test_a_form_sent_again_after_a_revision_dropped_its_work_is_told_so(database: Database) -> None:
    signs, gifts = (task(name, ("thon-1",), start=june(1), due=june(9)) for name in ("signs", "gifts"))
    publish_plan(database, schedule(signs, gifts, id=PLAN, office=commune()))
    round_on(database, june(1))

    def again() -> None:
        carry_out_once(
            database, PlanReference(KIM_THANH, PLAN), "thon-1", "gifts/thon-1",
            lambda by: Order(Verb.START, "gifts/thon-1", by),
            once="f" * 64, as_of=june(2), now=at(june(2), 9),
        )  # fmt: skip

    again()
    publish_plan(database, schedule(signs, id=PLAN, office=commune()), on=june(2))
    with pytest.raises(NotFound, match="a revision has taken `gifts/thon-1` out of the plan"):
        again()


@settings(laws, max_examples=8)
@given(plans())
def test_any_plan_s_first_page_is_the_most_pressing_of_its_board(plan: Schedule) -> None:
    database = Database.open("sqlite://", create=True)
    publish(database, plan, {}, as_of=FIRST, now=at(FIRST))
    for day in range(2, DAYS, 9):
        today = FIRST + timedelta(day)
        round_on(database, today, plan.office.id)
        assert_first_page_is_of_the_board(database, plan, today)
    database.close()
