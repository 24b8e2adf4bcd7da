"""units.yaml: the office, its roles, units with their contacts, and groups."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from plan_definitions.diagnostics import Phrase, Report, Unreadable, did_you_mean
from plan_definitions.expressions import AWAY
from plan_definitions.forms import IDENTIFIER, NAME, TEXT, Form, choice, read_text
from plan_definitions.model import Channel, Contact, Manner, Name, Office, Role, Unit
from plan_definitions.read_groups import GROUPS, UnknownUnits, circle_of, expanded_groups, unknown_units
from plan_definitions.records import Key, Record, list_of, named_entries, record
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Node

# One @, no blanks, a dot in the domain; whether the address lives only the mail server can say.
_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{1,30}")


def read_email(node: Node, report: Report) -> str:
    """An e-mail address."""
    text = read_text(node, report)
    if not _EMAIL.fullmatch(text):
        message = Phrase("`{text}` is no e-mail address", {"text": text[:80]})
        raise report.refuse("email", node.place, message)
    return text


def read_phone(node: Node, report: Report) -> str:
    """A telephone number as it is dialled, blanks and dots allowed."""
    text = read_text(node, report)
    if not _PHONE.fullmatch(text):
        message = Phrase("`{text}` is no telephone number", {"text": text[:40]})
        raise report.refuse("phone", node.place, message)
    return text


CONTACT = Record(
    {
        "id": Key(IDENTIFIER, required=True),
        "title": Key(TEXT, required=True),
        "name": Key(TEXT),
        "channel": Key(choice(Channel), required=True),
        "email": Key(Form(read_email, {"type": "string", "format": "email"})),
        "phone": Key(Form(read_phone, {"type": "string"})),
        "substitute": Key(NAME),
        "away": Key(AWAY),
    }
)


@dataclass(frozen=True, slots=True)
class _Substitution:
    """A contact whose substitute is not yet looked up."""

    contact: Contact
    substitute: Name | None
    place: Place


def _read_contact(node: Node, report: Report) -> _Substitution:
    values = _whole(CONTACT, node, report)
    substitute = values.pop("substitute", None)
    return _Substitution(Contact(**values), substitute, node.place)


def _whole(keys: Record, node: Node, report: Report) -> dict[str, Any]:
    before = report.errors
    values = keys.values(node, report)
    if report.errors > before:
        raise Unreadable
    return values


def read_contacts(node: Node, report: Report) -> tuple[Contact, ...]:
    """The contacts of one unit: ids differ, and a substitute is another contact of the same unit."""
    found = _CONTACTS.read(node, report)
    by_id: dict[str, Contact] = {}
    for each in found:
        if each.contact.id in by_id:
            message = Phrase("a second contact `{name}` in this unit", {"name": each.contact.id})
            report.error("duplicate-contact", each.place, message)
        by_id.setdefault(each.contact.id, each.contact)
    return tuple(_with_substitute(each, by_id, report) for each in found)


def _with_substitute(each: _Substitution, contacts: Mapping[str, Contact], report: Report) -> Contact:
    name = each.substitute
    if name is None:
        return each.contact
    others = [other for other in contacts if other != each.contact.id]
    if name.text not in others:
        message = Phrase("`{name}` is no other contact of this unit", {"name": name.text})
        report.error("unknown-contact", name.place, message, did_you_mean(name.text, others))
    return replace(each.contact, substitute=name.text)


_CONTACTS = list_of(Form(_read_contact, CONTACT.schema))

UNIT = Record(
    {
        "name": Key(TEXT, required=True),
        "short": Key(TEXT),
        "salutation": Key(TEXT),
        "manner": Key(choice(Manner)),
        "copy_to": Key(NAME),
        "via": Key(NAME),
        "contacts": Key(Form(read_contacts, _CONTACTS.schema)),
    }
)


@dataclass(frozen=True, slots=True)
class _Linked:
    """A unit whose `copy_to` and `via` are not yet looked up."""

    unit: Unit
    copy_to: Name | None
    via: Name | None


def _read_units(node: Node, report: Report) -> dict[str, _Linked]:
    units: dict[str, _Linked] = {}
    for identifier, entry in named_entries(node, report):
        before = report.errors
        report.places["unit", identifier] = entry.key.place
        try:
            values = UNIT.values(entry.value, report, entry.key.place)
        except Unreadable:
            values = {}
        if report.errors > before:
            report.unread.add(identifier)
        copy_to, via = values.pop("copy_to", None), values.pop("via", None)
        values.setdefault("name", identifier)
        units[identifier] = _Linked(Unit(id=identifier, **values), copy_to, via)
    return units


ROLES = Record({role.value: Key(NAME, required=True) for role in Role})

OFFICE = Record(
    {
        "office": Key(IDENTIFIER, "id", required=True),
        "name": Key(TEXT),
        "place": Key(TEXT),
        "roles": Key(record(ROLES, dict), required=True),
        "units": Key(
            Form(_read_units, {"type": "object", "additionalProperties": UNIT.schema}), required=True
        ),
        "groups": Key(GROUPS),
    }
)


def read_office(node: Node, report: Report) -> Office | None:
    """The office, with groups expanded to units; None where too little could be read to check names by.

    An office without a `name` is called by its id.
    """
    try:
        values = OFFICE.values(node, report, node.place)
    except Unreadable:
        return None
    linked: dict[str, _Linked] | None = values.get("units")
    if linked is None or not values.keys() >= {"id", "roles"}:
        return None
    unknown = unknown_units(linked, (), report)
    roles: dict[str, Name] = values["roles"]
    report.places.update({("role", role): name.place for role, name in roles.items()})
    for name in roles.values():
        unknown.look_up(name)
    values["roles"] = {role: name.text for role, name in roles.items()}
    values["units"] = _linked_units(linked, unknown, report)
    unknown.report_all()
    values["groups"] = expanded_groups(values.get("groups", {}), linked, report)
    values.setdefault("name", values["id"])
    return Office(**values)


def _linked_units(linked: Mapping[str, _Linked], unknown: UnknownUnits, report: Report) -> dict[str, Unit]:
    """The units with `copy_to` and `via` looked up; a chain of `via` must end."""
    units: dict[str, Unit] = {}
    for identifier, each in linked.items():
        for name in (each.copy_to, each.via):
            if name is not None:
                unknown.look_up(name)
        if each.copy_to is not None and each.copy_to.text == identifier:
            message = Phrase("the unit `{name}` gets its own copy", {"name": identifier})
            report.error("names-itself", each.copy_to.place, message)
        copy_to = None if each.copy_to is None else each.copy_to.text
        via = None if each.via is None else each.via.text
        units[identifier] = replace(each.unit, copy_to=copy_to, via=via)
    circle = circle_of({name: [each.via] if each.via else [] for name, each in linked.items()})
    if circle:
        path = " → ".join(name.text for name in [circle[-1], *circle])
        report.error("via-loop", circle[0].place, Phrase("`via` leads in a circle: {path}", {"path": path}))
    return units
