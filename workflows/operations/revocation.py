"""Taking back what was given away or written down: links that somebody holds, free text in the history."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from plan_definitions.diagnostics import did_you_mean
from plan_definitions.model import Channel, Contact, Office
from workflows.engine.records import Record
from workflows.engine.states import Verb
from workflows.errors import NotFound
from workflows.operations.situations import check_office
from workflows.store.database import Database
from workflows.store.transaction import Transaction


def revoke_links(
    database: Database, office: str, who: str, *, by: str, as_of: date, now: datetime
) -> tuple[str, ...]:
    """End every link sent to a contact so far (`unit/contact`), or to all contacts of a unit; whose.

    Sessions, short codes and calendar addresses that came of these links end with them. The next letter
    carries new ones. Raises NotFound for nobody known, MoveRefused where `by` is not the standing office.
    """
    with database.write() as transaction:
        place = transaction.offices.get(office)
        check_office(by, place)
        contacts = _contacts(who, place)
        for contact in contacts:
            transaction.tokens.bump(office, contact)
        for heading in transaction.plans.headings(office, running=True):
            record_revocation(transaction, heading.number, contacts, by=by, as_of=as_of, now=now)
    return contacts


def erase_note(
    database: Database, office: str, plan: str, assignment: str, sequence: int,
    *, by: str, as_of: date, now: datetime,
) -> None:  # fmt: skip
    """Erase the free text of one record of an assignment, for good; the record stays and the chain holds.

    Who erased it when stands in the history. Raises NotFound where the assignment has no such record with a
    text, MoveRefused where `by` is not the standing office.
    """
    with database.write() as transaction:
        check_office(by, transaction.offices.get(office))
        stored = transaction.plans.get(office, plan, hold=True)
        number = transaction.assignments.get(stored.number, assignment).number
        records = transaction.history.of_assignment(number)
        known = any(found.sequence == sequence for found in records)
        if not known or not transaction.history.erase_note(stored.number, sequence):
            raise NotFound(
                "record {sequence} of `{assignment}` has no free text",
                sequence=sequence,
                assignment=assignment,
            )
        erased = Record(assignment, Verb.ERASE, None, None, as_of, now, by, facts={"record": sequence})
        transaction.history.append(stored.number, [erased], assignment_number=number)


def moved_contacts(before: Office, after: Office) -> tuple[str, ...]:
    """The contacts whose letters went to an address that is theirs no longer: they left, or it changed."""
    new = _addresses(after)
    return tuple(contact for contact, address in _addresses(before).items() if new.get(contact) != address)


def record_revocation(
    transaction: Transaction,
    plan_number: int,
    contacts: Collection[str],
    *,
    by: str,
    as_of: date,
    now: datetime,
) -> None:
    """Tell the plan's history whose links ended."""
    facts = {"contacts": sorted(contacts)}
    record = Record(None, Verb.REVOKE, None, None, as_of, now, by, facts=facts)
    transaction.history.append(plan_number, [record])


def _contacts(who: str, office: Office) -> tuple[str, ...]:
    """The contacts meant, as `unit/contact`. Raises NotFound."""
    every = {
        f"{unit.id}/{contact.id}": unit.id for unit in office.units.values() for contact in unit.contacts
    }
    found = tuple(contact for contact, unit in every.items() if who in (contact, unit))
    if not found:
        known = [*office.units, *every]
        raise NotFound("there is no unit or contact `{who}`", did_you_mean(who, known), who=who)
    return found


def _addresses(office: Office) -> Mapping[str, str | None]:
    """Where each contact's letters go."""

    def address(contact: Contact) -> str | None:
        return {Channel.MAIL: contact.email, Channel.PAPER: None}.get(contact.channel, contact.phone)

    return {
        f"{unit.id}/{contact.id}": address(contact)
        for unit in office.units.values()
        for contact in unit.contacts
    }
