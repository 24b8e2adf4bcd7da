"""A season played for show: rounds, sample reports and deliveries, day by day, on a simulated clock.

The reports are invented and say so in the history. Most units report in time; what goes wrong stands in
`INCIDENTS`, so that a first look at the program shows each thing it is for.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from plan_definitions.model import Channel, Evidence, Role
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Via
from workflows.engine.states import IN_HAND, State, Verb
from workflows.operations.board import read_board
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.queueing import morning
from workflows.operations.round import run_round
from workflows.store.database import Database
from workflows.store.records import StoredPlan

SAMPLE = "số liệu mẫu"
"""What every invented report carries, in `said_by` and in its note."""

_VIA = {Channel.ZALO: Via.ZALO, Channel.PHONE: Via.PHONE, Channel.PAPER: Via.PAPER}


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that does not go as planned: on a day (working days from due), one verb on one assignment.

    `task` and `unit` name it; `amount` is the number of working days that a verb with a date adds.
    """

    task: str
    unit: str
    day: int
    verb: Verb
    note: str = SAMPLE
    via: Via | None = None
    amount: int = 3
    facts: dict[str, str] = field(default_factory=dict)


NEVER = frozenset({("hazard-signs", "thon-2"), ("hazard-signs", "thon-5"), ("summer-handover", "youth")})
"""Assignments that nobody reports as done during the played season."""

INCIDENTS = (
    Incident("hazard-signs", "thon-5", 1, Verb.OBSTACLE, "Thiếu kinh phí mua biển (số liệu mẫu)", Via.PHONE),
    Incident("hazard-signs", "thon-5", 2, Verb.PROPOSE, "Hỗ trợ kinh phí mua biển (số liệu mẫu)", amount=2),
    Incident("school-safety-fix", "tieu-hoc-a", -3, Verb.EXTEND, "Chờ nhà thầu (số liệu mẫu)", amount=4),
)
"""What goes wrong in the sample season of the shipped plan."""


@dataclass(frozen=True, slots=True)
class Played:
    """A season played up to a day: how many rounds ran, reports were made, and letters queued."""

    rounds: int
    reports: int
    letters: int


def play(
    database: Database,
    where: PlanReference,
    *,
    first: date,
    last: date,
    deliver: Callable[[datetime], None],
) -> Played:
    """Play every day from `first` to the day before `last`: round at 07:00, delivery, reports until noon.

    The round of `last` itself is left to whoever asked. `deliver` sends what is due at an instant.
    """
    rounds = reports = letters = 0
    for day in _days(first, last):
        now = morning(day)
        outcome = run_round(database, where.office, as_of=day, now=now)
        if isinstance(outcome, tuple):
            rounds += 1
            letters += outcome[0].letters
        deliver(now)
        reports += _report(database, where, day)
        deliver(now + timedelta(hours=6))
    return Played(rounds, reports, letters)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        yield day
        day += timedelta(1)


def _report(database: Database, where: PlanReference, day: date) -> int:
    """The day's sample reports; none on days off."""
    board = read_board(database, where.office, where.plan, as_of=day)
    calendar = WorkingCalendar(board.plan.schedule.calendar)
    if not calendar.is_working_day(day):
        return 0
    made = 0
    for position, row in enumerate(board.rows):
        moment = morning(day) + timedelta(hours=1, minutes=position % 200)
        for draft in _drafts(row, board.plan, calendar, day):
            who = _who(row, board.plan, draft.verb)
            carry_out(database, where, who, _by(draft, who), as_of=day, now=moment + timedelta(seconds=made))
            made += 1
    return made


def _by(draft: Order, who: str) -> Callable[[Actor], Order]:
    def order(actor: Actor) -> Order:
        on_behalf = draft.via is not None and who == Role.STANDING_OFFICE
        return replace(draft, by=actor, on_behalf_of=draft.on_behalf_of if on_behalf else None)

    return order


def _who(row: Row, plan: StoredPlan, verb: Verb) -> str:
    """Who makes the sample move: the unit, the office for units without mail, or whoever must accept."""
    if verb is Verb.ACCEPT:
        return str(row.accept)
    if verb is Verb.PROPOSE or plan.schedule.office.units[row.unit].contacts[0].channel in _VIA:
        return Role.STANDING_OFFICE
    incident = next((i for i in INCIDENTS if (i.task, i.unit, i.verb) == (row.task, row.unit, verb)), None)
    return Role.STANDING_OFFICE if incident is not None and incident.via is not None else row.unit


def _drafts(row: Row, plan: StoredPlan, calendar: WorkingCalendar, day: date) -> Iterator[Order]:
    """What happens to one assignment on a day of the sample season."""
    nobody = Actor("", frozenset(), frozenset())
    due = row.due
    if due is None:
        return
    if row.state is State.SUBMITTED and row.accept and _is_checked(row, calendar, day):
        yield Order(Verb.ACCEPT, row.id, nobody, note=SAMPLE)
    if row.state not in IN_HAND:
        return
    for incident in INCIDENTS:
        mine = (incident.task, incident.unit) == (row.task, row.unit)
        if mine and _moved(due, incident.day, calendar) == day:
            yield _incident_order(incident, row, due, calendar, nobody, day)
    if (row.task, row.unit) not in NEVER and day >= _reporting_day(row, due, calendar):
        yield _submission(row, plan.schedule.tasks[row.task], plan, nobody, day)


def _is_checked(row: Row, calendar: WorkingCalendar, day: date) -> bool:
    """Most reports are checked a day later; some wait, so that a first look finds something to check."""
    if row.submitted_on is None or row.submitted_on >= day:
        return False
    return _chance(row.id, "accept") >= _LEFT_WAITING or calendar.between(row.submitted_on, day) > _PATIENCE


_PATIENCE = 2
_LEFT_WAITING = 0.3
_LATE_SHARE = 0.06


def _moved(due: date, by: int, calendar: WorkingCalendar) -> date:
    if by == 0:
        return due
    return calendar.after(due, by) if by > 0 else calendar.before(due, -by)


def _reporting_day(row: Row, due: date, calendar: WorkingCalendar) -> date:
    """The day this unit reports: one to three working days before due, now and then one day late."""
    chance = _chance(row.id, "report")
    if row.occurrence is not None:
        return due
    if chance < _LATE_SHARE:
        return calendar.after(due, 1)
    early = calendar.before(due, 1 + int(chance * 10) % 3)
    return max(early, row.opened_on or early)


def _submission(row: Row, task: ScheduledTask, plan: StoredPlan, nobody: Actor, day: date) -> Order:
    """A plausible report: figures near their targets, a dispatch where evidence is asked for."""
    figures = {
        indicator.id: indicator.target
        if indicator.target is not None
        else 1 + int(_chance(row.id, indicator.id) * 40)
        for indicator in task.indicators
    }
    channel = plan.schedule.office.units[row.unit].contacts[0].channel
    document = f"{10 + int(_chance(row.id, 'document') * 80)}/BC-MẪU, {day.isoformat()}"
    return Order(
        Verb.SUBMIT,
        row.id,
        nobody,
        on_behalf_of=row.unit,
        via=_VIA.get(channel),
        said_by=SAMPLE,
        note=SAMPLE,
        done_on=day,
        figures=figures,
        document=document if task.evidence is Evidence.DOCUMENT else None,
        evidence_files=1 if task.evidence is Evidence.REQUIRED else 0,
    )


def _incident_order(
    incident: Incident, row: Row, due: date, calendar: WorkingCalendar, nobody: Actor, day: date
) -> Order:
    base = max(due, day)
    until = calendar.after(base, incident.amount) if incident.verb in (Verb.EXTEND, Verb.PROPOSE) else None
    return Order(
        incident.verb,
        row.id,
        nobody,
        on_behalf_of=row.unit if incident.verb is not Verb.PROPOSE else None,
        via=incident.via,
        said_by=SAMPLE if incident.via else None,
        note=incident.note,
        until=until,
    )


def _chance(*of: str) -> float:
    """A number in [0, 1) that is the same in every run."""
    digest = hashlib.sha256("/".join(of).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
