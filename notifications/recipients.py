"""Who reads a unit's letter: contacts, substitutes, units that ride in another's letter, and the sender.

A unit is written to through its first contact; further contacts stand in when that one is away or cannot be
reached. `via` hands a unit's letters to another unit's contact. Readers with the same mailbox or number are
one address and get one letter.
"""

from dataclasses import dataclass, replace
from datetime import date

from notifications.letters import Recipient, Sender
from notifications.parts import Voice
from notifications.work import Helper
from plan_definitions.model import Channel, Contact, Manner, Office, Role, Unit


@dataclass(frozen=True, slots=True)
class Reader:
    """A unit's reader on a day, and the key under which letters to one address meet."""

    recipient: Recipient
    key: str


def voice_of(unit: Unit) -> Voice:
    """Requested units are asked, the others are given work."""
    return Voice.REQUEST if unit.manner is Manner.REQUEST else Voice.ORDER


def carrier(office: Office, unit_id: str) -> Unit:
    """The unit whose letter carries this one's section: itself, or the end of its `via` chain.

    Raises ValueError where the chain runs in a circle.
    """
    unit, seen = office.units[unit_id], {unit_id}
    while unit.via is not None:
        if unit.via in seen:
            raise ValueError(f"the letters of {unit_id} are handed round in a circle by `via`")
        seen.add(unit.via)
        unit = office.units[unit.via]
    return unit


def contact_on(unit: Unit, as_of: date) -> Contact | None:
    """Who reads for a unit on a day: its first contact, while away the substitute, else whoever is there.

    Somebody who is away is better than nobody; None only where no contact can be reached at all.
    """
    usable = [contact for contact in unit.contacts if contact.usable]
    if not usable:
        return None
    by_id = {contact.id: contact for contact in usable}
    first = usable[0]
    order = [first, *([by_id[first.substitute]] if first.substitute in by_id else []), *usable[1:]]
    return next((contact for contact in order if not _is_away(contact, as_of)), first)


def _is_away(contact: Contact, as_of: date) -> bool:
    return contact.away is not None and contact.away.first <= as_of <= contact.away.last


def reader(office: Office, unit_id: str, as_of: date) -> Reader:
    """Who reads what concerns a unit. A unit without any usable contact is served on paper by the office."""
    unit = carrier(office, unit_id)
    contact = contact_on(unit, as_of)
    if contact is None:
        return _reader(unit, f"{unit.id}/", unit.salutation or unit.name, Channel.PAPER, unit.id, None)
    # The office is addressed, not the person who happens to read for it today.
    salutation = unit.salutation or contact.title
    addresses = {Channel.MAIL: contact.email, Channel.PAPER: unit.id}
    address = addresses.get(contact.channel, contact.phone) or unit.id
    return _reader(unit, f"{unit.id}/{contact.id}", salutation, contact.channel, address, contact.phone)


def _reader(
    unit: Unit, contact: str, salutation: str, channel: Channel, address: str, phone: str | None
) -> Reader:
    recipient = Recipient(contact, unit.id, salutation, channel, address, voice_of(unit), phone)
    return Reader(recipient, f"{channel}:{address.casefold()}")


def together(first: Recipient, other: Recipient) -> Recipient:
    """One address that reads for several units or people: each is saluted, the gentler voice prevails."""
    salutations = first.salutation.split("; ")
    if other.salutation not in salutations:
        salutations.append(other.salutation)
    voice = Voice.REQUEST if Voice.REQUEST in (first.voice, other.voice) else first.voice
    return replace(first, salutation="; ".join(salutations), voice=voice, phone=first.phone or other.phone)


def helper(office: Office, unit_id: str, as_of: date) -> Helper:
    """A helping unit as a letter names it, with the number of whoever is there today."""
    unit = office.units[unit_id]
    contact = contact_on(unit, as_of)
    return Helper(unit.name, contact.phone if contact is not None else None)


def sender(office: Office, as_of: date) -> Sender:
    """The standing office as the sender of every letter."""
    unit = office.units[office.unit_of(Role.STANDING_OFFICE)]
    numbers = [contact.phone for contact in unit.contacts if contact.phone]
    present = contact_on(unit, as_of)
    phone = (present.phone if present is not None else None) or next(iter(numbers), None)
    return Sender(office.id, office.name, unit.id, unit.name, unit.short or unit.name, phone)
