"""Signing in by mail: a request is noted, its letter queued, and the request used up once."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifications.drafts import Composed
from notifications.letters import Recipient
from notifications.occasions import sign_in_letter
from notifications.recipients import voice_of
from plan_definitions.model import Channel, Contact, Office, Unit
from workflows.operations.mail.queueing import queue
from workflows.store.database import Database
from workflows.store.records import SignInRequest
from workflows.store.transaction import Transaction
from workflows.texts import Language

MINUTES = 15
"""How long a sign-in may be used."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A contact that a used sign-in lets in; `holds_role` where its unit holds one in the office."""

    office: str
    contact: str
    version: int
    unit: str
    holds_role: bool


def ask_sign_in(
    database: Database,
    address: str,
    *,
    browser: str | None,
    as_of: date,
    now: datetime,
    by_mail: bool = True,
    language: Language = Language.VI,
) -> list[str]:
    """Note a sign-in for every office that knows the address, each with a letter; their names.

    `browser` is the hash of the asking browser's secret. It binds whoever holds a role; a unit's contact
    may open the letter anywhere, as its other letters. Nothing happens for an unknown address.
    """
    with database.write() as transaction:
        requests = []
        for name in transaction.offices.ids():
            office = transaction.offices.get(name)
            found = contacts_at(office, address)
            if found:
                unit, contact = found[0]
                bound = browser if _holds_role(office, unit) else None
                request = _note(transaction, office, unit, contact, bound, now)
                if by_mail:
                    _queue(transaction, office, unit, contact, request, as_of, now, language)
                requests.append(request)
        return requests


def pending_sign_in(database: Database, request: str, browser: str, now: datetime) -> bool:
    """Whether a browser may still use a sign-in."""
    with database.read() as transaction:
        return transaction.sign_ins.find(request, browser, now) is not None


def use_sign_in(database: Database, request: str, browser: str, now: datetime) -> list[SignedIn]:
    """Use a sign-in up: everybody its mailbox stands for, holders of roles first; nobody where it is over."""
    with database.write() as transaction:
        asked = transaction.sign_ins.find(request, browser, now)
        if asked is None or not transaction.sign_ins.use(request, browser, now):
            return []
        office = transaction.offices.get(asked.office)
        return _let_in(transaction, office, asked.contact)


def _let_in(transaction: Transaction, office: Office, asked: str) -> list[SignedIn]:
    unit_id, _, contact_id = asked.partition("/")
    unit = office.units.get(unit_id)
    mailbox = next((c.email for c in unit.contacts if c.id == contact_id), None) if unit else None
    if mailbox is None:  # taken out of units.yaml in the meantime
        return []
    return [
        SignedIn(
            office.id,
            f"{unit.id}/{contact.id}",
            transaction.tokens.version(office.id, f"{unit.id}/{contact.id}"),
            unit.id,
            _holds_role(office, unit),
        )
        for unit, contact in contacts_at(office, mailbox)
    ]


def contacts_at(office: Office, address: str) -> list[tuple[Unit, Contact]]:
    """The contacts with a mail address, those whose unit holds a role first."""
    wanted = address.strip().casefold()
    found = [
        (unit, contact)
        for unit in office.units.values()
        for contact in unit.contacts
        if contact.email is not None and contact.email.casefold() == wanted
    ]
    return sorted(found, key=lambda pair: not _holds_role(office, pair[0]))


def _holds_role(office: Office, unit: Unit) -> bool:
    return unit.id in office.roles.values()


def _note(
    transaction: Transaction, office: Office, unit: Unit, contact: Contact, browser: str | None, now: datetime
) -> str:
    request = secrets.token_urlsafe(18)
    ends = now + timedelta(minutes=MINUTES)
    asked = SignInRequest(request, office.id, f"{unit.id}/{contact.id}", browser, now, ends)
    transaction.sign_ins.ask(asked)
    return request


def _queue(
    transaction: Transaction,
    office: Office,
    unit: Unit,
    contact: Contact,
    request: str,
    as_of: date,
    now: datetime,
    language: Language,
) -> None:
    recipient = Recipient(
        contact=f"{unit.id}/{contact.id}",
        unit=unit.id,
        salutation=unit.salutation or contact.title,
        channel=Channel.MAIL,
        address=contact.email or "",
        voice=voice_of(unit),
        phone=contact.phone,
    )
    letter = sign_in_letter(
        office, recipient, as_of=as_of, minutes=MINUTES, request=request, language=language
    )
    queue(transaction, {f"sign_in:{request}": Composed(letter)}, now=now, not_before=now)
