"""What is counted and ordered without rows says what the rows say: in every season, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from engine_driver import Season
from hypothesis import given
from operation_cases import KIM_THANH, PLAN, june, publish_plan, round_on
from test_laws import DAYS, FIRST, Event, attempt, events, laws, plans

from plan_definitions.schedule import Schedule
from workflows.cli.rows import row_document, wants_attention
from workflows.engine import board
from workflows.engine.readiness import blockers
from workflows.engine.situation import Situation
from workflows.engine.standings import in_order
from workflows.operations.reading.board import read_board, read_overview
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
def test_what_is_placed_says_what_its_row_says(plan: Schedule, asked: list[Event]) -> None:
    for situation, today in weeks(plan, asked):
        placed, rows = in_order(situation, today), board.rows(situation, today)
        assert [row_document(one) for one in placed] == [row_document(row) for row in rows]
        assert [wants_attention(one) for one in placed] == [wants_attention(row) for row in rows]
        assert board.counts(placed) == board.counts(rows)


@laws
@given(plans(), events())
def test_who_holds_work_up_does_not_depend_on_who_was_asked_about_before(
    plan: Schedule, asked: list[Event]
) -> None:
    for situation, _ in weeks(plan, asked):
        for assignment in situation.assignments.values():
            afresh = replace(situation)
            assert blockers(assignment, situation) == blockers(assignment, afresh)


def test_an_overview_counts_what_the_board_shows(database: Database) -> None:
    publish_plan(database)
    for day in (2, 3, 9, 12):
        round_on(database, june(day))
        seen = read_overview(database, KIM_THANH, PLAN, as_of=june(day))
        shown = read_board(database, KIM_THANH, PLAN, as_of=june(day))
        assert tuple(seen.rows(seen.placed)) == shown.rows
        assert seen.counts == board.counts(shown.rows) == shown.counts
