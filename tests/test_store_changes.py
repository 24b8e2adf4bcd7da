"""The store's contract for decisions: guarded moves, records and notices, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from builders import FIRST_OF_JUNE, MORNING, TENTH_OF_JUNE, assignment, change, creation, notice
from store_builders import published, queued_letter

from workflows.engine.records import Assignment, Change, Extension, Facts, NoticeKind, Obstacle
from workflows.engine.states import State, Verb
from workflows.errors import NotFound
from workflows.store.database import Database
from workflows.store.records import LetterState, Outcome

FULL = assignment(
    "weekly-report/thon-1/2",
    State.SUBMITTED,
    start=FIRST_OF_JUNE,
    due=date(2026, 6, 12),
    original_due=date(2026, 6, 11),
    unrolled_due=date(2026, 6, 13),
    submitted_on=date(2026, 6, 9),
    done_on=date(2026, 6, 8),
    finished_on=date(2026, 6, 9),
    rung=2,
    reminded_for=0,
    next_look=date(2026, 6, 11),
    facts=Facts(
        obstacle=Obstacle(FIRST_OF_JUNE, waits_for="police"),
        extension=Extension(FIRST_OF_JUNE, TENTH_OF_JUNE),
        figures={"tre-vuot-kho": 55, "a": 0},
        unanswered=2,
    ),
)


def read(database: Database, plan: int, name: str = "gifts/vhxh") -> Assignment:
    with database.read() as transaction:
        return transaction.assignments.get(plan, name)


def apply(database: Database, plan: int, *changes: Change) -> list[Change]:
    with database.write() as transaction:
        return transaction.apply(plan, changes)


def records(database: Database, plan: int) -> int:
    with database.read() as transaction:
        return len(list(transaction.history.of_plan(plan)))


def test_an_assignment_comes_back_as_it_was_saved(database: Database) -> None:
    plan = published(database, FULL, assignment())
    assert read(database, plan, FULL.id) == FULL._replace(number=1)
    assert read(database, plan) == assignment()._replace(number=2)


def test_a_move_changes_the_row_and_writes_its_record_and_notice(database: Database) -> None:
    plan = published(database, assignment())
    before = read(database, plan)
    after = {"state": State.STARTED, "rung": 1, "facts": Facts(flagged=True), "next_look": TENTH_OF_JUNE}
    moved = change(before, Verb.START, after, by="vhxh/head", notices=[notice(to="deputy_chair")])
    assert apply(database, plan, moved) == []
    assert read(database, plan) == moved.after
    with database.read() as transaction:
        stored = transaction.history.of_assignment(before.number)
        waiting = transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)
    assert stored[-1].record == moved.record
    assert [(n.notice, n.sequence) for n in waiting] == [(moved.notices[0], stored[-1].sequence)]


def test_a_revision_may_rename_and_redate(database: Database) -> None:
    plan = published(database, assignment(), assignment("other/vhxh"))
    before = read(database, plan)
    after = {"id": "presents/vhxh", "task": "presents", "original_due": FIRST_OF_JUNE, "start": TENTH_OF_JUNE}
    revised = change(before, Verb.REVISE, after, by="publish")
    moved = change(read(database, plan, "other/vhxh"), Verb.START, {"state": State.STARTED})
    assert apply(database, plan, revised, moved) == []
    assert read(database, plan, "presents/vhxh") == revised.after
    assert read(database, plan, "other/vhxh") == moved.after


def test_the_second_of_two_equal_moves_is_lost_and_writes_nothing(database: Database) -> None:
    plan = published(database, assignment(), assignment("gifts/thon-1"))
    start = change(read(database, plan), Verb.START, {"state": State.STARTED}, notices=[notice()])
    other = change(read(database, plan, "gifts/thon-1"), Verb.START, {"state": State.STARTED})
    assert apply(database, plan, start) == []
    assert apply(database, plan, start, other) == [start]
    assert read(database, plan, "gifts/thon-1").state is State.STARTED
    assert records(database, plan) == 4
    with database.read() as transaction:
        assert len(transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)) == 1


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"due": TENTH_OF_JUNE + timedelta(days=1)},
        {"rung": 1},
        {"facts": Facts(obstacle=Obstacle(TENTH_OF_JUNE))},
    ],
)
def test_a_decision_on_facts_that_changed_is_lost(database: Database, meanwhile: dict[str, object]) -> None:
    plan = published(database, assignment())
    seen = read(database, plan)
    assert apply(database, plan, change(seen, Verb.OBSTACLE, meanwhile)) == []
    late = change(seen, Verb.START, {"state": State.STARTED})
    assert apply(database, plan, late) == [late]
    assert read(database, plan).state is State.OPEN


def test_moves_of_one_assignment_follow_each_other_in_one_call(database: Database) -> None:
    plan = published(database, assignment())
    first = change(read(database, plan), Verb.START, {"state": State.STARTED})
    second = change(first.after, Verb.SUBMIT, {"state": State.DONE})
    assert apply(database, plan, first, second) == []
    assert read(database, plan).state is State.DONE
    assert apply(database, plan, first, second) == [first, second]


def test_what_follows_a_lost_move_is_lost_with_it(database: Database) -> None:
    plan = published(database, assignment())
    seen = read(database, plan)
    assert apply(database, plan, change(seen, Verb.START, {"state": State.STARTED})) == []
    lost = change(seen, Verb.CANCEL, {"state": State.CANCELLED})
    built_on_it = change(seen._replace(state=State.STARTED), Verb.SUBMIT, {"state": State.DONE})
    assert apply(database, plan, lost, built_on_it) == [lost, built_on_it]


def test_a_new_assignment_that_is_there_already_is_lost(database: Database) -> None:
    plan = published(database, assignment())
    again, new = creation(assignment()), creation(assignment("gifts/thon-1"))
    assert apply(database, plan, again, new, new) == [again, new]
    assert read(database, plan, "gifts/thon-1").number == 2


def test_a_move_of_another_plan_s_assignment_is_lost(database: Database) -> None:
    first = published(database, assignment())
    second = published(database, assignment(), plan="thang-sau")
    foreign = change(read(database, first), Verb.START, {"state": State.STARTED})
    assert apply(database, second, foreign) == [foreign]
    assert read(database, first).state is State.OPEN


def test_two_communes_keep_plans_of_one_name_apart(database: Database) -> None:
    one = published(database, assignment())
    two = published(database, assignment(), office_id="an-duong")
    assert apply(database, two, change(read(database, two), Verb.START, {"state": State.STARTED})) == []
    assert (read(database, one).state, read(database, two).state) == (State.OPEN, State.STARTED)


def test_the_round_tells_a_rung_once_however_often_it_runs(database: Database) -> None:
    plan = published(database, assignment())
    for day in (10, 11):
        told = [
            notice(rung=1, kind=NoticeKind.ESCALATION, to=role, as_of=date(2026, 6, day))
            for role in ("standing_office", "deputy_chair")
        ]
        assert apply(database, plan, change(read(database, plan), Verb.ESCALATE, notices=told)) == []
    undated = notice(rung=1, due=None)
    for _ in range(2):
        assert apply(database, plan, change(read(database, plan), Verb.ESCALATE, notices=[undated])) == []
    with database.read() as transaction:
        waiting = transaction.notices.pending("kim-thanh", date(2026, 6, 12))
    assert [(n.notice.to, n.notice.as_of.day, n.notice.due) for n in waiting] == [
        ("standing_office", 10, TENTH_OF_JUNE),
        ("deputy_chair", 10, TENTH_OF_JUNE),
        ("vhxh", 10, None),
    ]


def test_what_is_returned_twice_for_one_due_date_is_told_twice(database: Database) -> None:
    plan = published(database, assignment())
    for _ in range(2):
        told = notice(kind=NoticeKind.RETURNED)
        returned = change(read(database, plan), Verb.RETURN, by="deputy/head", notices=[told])
        assert apply(database, plan, returned) == []
    with database.read() as transaction:
        assert len(transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)) == 2


def test_a_notice_waits_for_its_day_and_is_settled_once(database: Database) -> None:
    plan = published(database, assignment())
    told = [
        notice(to="chair", not_before=date(2026, 6, 15)),
        notice(to="vhxh"),
        notice(to="deputy_chair"),
    ]
    apply(database, plan, change(read(database, plan), Verb.ESCALATE, notices=told))
    with database.write() as transaction:
        today = transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)
        assert [n.notice.to for n in today] == ["vhxh", "deputy_chair"]
        assert transaction.notices.pending("an-duong", TENTH_OF_JUNE) == []
        assert transaction.notices.drop([today[0].id], "done since") == 1
        assert transaction.notices.drop([n.id for n in today], "done since") == 1
        monday = transaction.notices.pending("kim-thanh", date(2026, 6, 15), plan_number=plan)
        assert [n.notice.to for n in monday] == ["chair"]


@pytest.mark.parametrize("how", ["superseded", "expired"])
def test_the_notices_of_a_letter_that_never_left_are_free_for_the_next(database: Database, how: str) -> None:
    plan = published(database, assignment())
    apply(database, plan, change(read(database, plan), Verb.REMIND, notices=[notice()]))
    with database.write() as transaction:
        (told,) = transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)
        (first,) = transaction.letters.queue(queued_letter("first", expires_at=MORNING))
        assert first is not None
        assert transaction.notices.link({first: [told.id]}) == 1
        if how == "expired":
            assert transaction.letters.expire(MORNING) == 1
        else:
            assert transaction.letters.supersede([first], MORNING, "a newer letter says it") == 1
        assert transaction.notices.release(first) == 1
        assert transaction.notices.release(first) == 0
        assert transaction.notices.pending("kim-thanh", TENTH_OF_JUNE) == [told]
        (second,) = transaction.letters.queue(queued_letter("second"))
        assert second is not None
        assert transaction.notices.link({second: [told.id]}) == 1
        assert transaction.notices.of_letter(first) == []


def test_a_letter_that_may_have_been_read_keeps_its_notices(database: Database) -> None:
    plan = published(database, assignment())
    apply(database, plan, change(read(database, plan), Verb.REMIND, notices=[notice()]))
    with database.write() as transaction:
        (told,) = transaction.notices.pending("kim-thanh", TENTH_OF_JUNE)
        (letter,) = transaction.letters.queue(queued_letter())
        assert letter is not None
        transaction.notices.link({letter: [told.id]})
        assert transaction.notices.release(letter) == 0
        (claimed,) = transaction.letters.claim(MORNING, timedelta(minutes=5), 1)
        assert transaction.notices.release(letter) == 0
        transaction.letters.finish(letter, claimed.token, Outcome(LetterState.SENT, 250), MORNING)
        assert transaction.notices.release(letter) == 0
        assert transaction.notices.of_letter(letter) == [told]


def test_an_undone_transaction_leaves_nothing(database: Database) -> None:
    plan = published(database, assignment())
    seen = read(database, plan)

    def move_and_fail() -> None:
        with database.write() as transaction:
            transaction.apply(plan, [change(seen, Verb.START, {"state": State.STARTED}, notices=[notice()])])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        move_and_fail()
    assert read(database, plan) == seen
    assert records(database, plan) == 1


def test_of_two_people_at_once_one_is_first(database: Database) -> None:
    plan = published(database, assignment())
    seen, together = read(database, plan), Barrier(2)

    def move(state: State) -> list[Change]:
        together.wait()
        return apply(database, plan, change(seen, Verb.START, {"state": state}))

    with ThreadPoolExecutor(2) as threads:
        lost = [len(found) for found in threads.map(move, (State.STARTED, State.CANCELLED))]
    assert sorted(lost) == [0, 1]
    assert records(database, plan) == 2
    with database.read() as transaction:
        assert transaction.history.verify(plan).broken_at is None


def test_an_unknown_plan_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound), database.write() as transaction:
        transaction.apply(7, [creation(assignment())])


def test_more_changes_than_a_batch_are_saved_in_their_order(database: Database) -> None:
    plan = published(database)
    names = [f"task-{n}/vhxh" for n in range(5003)]
    assert apply(database, plan, *(creation(assignment(name)) for name in names)) == []
    with database.read() as transaction:
        found = transaction.assignments.of_plan(plan)
        history = [entry.record.assignment for entry in transaction.history.of_plan(plan)]
    assert [a.id for a in found] == history == names
