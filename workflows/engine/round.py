"""The daily round's decisions: what opens, who is reminded, what is told to whom.

Everything follows from the facts and `as_of`; a round that runs twice finds nothing left to decide, and one
that runs late decides what the rounds before it would have decided (docs/engine.md, *Laws*).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from plan_definitions.model import Role
from plan_definitions.schedule import Schedule, ScheduledTask
from workflows.engine import ladder
from workflows.engine.readiness import due_when_opened, readiness
from workflows.engine.records import (
    AT_ONCE,
    OVERDUE_TOLD,
    Asked,
    Assignment,
    Change,
    Notice,
    NoticeKind,
    Record,
)
from workflows.engine.situation import ESCALATION_ORDER, Situation
from workflows.engine.states import IN_HAND, State, Verb

ROUND = "round"
"""Who moved it, when the daily round did."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What one step of the round decided.

    `looks` are assignments about which nothing changed but the day to look at them again, and that day.
    """

    changes: tuple[Change, ...]
    looks: tuple[tuple[Assignment, date | None], ...]


Decision = Callable[[Assignment, Situation, date, datetime], Change | None]


def advance(situation: Situation, candidates: Iterable[Assignment], *, as_of: date, now: datetime) -> Decided:
    """Open what may start and close check-ins that the next one has overtaken."""
    return _decide(_advance_one, situation, candidates, as_of, now)


def escalate(
    situation: Situation, candidates: Iterable[Assignment], *, as_of: date, now: datetime
) -> Decided:
    """Remind, tell what is overdue, climb ladders, remind those who must accept."""
    return _decide(_escalate_one, situation, candidates, as_of, now)


def _decide(
    decide: Decision, situation: Situation, candidates: Iterable[Assignment], as_of: date, now: datetime
) -> Decided:
    changes, looks = list[Change](), list[tuple[Assignment, date | None]]()
    for assignment in situation.tasks_known(candidates):
        change = decide(assignment, situation, as_of, now)
        if change is not None:
            changes.append(change)
        elif (look := next_look(assignment, situation, as_of)) != assignment.next_look:
            looks.append((assignment, look))
    return Decided(tuple(changes), tuple(looks))


def next_look(assignment: Assignment, situation: Situation, as_of: date) -> date | None:
    """The first day after `as_of` on which time alone may change something; None when only a move can."""
    task = situation.task(assignment)
    days: list[date] = []
    if assignment.state is State.WAITING:
        ready = readiness(assignment, situation).day
        # Ready already: the round has not been by. The day stays in the past so that it is found.
        if ready is not None and ready <= as_of:
            return ready
        days += [ready] if ready is not None else []
    elif assignment.state in IN_HAND:
        days += ladder.look_days(assignment, task, situation.calendar)
    elif assignment.state is State.SUBMITTED:
        days += ladder.acceptance_days(assignment, situation.calendar)
    overtaken = overtaken_on(assignment, situation)
    if overtaken is not None and assignment.state in IN_HAND | {State.WAITING}:
        days.append(overtaken)
    return min((day for day in days if day > as_of), default=None)


def overtaken_on(assignment: Assignment, situation: Situation) -> date | None:
    """The day a check-in gives way to the next one: when that may open; None for the last and for others."""
    if assignment.occurrence is None:
        return None
    following = situation.assignments.get(f"{assignment.task}/{assignment.unit}/{assignment.occurrence + 1}")
    return None if following is None else following.start


def _advance_one(assignment: Assignment, situation: Situation, as_of: date, now: datetime) -> Change | None:
    overtaken = overtaken_on(assignment, situation)
    if overtaken is not None and overtaken <= as_of and assignment.state in IN_HAND | {State.WAITING}:
        return _miss(assignment, overtaken, as_of, now)
    if assignment.state is not State.WAITING:
        return None
    day = readiness(assignment, situation).day
    return None if day is None or day > as_of else opened(assignment, situation, day, as_of, now)


def opened(
    assignment: Assignment,
    situation: Situation,
    day: date,
    as_of: date,
    now: datetime,
    verb: Verb = Verb.OPEN,
    by: str = ROUND,
) -> Change:
    """Open a waiting assignment as of the day it became ready; a late opening moves its due date."""
    task = situation.task(assignment)
    due = due_when_opened(assignment, task, day, situation)
    # The same round's second step must still look at what it has just opened.
    after = replace(assignment, state=State.OPEN, opened_on=day, due=due, next_look=as_of)
    facts: dict[str, object] = {"opened_on": day.isoformat()}
    if due is not None and due != assignment.due:
        facts |= {"due": due.isoformat(), "planned_due": assignment.due and assignment.due.isoformat()}
    record = Record(assignment.id, verb, assignment.state, State.OPEN, as_of, now, by, facts=facts)
    return Change(assignment, after, record, (notice(after, NoticeKind.OPENED, after.unit, as_of),))


def _miss(assignment: Assignment, day: date, as_of: date, now: datetime) -> Change:
    """Close a check-in that was not given before the next one opened; one that never opened is no miss."""
    missed = assignment.state is not State.WAITING
    facts = replace(assignment.facts, missed=missed)
    after = replace(assignment, state=State.CANCELLED, finished_on=day, next_look=None, facts=facts)
    record = Record(
        assignment.id, Verb.MISS, assignment.state, after.state, as_of, now, ROUND, facts={"missed": missed}
    )
    return Change(assignment, after, record)


def _escalate_one(assignment: Assignment, situation: Situation, as_of: date, now: datetime) -> Change | None:
    task = situation.task(assignment)
    if assignment.state is State.SUBMITTED:
        change = _remind_accepter(assignment, situation, as_of, now)
    elif assignment.state in IN_HAND and ladder.climbs(assignment, task):
        change = _climb(assignment, task, situation, as_of, now)
    else:
        change = None
    if change is None:
        return None
    return replace(change, after=replace(change.after, next_look=next_look(change.after, situation, as_of)))


def _climb(
    assignment: Assignment, task: ScheduledTask, situation: Situation, as_of: date, now: datetime
) -> Change | None:
    """One step of reminders and rungs; several missed ones become one."""
    notices: list[Notice] = []
    facts: dict[str, object] = {}
    after = assignment
    reminder = ladder.reminder_reached(assignment, task, situation.calendar, as_of)
    if reminder is not None:
        after = replace(after, reminded_for=reminder)
        notices.append(notice(after, NoticeKind.REMINDER, after.unit, as_of, rung=reminder))
        facts["reminder"] = reminder
    paused = ladder.paused_until(assignment, situation.calendar)
    if assignment.due is not None and as_of > assignment.due and (paused is None or as_of > paused):
        if assignment.reminded_for != OVERDUE_TOLD:
            after = replace(after, reminded_for=OVERDUE_TOLD)
            notices.append(notice(after, NoticeKind.OVERDUE, after.unit, as_of))
            facts["overdue_since"] = assignment.due.isoformat()
        after, told = _climb_rungs(after, task, situation, as_of)
        notices += told
        if after.rung != assignment.rung:
            facts |= {"rung": after.rung, "to": sorted({n.to for n in told})}
    if not facts:
        return None
    verb = Verb.ESCALATE if "rung" in facts else Verb.REMIND
    record = Record(assignment.id, verb, assignment.state, assignment.state, as_of, now, ROUND, facts=facts)
    return Change(assignment, after, record, tuple(notices))


def _climb_rungs(
    assignment: Assignment, task: ScheduledTask, situation: Situation, as_of: date
) -> tuple[Assignment, list[Notice]]:
    """Pass every rung whose day has come; each of their roles sees the item once."""
    days = ladder.rung_days(assignment, task, situation.calendar)
    reached = sum(1 for day in days if day <= as_of)
    notices: list[Notice] = []
    for rung in range(assignment.rung + 1, reached + 1):
        for role in ladder.recipients(assignment, rung, situation):
            not_before = first_day_for(role, task, situation, as_of)
            notices.append(
                notice(assignment, NoticeKind.ESCALATION, role, as_of, rung=rung, not_before=not_before)
            )
    if reached <= assignment.rung:
        return assignment, notices
    facts = replace(assignment.facts, held_until=None)
    return replace(assignment, rung=reached, facts=facts), notices


def first_day_for(role: str, task: ScheduledTask, situation: Situation, as_of: date) -> date:
    """When a role may hear: the chair gets one list on the week's first working day, unless it is urgent."""
    if role != Role.CHAIR or task.ladder.urgent:
        return as_of
    this_week = situation.calendar.first_working_day_of_week(as_of)
    if this_week is not None and as_of <= this_week:
        return this_week
    end_of_week = date.fromordinal(as_of.toordinal() + 6 - as_of.weekday())
    return situation.calendar.after(end_of_week, 1)


def _remind_accepter(
    assignment: Assignment, situation: Situation, as_of: date, now: datetime
) -> Change | None:
    """Acceptance has a clock: first the accepter is reminded, then the role above hears of it."""
    reached = sum(1 for day in ladder.acceptance_days(assignment, situation.calendar) if day <= as_of)
    given = assignment.facts.acceptance_rung
    accepter = situation.accepter(assignment)
    if reached <= given or accepter is None:
        return None
    to = accepter if reached == 1 else _role_above(accepter)
    after = replace(assignment, facts=replace(assignment.facts, acceptance_rung=reached))
    facts = {"acceptance_rung": reached, "to": [to]}
    record = Record(
        assignment.id, Verb.REMIND, assignment.state, assignment.state, as_of, now, ROUND, facts=facts
    )
    told = notice(after, NoticeKind.ACCEPTANCE_REMINDER, to, as_of, rung=reached)
    return Change(assignment, after, record, (told,))


def _role_above(role: str) -> str:
    order = [*ESCALATION_ORDER]
    place = order.index(Role(role)) if role in order else -1
    return order[min(place + 1, len(order) - 1)]


def notice(
    assignment: Assignment,
    kind: NoticeKind,
    to: str,
    as_of: date,
    *,
    rung: int = 0,
    not_before: date | None = None,
) -> Notice:
    """A notice about an assignment, for its due date in force."""
    return Notice(assignment.id, kind, assignment.due, rung, to, as_of, not_before or as_of)


def still_true(told: Notice, assignment: Assignment, situation: Situation, as_of: date) -> bool:
    """Whether a notice not yet in a letter still says what is so; what was done since is not reminded of."""
    kind, state = told.kind, assignment.state
    if kind in AT_ONCE or kind is NoticeKind.CANCELLED:
        return True
    if kind is NoticeKind.ACCEPTED:
        return state is State.DONE
    if kind is NoticeKind.ACCEPTANCE_REMINDER:
        return state is State.SUBMITTED
    if kind is NoticeKind.REDATED:
        return state in IN_HAND | {State.WAITING}
    if state not in IN_HAND or told.due != assignment.due:
        return False
    if kind is NoticeKind.ESCALATION:
        paused = ladder.paused_until(assignment, situation.calendar)
        asked = assignment.facts.extension
        answered = asked is not None and asked.state is Asked.GRANTED and asked.wanted == assignment.due
        return (paused is None or as_of > paused) and not answered
    return True


def to_wake(schedule: Schedule, changes: Iterable[Change]) -> frozenset[str]:
    """The tasks whose waiting assignments must be looked at again after these changes: the successors of
    everything that came to count as ended, or no longer does.
    """
    ended = {State.DONE, State.CANCELLED}
    turned = {
        change.after.task
        for change in changes
        if (change.before is not None and change.before.state in ended) != (change.after.state in ended)
    }
    if not turned:
        return frozenset()
    return frozenset(t.id for t in schedule.tasks.values() for edge in t.after if edge.task in turned)
