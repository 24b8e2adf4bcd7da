"""The laws of the daily round, over random plans, moves and days of downtime."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from builders import DEFAULT_LADDER, indicator, office, schedule, task
from engine_driver import Season
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plan_definitions.model import Evidence, Kind, Ladder, Offset, Role, Rung, Step, Threshold
from plan_definitions.schedule import Edge, Schedule, ScheduledTask, Turn
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import board, ladder
from workflows.engine.completion import SETTLED
from workflows.engine.moves import PEOPLES_VERBS
from workflows.engine.orders import Actor, Order
from workflows.engine.readiness import blockers
from workflows.engine.records import Answered, Assignment, Change, NoticeKind, Via
from workflows.engine.states import IN_HAND, MOVES, Standing, State, Verb, Who
from workflows.errors import MoveRefused

FIRST = date(2026, 6, 1)
DAYS = 36
LAST = FIRST + timedelta(DAYS)
UNITS = ("vhxh", "thon-1", "thon-2", "thon-3", "youth", "police")
LEADS = (("thon-1", "thon-2"), ("vhxh",), ("thon-1", "thon-2", "thon-3"), ("youth", "thon-1"), ("deputy",))
LADDERS = (
    DEFAULT_LADDER,
    Ladder(
        "launch", (1, 0), (Rung(1, ("standing_office", "deputy_chair")), Rung(2, ("chair",))), urgent=True
    ),
    Ladder("light", (0,), (Rung(2, ("standing_office",)),)),
)

laws = settings(
    max_examples=35,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Event:
    """Somebody asks for a move on a day: one that the table has for the state found, by whom it names.

    Whether the rules allow it is for the engine to say.
    """

    day: int
    which: int
    verb: int
    days_on: int
    flag: bool

    def order(self, assignment: Assignment) -> Order:
        usual = [v for v in (Verb.SUBMIT, Verb.ACCEPT) if assignment.state in MOVES[v].before]
        legal = [v for v in sorted(PEOPLES_VERBS) if assignment.state in MOVES[v].before]
        verb = (usual * 3 + legal)[self.verb % len(usual * 3 + legal)]
        today = FIRST + timedelta(self.day)
        return Order(
            verb, assignment.id, _actor(verb, assignment), via=Via.PHONE, note="lý do",
            until=today + timedelta(self.days_on) if self.flag or verb is not Verb.GRANT else None,
            done_on=today - timedelta(self.days_on) if self.flag and verb is Verb.SUBMIT else None,
            evidence_files=int(self.flag), evidence_later=not self.flag,
            to=UNITS[self.days_on % len(UNITS)], answer=list(Answered)[self.days_on % 3],
            since=today - timedelta(self.days_on),
        )  # fmt: skip


def _actor(verb: Verb, assignment: Assignment) -> Actor:
    roles = {unit: role for role, unit in office().roles.items()}
    speakers = {Who.UNIT: assignment.unit, Who.UNIT_OR_LEADER: assignment.unit, Who.LEADER: "deputy"}
    # Whatever the plan says of acceptance, the deputy's unit holds all roles here but the chair's.
    unit = speakers.get(MOVES[verb].who, "vhxh")
    held = {roles[unit]} if unit in roles else set()
    if MOVES[verb].who in (Who.ACCEPTER, Who.GRANTER):
        unit, held = "deputy", {"standing_office", "deputy_chair", "chair"}
    return Actor(unit, frozenset({unit}), frozenset(held))


def events() -> st.SearchStrategy[list[Event]]:
    one = st.builds(
        Event,
        day=st.integers(0, DAYS - 1),
        which=st.integers(0, 30),
        verb=st.integers(0, 60),
        days_on=st.integers(0, 12),
        flag=st.booleans(),
    )
    # Many at once: most of what can go wrong takes several moves on the same few assignments.
    return st.lists(one, min_size=15, max_size=60)


@st.composite
def plans(draw: st.DrawFn) -> Schedule:
    """A few tasks for a few units, with edges, thresholds, turns, ladders and acceptance of every kind."""
    tasks: list[ScheduledTask] = []
    for n in range(draw(st.sampled_from((3, 2, 4, 1)))):
        leads = draw(st.sampled_from(LEADS))
        before = [tasks[i] for i in sorted(draw(st.sets(st.integers(0, 3), min_size=1))) if i < len(tasks)]
        edges = [draw(_edges(one, leads)) for one in before]
        tasks.append(draw(_tasks(f"t{n}", leads, tuple(edges))))
    days_off = draw(st.sets(st.integers(0, DAYS), max_size=4))
    names = {FIRST + timedelta(day): "nghỉ" for day in days_off}
    plan = schedule(*tasks)
    return replace(plan, calendar=replace(plan.calendar, days_off=names))


def _edges(before: ScheduledTask, leads: tuple[str, ...]) -> st.SearchStrategy[Edge]:
    lags = st.none() | st.builds(Offset, st.integers(1, 4), st.sampled_from((Step.DAY, Step.WORKING_DAY)))
    same = st.sampled_from((True, False)) if set(leads) <= set(before.leads) else st.just(False)
    return st.builds(Edge, st.just(before.id), lags, st.sampled_from((False, False, True)), same)


@st.composite
def _tasks(draw: st.DrawFn, name: str, leads: tuple[str, ...], after: tuple[Edge, ...]) -> ScheduledTask:
    start = draw(st.none() | st.integers(-3, 15))
    due = draw(st.none() | st.integers((start or 0) + 1, 25))
    thresholds = (Threshold(), Threshold(percent=50), Threshold(percent=80), Threshold(count=1))
    made = task(
        name, leads, after=after,
        start=None if start is None else FIRST + timedelta(start),
        due=None if due is None else FIRST + timedelta(due),
        kind=draw(st.sampled_from((Kind.TASK, Kind.TASK, Kind.EVENT, Kind.ONGOING))),
        span=draw(st.integers(1, 6)),
        ladder=draw(st.sampled_from(LADDERS)),
        accept=draw(st.none() | st.sampled_from(("standing_office", "deputy_chair"))),
        evidence=draw(st.sampled_from((Evidence.NONE, Evidence.NONE, Evidence.REQUIRED))),
        complete_when=draw(st.sampled_from(thresholds)),
        indicators=(indicator(),),
    )  # fmt: skip
    return draw(st.just(made) | st.integers(2, 5).map(lambda turns: _repeated(made, turns)))


def _repeated(made: ScheduledTask, turns: int) -> ScheduledTask:
    """The same task every Friday from 5 June 2026 on, each turn opening on the Monday before."""
    days = [date(2026, 6, 5) + timedelta(weeks=n) for n in range(turns)]
    starts = [made.start or FIRST, *(day + timedelta(3) for day, _ in pairwise(days))]
    unrolled = [
        Turn(n, min(start, day), day, day) for n, (start, day) in enumerate(zip(starts, days, strict=True), 1)
    ]
    if made.kind is Kind.ONGOING:
        unrolled.insert(0, Turn(None, starts[0], None, None))
    return replace(made, repeats=True, start=starts[0], due=days[-1], turns=tuple(unrolled))


def live(
    plan: Schedule,
    asked: Iterable[Event],
    down: Iterable[int] = (),
    *,
    quiet: Iterable[int] = (),
    shuffled: int | None = None,
) -> Season:
    """Publish, then day by day a round and what people ask for; nothing at all on days down.

    On `quiet` days the round runs and nobody asks for anything.
    """
    season = Season(plan, shuffled)
    season.publish(FIRST)
    by_day: dict[int, list[Event]] = {}
    for event in asked:
        by_day.setdefault(event.day, []).append(event)
    for day in sorted(set(range(DAYS + 1)) - set(down)):
        today = FIRST + timedelta(day)
        season.round(today)
        for event in by_day.get(day, ()) if day not in quiet else ():
            attempt(season, event)
    return season


def attempt(season: Season, event: Event) -> list[Change]:
    """What an event changes: nothing where it is refused."""
    names = sorted(season.assignments)
    order = event.order(season.assignments[names[event.which % len(names)]])
    try:
        return season.move(order, FIRST + timedelta(event.day))
    except MoveRefused:
        return []


def facts_of(season: Season) -> Mapping[str, Assignment]:
    """What a season ended in, save for when to look again and what was told to whom in time.

    Nobody is told afterwards of a check-in that was missed while no round ran: its rung stays where it was.
    """
    return {
        name: a._replace(next_look=None, reminded_for=None, rung=0 if a.facts.missed else a.rung)
        for name, a in sorted(season.assignments.items())
    }


@laws
@given(plans(), events())
def test_every_state_is_one_of_the_table_and_every_round_can_leave_the_others_alone(
    plan: Schedule, asked: list[Event]
) -> None:
    season = live(plan, asked)
    for record in season.records:
        if record.verb in (Verb.CREATE, Verb.REVISE):
            continue
        move = MOVES[record.verb]
        assert record.before in move.before
        legal = {move.after if move.after is not None else record.before}
        legal |= {State.DONE} if record.verb in (Verb.SUBMIT, Verb.EVIDENCE) else set()
        legal |= {State.WAITING} if record.verb is Verb.REOPEN and record.before is State.CANCELLED else set()
        assert record.after in legal


@laws
@given(plans(), events())
def test_a_round_twice_for_one_date_equals_once(plan: Schedule, asked: list[Event]) -> None:
    season = live(plan, asked)
    season.round(LAST)
    before, letters = facts_of(season), {to: list(told) for to, told in season.letters.items()}
    season.wake(season.schedule.tasks, LAST)
    assert season.round(LAST) == []
    assert facts_of(season) == before
    assert season.letters == letters


def downtimes() -> st.SearchStrategy[set[int]]:
    """Days without a round: single ones, and stretches of up to three weeks."""
    stretch = st.builds(
        lambda first, length: range(first, first + length), st.integers(0, DAYS), st.integers(1, 21)
    )
    return st.lists(stretch, min_size=1, max_size=4).map(
        lambda stretches: {day for days in stretches for day in days if day < DAYS}
    )


@laws
@given(plans(), events(), downtimes())
def test_being_down_on_some_days_ends_as_running_them_all(
    plan: Schedule, asked: list[Event], down: set[int]
) -> None:
    assert facts_of(live(plan, asked, down)) == facts_of(live(plan, asked, quiet=down))


@laws
@given(plans(), events(), st.integers(0, 5))
def test_the_order_of_assignments_does_not_matter(plan: Schedule, asked: list[Event], seed: int) -> None:
    one, other = live(plan, asked), live(plan, asked, shuffled=seed)
    assert one.assignments == other.assignments
    assert {k: sorted(map(repr, v)) for k, v in one.letters.items()} == {
        k: sorted(map(repr, v)) for k, v in other.letters.items()
    }


@laws
@given(plans(), events())
def test_every_notice_ends_in_one_letter_or_is_dropped_or_still_waits(
    plan: Schedule, asked: list[Event]
) -> None:
    season = live(plan, asked)
    in_letters = [notice for told in season.letters.values() for notice in told]
    assert len(in_letters) == sum(1 for how in season.settled.values() if how == "letter")
    # What still waits does so for a reason: a chair's Monday list, or a pause.
    for notice in season.pending.values():
        assert (
            notice.not_before > LAST
            or not season.calendar.is_working_day(LAST)
            or (ladder.paused_until(season.assignments[notice.assignment], season.calendar) or FIRST) >= LAST
        )


@laws
@given(plans(), events())
def test_work_done_before_the_round_gets_no_reminder(plan: Schedule, asked: list[Event]) -> None:
    season = Season(plan)
    season.publish(FIRST)
    chased = {NoticeKind.REMINDER, NoticeKind.OVERDUE, NoticeKind.ESCALATION, NoticeKind.OPENED}
    for day in range(DAYS):
        for event in asked:
            if event.day == day:
                attempt(season, event)
        today = FIRST + timedelta(day)
        finished = {a.id for a in season.assignments.values() if a.state not in (*IN_HAND, State.WAITING)}
        season.round(today)
        told = [n for (when, _), notices in season.letters.items() if when == today for n in notices]
        assert not [n for n in told if n.kind in chased and n.assignment in finished]


@laws
@given(plans(), events())
def test_waiting_work_is_never_overdue_and_climbs_no_ladder(plan: Schedule, asked: list[Event]) -> None:
    season = Season(plan)
    season.publish(FIRST)
    for day in range(DAYS):
        today = FIRST + timedelta(day)
        for change in season.round(today):
            if change.record.verb in (Verb.REMIND, Verb.ESCALATE):
                assert change.before is not None
                assert change.before.state is not State.WAITING
        for row in board.rows(season.situation, today):
            if row.state is State.WAITING:
                assert row.standing in (Standing.NOT_DUE, Standing.WAITING_FOR_OTHERS)
                assert (row.days_late, row.working_days_late, row.next_rung) == (0, 0, None)
        for event in asked:
            if event.day == day:
                attempt(season, event)


@laws
@given(plans(), events())
def test_work_in_hand_climbs_to_the_top_of_its_ladder_unless_it_is_done(
    plan: Schedule, asked: list[Event]
) -> None:
    season = live(plan, asked)
    # Every pause is over after this long, and nobody moves any more.
    for day in range(1, 80):
        season.round(LAST + timedelta(day))
    for assignment in season.assignments.values():
        definition = season.schedule.tasks[assignment.task]
        if assignment.state in IN_HAND and ladder.climbs(assignment, definition):
            assert assignment.rung == len(definition.ladder.escalate), assignment
        assert assignment.next_look is None or assignment.next_look > LAST
        if assignment.state is State.WAITING:
            assert blockers(assignment, season.situation)


@laws
@given(plans(), events())
def test_what_is_left_opens_once_others_are_done(plan: Schedule, asked: list[Event]) -> None:
    """Waking is sound: nothing that could open is ever left waiting, however predecessors came and went."""
    season = live(plan, asked)
    clerk = Actor("vhxh", frozenset({"vhxh"}), frozenset({Role.STANDING_OFFICE}))
    for day in range(1, 30):
        today = LAST + timedelta(day)
        season.round(today)
        busy = IN_HAND | {State.SUBMITTED}
        for name in sorted(a.id for a in season.assignments.values() if a.state in busy):
            season.move(Order(Verb.CANCEL, name, clerk, note="xong kế hoạch"), today)
    assert all(a.state in SETTLED for a in season.assignments.values())


@laws
@given(plans(), plans(), events(), st.integers(0, DAYS - 1))
def test_a_revision_keeps_what_is_done_and_leaves_nobody_behind(
    plan: Schedule, later: Schedule, asked: list[Event], day: int
) -> None:
    before = [event for event in asked if event.day < day]
    season = Season(plan)
    season.publish(FIRST)
    for n in range(day):
        season.round(FIRST + timedelta(n))
        for event in before:
            if event.day == n:
                attempt(season, event)
    done = {a.id: a for a in season.assignments.values() if a.state is State.DONE}
    today = FIRST + timedelta(day)
    season.publish(today, later)
    for name, assignment in done.items():
        kept = season.assignments[name]
        assert (kept.state, kept.done_on, kept.finished_on) == (
            State.DONE, assignment.done_on, assignment.finished_on,
        )  # fmt: skip
    planned = {(a.task, a.unit, a.unrolled_due) for t in later.tasks.values() for a in t.assignments}
    for a in season.assignments.values():
        if a.state not in SETTLED and a.facts.replaces is None:
            assert (a.task, a.unit, a.unrolled_due) in planned
    for n in range(day, DAYS):
        season.round(FIRST + timedelta(n))


def test_the_driver_notices_a_look_that_is_set_too_late() -> None:
    """The check that the laws lean on can fail."""
    season = Season(schedule(task(due=date(2026, 6, 10))))
    season.publish(FIRST)
    season.round(FIRST)
    held = season.assignments["gifts/vhxh"]
    season.assignments["gifts/vhxh"] = held._replace(next_look=LAST)
    calendar = WorkingCalendar(season.schedule.calendar)
    with pytest.raises(AssertionError, match="nobody looks at"):
        season.round(calendar.before(date(2026, 6, 10), 2))
