"""Moves that come from a form: made once, however often the form is sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.orders import Actor, Order
from workflows.errors import WrongUse
from workflows.operations.evidence.kept_files import KeptFile
from workflows.operations.move import PlanReference, carry_out_in
from workflows.operations.situations import check_in_plan, with_all_before
from workflows.store.database import Database
from workflows.store.transaction import Transaction
from workflows.texts import Language


@dataclass(frozen=True, slots=True)
class Answer:
    """What a form did: the assignment as it stands now, and the record (its number in the plan's history).

    `repeated` means that the form had been sent before: this time nothing changed.
    """

    row: Row
    sequence: int
    repeated: bool = False


def carry_out_once(
    database: Database,
    where: PlanReference,
    who: str,
    assignment: str,
    draft: Callable[[Actor], Order],
    *,
    once: str,
    as_of: date,
    now: datetime,
    asked: str | None = None,
    files: Sequence[KeptFile] = (),
    language: Language = Language.VI,
) -> Answer:
    """Carry out an order unless the form `once` was carried out before. Raises what `carry_out` raises.

    `asked` is a hash of what is asked for. Raises WrongUse where `once` was carried out for something else.

    A refused order leaves the form unused: it may be sent again, mended. The key is claimed before the
    order is judged, so that the second of two simultaneous taps waits for the first.
    """
    with database.write() as transaction:
        plan = transaction.plans.get(where.office, where.plan)
        if not transaction.submissions.claim(once, plan.number, now, asked):
            if not transaction.submissions.is_same(once, asked):
                raise WrongUse("this Idempotency-Key was used for another call; take a new one for each")
            return _answered(transaction, where, assignment, once, as_of)
        row = carry_out_in(
            transaction, where, who, draft, as_of=as_of, now=now, files=files, language=language
        )
        # The move may have made a new assignment (reassign); the form was about the old one.
        target = transaction.assignments.get(plan.number, assignment)
        sequence = transaction.history.of_assignment(target.number)[-1].sequence
        transaction.submissions.settle(once, sequence)
    return Answer(row, sequence)


def _answered(
    transaction: Transaction, where: PlanReference, assignment: str, once: str, as_of: date
) -> Answer:
    plan = transaction.plans.get(where.office, where.plan)
    target = transaction.assignments.get(plan.number, assignment)
    check_in_plan(target, plan)
    situation = with_all_before(transaction, plan, [target.task])
    sequence = transaction.submissions.sequence(once)
    return Answer(board.row(target, situation, as_of), sequence, repeated=True)
