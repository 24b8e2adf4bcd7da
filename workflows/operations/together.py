"""One form about several assignments: each order is judged by itself, all are saved in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflows.engine import board, moves
from workflows.engine.board import Row
from workflows.engine.orders import Actor, Order
from workflows.errors import MoveRefused, NotFound
from workflows.operations.move import PlanReference, carry_out_in, check_not_closed, titles
from workflows.operations.situations import find_actor, whole_situation
from workflows.store.database import Database
from workflows.store.transaction import Transaction
from workflows.texts import Language

Draft = Callable[[Actor], Order]
"""The order that somebody gives, once it is known who they are."""


@dataclass(frozen=True, slots=True)
class Together:
    """What a form did: the assignments as they stand now, and those whose order was refused, with why.

    `repeated` means that the form had been sent before: this time nothing changed.
    """

    done: tuple[Row, ...] = ()
    refused: tuple[tuple[str, MoveRefused], ...] = ()
    repeated: bool = False


def carry_out_together(
    database: Database,
    where: PlanReference,
    who: str,
    orders: Sequence[tuple[str, Sequence[Draft]]],
    *,
    once: str,
    as_of: date,
    now: datetime,
    language: Language = Language.VI,
) -> Together:
    """Carry out, for each assignment, its orders one after the other, unless the form was carried out before.

    An assignment whose first order is refused (somebody reported in the meantime) leaves the others alone.
    Raises MoveRefused, and changes nothing, where a later order is refused or no assignment was left: the
    form may then be sent again, mended.
    """
    done: list[Row] = []
    refused: list[tuple[str, MoveRefused]] = []
    with database.write() as transaction:
        plan = transaction.plans.get(where.office, where.plan)
        if not transaction.submissions.claim(once, plan.number, now):
            return Together(repeated=True)
        for assignment, drafts in orders:
            try:
                done.append(_one(transaction, where, who, drafts[0], as_of, now, language))
            except MoveRefused as error:
                refused.append((assignment, error))
                continue
            for draft in drafts[1:]:
                done[-1] = _one(transaction, where, who, draft, as_of, now, language)
        if not done and refused:
            raise refused[0][1]
        head = transaction.plans.get(where.office, where.plan).head_sequence
        transaction.submissions.settle(once, head)
    return Together(tuple(done), tuple(refused))


def _one(
    transaction: Transaction,
    where: PlanReference,
    who: str,
    draft: Draft,
    as_of: date,
    now: datetime,
    language: Language,
) -> Row:
    return carry_out_in(transaction, where, who, draft, as_of=as_of, now=now, language=language)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order about several assignments would do: those it would move, those it would not, with why."""

    possible: tuple[Row, ...]
    refused: tuple[tuple[Row, MoveRefused], ...]


def preview(
    database: Database,
    where: PlanReference,
    who: str,
    assignments: Sequence[str],
    draft: Callable[[str, Actor], Order],
    *,
    as_of: date,
    now: datetime,
) -> Preview:
    """Judge an order for each of some assignments and change nothing.

    Raises NotFound, and MoveRefused for a closed plan.
    """
    possible: list[Row] = []
    refused: list[tuple[Row, MoveRefused]] = []
    with database.read() as transaction:
        plan = transaction.plans.get(where.office, where.plan)
        check_not_closed(plan)
        situation = whole_situation(transaction, plan)
        actor = find_actor(who, transaction.offices.get(where.office))
        known = titles(plan, situation)
        for name in assignments:
            if name not in situation.assignments:
                raise NotFound("there is no assignment `{id}` in this plan", id=name)
            row = board.row(situation.assignments[name], situation, as_of)
            try:
                moves.carry_out(draft(name, actor), situation, as_of=as_of, now=now)
            except MoveRefused as error:
                error.titles = known
                refused.append((row, error))
            else:
                possible.append(row)
    return Preview(tuple(possible), tuple(refused))
