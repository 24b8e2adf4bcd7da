"""What the office, the leadership and accepters do: check, release, re-date, cancel, hand over, answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Kind, Role
from workflows.engine import ladder
from workflows.engine.case import Case, finish, flag_successors, redated
from workflows.engine.forecast import slips
from workflows.engine.notices import notice
from workflows.engine.permission import LEADERS
from workflows.engine.readiness import due_when_opened
from workflows.engine.records import (
    NOTHING_KNOWN,
    Answer,
    Answered,
    Asked,
    Assignment,
    Change,
    Extension,
    NoticeKind,
    Proposal,
    Record,
)
from workflows.engine.round import open_on
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb
from workflows.errors import MoveRefused, in_digits

RETURN_DAYS = 2
"""Working days a unit has at least after its report was returned."""


def accept(case: Case) -> list[Change]:
    if case.facts.evidence_to_follow:
        raise MoveRefused("evidence for `{assignment}` has not come yet", assignment=case.assignment.id)
    after = finish(case.assignment, case)
    return [case.change(after, case.tell_unit(after, NoticeKind.ACCEPTED))]


def return_report(case: Case) -> list[Change]:
    assignment = case.assignment
    due = assignment.due and max(assignment.due, case.situation.calendar.after(case.as_of, RETURN_DAYS))
    facts = replace(case.facts, returned_on=case.as_of, acceptance_rung=0)
    opened_on = assignment.opened_on or case.as_of
    after = assignment._replace(
        state=State.STARTED, opened_on=opened_on, submitted_on=None, done_on=None, facts=facts
    )
    after = redated(after, due)
    said = {"due": due.isoformat()} if due else {}
    return [case.change(after, case.tell_unit(after, NoticeKind.RETURNED), facts=said)]


def release(case: Case) -> list[Change]:
    after = open_on(case.assignment, case.situation, case.as_of)
    after = after._replace(facts=replace(after.facts, released=True))
    said = {"due": after.due.isoformat()} if after.due and after.due != case.assignment.due else {}
    return [case.change(after, case.tell_unit(after, NoticeKind.OPENED), facts=said)]


def cancel(case: Case) -> list[Change]:
    after = case.assignment._replace(state=State.CANCELLED, finished_on=case.as_of)
    return [case.change(after, case.tell_unit(after, NoticeKind.CANCELLED))]


def _other_holders(case: Case) -> Iterator[Assignment]:
    """Who else has the work now, however often it was handed on and whichever of its holders this is."""
    one, known = case.assignment, case.situation
    for held in known.own(one.task, known.origin(one)):
        if held.id != one.id and held.occurrence == one.occurrence and held.state is not State.CANCELLED:
            yield held


def reopen(case: Case) -> list[Change]:
    assignment = case.assignment
    due = case.order.until or assignment.due
    if due is not None and due < case.as_of:
        raise MoveRefused("the due date has passed: give a new date, today or later")
    holder = next(_other_holders(case), None)
    if holder is not None:
        raise MoveRefused(
            "`{assignment}` was handed on to `{holder}`", assignment=assignment.id, holder=holder.id
        )
    facts = replace(
        case.facts, missed=False, nothing_to_report=False, evidence_to_follow=False, returned_on=None,
        acceptance_rung=0, released=False, replaced_by=None, removed_by_revision=False,
    )  # fmt: skip
    after = assignment._replace(submitted_on=None, done_on=None, finished_on=None, facts=facts)
    said = {"due": due.isoformat()} if due and due != assignment.due else {}
    if assignment.state is State.CANCELLED:
        after = redated(after._replace(state=State.WAITING, opened_on=None), due)
        return [case.change(after, facts=said), *flag_successors(case)]
    opened_on = assignment.opened_on or case.as_of
    after = redated(after._replace(state=State.OPEN, opened_on=opened_on), due)
    told = case.tell_unit(after, NoticeKind.OPENED)
    return [case.change(after, told, facts=said), *flag_successors(case)]


def reassign(case: Case) -> list[Change]:
    assignment, unit = case.assignment, case.order.to
    units = case.situation.schedule.office.units
    if unit is None or unit not in units:
        raise MoveRefused("say to which unit it goes; `{unit}` is not one", unit=unit or "")
    name = "/".join([assignment.task, unit, *([str(assignment.occurrence)] if assignment.occurrence else [])])
    if name in case.situation.assignments:
        raise MoveRefused("`{unit}` has `{assignment}` already", unit=unit, assignment=name)
    waiting = assignment.state is State.WAITING
    task = case.situation.task(assignment)
    due = assignment.due if waiting else due_when_opened(assignment, task, case.as_of, case.situation)
    fresh = Assignment(
        number=0, plan=assignment.plan, id=name, task=assignment.task, unit=unit,
        occurrence=assignment.occurrence, start=assignment.start,
        state=State.WAITING if waiting else State.OPEN,
        original_due=assignment.original_due, due=due, unrolled_due=assignment.unrolled_due,
        opened_on=None if waiting else case.as_of,
        next_look=case.as_of, facts=replace(NOTHING_KNOWN, replaces=assignment.id),
    )  # fmt: skip
    gone = assignment._replace(
        state=State.CANCELLED, finished_on=case.as_of, facts=replace(case.facts, replaced_by=name)
    )
    record = Record(
        name,
        Verb.CREATE,
        None,
        fresh.state,
        case.as_of,
        case.now,
        case.order.by.name,
        facts={"replaces": assignment.id},
    )
    told = () if waiting else (notice(fresh, NoticeKind.OPENED, unit, case.as_of),)
    return [
        case.change(gone, case.tell_unit(gone, NoticeKind.CANCELLED), facts={"to": unit}),
        Change(None, fresh, record, told),
    ]


def resolve(case: Case) -> list[Change]:
    obstacle = case.facts.obstacle
    if obstacle is None or obstacle.resolved_on is not None:
        raise MoveRefused("`{assignment}` reports no open obstacle", assignment=case.assignment.id)
    after = case.assignment._replace(
        facts=replace(case.facts, obstacle=replace(obstacle, resolved_on=case.as_of))
    )
    own_word = case.assignment.unit in case.order.by.units or case.behalf == case.assignment.unit
    told = () if own_word else (case.tell_unit(after, NoticeKind.OBSTACLE_ANSWERED),)
    return [case.change(after, *told)]


def grant(case: Case) -> list[Change]:
    assignment, asked = case.assignment, case.facts.extension
    open_ask = asked if asked is not None and asked.state is Asked.ASKED else None
    until = case.order.until or (open_ask.wanted if open_ask else None)
    if until is None:
        raise MoveRefused("nothing was asked for: give the new date")
    if assignment.due is None or until < case.as_of or until <= assignment.due:
        raise MoveRefused("{day} is no new date for `{assignment}`", day=until, assignment=assignment.id)
    _check_granter(case, until)
    answered = Extension(open_ask.asked_on if open_ask else case.as_of, until, Asked.GRANTED, case.as_of)
    after = redated(assignment._replace(facts=replace(case.facts, extension=answered)), until)
    said = {"due": until.isoformat(), "was": assignment.due.isoformat()}
    return [case.change(after, case.tell_unit(after, NoticeKind.EXTENSION_ANSWERED), facts=said)]


def _check_granter(case: Case, until: date) -> None:
    """The office grants where nothing else would move; else the deputy chair, who sees what slips."""
    if case.speaker_roles & LEADERS:
        return
    if _is_fixed(case.assignment, case.situation, until):
        raise MoveRefused("a fixed date of the plan would move: the deputy chair must grant this")
    moved = slips(case.situation, case.as_of, because=case.assignment.id, new_due=until)
    if moved:
        raise MoveRefused(
            "other work would slip ({tasks}): the deputy chair must grant this",
            tasks=tuple(
                Phrase(
                    "{task} {due} → {expected}",
                    {"task": slip.task, "due": in_digits(slip.due), "expected": in_digits(slip.expected)},
                )
                for slip in moved
            ),
        )


def _is_fixed(assignment: Assignment, situation: Situation, until: date) -> bool:
    """Whether a date of the plan itself would move: an event, an anchor's own day, or the plan's last day."""
    schedule = situation.schedule
    is_event = situation.task(assignment).kind is Kind.EVENT
    is_anchor = assignment.unrolled_due in schedule.anchors.values()
    return is_event or is_anchor or until > schedule.last_day


def refuse(case: Case) -> list[Change]:
    asked = case.facts.extension
    if asked is None or asked.state is not Asked.ASKED:
        raise MoveRefused("`{assignment}` asks for no more time", assignment=case.assignment.id)
    answered = replace(asked, state=Asked.REFUSED, answered_on=case.as_of)
    after = case.assignment._replace(facts=replace(case.facts, extension=answered))
    return [case.change(after, case.tell_unit(after, NoticeKind.EXTENSION_ANSWERED))]


def hold(case: Case) -> list[Change]:
    if case.facts.held_until is not None:
        raise MoveRefused("this step was held once already")
    upcoming = ladder.next_rung(case.assignment, case.situation, case.as_of)
    tomorrow = case.situation.calendar.after(case.as_of, 1)
    if upcoming is None or upcoming[0] > tomorrow:
        raise MoveRefused(
            "nothing about `{assignment}` would be reported on {day}",
            assignment=case.assignment.id,
            day=tomorrow,
        )
    held_until = tomorrow
    after = case.assignment._replace(facts=replace(case.facts, held_until=held_until))
    return [case.change(after, facts={"held_until": held_until.isoformat()})]


def propose(case: Case) -> list[Change]:
    until = case.order.until
    if until is None and not case.order.note:
        raise MoveRefused("say what is proposed: a new date, or words")
    if until is not None and until < case.as_of:
        raise MoveRefused("propose a day from today on; {day} has passed", day=until)
    facts = replace(case.facts, proposal=Proposal(case.as_of, until), answer=None)
    said = {"until": until.isoformat()} if until else {}
    return [case.change(case.assignment._replace(facts=facts), facts=said)]


def _is_proposed(case: Case) -> bool:
    """Whether the office proposed something for this work or that of another unit: they are one case."""
    held = case.situation.assignments.values()
    return any(a.facts.proposal is not None for a in held if a.task == case.assignment.task)


def answer(case: Case) -> list[Change]:
    kind, proposal = case.order.answer, case.facts.proposal
    if kind is None:
        raise MoveRefused("say what the answer is: agreed, otherwise or call_back")
    if kind is Answered.AGREED and not _is_proposed(case):
        raise MoveRefused("there is no proposal to agree to; write your decision")
    after = case.assignment._replace(facts=replace(case.facts, answer=Answer(kind, case.as_of)))
    said: dict[str, object] = {"answer": kind.value}
    agreed_date = proposal.until if proposal and kind is Answered.AGREED else None
    if agreed_date is not None and agreed_date >= case.as_of:
        after = redated(after, agreed_date)
        said["due"] = agreed_date.isoformat()
    if kind is Answered.AGREED and proposal is None:
        # The case is answered as a whole; who had no part in the proposal has nothing to hear of it.
        return [case.change(after, facts=said)]
    office = notice(after, NoticeKind.LEADER_ANSWERED, Role.STANDING_OFFICE, case.as_of)
    told = (office, case.tell_unit(after, NoticeKind.LEADER_ANSWERED))
    return [case.change(after, *(told if kind is not Answered.CALL_BACK else (office,)), facts=said)]
