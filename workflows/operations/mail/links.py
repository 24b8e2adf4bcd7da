"""Signed links: who may see and do what without an account, and for how long the link holds.

A link names the office, the contact, the version of that contact's links, and what it leads to: a unit, or a
piece of work by its number in the store, for a letter has forty such links and names would double its size.
Raising the version revokes every link sent before. The letter's bytes hold the link, the stored letter does
not. Links for signing in and for calendar programs are signed apart: none of them passes for another.

A short code stands for a link where a hand must type it, from paper or from a telephone's small screen: it is
cut from a keyed hash of contact and version, so it ends when the contact's links do, and nothing is stored.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

from itsdangerous import BadSignature, Signer, URLSafeSerializer

from notifications.letters import Action, Letter, Links, Slot
from notifications.parts import SignIn
from workflows.store.transaction import Transaction

_SALT = "dondoc.link.1"
_WORK_SALT = "dondoc.link.2"
_SIGN_IN_SALT = "dondoc.sign-in.1"
_CALENDAR_SALT = "dondoc.calendar.1"
_CODE_SALT = b"dondoc.code.1:"

_BETWEEN = "~"
"""Parts what a link to work says: an address takes it as it is, and no identifier holds it."""

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, which a hand mistakes for others."""

CODE_LENGTH = 8
"""40 bits, with few attempts allowed: guessing one takes longer than a plan lasts."""

DESK_ACTIONS: Mapping[Action, str] = {
    Action.DESK: "/",
    Action.HAND_OVER: "/hand-over",
    Action.BOARD: "/board",
    Action.OUTBOX: "/outbox",
    Action.CHECK: "/check",
}
"""Slots that lead to pages behind a sign-in: their addresses carry no token."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link says: `contact` is `unit/contact`; without an assignment it leads to the unit.

    An assignment stands there by name or by its number in the store (`named` looks that up); 0 is none.
    """

    office: str
    contact: str
    version: int
    unit: str
    plan: str | None = None
    assignment: str | None = None
    number: int = 0


class LinkSigner:
    """Makes and reads signed links with one installation's key."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt=_SALT)
        self._works = Signer(key, salt=_WORK_SALT)
        self._sign_ins = URLSafeSerializer(key, salt=_SIGN_IN_SALT)
        self._calendars = URLSafeSerializer(key, salt=_CALENDAR_SALT)
        self._codes = hashlib.sha256(_CODE_SALT + key.encode()).digest()

    def token(self, link: Link) -> str:
        """The link as text for an address; of an assignment with a number the names are left out.

        `thon-2` in a link of that unit's own contact is not said twice.
        """
        if not link.number:
            return str(self._serializer.dumps(_values(link)))
        holder, _, contact = link.contact.partition("/")
        unit = "" if link.unit == holder else link.unit
        said = (link.office, holder, contact, str(link.version), unit, str(link.number))
        return self._works.sign(_BETWEEN.join(said)).decode()

    def read(self, token: str) -> Link | None:
        """What a token says; None where it is none of ours or was tampered with. Versions are not checked."""
        return _work_link(self._works, token) if _BETWEEN in token else _link(self._serializer, token)

    def code(self, link: Link) -> str:
        """The short code of a unit's link, `7KQ2-9FDM`; it leads to the unit, not to one assignment."""
        named = "\n".join((link.office, link.contact, str(link.version), link.unit))
        digest = hmac.new(self._codes, named.encode(), hashlib.sha256).digest()
        code = code_letters(int.from_bytes(digest[:5], "big"), CODE_LENGTH)
        return f"{code[:4]}-{code[4:]}"

    def calendar_token(self, link: Link) -> str:
        """The link as text for the address of a calendar feed, which shows dates and can do nothing."""
        return str(self._calendars.dumps(_values(link)))

    def read_calendar(self, token: str) -> Link | None:
        """What a calendar's token says, as `read`."""
        return _link(self._calendars, token)

    def sign_in_token(self, request: str) -> str:
        """A request for a sign-in as text for an address."""
        return str(self._sign_ins.dumps(request))

    def read_sign_in(self, token: str) -> str | None:
        """The request that a sign-in's token names; None where it is none of ours."""
        try:
            return str(self._sign_ins.loads(token))
        except BadSignature:
            return None


def code_letters(number: int, length: int) -> str:
    """The lowest five bits a letter, of a number, the highest first."""
    return "".join(CODE_LETTERS[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def _values(link: Link) -> tuple[str | int | None, ...]:
    return link.office, link.contact, link.version, link.unit, link.plan, link.assignment


def _work_link(signer: Signer, token: str) -> Link | None:
    try:
        said = signer.unsign(token).decode()
    except (BadSignature, UnicodeError):
        return None
    office, holder, contact, version, unit, number = said.split(_BETWEEN)
    return Link(office, f"{holder}/{contact}", int(version), unit or holder, number=int(number))


def _link(serializer: URLSafeSerializer, token: str) -> Link | None:
    try:
        values = serializer.loads(token)
        return Link(*values)
    except (BadSignature, TypeError, ValueError):
        return None


def named(transaction: Transaction, link: Link) -> Link:
    """The link with the assignment behind its number by name; it leads to the unit where there is none."""
    found = transaction.assignments.by_numbers([link.number]).get(link.number) if link.number else None
    return link if found is None else replace(link, plan=found.plan, assignment=found.id)


def links_of(letter: Letter, signer: LinkSigner, base_url: str, transaction: Transaction) -> Links:
    """The addresses of one letter's slots, signed for its reader."""
    recipient, office = letter.recipient, letter.sender.office
    version = transaction.tokens.version(office, recipient.contact)

    def address(slot: Slot) -> str:
        if slot.action in DESK_ACTIONS:
            about = {"plan": slot.plan, "assignment": slot.assignment, "section": slot.section}
            query = urlencode({name: value for name, value in about.items() if value})
            return f"{base_url}{DESK_ACTIONS[slot.action]}{f'?{query}' if query else ''}"
        if slot.action is Action.SIGN_IN:
            return f"{base_url}/sign-in/{signer.sign_in_token(_request(letter))}"
        wanted = "" if slot.action in (Action.SEE, Action.UNIT) else f"?do={slot.action.value}"
        signed = token(slot.unit or recipient.unit, slot.plan, slot.assignment, slot.number)
        return f"{base_url}/v/{signed}{wanted}"

    # The buttons of one piece of work lead to one page; its link is signed once.
    @cache
    def token(unit: str, plan: str | None, assignment: str | None, number: int) -> str:
        return signer.token(Link(office, recipient.contact, version, unit, plan, assignment, number))

    return address


def short_links_of(letter: Letter, signer: LinkSigner, base_url: str, transaction: Transaction) -> Links:
    """The addresses for a text that is pasted, read out or printed: a code instead of a long signature.

    A code knows its contact's own unit only; for another one that the reader stands for, the link is as long
    as in a letter.
    """
    recipient = letter.recipient
    own = recipient.contact.partition("/")[0]
    version = transaction.tokens.version(letter.sender.office, recipient.contact)
    in_full = links_of(letter, signer, base_url, transaction)

    def address(slot: Slot) -> str:
        if slot.action not in (Action.SEE, Action.UNIT) or (slot.unit or recipient.unit) != own:
            return in_full(slot)
        return f"{base_url}/v/{signer.code(Link(letter.sender.office, recipient.contact, version, own))}"

    return address


def _request(letter: Letter) -> str:
    """The sign-in that a letter is about. Raises StopIteration for any other letter."""
    return next(part.request for part in letter.parts if isinstance(part, SignIn))
