"""Who hears what on a day, and who hears nothing, each with the reason."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifications.letters import Letter, LetterKind, from_json
from notifications.messages import headline
from notifications.parts import UnitSection
from notifications.summaries import Quiet
from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.states import UNFINISHED
from workflows.operations.situations import whole_situation
from workflows.store.database import Database
from workflows.store.records import StoredLetter
from workflows.texts import LOCAL_ZONE


@dataclass(frozen=True, slots=True)
class Told:
    """A letter: whom it goes to, the units it speaks to, and in one line what it brings."""

    stored: StoredLetter
    letter: Letter
    units: tuple[str, ...]

    @property
    def why(self) -> str:
        """Its preview line, in its own language."""
        return headline(self.letter)[1]


@dataclass(frozen=True, slots=True)
class QuietSince(Quiet):
    """A unit that hears nothing, and the last that it heard."""

    last: Told | None


@dataclass(frozen=True, slots=True)
class MailDay:
    """The letters of a day, the units that lead something and get none, and all letters so far by kind."""

    told: tuple[Told, ...]
    quiet: tuple[QuietSince, ...]
    so_far: Mapping[LetterKind, int]


def mail_of_day(database: Database, office: str, *, as_of: date) -> MailDay:
    """Every letter written for a day, oldest first, and the units that hear nothing."""
    begins = datetime.combine(as_of, time(), LOCAL_ZONE)
    ends = begins + timedelta(1)
    with database.read() as transaction:
        today = tuple(_told(stored) for stored in transaction.letters.find(office, since=begins, before=ends))
        so_far = transaction.letters.count_by_kind(office, before=ends)
        plans = transaction.plans.running(office)
        rows = [row for plan in plans for row in board.rows(whole_situation(transaction, plan), as_of)]
        heard = {unit for told in today for unit in told.units}
        silent = {row.unit for row in rows} - heard
        last = _last_heard(transaction.letters.newest_first(office, before=begins), silent)
        units = transaction.offices.get(office).units
    quiet = tuple(_quiet(rows, (unit for unit in units if unit not in heard), last))
    return MailDay(today, quiet, {LetterKind(kind): count for kind, count in so_far.items()})


def _last_heard(newest_first: Iterable[StoredLetter], units: Collection[str]) -> dict[str, Told]:
    """The last letter to each of some units; reads no further back than that takes."""
    last: dict[str, Told] = {}
    for told in map(_told, newest_first if units else ()):
        last |= {unit: told for unit in told.units if unit in units and unit not in last}
        if len(last) == len(units):
            break
    return last


def _told(stored: StoredLetter) -> Told:
    letter = from_json(stored.content)
    own = (part.unit for part in letter.parts if isinstance(part, UnitSection) and not part.copied)
    return Told(stored, letter, tuple(dict.fromkeys((letter.recipient.unit, *own))))


def _quiet(rows: Iterable[Row], units: Iterable[str], last: Mapping[str, Told]) -> Iterator[QuietSince]:
    of_unit: dict[str, list[Row]] = {}
    for row in rows:
        of_unit.setdefault(row.unit, []).append(row)
    for unit in units:
        if unit in of_unit:
            held = [row for row in of_unit[unit] if row.state in UNFINISHED]
            due = min((row.due for row in held if row.due is not None), default=None)
            yield QuietSince(unit, of_unit[unit][0].unit_name, len(held), due, last.get(unit))
