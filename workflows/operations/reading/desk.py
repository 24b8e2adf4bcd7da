"""The standing office's day: everything that waits for its hands, plan by plan, as its digest counts it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from notifications.digest import desk_rows, waiting_days
from notifications.letters import Letter, from_json
from notifications.messages import zalo_text
from notifications.parts import UnitSection
from notifications.sections import Reading, read
from plan_definitions.model import Channel, Role
from plan_definitions.working_days import WorkingCalendar
from workflows.engine import board
from workflows.engine.board import Row, letter_order
from workflows.engine.forecast import Slip
from workflows.engine.situation import Situation
from workflows.engine.states import IN_HAND, Verb
from workflows.errors import NotFound
from workflows.operations.mail.links import LinkSigner, short_links_of
from workflows.operations.mail.outbox import undelivered
from workflows.operations.reading.backgrounds import silent_since
from workflows.operations.reading.history import last_words
from workflows.operations.reading.judged import Judge, Judged, judge
from workflows.store.database import Database
from workflows.store.records import LetterState, StoredLetter, StoredPlan, StoredRound
from workflows.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class AskedTime:
    """A request for more time, what would slip if it were granted, and the unit's reason."""

    row: Row
    slips: tuple[Slip, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """Work that something holds up, in the unit's own words."""

    row: Row
    words: str | None


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that waits for a check, and for how many working days."""

    row: Row
    waiting_days: int


@dataclass(frozen=True, slots=True)
class Silent:
    """A unit that left two letters unanswered: since when it is asked, about which work, and its number."""

    unit: str
    unit_name: str
    since: date | None
    phone: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PlanDay:
    """One running plan on a day, as its digest counts it, in the order of the office's work."""

    plan: StoredPlan
    title: str
    rows: tuple[Row, ...]
    counts: dict[str, int]
    to_check: tuple[Reported, ...]
    stuck: tuple[Stuck, ...]
    asked: tuple[AskedTime, ...]
    overdue: tuple[Row, ...]
    tomorrow: frozenset[str]
    waiting: tuple[Row, ...]
    silent: tuple[Silent, ...]
    own: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """The whole desk: its plans, what is to be carried by hand, what did not arrive, the last round."""

    plans: tuple[PlanDay, ...]
    hand_overs: tuple[StoredLetter, ...]
    undelivered: tuple[StoredLetter, ...]
    last_round: StoredRound | None


def office_day(
    database: Database, office: str, *, as_of: date, plan: str | None = None, judge: Judge = judge
) -> OfficeDay:
    """The office's desk on a day, perhaps for one of its plans only."""
    with database.read() as transaction:
        running = [p for p in transaction.plans.headings(office, running=True) if plan in (None, p.id)]
        days = tuple(_plan_day(transaction, judge(transaction, one.number, as_of)) for one in running)
        return OfficeDay(
            plans=days,
            hand_overs=tuple(transaction.letters.find(office, states=[LetterState.TO_HAND_OVER])),
            undelivered=tuple(undelivered(transaction, office, as_of)),
            last_round=transaction.rounds.last(office),
        )


def _plan_day(transaction: Transaction, judged: Judged) -> PlanDay:
    plan, as_of, situation, rows = judged.plan, judged.as_of, judged.situation, judged.rows
    reading = read(plan.schedule, plan.schedule.office, rows, as_of)
    calendar = WorkingCalendar(plan.schedule.calendar)
    found = desk_rows(reading, calendar)
    tomorrow = frozenset(row.id for row in found.next_rungs)
    return PlanDay(
        plan=plan,
        title=reading.plan.title,
        rows=rows,
        counts=board.counts(rows),
        to_check=tuple(Reported(row, waiting_days(row, as_of, calendar)) for row in found.to_check),
        stuck=tuple(
            Stuck(row, _words(transaction, situation, row.id, Verb.OBSTACLE)) for row in found.obstacles
        ),
        asked=_asked(transaction, found.extensions, judged),
        overdue=_overdue(found.overdue, tomorrow),
        tomorrow=tomorrow,
        waiting=found.waiting,
        silent=_silent(transaction, found.silent, reading),
        own=_own(rows, plan, as_of),
    )


def _overdue(rows: Iterable[Row], tomorrow: frozenset[str]) -> tuple[Row, ...]:
    """What goes to the next level tomorrow first, then what is late the longest."""
    return tuple(sorted(rows, key=lambda row: (row.id not in tomorrow, -row.working_days_late, row.id)))


def _own(rows: Iterable[Row], plan: StoredPlan, as_of: date) -> tuple[Row, ...]:
    """What the office itself must do by today."""
    office = plan.schedule.office.unit_of(Role.STANDING_OFFICE)
    held = (row for row in rows if row.unit == office and row.state in IN_HAND)
    return tuple(sorted((r for r in held if r.due is not None and r.due <= as_of), key=letter_order))


def _asked(transaction: Transaction, rows: Iterable[Row], judged: Judged) -> tuple[AskedTime, ...]:
    return tuple(
        AskedTime(
            row,
            judged.forecast.slips(row.id, row.extension.wanted) if row.extension else (),
            _words(transaction, judged.situation, row.id, Verb.EXTEND),
        )
        for row in rows
    )


def _words(transaction: Transaction, situation: Situation, name: str, verb: Verb) -> str | None:
    return last_words(transaction.history.of_assignment(situation.assignments[name].number), verb)


def _silent(transaction: Transaction, rows: Sequence[Row], reading: Reading) -> tuple[Silent, ...]:
    silent: dict[str, list[Row]] = {}
    for row in rows:
        silent.setdefault(row.unit, []).append(row)
    since = silent_since(transaction, rows)
    return tuple(
        Silent(
            unit,
            held[0].unit_name,
            since.get(unit),
            reading.helper(unit).phone if unit in reading.office.units else None,
            tuple(held),
        )
        for unit, held in silent.items()
    )


@dataclass(frozen=True, slots=True)
class HandOver:
    """A letter that the office carries: to whom, and the text to paste, read out or print."""

    stored: StoredLetter
    letter: Letter
    text: str

    @property
    def units(self) -> tuple[str, ...]:
        """The units it speaks to."""
        named = (part.unit for part in self.letter.parts if isinstance(part, UnitSection))
        return tuple(dict.fromkeys(named)) or (self.letter.recipient.unit,)


def hand_overs(
    database: Database, office: str, *, signer: LinkSigner, base_url: str | None, only: int | None = None
) -> list[HandOver]:
    """Everything that waits to be handed over, with the reader's own link where `base_url` is public.

    `only` asks for one letter, whatever its state. Raises NotFound where it is none of this office's.
    """
    with database.read() as transaction:
        if only is None:
            waiting = transaction.letters.find(office, states=[LetterState.TO_HAND_OVER])
        else:
            waiting = [transaction.letters.get(only)]
            if waiting[0].office != office or waiting[0].channel is Channel.MAIL:
                raise NotFound("there is no letter number {id}", id=only)
        return [_hand_over(transaction, letter, signer, base_url) for letter in waiting]


def _hand_over(
    transaction: Transaction, stored: StoredLetter, signer: LinkSigner, base_url: str | None
) -> HandOver:
    letter = from_json(stored.content)
    links = short_links_of(letter, signer, base_url, transaction) if base_url is not None else None
    return HandOver(stored, letter, zalo_text(letter, links))
