"""What publishing does: everything new at first, then revisions that keep all progress."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import assignment, edge, schedule, task
from engine_driver import Season, begun, june, noon, states, to_the

from plan_definitions.schedule import Schedule, ScheduledTask
from workflows.engine.orders import Actor, Order
from workflows.engine.publication import Publication, publish
from workflows.engine.records import Asked, Assignment, Extension, Facts, NoticeKind, Promise
from workflows.engine.states import State, Verb

CLERK = Actor("vhxh", frozenset({"vhxh"}), frozenset({"standing_office"}))
FRIDAYS = (june(5), june(12), june(19))
AS_OF = june(3)


def revise(plan: Schedule, *standing: Assignment, as_of: date = AS_OF, revision: int = 2) -> Publication:
    known = {a.id: a for a in standing}
    return publish(plan, known, revision=revision, as_of=as_of, now=noon(as_of), by="vhxh/clerk")


def gifts(**fields: Any) -> ScheduledTask:
    return task("gifts", ("thon-1",), **({"start": june(1)} | fields))


def held(state: State = State.STARTED, **fields: Any) -> Assignment:
    return assignment("gifts/thon-1", state, **({"start": june(1)} | fields))


# First


def test_everything_is_new_and_waits() -> None:
    found = revise(schedule(task("gifts", ("thon-1", "thon-2"), start=june(8))), revision=1)
    assert [c.after.id for c in found.created] == ["gifts/thon-1", "gifts/thon-2"]
    made = found.created[0]
    assert (made.before, made.after.state, made.after.start, made.after.due) == (
        None, State.WAITING, june(8), june(10),
    )  # fmt: skip
    assert (made.after.original_due, made.after.next_look) == (june(10), AS_OF)
    assert (made.record.verb, made.record.by) == (Verb.CREATE, "vhxh/clerk")
    assert made.record.facts == {"revision": 1, "due": "2026-06-10"}
    assert [(n.kind, n.to) for n in made.notices] == [(NoticeKind.PUBLISHED, "thon-1")]
    assert (found.changed, found.removed, found.renamed, found.unchanged) == ((), (), (), 0)


@pytest.mark.parametrize(
    ("start", "opens"), [(june(1), AS_OF), (june(3), AS_OF), (june(9), june(9)), (None, AS_OF)]
)
def test_nothing_opens_before_it_was_published(start: date | None, opens: date) -> None:
    assert revise(schedule(gifts(start=start)), revision=1).created[0].after.start == opens


@pytest.mark.parametrize(("due", "late"), [(june(2), True), (june(3), False), (None, False)])
def test_what_is_past_due_already_waits_for_the_office(due: date | None, late: bool) -> None:
    made = revise(schedule(gifts(due=due, start=None)), revision=1).created[0].after
    assert made.facts.late_at_publication is late


# Again


@pytest.mark.parametrize("state", list(State))
def test_the_same_plan_changes_nothing(state: State) -> None:
    finished = {"finished_on": june(2)} if state in (State.DONE, State.CANCELLED) else {}
    found = revise(schedule(gifts()), held(state, **finished))
    assert (found.changes, found.unchanged) == ((), 1)


def test_nor_does_it_when_it_was_published_late_or_has_no_start() -> None:
    for start in (june(1), None, june(5)):
        season = begun(gifts(start=start), on=june(2))
        assert revise(season.schedule, *season.assignments.values()).changes == ()


@pytest.mark.parametrize(
    ("stands", "plan", "start"),
    [
        (june(1), june(5), june(5)),
        (june(8), june(5), june(5)),
        (june(8), june(1), AS_OF),
        (june(8), None, AS_OF),
        (june(2), june(1), june(2)),
    ],
    ids=["later", "earlier", "earlier than today", "none any more", "earlier, but it may open already"],
)
def test_a_new_start_holds_for_work_that_still_waits(stands: date, plan: date | None, start: date) -> None:
    known = held(State.WAITING, start=stands)
    found = revise(schedule(gifts(start=plan)), known)
    after = found.changed[0].after if found.changed else known
    assert after.start == start


def test_work_that_opened_stays_open_whatever_start_or_predecessor_it_gets() -> None:
    plan = schedule(gifts(start=june(9), after=("signs",)), task("signs"))
    found = revise(plan, held(State.OPEN))
    assert (found.changed, found.unchanged) == ((), 1)
    season = Season(schedule(gifts()))
    season.publish(june(1))
    to_the(season, june(2))
    season.publish(AS_OF, plan)
    to_the(season, june(8), AS_OF)
    assert season.assignments["gifts/thon-1"].state is State.OPEN


def test_a_changed_due_date_resets_the_ladder_and_is_told() -> None:
    paused = Facts(promise=Promise(june(5), june(2), 1), held_until=june(4), unanswered=1)
    change = revise(schedule(gifts(due=june(15))), held(rung=2, reminded_for=-1, facts=paused)).changed[0]
    after = change.after
    assert (after.state, after.due, after.original_due, after.rung) == (State.STARTED, june(15), june(15), 0)
    assert (after.reminded_for, after.next_look, after.facts) == (None, AS_OF, Facts(unanswered=1))
    assert change.record.facts == {"revision": 2, "due": "2026-06-15", "was_due": "2026-06-10"}
    assert [(n.kind, n.to, n.due) for n in change.notices] == [(NoticeKind.REDATED, "thon-1", june(15))]


def test_a_date_moved_into_the_past_waits_for_the_office() -> None:
    after = revise(schedule(gifts(due=june(2))), held()).changed[0].after
    assert (after.due, after.facts.late_at_publication) == (june(2), True)


GRANTED = Facts(extension=Extension(june(2), june(15), Asked.GRANTED, june(2)))


@pytest.mark.parametrize(
    ("facts", "new", "in_force"),
    [
        (GRANTED, june(12), june(15)),
        (GRANTED, june(17), june(17)),
        (Facts(), june(12), june(15)),
        (Facts(), june(17), june(17)),
    ],
    ids=[
        "granted wins",
        "unless the new one is later",
        "so does a late opening",
        "unless the new one is later",
    ],
)
def test_time_that_was_given_stays_unless_the_new_date_is_later(
    facts: Facts, new: date, in_force: date
) -> None:
    after = (
        revise(schedule(gifts(due=new)), held(due=june(15), original_due=june(10), facts=facts))
        .changed[0]
        .after
    )
    assert (after.due, after.original_due) == (in_force, new)


def test_time_that_was_only_asked_for_is_no_time_given() -> None:
    asked = Facts(extension=Extension(june(2), june(15)))
    assert revise(schedule(gifts(due=june(12))), held(facts=asked)).changed[0].after.due == june(12)


def test_reported_work_is_redated_in_silence_and_finished_work_not_at_all() -> None:
    change = revise(schedule(gifts(due=june(15))), held(State.SUBMITTED)).changed[0]
    assert (change.after.due, change.notices) == (june(15), ())
    assert revise(schedule(gifts(due=june(15))), held(State.DONE, finished_on=june(2))).changes == ()


# Gone and back


def test_unfinished_work_that_the_plan_lost_is_cancelled_and_done_work_stays() -> None:
    standing = [
        assignment("old/thon-1", State.STARTED), assignment("old/thon-2", State.WAITING),
        assignment("old/thon-3", State.DONE, finished_on=june(2)),
    ]  # fmt: skip
    found = revise(schedule(gifts()), *standing, held())
    assert [(c.after.id, c.after.state, len(c.notices)) for c in found.removed] == [
        ("old/thon-1", State.CANCELLED, 1), ("old/thon-2", State.CANCELLED, 0),
    ]  # fmt: skip
    change = found.removed[0]
    assert (change.after.finished_on, change.after.facts.removed_by_revision) == (AS_OF, True)
    assert change.record.facts == {"revision": 2}
    assert found.unchanged == 1


def test_a_member_that_leaves_the_group_leaves_its_work() -> None:
    found = revise(schedule(gifts()), held(), assignment("gifts/thon-2"))
    assert [c.after.id for c in found.removed] == ["gifts/thon-2"]


def test_what_a_revision_took_and_another_brings_back_waits_again() -> None:
    gone = held(State.CANCELLED, finished_on=june(2), facts=Facts(removed_by_revision=True))
    after = revise(schedule(gifts(due=june(15))), gone).changed[0].after
    assert (after.state, after.finished_on, after.opened_on, after.due) == (
        State.WAITING,
        None,
        None,
        june(15),
    )
    assert (after.facts.removed_by_revision, after.next_look) == (False, AS_OF)


def test_what_people_cancelled_stays_so() -> None:
    assert revise(schedule(gifts()), held(State.CANCELLED, finished_on=june(2))).changes == ()


# Renames


def test_a_declared_rename_keeps_progress() -> None:
    plan = schedule(task("presents", ("thon-1",), start=june(1), was="gifts"))
    found = revise(plan, held(facts=Facts(unanswered=1)))
    assert found.renamed == (("gifts/thon-1", "presents/thon-1"),)
    change = found.changed[0]
    assert (change.after.id, change.after.task, change.after.state) == (
        "presents/thon-1",
        "presents",
        State.STARTED,
    )
    assert change.record.facts == {"revision": 2, "was": "gifts/thon-1"}
    assert (found.created, found.removed) == ((), ())
    again = revise(plan, change.after, revision=3)
    assert (again.changes, again.renamed) == ((), ())


def test_an_undeclared_one_is_another_task() -> None:
    found = revise(schedule(task("presents", ("thon-1",))), held())
    assert [c.after.id for c in found.created] == ["presents/thon-1"]
    assert [c.after.id for c in found.removed] == ["gifts/thon-1"]


# Turns


def weekly(*days: date, name: str = "news", **fields: Any) -> ScheduledTask:
    return replace(task(name, ("thon-1",), repeat=days, **fields), start=june(1))


def turn(n: int, day: date, state: State = State.WAITING, **fields: Any) -> Assignment:
    return assignment(f"news/thon-1/{n}", state, due=day, start=june(1), **fields)


TURNS = tuple(turn(n, day) for n, day in enumerate(FRIDAYS, 1))


def test_turns_match_by_their_date_and_keep_their_names() -> None:
    done = TURNS[0]._replace(state=State.DONE, finished_on=june(2))
    found = revise(schedule(weekly(*FRIDAYS[1:], june(26))), done, *TURNS[1:])
    assert (found.changed, found.removed, found.unchanged) == ((), (), 2)
    assert [(c.after.id, c.after.occurrence, c.after.due) for c in found.created] == [
        ("news/thon-1/4", 4, june(26)),
    ]  # fmt: skip


def test_a_turn_put_in_between_takes_a_free_number_and_its_place_in_time() -> None:
    plan = schedule(weekly(FRIDAYS[0], june(9), *FRIDAYS[1:]))
    season = Season(plan, assignments={a.id: a._replace(start=june(1)) for a in TURNS})
    found = revise(plan, *TURNS)
    assert [(c.after.id, c.after.due) for c in found.created] == [("news/thon-1/4", june(9))]
    season.apply(found.changes)
    known = season.situation
    assert [known.following(a) for a in (*TURNS, found.created[0].after)] == [
        known.assignments["news/thon-1/4"], known.assignments["news/thon-1/3"], None,
        known.assignments["news/thon-1/2"],
    ]  # fmt: skip


def test_a_turn_that_stands_twice_is_followed_by_the_next_and_not_by_itself() -> None:
    again = TURNS[1]._replace(id="news/thon-9/2", unit="thon-9", facts=Facts(replaces=TURNS[1].id))
    known = Season(schedule(weekly(*FRIDAYS)), assignments={a.id: a for a in (*TURNS, again)}).situation
    assert known.following(TURNS[1]) == known.following(again) == TURNS[2]


def test_a_rolled_date_moves_with_its_turn() -> None:
    first, *others = weekly(*FRIDAYS).turns
    moved = replace(weekly(*FRIDAYS), turns=(replace(first, due=june(4)), *others))
    found = revise(schedule(moved), *TURNS)
    assert [(c.after.id, c.after.due) for c in found.changed] == [("news/thon-1/1", june(4))]


def test_a_turn_that_was_dropped_no_longer_closes_the_one_before() -> None:
    season = begun(weekly(*FRIDAYS))
    season.publish(june(2), schedule(weekly(FRIDAYS[0])))
    to_the(season, june(30), june(2))
    assert season.assignments["news/thon-1/1"].state is State.OPEN


# Work handed on


GIVEN = held(State.CANCELLED, finished_on=june(2), facts=Facts(replaced_by="gifts/thon-2"))
HOLDER = assignment("gifts/thon-2", State.OPEN, start=june(1), facts=Facts(replaces="gifts/thon-1"))


def test_the_plans_dates_go_with_the_work() -> None:
    found = revise(schedule(gifts(due=june(15))), GIVEN, HOLDER)
    assert [(c.after.id, c.after.due) for c in found.changed] == [("gifts/thon-2", june(15))]
    assert (found.removed, found.created) == ((), ())


def test_so_does_a_rename_and_the_tie_between_them() -> None:
    found = revise(schedule(task("presents", ("thon-1",), start=june(1), was="gifts")), GIVEN, HOLDER)
    after = {c.after.id: c.after.facts for c in found.changed}
    assert after["presents/thon-1"].replaced_by == "presents/thon-2"
    assert after["presents/thon-2"].replaces == "presents/thon-1"


def test_work_handed_on_goes_only_with_its_task() -> None:
    others = task("gifts", ("thon-3",), start=june(1))
    assert [c.after.id for c in revise(schedule(others), GIVEN, HOLDER).removed] == []
    assert [c.after.id for c in revise(schedule(task("signs")), GIVEN, HOLDER).removed] == ["gifts/thon-2"]


# What follows


def test_a_revision_that_drops_a_predecessor_lets_its_successor_go() -> None:
    season = begun(gifts(after=("signs",)), task("signs"))
    assert states(to_the(season, june(2)))["gifts/thon-1"] is State.WAITING
    season.publish(AS_OF, schedule(gifts(), task("signs")))
    season.round(AS_OF)
    assert season.assignments["gifts/thon-1"].state is State.OPEN


def test_a_cancelled_predecessor_releases_like_any_other() -> None:
    season = begun(gifts(after=(edge("signs"),)), task("signs", ("thon-1", "thon-2")))
    season.round(june(1))
    season.move(Order(Verb.CANCEL, "signs/thon-1", CLERK, note="sáp nhập thôn"), june(2))
    season.publish(june(2), schedule(gifts(after=("signs",)), task("signs", ("thon-1",))))
    season.round(AS_OF)
    assert season.assignments["gifts/thon-1"].state is State.OPEN
