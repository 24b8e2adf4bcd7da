"""Who hears what on a day, and who hears nothing, each with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from notifications.letters import Letter, from_json
from notifications.messages import page
from notifications.parts import UnitSection
from notifications.summaries import Quiet
from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.states import UNFINISHED
from workflows.operations.situations import whole_situation
from workflows.store.database import Database
from workflows.store.records import StoredLetter


@dataclass(frozen=True, slots=True)
class Told:
    """A letter of the day: whom it salutes, the units it speaks to, and in one line what it brings."""

    stored: StoredLetter
    letter: Letter
    units: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class MailDay:
    """The letters of a day, and the units that lead something and get none."""

    told: tuple[Told, ...]
    quiet: tuple[Quiet, ...]


def mail_of_day(database: Database, office: str, *, as_of: date) -> MailDay:
    """Every letter written for a day, oldest first, and the units that hear nothing."""
    with database.read() as transaction:
        stored = transaction.letters.find(office)
        plans = transaction.plans.running(office)
        rows = [row for plan in plans for row in board.rows(whole_situation(transaction, plan), as_of)]
        units = transaction.offices.get(office).units
    read = ((one, from_json(one.content)) for one in stored)
    told = tuple(_told(one, letter) for one, letter in read if letter.as_of == as_of)
    heard = {unit for one in told for unit in one.units}
    return MailDay(told, tuple(_quiet(rows, (unit for unit in units if unit not in heard))))


def _told(stored: StoredLetter, letter: Letter) -> Told:
    own = (part.unit for part in letter.parts if isinstance(part, UnitSection) and not part.copied)
    units = tuple(dict.fromkeys((letter.recipient.unit, *own)))
    return Told(stored, letter, units, page(letter, None).preview)


def _quiet(rows: Iterable[Row], units: Iterable[str]) -> Iterable[Quiet]:
    of_unit: dict[str, list[Row]] = {}
    for row in rows:
        of_unit.setdefault(row.unit, []).append(row)
    for unit in units:
        if unit in of_unit:
            held = [row for row in of_unit[unit] if row.state in UNFINISHED]
            due = min((row.due for row in held if row.due is not None), default=None)
            yield Quiet(unit, of_unit[unit][0].unit_name, len(held), due)
