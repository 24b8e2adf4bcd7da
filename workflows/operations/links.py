"""Signed links: who may see and do what without an account, and for how long the link holds.

A link names the office, the contact, the version of that contact's links, and what it leads to. Raising the
version revokes every link sent before. The letter's bytes hold the link, the stored letter does not.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from urllib.parse import urlencode

from itsdangerous import BadSignature, URLSafeSerializer

from notifications.letters import Action, Letter, Links, Slot
from workflows.store.transaction import Transaction

_SALT = "dondoc.link.1"

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

    def token(self, link: Link) -> str:
        """The link as text for an address."""
        return str(self._serializer.dumps(astuple(link)))

    def read(self, token: str) -> Link | None:
        """What a token says; None where it is none of ours or was tampered with. Versions are not checked."""
        try:
            values = self._serializer.loads(token)
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
        unit = slot.unit or recipient.unit
        link = Link(office, recipient.contact, version, unit, slot.plan, slot.assignment)
        wanted = "" if slot.action in (Action.SEE, Action.UNIT) else f"?do={slot.action.value}"
        return f"{base_url}/v/{signer.token(link)}{wanted}"

    return address
