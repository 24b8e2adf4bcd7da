"""A season played for show: rounds, sample reports and deliveries, day by day, on a simulated clock.

The reports are invented and say so in the history. Most units report in time; what goes wrong stands in
`INCIDENTS`, so that a first look at the program shows each thing it is for.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from plan_definitions.model import Channel, Evidence, Kind, Role
from plan_definitions.schedule import ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Via
from workflows.engine.states import IN_HAND, State, Verb
from workflows.operations.evidence.kept_files import KeptFile, keep_bytes
from workflows.operations.mail.queueing import morning
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.reading.board import read_board
from workflows.operations.rehearsing.sample_evidence import sample_pdf
from workflows.operations.round import Done, run_round
from workflows.store.database import Database
from workflows.store.records import LetterState, StoredPlan

SAMPLE = "số liệu mẫu"
"""What every invented report carries, in `said_by` and in its note."""

_LATER: dict[str, Any] = {"evidence_later": True, "document": None, "evidence_files": 0}
"""What a report without its evidence leaves out."""

_VIA = {Channel.ZALO: Via.ZALO, Channel.PHONE: Via.PHONE, Channel.PAPER: Via.PAPER}


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that does not go as usual: one verb on one assignment, on a day counted from the plan's due.

    `day` and `amount` (what a verb with a date adds) are working days; `by` is whoever makes the move, by
    default the unit, or the office where the unit's word came `via` something. A report among the incidents
    stands for the assignment's usual one; with `later` its evidence is still to come.
    """

    task: str
    unit: str
    day: int
    verb: Verb
    note: str = SAMPLE
    via: Via | None = None
    amount: int = 3
    by: str | None = None
    later: bool = False


NEVER = frozenset({("hazard-signs", "thon-2"), ("hazard-signs", "thon-5"), ("summer-handover", "youth")})
"""Assignments that nobody reports as done during the played season."""

INCIDENTS = (
    Incident("hazard-signs", "thon-5", 1, Verb.OBSTACLE, "Thiếu kinh phí mua biển (số liệu mẫu)", Via.PHONE),
    Incident(
        "hazard-signs", "thon-5", 2, Verb.PROPOSE, "Hỗ trợ kinh phí mua biển (số liệu mẫu)",
        amount=2, by=Role.STANDING_OFFICE,
    ),
    Incident("summer-handover", "youth", -1, Verb.EXTEND, "Chờ đủ danh sách (số liệu mẫu)", amount=1),
    Incident("summer-handover", "youth", -1, Verb.GRANT, by=Role.DEPUTY_CHAIR),
    Incident("school-safety-fix", "tieu-hoc-a", -3, Verb.EXTEND, "Chờ nhà thầu (số liệu mẫu)", amount=4),
    # Its accepter is reminded two working days later.
    Incident("gift-settlement", "vhxh", -4, Verb.SUBMIT),
    Incident("front-supervision", "front", -12, Verb.SUBMIT, "Văn bản gửi sau (số liệu mẫu)", later=True),
)  # fmt: skip
"""What goes wrong in the sample season of the shipped plan, in the order in which it happens in a day."""


@dataclass(frozen=True, slots=True)
class Played:
    """A season played up to a day: how many rounds ran, reports were made, and letters queued."""

    rounds: int
    reports: int
    letters: int


def play(
    database: Database,
    where: PlanReference,
    home: Path,
    *,
    first: date,
    last: date,
    deliver: Callable[[datetime], None],
) -> Played:
    """Play every day from `first` to the day before `last`: round at 07:00, delivery, reports until noon.

    The round of `last` itself is left to whoever asked. `deliver` sends what is due at an instant. Reports
    that need a file keep a sample one in `home`.
    """
    rounds = reports = letters = 0
    for day in _days(first, last):
        now = morning(day)
        outcome = run_round(database, where.office, as_of=day, now=now)
        if isinstance(outcome, Done):
            rounds += 1
            letters += outcome.result.letters
        deliver(now)
        reports += _report(database, where, home, day)
        _hand_over(database, where.office, day)
        deliver(now + timedelta(hours=6))
    return Played(rounds, reports, letters)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        yield day
        day += timedelta(1)


def _hand_over(database: Database, office: str, day: date) -> None:
    """The office passes on what goes by hand: messages and calls the same day, sheets of paper on Fridays."""
    now = morning(day) + timedelta(hours=2)
    with database.write() as transaction:
        for letter in transaction.letters.find(office, states=[LetterState.TO_HAND_OVER]):
            if letter.channel is not Channel.PAPER or day.weekday() == _FRIDAY:
                transaction.letters.handed_over(letter.id, Role.STANDING_OFFICE, now)


def _report(database: Database, where: PlanReference, home: Path, day: date) -> int:
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
            files = [_sample_file(home, row.id) for _ in range(draft.evidence_files)]
            now = moment + timedelta(seconds=made)
            carry_out(database, where, who, _by(draft, who), as_of=day, now=now, files=files)
            made += 1
    return made


def _sample_file(home: Path, assignment: str) -> KeptFile:
    return keep_bytes(home, f"mau-{assignment.replace('/', '-')}.pdf", sample_pdf())


def _by(draft: Order, who: str) -> Callable[[Actor], Order]:
    def order(actor: Actor) -> Order:
        on_behalf = draft.via is not None and who == Role.STANDING_OFFICE
        return replace(draft, by=actor, on_behalf_of=draft.on_behalf_of if on_behalf else None)

    return order


def _who(row: Row, plan: StoredPlan, verb: Verb) -> str:
    """Who makes the sample move: the unit, the office for units without mail, or whoever must accept."""
    if verb is Verb.ACCEPT:
        return str(row.accept)
    incident = next((i for i in INCIDENTS if (i.task, i.unit, i.verb) == (row.task, row.unit, verb)), None)
    if incident is not None and incident.by is not None:
        return incident.by
    by_hand = plan.schedule.office.units[row.unit].contacts[0].channel in _VIA
    told = incident is not None and incident.via is not None
    return Role.STANDING_OFFICE if by_hand or told else row.unit


def _drafts(row: Row, plan: StoredPlan, calendar: WorkingCalendar, day: date) -> Iterator[Order]:
    """What happens to one assignment on a day of the sample season."""
    nobody = Actor("", frozenset(), frozenset())
    due = row.due
    if due is None:
        return
    if row.state is State.SUBMITTED and row.accept and _is_checked(row, day):
        yield Order(Verb.ACCEPT, row.id, nobody, note=SAMPLE)
    if row.state not in IN_HAND:
        return
    mine = [incident for incident in INCIDENTS if (incident.task, incident.unit) == (row.task, row.unit)]
    task = plan.schedule.tasks[row.task]
    for incident in mine:
        on = _moved(row.original_due or due, incident.day, calendar)
        if incident.verb is Verb.SUBMIT:
            if day >= on:
                report = _submission(row, task, plan, nobody, day)
                yield replace(report, note=incident.note, **(_LATER if incident.later else {}))
        elif day == on:
            yield _incident_order(incident, row, due, calendar, nobody, day)
    usual = (row.task, row.unit) not in NEVER and all(i.verb is not Verb.SUBMIT for i in mine)
    if usual and day >= _reporting_day(row, task, due, calendar):
        yield _submission(row, task, plan, nobody, day)


def _is_checked(row: Row, day: date) -> bool:
    """Reports are checked on the next working day; those of `INCIDENTS` wait for their accepter."""
    waits = any((i.task, i.unit, i.verb) == (row.task, row.unit, Verb.SUBMIT) for i in INCIDENTS)
    return row.submitted_on is not None and row.submitted_on < day and not waits


def _moved(due: date, by: int, calendar: WorkingCalendar) -> date:
    if by == 0:
        return due
    return calendar.after(due, by) if by > 0 else calendar.before(due, -by)


_LATE_SHARE = 0.06
_FRIDAY = 4


def _reporting_day(row: Row, task: ScheduledTask, due: date, calendar: WorkingCalendar) -> date:
    """The day this unit reports: one to three working days before due, now and then one day late.

    Events and turns are reported on their day. Late is only one of several units with the same task, so
    that the season as a whole keeps its dates.
    """
    drawn = chance(row.id, "report")
    if row.occurrence is not None or task.kind is Kind.EVENT:
        return due
    if drawn < _LATE_SHARE and task.each is not None:
        return calendar.after(due, 1)
    early = calendar.before(due, 1 + int(drawn * 10) % 3)
    return max(early, row.opened_on or early)


def _submission(row: Row, task: ScheduledTask, plan: StoredPlan, nobody: Actor, day: date) -> Order:
    """A plausible report: figures near their targets, a dispatch where evidence is asked for."""
    figures = {
        indicator.id: indicator.target
        if indicator.target is not None
        else 1 + int(chance(row.id, indicator.id) * 40)
        for indicator in task.indicators
    }
    channel = plan.schedule.office.units[row.unit].contacts[0].channel
    document = f"{10 + int(chance(row.id, 'document') * 80)}/BC-MẪU, {day.isoformat()}"
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
    dated = incident.verb in (Verb.EXTEND, Verb.PROPOSE)
    until = calendar.after(base, incident.amount) if dated else None
    return Order(
        incident.verb,
        row.id,
        nobody,
        on_behalf_of=row.unit if incident.by is None else None,
        via=incident.via,
        said_by=SAMPLE if incident.via else None,
        note=incident.note,
        until=until,
    )


def chance(*of: str) -> float:
    """A number in [0, 1) that is the same in every run."""
    digest = hashlib.sha256("/".join(of).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
