"""Whether a person may make a move: the column *who* of the table of moves."""

from plan_definitions.model import Role
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Assignment
from workflows.engine.situation import ESCALATION_ORDER, Situation
from workflows.engine.states import MOVES, Who
from workflows.engine.words import VERB_WORDS
from workflows.errors import MoveRefused

LEADERS = frozenset(ESCALATION_ORDER[1:])


def check_permission(order: Order, assignment: Assignment, situation: Situation) -> str | None:
    """The unit on whose behalf the move is recorded (None: the actor's own word).

    Raises MoveRefused when the actor may not make this move, not even for somebody else.
    """
    who = MOVES[order.verb].who
    if _is_it(order.by, who, assignment, situation) and order.on_behalf_of in (None, *order.by.units):
        return None
    spoken_for = order.on_behalf_of or _default_behalf(order, who, assignment, situation)
    if spoken_for is not None and Role.STANDING_OFFICE in order.by.roles:
        return _check_behalf(order, who, spoken_for, assignment, situation)
    allowed = sorted(_allowed(who, assignment, situation))
    if not allowed:
        raise MoveRefused(
            "{verb} `{assignment}` is for nobody: the plan asks for no check",
            verb=VERB_WORDS[order.verb],
            assignment=assignment.id,
        )
    raise MoveRefused(
        "{verb} `{assignment}` is not for `{by}`; it is for: {who}",
        by=order.by.name,
        verb=VERB_WORDS[order.verb],
        assignment=assignment.id,
        who=", ".join(allowed),
    )


def _default_behalf(order: Order, who: Who, assignment: Assignment, situation: Situation) -> str | None:
    """Written down with `via` but without a name: the unit whose move it is."""
    allowed = _allowed(who, assignment, situation)
    return next(iter(sorted(allowed)), None) if order.via is not None and len(allowed) == 1 else None


def _check_behalf(order: Order, who: Who, unit: str, assignment: Assignment, situation: Situation) -> str:
    """The office may write down what another said, but never accept its own work in another's name."""
    stand_in = Actor(unit, frozenset({unit}), situation.roles_of(unit))
    own_work = who is Who.ACCEPTER and assignment.unit in order.by.units
    if not _is_it(stand_in, who, assignment, situation) or own_work:
        raise MoveRefused(
            "{verb} `{assignment}` cannot be recorded on behalf of `{unit}`",
            verb=VERB_WORDS[order.verb],
            assignment=assignment.id,
            unit=unit,
        )
    if order.via is None:
        raise MoveRefused("recorded for another unit: say how its word came (phone, zalo, paper or meeting)")
    return unit


def _is_it(actor: Actor, who: Who, assignment: Assignment, situation: Situation) -> bool:
    is_unit = assignment.unit in actor.units
    is_office = Role.STANDING_OFFICE in actor.roles
    is_leader = bool(LEADERS & actor.roles)
    checks = situation.accepter(assignment) or _waits_for_evidence(assignment, situation)
    match who:
        case Who.UNIT:
            return is_unit
        case Who.OFFICE:
            return is_office
        case Who.LEADER:
            return is_leader
        case Who.UNIT_OR_LEADER:
            return is_unit or is_leader or bool(_escalated_to(assignment, situation) & actor.roles)
        case Who.UNIT_OR_OFFICE:
            return is_unit or is_office
        case Who.GRANTER:
            return is_office or is_leader
        case Who.ACCEPTER:
            return checks in actor.roles and not is_unit
        case Who.ROUND:
            return False


def _waits_for_evidence(assignment: Assignment, situation: Situation) -> str | None:
    """Where nobody must accept, the office may still send back a report whose evidence never came."""
    owed = assignment.facts.evidence_to_follow and not situation.requested(assignment.unit)
    return Role.STANDING_OFFICE if owed else None


def _escalated_to(assignment: Assignment, situation: Situation) -> frozenset[str]:
    """The roles that the rungs passed so far have reached: a promise of theirs acknowledges it."""
    passed = situation.task(assignment).ladder.escalate[: assignment.rung]
    return frozenset(role for rung in passed for role in rung.to)


def _allowed(who: Who, assignment: Assignment, situation: Situation) -> frozenset[str]:
    """The units that may make the move."""
    units = situation.schedule.office.units
    return frozenset(
        unit
        for unit in units
        if _is_it(Actor(unit, frozenset({unit}), situation.roles_of(unit)), who, assignment, situation)
    )
