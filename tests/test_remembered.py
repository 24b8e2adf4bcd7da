"""The window's memory of plans: never another plan than the stored one, and read once for many."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread

import pytest
from builders import FIRST_OF_JUNE, all_of, task
from hypothesis import given, settings
from hypothesis import strategies as st
from operation_cases import KIM_THANH, PLAN, VILLAGES, at, june, move, publish_plan, round_on, small_plan
from released_schemas import LANE, TakesTwo

import web.remembered
from web.remembered import RememberedPlans
from workflows.engine.records import Assignment
from workflows.engine.states import Verb
from workflows.errors import DonDocError
from workflows.operations.close import close_plan
from workflows.operations.mail.deliver import deliver
from workflows.operations.reading.judged import Judged, judge, judge_again, read_judged
from workflows.operations.revocation import revoke_links
from workflows.store.database import Database
from workflows.store.transaction import Transaction

NAMES = ("signs/thon-1", "signs/thon-2", "news/thon-1/1", "check/police", "gifts/vhxh")
SPEAKERS = ("thon-1", "thon-2", "police", "vhxh", "deputy")
VERBS = (Verb.START, Verb.SUBMIT, Verb.ACCEPT, Verb.RETURN, Verb.OBSTACLE, Verb.WITHDRAW, Verb.CANCEL)
NO_PLACE_BEFORE = -100
"""For `TakesTwo`: takes a hundred letters more."""


class Season:
    """A plan under way, and a memory that looks at it between any two steps."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.day = FIRST_OF_JUNE
        self.remembered = RememberedPlans()
        self.revisions = 0
        publish_plan(database)

    def looked(self) -> Judged:
        """The plan as remembered, which must be the plan as stored."""
        seen = read_judged(self.database, KIM_THANH, PLAN, as_of=self.day, judge=self.remembered)
        fresh = read_judged(self.database, KIM_THANH, PLAN, as_of=self.day)
        assert seen.plan == fresh.plan
        assert seen.as_of == fresh.as_of
        assert [all_of(row) for row in seen.rows] == [all_of(row) for row in fresh.rows]
        assert _known(seen) == _known(fresh)
        return seen

    def moves(self, verb: Verb, name: str, who: str) -> None:
        move(self.database, verb, name, who, self.day, note="vì mưa")

    def next_round(self) -> None:
        self.day += timedelta(1)
        round_on(self.database, self.day)

    def delivers(self, days_later: int = 0) -> None:
        self.day += timedelta(days_later)
        deliver(self.database, TakesTwo(NO_PLACE_BEFORE), LANE, lambda: at(self.day, 9))

    def finds_no_server(self) -> None:
        deliver(self.database, TakesTwo(3), LANE, lambda: at(self.day, 9))

    def publishes(self) -> None:
        self.revisions += 1
        due = june(10) + timedelta(self.revisions)
        signs = task("signs", VILLAGES, start=FIRST_OF_JUNE, due=due, accept="standing_office")
        publish_plan(self.database, small_plan(tasks={"signs": signs}), on=self.day)

    def closes(self) -> None:
        close_plan(self.database, KIM_THANH, PLAN, by="vhxh", as_of=self.day, now=at(self.day, 10))

    def revokes(self) -> None:
        revoke_links(self.database, KIM_THANH, "thon-1", by="vhxh", as_of=self.day, now=at(self.day, 10))

    def sleeps(self) -> None:
        self.day += timedelta(1)


def _known(judged: Judged) -> dict[str, Assignment]:
    """Every assignment, without the day on which a round looks at it, which no reader sees."""
    return {name: a._replace(next_look=None) for name, a in judged.situation.assignments.items()}


Step = Callable[[Season], None]


def a_move(verb: Verb, name: str, who: str) -> Step:
    return lambda season: season.moves(verb, name, who)


STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(a_move, st.sampled_from(VERBS), st.sampled_from(NAMES), st.sampled_from(SPEAKERS)),
    st.sampled_from(
        [
            Season.next_round, Season.delivers, lambda season: season.delivers(days_later=12),
            Season.finds_no_server, Season.publishes, Season.closes, Season.revokes, Season.sleeps,
        ]
    ),
)  # fmt: skip


@contextmanager
def a_copy(of: Path) -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        file = Path(shutil.copy(of, folder))
        database = Database.open(f"sqlite:///{file}", create=False)
        yield database
        database.close()


@settings(max_examples=20, deadline=None)
@given(st.lists(STEPS, min_size=3, max_size=12))
def test_after_whatever_happens_the_remembered_plan_is_the_stored_one(
    migrated_file: Path, steps: list[Step]
) -> None:
    with a_copy(migrated_file) as database:
        season = Season(database)
        season.looked()
        for step in steps:
            with suppress(DonDocError):  # refused, the plan is as it is stored as well
                step(season)
            season.looked()


def test_a_season_is_seen_as_it_is_stored(database: Database) -> None:
    season = Season(database)
    season.looked()
    for step in (Season.next_round, Season.delivers, Season.next_round, Season.finds_no_server):
        step(season)
        season.looked()
    season.moves(Verb.SUBMIT, "signs/thon-1", "thon-1")
    season.looked()
    season.publishes()
    assert season.looked().plan.revision == 2
    season.revokes()
    season.looked()
    season.closes()
    assert season.looked().plan.closed_on == season.day


def test_letters_that_come_to_nothing_leave_no_record_and_are_seen(database: Database) -> None:
    """A unit that was never asked is not silent: counting letters back writes nothing into the history."""
    season = Season(database)
    for _ in range(3):
        season.next_round()
    asked = season.looked()
    season.delivers(days_later=12)
    expired = read_judged(database, KIM_THANH, PLAN, as_of=asked.as_of, judge=season.remembered)
    assert expired.plan.head_hash == asked.plan.head_hash
    assert _unanswered(expired) < _unanswered(asked)


def _unanswered(judged: Judged) -> int:
    return sum(a.facts.unanswered for a in judged.situation.assignments.values())


def test_another_day_is_judged_anew(database: Database) -> None:
    season = Season(database)
    round_on(database, FIRST_OF_JUNE)
    early = season.looked()
    season.day = june(20)
    late = season.looked()
    assert [row.standing for row in late.rows] != [row.standing for row in early.rows]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the plans that a memory had to read."""
    numbers: list[int] = []

    def noted(transaction: Transaction, number: int, as_of: date) -> Judged:
        numbers.append(number)
        return judge(transaction, number, as_of)

    monkeypatch.setattr(web.remembered, "judge", noted)
    return numbers


def test_what_has_not_changed_is_read_once(database: Database, read: list[int]) -> None:
    season = Season(database)
    first = season.looked()
    assert season.looked() is first
    assert len(read) == 1


def test_of_a_plan_that_went_on_only_what_moved_is_read(database: Database, read: list[int]) -> None:
    season = Season(database)
    season.next_round()
    first = season.looked()
    season.moves(Verb.SUBMIT, "signs/thon-1", "thon-1")
    second = season.looked()
    assert len(read) == 1
    moved = {
        name for name, a in second.situation.assignments.items() if a is not first.situation.assignments[name]
    }
    assert "signs/thon-1" in moved
    assert "signs/thon-2" not in moved


def test_a_plan_whose_history_is_another_one_is_read_whole(database: Database) -> None:
    """A backup was restored while the window ran."""
    season = Season(database)
    first = season.looked()
    restored = replace(first.plan, head_hash="0" * 64)
    with database.read() as transaction:
        assert transaction.history.told_since(first.plan) == set()
        assert transaction.history.told_since(restored) is None
        again = judge_again(transaction, Judged(restored, first.as_of, first.situation), first.as_of)
    assert again.plan == first.plan
    assert _known(again) == _known(first)


def test_those_who_come_at_once_read_once(database: Database, read: list[int]) -> None:
    season, together = Season(database), Barrier(4)
    seen: list[Judged] = []

    def visit() -> None:
        together.wait()
        seen.append(read_judged(database, KIM_THANH, PLAN, as_of=season.day, judge=season.remembered))

    threads = [Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == 1
    assert len(seen) == 4


def test_no_more_plans_are_remembered_than_fit(database: Database, read: list[int]) -> None:
    for name in ("a", "b", "c"):
        publish_plan(database, small_plan(name))
    remembered = RememberedPlans(most=2)
    for name in ("a", "b", "c", "c", "b", "a"):
        read_judged(database, KIM_THANH, name, as_of=FIRST_OF_JUNE, judge=remembered)
    assert len(read) == 4
