"""The ladder climbed: reminders to the unit, rungs to those above it, the clock of acceptance."""

from bisect import bisect_right
from dataclasses import replace
from datetime import date, datetime

from plan_definitions.model import Role
from plan_definitions.schedule import ScheduledTask
from workflows.engine import ladder
from workflows.engine.looks import next_look
from workflows.engine.notices import is_paused, notice
from workflows.engine.records import OVERDUE_TOLD, Assignment, Change, Notice, NoticeKind, Record
from workflows.engine.situation import ESCALATION_ORDER, Situation
from workflows.engine.states import Verb

ROUND = "round"
"""Who moved it, when the daily round did."""


def climb(assignment: Assignment, situation: Situation, as_of: date, now: datetime) -> Change | None:
    """One step of reminders and rungs; several missed ones become one."""
    notices: list[Notice] = []
    facts: dict[str, object] = {}
    due, reminded_for = assignment.due, assignment.reminded_for
    reminder = ladder.reminder_reached(assignment, situation, as_of)
    if reminder is not None:
        reminded_for = reminder
        notices.append(notice(assignment, NoticeKind.REMINDER, assignment.unit, as_of, rung=reminder))
        facts["reminder"] = reminder
    rung = assignment.rung
    if due is not None and as_of > due:
        if _is_to_be_told(assignment, situation, as_of):
            reminded_for = OVERDUE_TOLD
            notices.append(notice(assignment, NoticeKind.OVERDUE, assignment.unit, as_of))
            facts["overdue_since"] = due.isoformat()
        told, rung = _climb_rungs(assignment, due, situation, as_of)
        notices += told
        if rung != assignment.rung:
            facts |= {"rung": rung, "to": sorted({n.to for n in told})}
    if not facts:
        return None
    known = assignment.facts
    if rung != assignment.rung and known.held_until is not None:
        known = replace(known, held_until=None)
    look = next_look(assignment, situation, as_of)
    after = assignment._replace(rung=rung, reminded_for=reminded_for, next_look=look, facts=known)
    # A rung that nobody is left on is passed, but nothing was escalated.
    verb = Verb.ESCALATE if facts.get("to") else Verb.REMIND
    record = Record(assignment.id, verb, assignment.state, assignment.state, as_of, now, ROUND, facts=facts)
    return Change(assignment, after, record, tuple(notices))


def _is_to_be_told(assignment: Assignment, situation: Situation, as_of: date) -> bool:
    """Whether the unit has yet to hear that its date has passed; not while its request for time is open."""
    asked = ladder.asked_until(assignment, situation.calendar)
    return assignment.reminded_for != OVERDUE_TOLD and (asked is None or as_of > asked)


def _climb_rungs(
    assignment: Assignment, due: date, situation: Situation, as_of: date
) -> tuple[list[Notice], int]:
    """Pass every rung whose day has come; each of their roles sees the item once. The rung reached."""
    if is_paused(assignment, situation, as_of):
        return [], assignment.rung
    task, climbed = situation.task(assignment), assignment.rung
    reached = bisect_right(situation.ladder_days(due, task.ladder).rungs, as_of)
    if reached <= climbed:
        return [], climbed
    told = [
        notice(
            assignment, NoticeKind.ESCALATION, role, as_of,
            rung=rung, not_before=first_day_for(role, task, situation, as_of),
        )
        for rung, roles in enumerate(ladder.recipients(assignment, situation)[:reached], 1)
        if rung > climbed
        for role in roles
    ]  # fmt: skip
    return told, reached


def first_day_for(role: str, task: ScheduledTask, situation: Situation, as_of: date) -> date:
    """When a role may hear: the chair gets one list on the week's first working day, unless it is urgent."""
    listed = role == Role.CHAIR and not task.ladder.urgent
    return situation.chairs_day(as_of) if listed else as_of


def remind_accepter(
    assignment: Assignment, situation: Situation, as_of: date, now: datetime
) -> Change | None:
    """Acceptance has a clock: first the accepter is reminded, then the role above hears of it.

    Where nobody must accept, only promised evidence can be outstanding: the office is told, once.
    """
    days = ladder.acceptance_days(assignment, situation.calendar)
    accepter = situation.accepter(assignment)
    if accepter is not None:
        steps: tuple[str, ...] = (accepter, role_above(accepter))
    elif assignment.facts.evidence_to_follow:
        steps = (Role.STANDING_OFFICE,)
    else:
        return None
    given = assignment.facts.acceptance_rung
    reached = min(len(steps), sum(1 for day in days if day <= as_of))
    if reached <= given:
        return None
    look = next_look(assignment, situation, as_of)
    after = assignment._replace(next_look=look, facts=replace(assignment.facts, acceptance_rung=reached))
    # The clock runs from the report: reported again, it is told of again.
    told = tuple(
        notice(
            after, NoticeKind.ACCEPTANCE_REMINDER, str(role), as_of,
            rung=step, not_before=first_day_for(role, situation.task(after), situation, as_of),
        )._replace(due=assignment.submitted_on)
        for step, role in enumerate(steps[given:reached], given + 1)
    )  # fmt: skip
    facts = {"acceptance_rung": reached, "to": [n.to for n in told]}
    record = Record(
        assignment.id, Verb.REMIND, assignment.state, assignment.state, as_of, now, ROUND, facts=facts
    )
    return Change(assignment, after, record, told)


def role_above(role: str) -> str:
    """The next role above in the order of a commune; the chair for the chair."""
    if role not in ESCALATION_ORDER:
        return ESCALATION_ORDER[0]
    return ESCALATION_ORDER[min(ESCALATION_ORDER.index(Role(role)) + 1, len(ESCALATION_ORDER) - 1)]
