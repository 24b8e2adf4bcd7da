"""What people do to assignments: one function a verb, behind the one table of legal moves."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from workflows.engine import office_moves, unit_moves
from workflows.engine.case import Case
from workflows.engine.orders import Order
from workflows.engine.permission import check_permission
from workflows.engine.records import Change
from workflows.engine.situation import Situation
from workflows.engine.states import MOVES, Verb
from workflows.engine.words import STATE_WORDS, VERB_WORDS, state_list
from workflows.errors import MoveRefused

A_YEAR = timedelta(366)


def carry_out(order: Order, situation: Situation, *, as_of: date, now: datetime) -> list[Change]:
    """The changes an order makes, the ordered assignment's first.

    Raises MoveRefused where the table, a rule or the person says no; nothing has changed then.
    """
    assignment = situation.assignments[order.assignment]
    move = MOVES[order.verb]
    if assignment.state not in move.before or order.verb not in _VERBS:
        raise MoveRefused(
            "`{assignment}` is {state}; {verb} is possible only from: {before}",
            assignment=assignment.id,
            state=STATE_WORDS[assignment.state],
            verb=VERB_WORDS[order.verb],
            before=state_list(move.before),
        )
    behalf = check_permission(order, assignment, situation)
    if move.reason and not (order.note and order.note.strip()):
        raise MoveRefused("{verb} needs a reason", verb=VERB_WORDS[order.verb])
    _check_dates(order, situation, as_of)
    changes = _VERBS[order.verb](Case(order, assignment, situation, as_of, now, behalf))
    return [_heard(changes[0], frozenset({behalf}) if behalf else order.by.units), *changes[1:]]


def _check_dates(order: Order, situation: Situation, as_of: date) -> None:
    """Dates lie within a year of the plan and of today: a slip of the pen must not stall every later round.

    Far enough on, no calendar knows the days off that ladders are counted by.
    """
    tasks = situation.schedule.tasks.values()
    planned = [as_of, *(day for task in tasks for day in (task.start, task.due) if day is not None)]
    for day in (order.until, order.done_on, order.since):
        if day is not None and not min(planned) - A_YEAR <= day <= max(planned) + A_YEAR:
            raise MoveRefused("{day} is more than a year away from the plan: is the year right?", day=day)


def _heard(change: Change, speakers: frozenset[str]) -> Change:
    """The unit has said something: it is no longer silent."""
    after = change.after
    if after.unit not in speakers or not after.facts.unanswered:
        return change
    return change._replace(after=after._replace(facts=replace(after.facts, unanswered=0, asked_on=None)))


_VERBS: Mapping[Verb, Callable[[Case], list[Change]]] = {
    Verb.START: unit_moves.start,
    Verb.SUBMIT: unit_moves.submit,
    Verb.EVIDENCE: unit_moves.evidence,
    Verb.WITHDRAW: unit_moves.withdraw,
    Verb.ACCEPT: office_moves.accept,
    Verb.RETURN: office_moves.return_report,
    Verb.RELEASE: office_moves.release,
    Verb.CANCEL: office_moves.cancel,
    Verb.REOPEN: office_moves.reopen,
    Verb.REASSIGN: office_moves.reassign,
    Verb.OBSTACLE: unit_moves.obstacle,
    Verb.RESOLVE: office_moves.resolve,
    Verb.PROMISE: unit_moves.promise,
    Verb.EXTEND: unit_moves.extend,
    Verb.GRANT: office_moves.grant,
    Verb.REFUSE: office_moves.refuse,
    Verb.HOLD: office_moves.hold,
    Verb.PROPOSE: office_moves.propose,
    Verb.ANSWER: office_moves.answer,
}

PEOPLES_VERBS = frozenset(_VERBS)
"""The verbs that people use; the rest belong to the daily round and to publishing."""
