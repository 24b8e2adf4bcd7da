"""The text for a unit without mail: what the office pastes into Zalo or reads out on the telephone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from notifications.letters import Letter, LetterKind, Links
from notifications.messages import zalo_text
from notifications.parts import UnitSection
from notifications.recipients import reader, sender
from notifications.sections import Reading, Told, read, weekly_section
from notifications.work import Item
from plan_definitions.model import Channel, Office
from workflows.engine import board
from workflows.engine.states import Standing
from workflows.operations.mail.links import LinkSigner, short_links_of
from workflows.operations.situations import check_unit, whole_situation
from workflows.store.database import Database
from workflows.store.records import StoredPlan
from workflows.store.transaction import Transaction
from workflows.texts import Language

_IN_HAND = frozenset({Standing.IN_PROGRESS, Standing.DUE_SOON, Standing.OVERDUE, Standing.ONGOING})
"""What a unit can do something about: nobody is reminded of work that has not opened."""


@dataclass(frozen=True, slots=True)
class UnitMessage:
    """What to say to a unit, and how it is reached; `text` is empty where nothing is asked of it."""

    unit: str
    unit_name: str
    channel: Channel
    phone: str | None
    text: str


def unit_message(
    database: Database,
    office: str,
    unit: str,
    *,
    as_of: date,
    signer: LinkSigner,
    base_url: str | None,
    language: Language = Language.VI,
) -> UnitMessage:
    """The text for one unit on a day, over all running plans; with a link where `base_url` is public.

    Raises NotFound for an unknown unit.
    """
    (found,) = unit_messages(
        database, office, [unit], as_of=as_of, signer=signer, base_url=base_url, language=language
    )
    return found


def unit_messages(
    database: Database,
    office: str,
    units: Collection[str],
    *,
    as_of: date,
    signer: LinkSigner,
    base_url: str | None,
    language: Language = Language.VI,
) -> list[UnitMessage]:
    """As `unit_message`, for several units from one reading of the plans."""
    with database.read() as transaction:
        known = transaction.offices.get(office)
        for unit in units:
            check_unit(unit, known)
        readings = [_reading(transaction, plan, known, as_of) for plan in transaction.plans.running(office)]
        return [
            _message(transaction, known, unit, readings, as_of, signer, base_url, language) for unit in units
        ]


def _reading(transaction: Transaction, plan: StoredPlan, office: Office, as_of: date) -> Reading:
    situation = whole_situation(transaction, plan)
    return read(plan.schedule, office, board.rows(situation, as_of), as_of)


def _message(
    transaction: Transaction,
    office: Office,
    unit: str,
    readings: Iterable[Reading],
    as_of: date,
    signer: LinkSigner,
    base_url: str | None,
    language: Language,
) -> UnitMessage:
    who, text = reader(office, unit, as_of).recipient, ""
    found = [_section(unit, as_of, reading) for reading in readings]
    sections = tuple(s for s in found if s.attention or s.this_week or s.later)
    if sections:
        letter = Letter(LetterKind.DAILY, sender(office, as_of), who, as_of, sections, language)
        links: Links | None = None
        if base_url is not None:
            links = short_links_of(letter, signer, base_url, transaction)
        text = zalo_text(letter, links)
    return UnitMessage(unit, office.units[unit].name, who.channel, who.phone, text)


def _section(unit: str, as_of: date, reading: Reading) -> UnitSection:
    """What presses and what falls due this week; only where there is neither, what comes later."""
    section = weekly_section(unit, Told(), as_of, reading)
    week, later = _in_hand(section.this_week), _in_hand(section.later)
    return replace(section, this_week=week, later=() if section.attention or week else later)


def _in_hand(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(item for item in items if item.standing in _IN_HAND)
