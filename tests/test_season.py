"""The season played for show: the same every time, and everything in it marked as a sample."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from operation_cases import snapshot

import plan_definitions
from plan_definitions.load import load_plan
from workflows.engine.states import Standing, Verb
from workflows.operations.mail.queueing import morning
from workflows.operations.move import PlanReference
from workflows.operations.publish import publish
from workflows.operations.reading.board import Board, read_board
from workflows.operations.rehearsing.season import SAMPLE, Played, play
from workflows.store.database import Database

PLAN = Path(plan_definitions.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"
FIRST, LAST = date(2026, 5, 11), date(2026, 6, 12)


def played(home: Path, last: date = LAST) -> tuple[Database, PlanReference, Played]:
    """The shipped plan published on 11 May and played up to a day; letters stay in the outbox."""
    schedule = load_plan(PLAN).schedule
    assert schedule is not None
    database = Database.open("sqlite://", create=True)
    where = PlanReference(schedule.office.id, schedule.id)
    publish(database, schedule, {}, as_of=FIRST, now=morning(FIRST))
    done = play(database, where, home, first=FIRST, last=last, deliver=lambda _now: None)
    return database, where, done


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, PlanReference, Played]:
    return played(tmp_path_factory.mktemp("season"))


def board_of(season: tuple[Database, PlanReference, Played]) -> Board:
    database, where, _ = season
    return read_board(database, where.office, where.plan, as_of=LAST)


def test_every_day_has_its_round_and_most_units_report(
    season: tuple[Database, PlanReference, Played],
) -> None:
    assert season[2].rounds == (LAST - FIRST).days
    counts = board_of(season).counts
    done = counts[Standing.DONE_ON_TIME] + counts[Standing.DONE_LATE]
    assert counts[Standing.DONE_ON_TIME] > 5 * counts[Standing.DONE_LATE] > 0
    assert done > 60


def test_what_goes_wrong_shows_each_thing_the_program_is_for(
    season: tuple[Database, PlanReference, Played],
) -> None:
    rows = {row.id: row for row in board_of(season).rows}
    late = {
        name.split("/")[1]
        for name, row in rows.items()
        if row.standing is Standing.OVERDUE and row.task == "hazard-signs"
    }
    assert late == {"thon-2", "thon-5"}
    assert any(row.obstacle for row in rows.values())
    assert any(row.extension for row in rows.values())
    assert any(row.standing is Standing.AWAITING_CHECK for row in rows.values())


def test_every_report_says_that_it_is_invented(season: tuple[Database, PlanReference, Played]) -> None:
    database, _, done = season
    with database.read() as transaction:
        (heading,) = transaction.plans.headings()
        records = [stored.record for stored in transaction.history.of_plan(heading.number)]
        assert transaction.history.verify(heading.number).broken_at is None
    made = [r for r in records if r.by not in ("round", "publish")]
    assert len(made) >= done.reports > 100
    assert all(SAMPLE in (record.note or "") for record in made)
    assert Counter(record.verb for record in made)[Verb.SUBMIT] > 80


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    until = date(2026, 5, 20)
    one, other = (played(tmp_path / name, until)[0] for name in ("one", "other"))
    assert snapshot(one) == snapshot(other)
