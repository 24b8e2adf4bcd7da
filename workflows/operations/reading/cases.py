"""What waits for the leadership: late work reported to it, case by case as its letters put it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from notifications.escalations import leadership
from notifications.parts import Case, Tally
from notifications.sections import Reading, plan_name, read, tally
from plan_definitions.model import BudgetLine
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import ladder
from workflows.engine.board import Row
from workflows.engine.notices import notice
from workflows.engine.records import Answer, Answered, Assignment, NoticeKind, Proposal
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, Standing, State, Verb
from workflows.operations.reading.backgrounds import background
from workflows.operations.reading.history import last_words
from workflows.operations.reading.judged import Judge, Judged, judge
from workflows.store.database import Database
from workflows.store.records import StoredPlan
from workflows.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the office proposes for one late unit: perhaps a new date, and why."""

    unit_name: str
    proposal: Proposal
    words: str | None


@dataclass(frozen=True, slots=True)
class LateCase:
    """Late work of one task (and turn) that was reported to a leader.

    `case` is what the letter says of it. `rows` are the late assignments, `first` names the case in
    addresses. `proposed` is what the office proposes for some of the units, `obstacles` what late units say
    is in their way, `answer` what was answered (None while it waits), `answered` in which words.
    """

    plan: StoredPlan
    title: str
    case: Case
    rows: tuple[Row, ...]
    proposed: tuple[Proposed, ...]
    obstacles: tuple[tuple[str, str], ...]
    answer: Answer | None
    answered: str | None

    @property
    def first(self) -> str:
        """The assignment by which addresses name the case."""
        return self.rows[0].id

    @property
    def waits(self) -> bool:
        """Whether the leader has still to decide; who asked to be called has not decided yet."""
        return self.answer is None or self.answer.kind is Answered.CALL_BACK


@dataclass(frozen=True, slots=True)
class UnitRate:
    """One unit's count, for the list of those to be commended."""

    unit: str
    unit_name: str
    count: Tally

    @property
    def on_time(self) -> int | None:
        """Percent done on time of what is finished or overdue; None where there is none of either."""
        judged = self.count.done + self.count.overdue
        return round(100 * self.count.on_time / judged) if judged else None


@dataclass(frozen=True, slots=True)
class LeaderPlan:
    """One running plan as the leadership sees it."""

    plan: StoredPlan
    title: str
    count: Tally
    cases: tuple[LateCase, ...]
    to_accept: tuple[Row, ...]
    budget: Mapping[str, tuple[BudgetLine, ...]]
    units: tuple[UnitRate, ...]


def leader_day(
    database: Database,
    office: str,
    *,
    roles: frozenset[str],
    as_of: date,
    plan: str | None = None,
    judge: Judge = judge,
) -> tuple[LeaderPlan, ...]:
    """What waits for holders of some leading roles, and how every running plan stands."""
    with database.read() as transaction:
        running = [p for p in transaction.plans.headings(office, running=True) if plan in (None, p.id)]
        return tuple(
            _leader_plan(transaction, judge(transaction, one.number, as_of), roles) for one in running
        )


def late_case(
    database: Database,
    office: str,
    plan: str,
    assignment: str,
    *,
    roles: frozenset[str],
    as_of: date,
    judge: Judge = judge,
) -> LateCase | None:
    """The case that an assignment belongs to, answered or not; None where it has been settled.

    Settled: nothing of its task (and turn) that was reported to these roles is late any more. Raises
    NotFound for an unknown plan or assignment.
    """
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        asked = transaction.assignments.get(stored.number, assignment)
        for found in _cases(transaction, judge(transaction, stored.number, as_of), roles):
            if (found.case.task, found.rows[0].occurrence) == (asked.task, asked.occurrence):
                return found
    return None


def _leader_plan(transaction: Transaction, judged: Judged, roles: frozenset[str]) -> LeaderPlan:
    plan, rows, as_of = judged.plan, judged.rows, judged.as_of
    cases = _cases(transaction, judged, roles)
    waiting = (row for row in rows if row.state is State.SUBMITTED and row.accept in roles)
    return LeaderPlan(
        plan=plan,
        title=plan_name(plan.schedule).title,
        count=tally(rows, as_of),
        cases=tuple(sorted(cases, key=lambda found: not found.waits)),
        to_accept=tuple(sorted(waiting, key=lambda row: row.submitted_on or date.max)),
        budget=_budget(plan),
        units=_rates(rows, plan, as_of),
    )


def _budget(plan: StoredPlan) -> Mapping[str, tuple[BudgetLine, ...]]:
    found: dict[str, tuple[BudgetLine, ...]] = {}
    for task in plan.schedule.tasks.values():
        for line in task.budget:
            found[line.source] = (*found.get(line.source, ()), line)
    return found


def _rates(rows: Iterable[Row], plan: StoredPlan, as_of: date) -> tuple[UnitRate, ...]:
    of_unit: dict[str, list[Row]] = {}
    for row in rows:
        of_unit.setdefault(row.unit, []).append(row)
    units = plan.schedule.office.units
    found = [
        UnitRate(unit, units[unit].name, tally(of_unit[unit], as_of)) for unit in units if unit in of_unit
    ]
    # Best first: the share on time, then who did more; units that have finished nothing come last.
    return tuple(sorted(found, key=lambda r: (-1 if r.on_time is None else r.on_time, r.count.done))[::-1])


def _cases(transaction: Transaction, judged: Judged, roles: frozenset[str]) -> list[LateCase]:
    plan, situation, as_of = judged.plan, judged.situation, judged.as_of
    reported = [row for row in judged.rows if _is_reported(row, situation, roles)]
    if not reported:
        return []
    reading = read(plan.schedule, plan.schedule.office, judged.rows, as_of)
    assignments = situation.assignments
    backgrounds = {row.id: background(transaction, assignments[row.id], judged.forecast) for row in reported}
    notices = [
        notice(assignments[row.id], NoticeKind.ESCALATION, min(roles), as_of, rung=row.rung)
        for row in reported
    ]
    calendar = WorkingCalendar(plan.schedule.calendar)
    told = leadership(notices, reading, backgrounds, calendar)
    return [_late_case(transaction, plan, case, reading, assignments) for case in told.cases]


def _is_reported(row: Row, situation: Situation, roles: frozenset[str]) -> bool:
    """Whether a rung that has been passed told one of these roles of work that is still late."""
    if row.standing is not Standing.OVERDUE or row.state not in IN_HAND or not row.rung:
        return False
    passed = ladder.recipients(situation.assignments[row.id], situation)[: row.rung]
    return any(role in roles for to in passed for role in to)


def _late_case(
    transaction: Transaction,
    plan: StoredPlan,
    case: Case,
    reading: Reading,
    assignments: Mapping[str, Assignment],
) -> LateCase:
    rows = tuple(reading.by_id[item.assignment] for item in case.late)
    late = [assignments[row.id] for row in rows]
    proposed = [
        Proposed(row.unit_name, a.facts.proposal, _words(transaction, a, Verb.PROPOSE))
        for row, a in zip(rows, late, strict=True)
        if a.facts.proposal is not None
    ]
    # A unit that became late after the answer makes the case wait again.
    answers = [a.facts.answer for a in late]
    given = [answer for answer in answers if answer is not None]
    answer = max(given, key=lambda one: one.answered_on) if len(given) == len(answers) else None
    told = next((a for a in late if answer is not None and a.facts.answer == answer), None)
    stuck = [
        (row.unit_name, _words(transaction, assignments[row.id], Verb.OBSTACLE))
        for row in rows
        if row.obstacle
    ]
    return LateCase(
        plan=plan,
        title=reading.plan.title,
        case=case,
        rows=rows,
        proposed=tuple(proposed),
        obstacles=tuple((unit, words) for unit, words in stuck if words),
        answer=answer,
        answered=_words(transaction, told, Verb.ANSWER) if told else None,
    )


def _words(transaction: Transaction, assignment: Assignment, verb: Verb) -> str | None:
    return last_words(transaction.history.of_assignment(assignment.number), verb)
