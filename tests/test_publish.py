"""Publishing on a store: all or nothing, progress kept, only those concerned are told."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest
from builders import FIRST_OF_JUNE, edge, task
from operation_cases import (
    KIM_THANH,
    PLAN,
    URGENT,
    VILLAGES,
    FragileDatabase,
    Killed,
    at,
    commune,
    june,
    letter_to,
    letters_of,
    move,
    publish_plan,
    round_on,
    rows,
    small_plan,
    snapshot,
)

from notifications.letters import LetterKind
from notifications.parts import UnitSection
from plan_definitions.schedule import Schedule
from workflows.engine.records import Assignment
from workflows.engine.states import Standing, State, Verb
from workflows.errors import MoveRefused, NotFound
from workflows.operations.close import close_plan
from workflows.operations.publish import Published, preview, publish
from workflows.store.database import Database
from workflows.store.transaction import Transaction

FOURTH = june(4)
EARLY_SIGNS = task("signs", VILLAGES, start=FIRST_OF_JUNE, due=june(5), accept="standing_office")


def revise(database: Database, plan: Schedule, on: date = FOURTH) -> Published:
    return publish(database, plan, {}, as_of=on, now=at(on, 15))


def without(plan: Schedule, name: str) -> Schedule:
    kept = {key: value for key, value in plan.tasks.items() if key != name}
    after = {
        key: replace(value, after=tuple(e for e in value.after if e.task != name))
        for key, value in kept.items()
    }
    return replace(plan, tasks=after)


def assignments(database: Database) -> dict[str, Assignment]:
    with database.read() as transaction:
        number = transaction.plans.get(KIM_THANH, PLAN).number
        return {a.id: a for a in transaction.assignments.of_plan(number)}


def told_by_publication(database: Database, revision: int) -> set[str]:
    found = letters_of(database, kinds=[LetterKind.PUBLICATION.value])
    return {said.recipient.unit for one, said in found if f":{revision}:" in one.key}


def test_a_first_publication_stores_everything_and_gives_each_unit_its_extract(database: Database) -> None:
    plan = small_plan()
    done = publish(database, plan, {"plan.yaml": "id: x"}, as_of=FIRST_OF_JUNE, now=at(FIRST_OF_JUNE, 6))
    assert (done.revision, done.is_revision, done.letters, done.late) == (1, False, 6, ())
    assert len(done.publication.created) == len(assignments(database)) == 12
    assert {a.state for a in assignments(database).values()} == {State.WAITING}
    with database.read() as transaction:
        stored = transaction.plans.get(KIM_THANH, PLAN)
        assert stored.schedule == plan
        assert transaction.plans.sources(stored.number) == {"plan.yaml": "id: x"}
        assert transaction.notices.pending(KIM_THANH, june(30)) == []
    assert told_by_publication(database, 1) == {"vhxh", "police", "youth", *VILLAGES}
    extract = next(said for _, said in letters_of(database) if said.recipient.unit == "thon-1")
    assert {item.unit for item in extract.items} == {"thon-1"}


def test_a_preview_says_what_would_change_and_stores_nothing(database: Database) -> None:
    assert preview(database, small_plan(), as_of=FIRST_OF_JUNE, now=at(FIRST_OF_JUNE)).revision == 1
    with database.read() as transaction:
        assert transaction.offices.ids() == []
    publish_plan(database)
    before = snapshot(database)
    same = preview(database, small_plan(), as_of=june(4), now=at(june(4)))
    assert (same.revision, same.is_same, same.changes_anything) == (1, True, False)
    planned = preview(database, small_plan(tasks={"signs": EARLY_SIGNS}), as_of=june(4), now=at(june(4)))
    assert (planned.revision, len(planned.publication.changed), planned.is_same) == (2, 3, False)
    assert snapshot(database) == before


def test_a_revision_keeps_progress_and_tells_only_those_concerned(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(3))
    move(database, Verb.START, "signs/thon-2", "thon-2", june(3))
    extra = task("posters", ("police",), start=june(8), due=june(12))
    done = revise(database, small_plan(tasks={"posters": extra}))
    assert (done.revision, len(done.publication.created), done.publication.unchanged) == (2, 1, 12)
    assert told_by_publication(database, 2) == {"police"}
    found = assignments(database)
    assert (found["signs/thon-1"].state, found["signs/thon-2"].state) == (State.SUBMITTED, State.STARTED)
    assert found["posters/police"].state is State.WAITING


def test_removed_work_is_cancelled_and_done_work_stays(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "handover/youth", "youth", june(3))
    done = revise(database, without(without(small_plan(), "handover"), "signs"))
    assert len(done.publication.removed) == 3
    found = assignments(database)
    assert found["handover/youth"].state is State.DONE
    assert {found[f"signs/{village}"].state for village in VILLAGES} == {State.CANCELLED}
    round_on(database, june(5))
    (section,) = letter_to(database, "thon-1@kim-thanh.example", june(5))[1].parts
    assert isinstance(section, UnitSection)
    assert [(item.title, item.standing) for item in section.cancelled] == [
        ("Nhiệm vụ signs", Standing.CANCELLED)
    ]


def test_a_unit_that_left_the_office_is_written_to_no_more(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    gone = replace(commune(), units={u: v for u, v in commune().units.items() if u != "youth"})
    revise(database, replace(without(small_plan(), "handover"), office=gone))
    round_on(database, june(5))
    assert rows(database, "SELECT dropped FROM notices WHERE kind = 'cancelled'") == [("no longer true",)]


def test_new_dates_restart_ladders_and_are_told(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    revise(database, small_plan(tasks={"signs": EARLY_SIGNS}))
    assert {a.due for a in assignments(database).values() if a.task == "signs"} == {june(5)}
    with database.read() as transaction:
        waiting = transaction.notices.pending(KIM_THANH, june(4))
    assert {n.notice.assignment for n in waiting if n.notice.kind == "redated"} == {
        f"signs/{v}" for v in VILLAGES
    }


def test_a_renamed_task_keeps_its_work_under_the_new_name(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    move(database, Verb.SUBMIT, "signs/thon-1", "thon-1", june(3))
    boards = task("boards", VILLAGES, start=FIRST_OF_JUNE, due=june(8), accept="standing_office", was="signs")
    plan = without(small_plan(tasks={"boards": boards}), "signs")
    done = revise(database, plan)
    assert sorted(done.publication.renamed) == [(f"signs/{v}", f"boards/{v}") for v in VILLAGES]
    found = assignments(database)
    assert found["boards/thon-1"].state is State.SUBMITTED
    assert not any(name.startswith("signs/") for name in found)
    with database.read() as transaction:
        story = transaction.history.of_assignment(found["boards/thon-1"].number)
        assert [one.record.verb for one in story][:3] == [Verb.CREATE, Verb.OPEN, Verb.SUBMIT]
        assert transaction.history.verify(1).broken_at is None


def test_after_a_revision_everything_unfinished_is_looked_at(database: Database) -> None:
    publish_plan(database)
    round_on(database, june(1))
    assert assignments(database)["check/police"].state is State.WAITING
    free = task("check", ("police",), start=june(2), due=june(15), ladder=URGENT)
    revise(database, small_plan(tasks={"check": free}))
    round_on(database, june(5))
    assert assignments(database)["check/police"].state is State.OPEN


def test_published_late_nobody_is_chased_for_what_was_due_before(database: Database) -> None:
    done = publish(database, small_plan(), {}, as_of=june(10), now=at(june(10), 6))
    assert "signs/thon-1" in done.late
    assert "check/police" not in done.late
    for day in (june(10), june(11), june(12), june(15)):
        round_on(database, day)
    climbed = "SELECT count(*) FROM notices n JOIN assignments a ON a.number = n.assignment_number"
    assert rows(database, climbed + " WHERE n.kind = 'escalation' AND a.task = 'signs'") == [(0,)]


def test_a_closed_plan_is_not_published_again(database: Database) -> None:
    publish_plan(database)
    close_plan(database, KIM_THANH, PLAN, by="vhxh", as_of=june(30), now=at(june(30)))
    before = snapshot(database)
    with pytest.raises(NotFound, match="closed"):
        revise(database, small_plan(tasks={"signs": EARLY_SIGNS}))
    with pytest.raises(NotFound, match="closed"):
        preview(database, small_plan(), as_of=june(30), now=at(june(30)))
    assert snapshot(database) == before


def test_plans_of_one_name_in_two_communes_are_two_plans(database: Database) -> None:
    publish_plan(database)
    done = revise(database, small_plan(office=commune("an-duong")))
    assert done.revision == 1


def test_killed_in_the_middle_nothing_was_published(database: Database) -> None:
    publish_plan(database)
    before = snapshot(database)
    plan = small_plan(tasks={"signs": EARLY_SIGNS, "new": task("new", ("police",), after=(edge("signs"),))})
    for dies_at in range(1, 100):
        dying = FragileDatabase(database, dies_at)
        with pytest.raises(Killed):
            publish(cast("Database", dying), plan, {}, as_of=june(4), now=at(june(4)))
        if dying.commits:
            break
        assert snapshot(database) == before
    assert dies_at > 10
    assert snapshot(database) != before


def test_moved_by_somebody_between_reading_and_saving_nothing_is_published(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_plan(database)
    before = snapshot(database)

    def lose(self: Transaction, plan_number: int, changes: Any) -> Any:
        return list(changes)[:1]

    monkeypatch.setattr(Transaction, "apply", lose)
    with pytest.raises(MoveRefused, match="somebody else"):
        revise(database, small_plan(tasks={"signs": EARLY_SIGNS}))
    assert snapshot(database) == before
