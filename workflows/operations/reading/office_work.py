"""One assignment as the office and the leadership see it: its page, and which moves they may make."""

from dataclasses import dataclass
from datetime import date

from workflows.engine import ladder
from workflows.engine.forecast import Slip
from workflows.engine.moves import PEOPLES_VERBS
from workflows.engine.orders import Actor, Order
from workflows.engine.permission import check_permission
from workflows.engine.records import Assignment, Via
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, MOVES, State, Verb
from workflows.errors import MoveRefused
from workflows.operations.reading.judged import Judge, judge
from workflows.operations.reading.work import Work, read_work
from workflows.operations.situations import find_actor
from workflows.store.database import Database
from workflows.store.records import StoredLetter


@dataclass(frozen=True, slots=True)
class OfficeWork:
    """An assignment with what its unit does not see.

    `offered` are the moves somebody may make now, `for_unit` those of them that are the unit's own and are
    written down for it. `slips` is what would move if the time asked for were granted; without a request,
    what its being late moves already.
    """

    work: Work
    offered: frozenset[Verb]
    for_unit: frozenset[Verb]
    slips: tuple[Slip, ...]
    letters: tuple[StoredLetter, ...]


def read_office_work(
    database: Database,
    office: str,
    plan: str,
    assignment: str,
    *,
    who: str,
    as_of: date,
    judge: Judge = judge,
) -> OfficeWork:
    """One assignment as `who` (of the office or the leadership) sees it. Raises NotFound."""
    work = read_work(database, office, plan, assignment, as_of=as_of)
    with database.read() as transaction:
        judged = judge(transaction, work.plan.number, as_of)
        situation = judged.situation
        found = situation.assignments[assignment]
        letters = tuple(transaction.letters.of_assignment(found.number))
        actor = find_actor(who, transaction.offices.get(office))
    asked = work.row.extension.wanted if work.row.extension and work.row.extension_asked else None
    offered = _offered(found, situation, actor, as_of) if work.plan.closed_on is None else frozenset()
    return OfficeWork(
        work,
        offered,
        frozenset(verb for verb in offered if _speaks_for(verb, found, situation, actor)),
        judged.forecast.slips(assignment, asked),
        letters,
    )


def _offered(assignment: Assignment, situation: Situation, actor: Actor, as_of: date) -> frozenset[Verb]:
    """The moves that the table, the person and the facts allow; the rest would only be refused."""
    allowed = {
        verb
        for verb in PEOPLES_VERBS
        if assignment.state in MOVES[verb].before
        and (
            _may(verb, assignment, situation, actor, None) or _speaks_for(verb, assignment, situation, actor)
        )
    }
    return frozenset(allowed - _pointless(assignment, situation, as_of))


def _may(verb: Verb, assignment: Assignment, situation: Situation, actor: Actor, behalf: str | None) -> bool:
    via = None if behalf is None else Via.PHONE
    try:
        check_permission(Order(verb, assignment.id, actor, behalf, via), assignment, situation)
    except MoveRefused:
        return False
    return True


def _speaks_for(verb: Verb, assignment: Assignment, situation: Situation, actor: Actor) -> bool:
    """Whether the move is the unit's, and `actor` may write down its word."""
    if assignment.unit in actor.units:
        return False
    own = Actor(assignment.unit, frozenset({assignment.unit}), situation.roles_of(assignment.unit))
    is_units = _may(verb, assignment, situation, own, None)
    return is_units and _may(verb, assignment, situation, actor, assignment.unit)


def _pointless(assignment: Assignment, situation: Situation, as_of: date) -> set[Verb]:
    """What the facts beside the state rule out today."""
    facts, found = assignment.facts, set[Verb]()
    found.add(Verb.OBSTACLE if assignment.obstacle else Verb.RESOLVE)
    found.add(Verb.EXTEND if assignment.extension_asked else Verb.REFUSE)
    if assignment.due is None:
        found |= {Verb.EXTEND, Verb.GRANT}
    rung = ladder.next_rung(assignment, situation, as_of)
    if facts.held_until is not None or rung is None or rung[0] > situation.calendar.after(as_of, 1):
        found.add(Verb.HOLD)
    if assignment.due is None or as_of <= assignment.due or assignment.state not in IN_HAND:
        found |= {Verb.PROPOSE, Verb.ANSWER}
    if assignment.state is State.DONE and assignment.finished_on != as_of:
        found.add(Verb.WITHDRAW)
    if situation.task(assignment).evidence.value == "none":
        found.add(Verb.EVIDENCE)
    return found
