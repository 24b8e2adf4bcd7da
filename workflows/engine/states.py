"""The states of an assignment and the one table of its legal moves (docs/engine.md, *Moves*)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an assignment stands; whether it is overdue is computed, never stored."""

    WAITING = "waiting"
    OPEN = "open"
    STARTED = "started"
    SUBMITTED = "submitted"
    DONE = "done"
    CANCELLED = "cancelled"


UNFINISHED = frozenset({State.WAITING, State.OPEN, State.STARTED, State.SUBMITTED})
"""States that still want something from somebody."""

IN_HAND = frozenset({State.OPEN, State.STARTED})
"""States in which the unit itself has the work."""


class Standing(StrEnum):
    """What people are shown: the state, judged against the dates (product.md, *Words*)."""

    NOT_DUE = "not_due"
    WAITING_FOR_OTHERS = "waiting_for_others"
    IN_PROGRESS = "in_progress"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    AWAITING_CHECK = "awaiting_check"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    ONGOING = "ongoing"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """What can happen to an assignment, or to its plan as a whole."""

    OPEN = "open"
    MISS = "miss"
    START = "start"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    RETURN = "return"
    RELEASE = "release"
    CANCEL = "cancel"
    REOPEN = "reopen"
    REASSIGN = "reassign"
    OBSTACLE = "obstacle"
    RESOLVE = "resolve"
    PROMISE = "promise"
    EXTEND = "extend"
    GRANT = "grant"
    REFUSE = "refuse"
    HOLD = "hold"
    PROPOSE = "propose"
    ANSWER = "answer"
    EVIDENCE = "evidence"
    REMIND = "remind"
    ESCALATE = "escalate"
    CREATE = "create"
    REVISE = "revise"
    CLOSE = "close"
    REVOKE = "revoke"
    ERASE = "erase"


class Who(StrEnum):
    """Who may make a move: the daily round, the unit itself, whoever accepts, the office, the leadership."""

    ROUND = "round"
    UNIT = "unit"
    ACCEPTER = "accepter"
    OFFICE = "office"
    LEADER = "leader"
    UNIT_OR_LEADER = "unit_or_leader"
    UNIT_OR_OFFICE = "unit_or_office"
    GRANTER = "granter"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from which states, to which (`None`: the state stays), by whom, with a reason?"""

    before: frozenset[State]
    after: State | None
    who: Who
    reason: bool = False


_W, _O, _S, _U, _D, _C = State
_ANY_BUT_DONE = frozenset({_W, _O, _S, _U})

MOVES: Mapping[Verb, Move] = MappingProxyType(
    {
        Verb.OPEN: Move(frozenset({_W}), _O, Who.ROUND),
        Verb.MISS: Move(frozenset({_W, _O, _S}), _C, Who.ROUND),
        Verb.START: Move(frozenset({_O}), _S, Who.UNIT),
        # From waiting only when nothing but `start` is unmet; to done at once where nobody must accept.
        Verb.SUBMIT: Move(frozenset({_W, _O, _S}), _U, Who.UNIT),
        # From done only on the day of the report.
        Verb.WITHDRAW: Move(frozenset({_U, _D}), _S, Who.UNIT),
        Verb.ACCEPT: Move(frozenset({_U}), _D, Who.ACCEPTER),
        Verb.RETURN: Move(frozenset({_U}), _S, Who.ACCEPTER, reason=True),
        Verb.RELEASE: Move(frozenset({_W}), _O, Who.OFFICE, reason=True),
        Verb.CANCEL: Move(_ANY_BUT_DONE, _C, Who.OFFICE, reason=True),
        # To open from done, to waiting from cancelled.
        Verb.REOPEN: Move(frozenset({_D, _C}), _O, Who.OFFICE, reason=True),
        Verb.REASSIGN: Move(_ANY_BUT_DONE, _C, Who.OFFICE, reason=True),
        Verb.OBSTACLE: Move(frozenset({_W, _O, _S}), None, Who.UNIT, reason=True),
        Verb.RESOLVE: Move(_ANY_BUT_DONE, None, Who.UNIT_OR_OFFICE),
        Verb.PROMISE: Move(frozenset({_O, _S}), None, Who.UNIT_OR_LEADER),
        Verb.EXTEND: Move(frozenset({_W, _O, _S}), None, Who.UNIT, reason=True),
        Verb.GRANT: Move(frozenset({_W, _O, _S}), None, Who.GRANTER),
        Verb.REFUSE: Move(frozenset({_W, _O, _S}), None, Who.GRANTER, reason=True),
        Verb.HOLD: Move(frozenset({_O, _S}), None, Who.OFFICE, reason=True),
        Verb.PROPOSE: Move(frozenset({_O, _S}), None, Who.OFFICE),
        Verb.ANSWER: Move(frozenset({_O, _S}), None, Who.LEADER),
        # Files that were promised later; where nobody must accept, they finish what was submitted.
        Verb.EVIDENCE: Move(frozenset({_O, _S, _U, _D}), None, Who.UNIT),
        Verb.REMIND: Move(frozenset({_O, _S, _U}), None, Who.ROUND),
        Verb.ESCALATE: Move(frozenset({_O, _S}), None, Who.ROUND),
    }
)
"""Every legal move. Whatever is not here cannot happen."""
