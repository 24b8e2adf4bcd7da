"""The daily round's decisions: what opens, who is reminded, what is told to whom.

Everything follows from the facts and `as_of`; a round that runs twice finds nothing left to decide, and one
that runs late decides what the rounds before it would have decided (docs/engine.md, *Laws*).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from plan_definitions.schedule import Schedule
from workflows.engine import ladder
from workflows.engine.completion import SETTLED
from workflows.engine.escalation import ROUND, climb, remind_accepter
from workflows.engine.ladder_days import ONE_DAY
from workflows.engine.looks import next_look, overtaken_on
from workflows.engine.notices import notice, only_paused, still_true
from workflows.engine.readiness import due_when_opened, readiness
from workflows.engine.records import Assignment, Change, NoticeKind, Record
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, State, Verb

__all__ = [
    "ROUND",
    "Decided",
    "advance",
    "days_to_advance",
    "escalate",
    "next_look",
    "notice",
    "only_paused",
    "opened",
    "still_true",
    "to_wake",
]


@dataclass(frozen=True, slots=True)
class Decided:
    """What one step of the round decided.

    `looks` are assignments about which nothing changed but the day to look at them again, and that day. Each
    step puts off only what it decides on: work in hand that is due today must still be found by the second.
    """

    changes: tuple[Change, ...]
    looks: tuple[tuple[Assignment, date | None], ...]


Decision = Callable[[Assignment, Situation, date, datetime], Change | None]


def days_to_advance(last_round: date | None, published_on: date, as_of: date) -> Iterator[date]:
    """The days for which a round advances a plan, in order: those without a finished round, then its own.

    States are caught up day by day because the days depend on each other: a check-in that ends one day lets
    work open the next, which may in turn end before today. Nothing else is replayed: reminders and letters go
    by `as_of` alone. Before the revision in force was published there is nothing to make good.
    """
    day = published_on if last_round is None else max(published_on, last_round + ONE_DAY)
    while day < as_of:
        yield day
        day += ONE_DAY
    yield as_of


def advance(
    situation: Situation,
    candidates: Iterable[Assignment],
    *,
    as_of: date,
    now: datetime,
    catching_up: bool = False,
) -> Decided:
    """Open what may start and close check-ins that the next one has overtaken.

    What closes may release others: they are looked at again the same day (`to_wake`), until nothing closes.
    A round that runs after a report of its own day follows it up at once; on days that are caught up the
    round would have run in the morning, before any report.
    """
    decide = partial(_advance_one, catching_up=catching_up)
    return _decide(decide, frozenset({State.WAITING}), situation, candidates, as_of, now)


def escalate(
    situation: Situation, candidates: Iterable[Assignment], *, as_of: date, now: datetime
) -> Decided:
    """Remind, tell what is overdue, climb ladders, remind those who must accept."""
    return _decide(_escalate_one, frozenset(State), situation, candidates, as_of, now)


def _decide(
    decide: Decision,
    puts_off: frozenset[State],
    situation: Situation,
    candidates: Iterable[Assignment],
    as_of: date,
    now: datetime,
) -> Decided:
    changes, looks = list[Change](), list[tuple[Assignment, date | None]]()
    for assignment in situation.tasks_known(candidates):
        change = decide(assignment, situation, as_of, now)
        if change is not None:
            changes.append(change)
        elif assignment.state in puts_off:
            look = next_look(assignment, situation, as_of)
            if look != assignment.next_look:
                looks.append((assignment, look))
    return Decided(tuple(changes), tuple(looks))


def to_wake(schedule: Schedule, changes: Iterable[Change]) -> set[str]:
    """The tasks whose waiting assignments must be looked at again: successors of what ended or was undone.

    Nothing else wakes anybody: other turns of the same task are driven by their dates, and reaching a
    threshold only narrows who hears of the members left. A revision may change edges and ladders too: after
    it, everything unfinished is looked at.
    """
    settled = {
        change.after.task
        for change in changes
        if (change.before is not None and change.before.state in SETTLED) != (change.after.state in SETTLED)
    }
    if not settled:
        return set()
    return {
        task.id
        for task in schedule.tasks.values()
        if any(edge.task in settled and not edge.soft for edge in task.after)
    }


def _advance_one(
    assignment: Assignment, situation: Situation, as_of: date, now: datetime, *, catching_up: bool
) -> Change | None:
    if assignment.state is State.WAITING:
        return _advance_waiting(assignment, situation, as_of, now, catching_up=catching_up)
    if assignment.occurrence is None or assignment.state not in IN_HAND:
        return None
    overtaken = overtaken_on(assignment, situation)
    if overtaken is None or overtaken > as_of:
        return None
    return _miss(assignment, assignment, overtaken, as_of, now)


def _advance_waiting(
    assignment: Assignment, situation: Situation, as_of: date, now: datetime, *, catching_up: bool
) -> Change | None:
    """What rounds on every day would have done: opened it, perhaps closed it since; or closed it unopened."""
    ready = readiness(assignment, situation)
    may_open = ready.day is not None and (ready.morning if catching_up else ready.day) <= as_of
    day = min(ready.morning, as_of) if may_open else None
    overtaken = overtaken_on(assignment, situation)
    if overtaken is not None and overtaken <= (as_of if day is None else day):
        return _miss(assignment, assignment, overtaken, as_of, now)
    if day is None:
        return None
    change = opened(assignment, situation, day, as_of, now)
    overtaken = overtaken_on(change.after, situation)
    if overtaken is not None and overtaken <= as_of:
        return _miss(assignment, change.after, overtaken, as_of, now)
    return change


def opened(
    assignment: Assignment,
    situation: Situation,
    day: date,
    as_of: date,
    now: datetime,
) -> Change:
    """Open a waiting assignment as of the day it became ready; a late opening moves its due date."""
    # The same round's second step must still look at what it has just opened.
    after = open_on(assignment, situation, day)._replace(next_look=as_of)
    due = after.due
    facts: dict[str, object] = {"opened_on": day.isoformat()}
    if due is not None and due != assignment.due:
        facts |= {"due": due.isoformat(), "planned_due": assignment.due and assignment.due.isoformat()}
    record = Record(assignment.id, Verb.OPEN, assignment.state, State.OPEN, as_of, now, ROUND, facts=facts)
    return Change(assignment, after, record, (notice(after, NoticeKind.OPENED, after.unit, as_of),))


def open_on(assignment: Assignment, situation: Situation, day: date) -> Assignment:
    """The assignment as it is once opened on a day, with the due date that gives it its planned time."""
    due = due_when_opened(assignment, situation.task(assignment), day, situation)
    facts = assignment.facts
    if facts.late_at_publication and due != assignment.due:
        facts = replace(facts, late_at_publication=False)
    return assignment._replace(state=State.OPEN, opened_on=day, due=due, facts=facts)


def _miss(assignment: Assignment, current: Assignment, day: date, as_of: date, now: datetime) -> Change:
    """Close a check-in that was not given before the next one opened; one that never opened is no miss.

    `current` is the assignment as it stood on that day, whether or not a round was there to open it. It
    ended with the day before: what waited for it opens on the same day, whichever round finds out.
    """
    missed = current.state is not State.WAITING
    facts = replace(current.facts, missed=missed)
    after = current._replace(state=State.CANCELLED, finished_on=day - ONE_DAY, next_look=None, facts=facts)
    record = Record(
        assignment.id, Verb.MISS, assignment.state, after.state, as_of, now, ROUND, facts={"missed": missed}
    )
    return Change(assignment, after, record)


def _escalate_one(assignment: Assignment, situation: Situation, as_of: date, now: datetime) -> Change | None:
    if assignment.state is State.SUBMITTED:
        return remind_accepter(assignment, situation, as_of, now)
    if assignment.state in IN_HAND and ladder.climbs(assignment, situation.task(assignment)):
        return climb(assignment, situation, as_of, now)
    return None
