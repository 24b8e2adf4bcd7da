"""Signed links: who may see and do what without an account, and for how long the link holds.

A link names the office, the contact, the version of that contact's links, and what it leads to. Raising the
version revokes every link sent before. The letter's bytes hold the link, the stored letter does not. Links
for signing in and for calendar programs are signed apart: none of them passes for another.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeSerializer

from notifications.letters import Action, Letter, Links, Slot
from notifications.parts import SignIn
from workflows.store.transaction import Transaction

_SALT = "dondoc.link.1"
_SIGN_IN_SALT = "dondoc.sign-in.1"
_CALENDAR_SALT = "dondoc.calendar.1"

DESK_ACTIONS: Mapping[Action, str] = {
    Action.DESK: "/",
    Action.HAND_OVER: "/hand-over",
    Action.LEADERSHIP: "/leadership",
    Action.OUTBOX: "/outbox",
    Action.CHECK: "/check",
}
"""Slots that lead to pages behind a sign-in: their addresses carry no token."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link says: `contact` is `unit/contact`; without an assignment it leads to the unit."""

    office: str
    contact: str
    version: int
    unit: str
    plan: str | None = None
    assignment: str | None = None


class LinkSigner:
    """Makes and reads signed links with one installation's key."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt=_SALT)
        self._sign_ins = URLSafeSerializer(key, salt=_SIGN_IN_SALT)
        self._calendars = URLSafeSerializer(key, salt=_CALENDAR_SALT)

    def token(self, link: Link) -> str:
        """The link as text for an address."""
        return str(self._serializer.dumps(astuple(link)))

    def read(self, token: str) -> Link | None:
        """What a token says; None where it is none of ours or was tampered with. Versions are not checked."""
        return _link(self._serializer, token)

    def calendar_token(self, link: Link) -> str:
        """The link as text for the address of a calendar feed, which shows dates and can do nothing."""
        return str(self._calendars.dumps(astuple(link)))

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


def _link(serializer: URLSafeSerializer, token: str) -> Link | None:
    try:
        values = serializer.loads(token)
        return Link(*values)
    except (BadSignature, TypeError, ValueError):
        return None


def links_of(letter: Letter, signer: LinkSigner, base_url: str, transaction: Transaction) -> Links:
    """The addresses of one letter's slots, signed for its reader."""
    recipient, office = letter.recipient, letter.sender.office
    version = transaction.tokens.version(office, recipient.contact)

    def address(slot: Slot) -> str:
        if slot.action in DESK_ACTIONS:
            about = {"plan": slot.plan, "assignment": slot.assignment}
            query = urlencode({name: value for name, value in about.items() if value})
            return f"{base_url}{DESK_ACTIONS[slot.action]}{f'?{query}' if query else ''}"
        if slot.action is Action.SIGN_IN:
            return f"{base_url}/sign-in/{signer.sign_in_token(_request(letter))}"
        unit = slot.unit or recipient.unit
        link = Link(office, recipient.contact, version, unit, slot.plan, slot.assignment)
        wanted = "" if slot.action in (Action.SEE, Action.UNIT) else f"?do={slot.action.value}"
        return f"{base_url}/v/{signer.token(link)}{wanted}"

    return address


def _request(letter: Letter) -> str:
    """The sign-in that a letter is about. Raises StopIteration for any other letter."""
    return next(part.request for part in letter.parts if isinstance(part, SignIn))
