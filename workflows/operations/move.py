"""Moves that people make: checked, carried out, recorded, and told to whom they concern at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from notifications.occasions import decision_letter
from workflows.engine import board, moves
from workflows.engine.board import Row
from workflows.engine.orders import Actor, Order
from workflows.engine.records import AT_ONCE, Assignment, Change
from workflows.engine.round import to_wake
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb
from workflows.errors import MoveRefused, NotFound
from workflows.operations.evidence.kept_files import KeptFile, record_of
from workflows.operations.mail.queueing import by_notice, queue
from workflows.operations.situations import find_actor, near_situation, whole_situation, with_all_before
from workflows.store.database import Database
from workflows.store.records import Evidence, StoredPlan
from workflows.store.transaction import Transaction
from workflows.texts import Language

NEEDS_FORECAST = frozenset({Verb.GRANT, Verb.ANSWER})
"""Moves that are judged by what else would slip: they look at the whole plan."""


@dataclass(frozen=True, slots=True)
class PlanReference:
    """A plan of an office."""

    office: str
    plan: str


def carry_out(
    database: Database,
    where: PlanReference,
    who: str,
    draft: Callable[[Actor], Order],
    *,
    as_of: date,
    now: datetime,
    files: Sequence[KeptFile] = (),
    language: Language = Language.VI,
) -> Row:
    """Carry out the order that `draft` makes for `who`, and say how the assignment stands then.

    `files` are evidence already kept. Raises NotFound for an unknown plan or assignment, MoveRefused where
    the plan is closed, the table, a rule or the person says no or somebody else was first; nothing has
    changed then.
    """
    with database.write() as transaction:
        return carry_out_in(
            transaction, where, who, draft, as_of=as_of, now=now, files=files, language=language
        )


def carry_out_in(
    transaction: Transaction,
    where: PlanReference,
    who: str,
    draft: Callable[[Actor], Order],
    *,
    as_of: date,
    now: datetime,
    files: Sequence[KeptFile] = (),
    language: Language = Language.VI,
) -> Row:
    """As `carry_out`, within a transaction that somebody else opened and ends."""
    # Held before it is read: who moves something at the same moment comes after, and is not refused for it.
    plan = transaction.plans.get(where.office, where.plan, hold=True)
    check_not_closed(plan)
    # Whoever may sign in or hold a link may act: plans published before somebody came do not name him.
    order = draft(find_actor(who, transaction.offices.get(where.office)))
    target = _target(transaction, plan, order.assignment)
    if order.verb in NEEDS_FORECAST:
        situation = whole_situation(transaction, plan)
    else:
        situation = near_situation(transaction, plan, [target])
    try:
        changes = moves.carry_out(order, situation, as_of=as_of, now=now)
        apply(transaction, plan, changes, as_of)
    except MoveRefused as error:
        error.titles = titles(plan, situation)
        raise
    _keep_evidence(transaction, target, order, files, now)
    after = _after(transaction, plan, situation, changes)
    _tell(transaction, plan, changes, after, as_of, now, language)
    return board.row(after.assignments[changes[0].after.id], after, as_of)


def check_not_closed(plan: StoredPlan) -> None:
    """Raise MoveRefused for a plan that is over: each unit was told its count, and no round follows."""
    if plan.closed_on is not None:
        raise MoveRefused("this plan is closed; its work can only be read")


def apply(transaction: Transaction, plan: StoredPlan, changes: Sequence[Change], as_of: date) -> None:
    """Save changes and wake what they may release. Raises MoveRefused where somebody else was first."""
    lost = transaction.apply(plan.number, changes)
    if lost:
        raise MoveRefused(
            "`{assignment}` was changed by somebody else in the meantime; look again",
            assignment=lost[0].after.id,
        )
    woken = to_wake(plan.schedule, changes)
    if woken:
        transaction.assignments.wake(plan.number, as_of, tasks=woken)


def titles(plan: StoredPlan, situation: Situation) -> dict[str, str]:
    """What people call the tasks, units and assignments that a refusal may name."""
    tasks = {task.id: task.title for task in plan.schedule.tasks.values()}
    units = {unit.id: unit.name for unit in plan.schedule.office.units.values()}
    held = {
        a.id: f"{tasks[a.task]} ({units.get(a.unit, a.unit)})"
        for a in situation.assignments.values()
        if a.task in tasks
    }
    return units | tasks | held


def _target(transaction: Transaction, plan: StoredPlan, name: str) -> Assignment:
    found = transaction.assignments.get(plan.number, name)
    if found.task not in plan.schedule.tasks:
        raise NotFound("a revision has taken `{name}` out of the plan", name=name)
    return found


def _keep_evidence(
    transaction: Transaction, target: Assignment, order: Order, files: Sequence[KeptFile], now: datetime
) -> None:
    for file in files:
        transaction.evidence.add(record_of(file, target.number, order.by.name, now))
    if order.document:
        transaction.evidence.add(Evidence(target.number, now, order.by.name, document=order.document))


def _after(
    transaction: Transaction, plan: StoredPlan, situation: Situation, changes: Sequence[Change]
) -> Situation:
    """The situation as it is now, with whoever holds up what still waits.

    New assignments are read back, for the store has numbered them.
    """
    moved = {
        change.after.id: change.after
        if change.before is not None
        else transaction.assignments.get(plan.number, change.after.id)
        for change in changes
    }
    waiting = {assignment.task for assignment in moved.values() if assignment.state is State.WAITING}
    before = with_all_before(transaction, plan, waiting).assignments if waiting else {}
    return replace(situation, assignments={**situation.assignments, **before, **moved})


def _tell(
    transaction: Transaction,
    plan: StoredPlan,
    changes: Sequence[Change],
    situation: Situation,
    as_of: date,
    now: datetime,
    language: Language,
) -> None:
    """Decisions are told at once, in a letter of their own."""
    decided = {change.after.id for change in changes for told in change.notices if told.kind in AT_ONCE}
    if not decided:
        return
    waiting = transaction.notices.pending(plan.office, as_of, plan_number=plan.number)
    pending = [s for s in waiting if s.notice.kind in AT_ONCE and s.notice.assignment in decided]
    found = by_notice(pending, plan.id)
    for stored in pending:
        assignment = situation.assignments[stored.notice.assignment]
        answer = assignment.facts.answer.kind if assignment.facts.answer else None
        composed = decision_letter(
            plan.schedule.office, plan.schedule, board.row(assignment, situation, as_of), stored.notice,
            as_of=as_of, answer=answer, language=language,
        )  # fmt: skip
        key = f"decision:{plan.id}:{assignment.id}:{stored.sequence}:{composed.letter.recipient.address}"
        queued = queue(transaction, {key: composed}, now=now, not_before=now, pending=found)
        # One mailbox may read both notices of a decision: its letter carries the second as well.
        if not queued and (written := transaction.letters.by_key(plan.office, key)) is not None:
            transaction.notices.link({written.id: [stored.id]})
