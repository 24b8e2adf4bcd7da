"""Who is asking: holders of a unit's signed link, and people of the office and the leadership signed in.

A page says what it needs by the type of a parameter: `TheVisitor` (anybody), `Signed`, `Clerk`, `Leader`.
Every request looks up whether the links and sessions it carries still hold: raising a contact's version,
or taking the contact out of units.yaml, ends them at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from plan_definitions.model import Office, Role
from web.pages import clear_cookie, set_cookie
from web.refusals import Refused, Why
from web.window import window_of
from workflows.operations.mail.links import Link
from workflows.store.transaction import Transaction

LINKS_COOKIE = "dondoc_links"
SESSION_COOKIE = "dondoc_session"

LINKS_KEPT = timedelta(days=60)
"""How long a browser remembers a link that was opened in it."""

SESSION_LASTS = timedelta(hours=12)
"""A working day; then the next sign-in."""

MOST_LINKS = 12
"""Units that one browser may stand for: more than anybody does, few enough for a cookie."""

LINK_SHOWS = timedelta(days=60)
"""How long after the close of its plan a link still shows what was done."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A contact (`unit/contact`) who opened a signed link and may see and answer for `unit`."""

    office: str
    contact: str
    version: int
    unit: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody signed in whose unit holds roles in the office."""

    office: str
    contact: str
    version: int
    unit: str
    unit_name: str
    title: str
    roles: frozenset[str]

    @property
    def is_office(self) -> bool:
        """Whether it is the standing office."""
        return Role.STANDING_OFFICE in self.roles

    @property
    def is_leader(self) -> bool:
        """Whether it is the leadership."""
        return bool(self.roles & {Role.DEPUTY_CHAIR, Role.CHAIR})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Everything that a request may stand on; `offices` are those it has to do with."""

    guests: tuple[Guest, ...] = ()
    member: Member | None = None
    offices: Mapping[str, Office] = field(default_factory=dict)

    def guest_of(self, office: str, unit: str) -> Guest:
        """The link for a unit. Raises Refused where this browser holds none."""
        found = next((g for g in self.guests if (g.office, g.unit) == (office, unit)), None)
        if found is None:
            raise Refused(Why.NEEDS_LINK)
        return found


def the_visitor(request: Request) -> Visitor:
    """Who a request comes from, by its cookies, as far as they hold."""
    window = window_of(request)
    now = window.now()
    links = window.keys.unseal("grants", request.cookies.get(LINKS_COOKIE), now) or []
    session = window.keys.unseal("session", request.cookies.get(SESSION_COOKIE), now)
    visitor = Visitor()
    if links or session:
        with window.database.read() as transaction:
            visitor = _visitor(transaction, [Guest(*link) for link in links], session)
    request.state.visitor = visitor
    return visitor


def _visitor(transaction: Transaction, links: Iterable[Guest], session: Any) -> Visitor:
    known = set(transaction.offices.ids())
    offices: dict[str, Office] = {}

    def office(name: str) -> Office | None:
        if name in known and name not in offices:
            offices[name] = transaction.offices.get(name)
        return offices.get(name)

    guests = tuple(link for link in links if _holds(transaction, office(link.office), link))
    member = None
    if session:
        signed = Guest(*session)
        place = office(signed.office)
        if place is not None and _holds(transaction, place, signed):
            member = _member(place, signed)
    return Visitor(guests, member, offices)


def _holds(transaction: Transaction, office: Office | None, link: Guest) -> bool:
    if office is None or link.unit not in office.units or not is_contact(office, link.contact):
        return False
    return transaction.tokens.version(link.office, link.contact) == link.version


def is_contact(office: Office, name: str) -> bool:
    """Whether `unit/contact` is in units.yaml."""
    unit, _, contact = name.partition("/")
    return unit in office.units and any(c.id == contact for c in office.units[unit].contacts)


def title_of(office: Office, name: str) -> str:
    """The title of a contact `unit/contact`."""
    unit, _, contact = name.partition("/")
    return next(c.title for c in office.units[unit].contacts if c.id == contact)


def _member(office: Office, signed: Guest) -> Member | None:
    roles = frozenset(str(role) for role, holder in office.roles.items() if holder == signed.unit)
    if not roles:
        return None
    unit, title = office.units[signed.unit], title_of(office, signed.contact)
    return Member(signed.office, signed.contact, signed.version, unit.id, unit.name, title, roles)


TheVisitor = Annotated[Visitor, Depends(the_visitor)]


def _signed_in(*roles: Role) -> Callable[[Visitor], Member]:
    def member(visitor: TheVisitor) -> Member:
        if visitor.member is None:
            raise Refused(Why.NEEDS_SIGN_IN)
        if roles and not visitor.member.roles & {str(role) for role in roles}:
            raise Refused(Why.WRONG_ROLE)
        return visitor.member

    return member


Signed = Annotated[Member, Depends(_signed_in())]
"""Anybody signed in: the standing office or the leadership."""

Clerk = Annotated[Member, Depends(_signed_in(Role.STANDING_OFFICE))]
"""The standing office."""

Leader = Annotated[Member, Depends(_signed_in(Role.DEPUTY_CHAIR, Role.CHAIR))]
"""The leadership."""


def judge_link(request: Request, link: Link | None) -> Guest:
    """What a signed link stands for. Raises Refused where it was tampered with, revoked, or is too old."""
    if link is None:
        raise Refused(Why.BAD_LINK)
    window = window_of(request)
    guest = Guest(link.office, link.contact, link.version, link.unit)
    with window.database.read() as transaction:
        if link.office not in transaction.offices.ids():
            raise Refused(Why.BAD_LINK)
        if not _holds(transaction, transaction.offices.get(link.office), guest):
            raise Refused(Why.REVOKED_LINK)
        plans = {heading.id: heading for heading in transaction.plans.headings(link.office)}
    if link.plan is not None:
        closed_on = plans[link.plan].closed_on if link.plan in plans else None
        if closed_on is not None and window.today() > closed_on + LINK_SHOWS:
            raise Refused(Why.EXPIRED_LINK)
    return guest


def keep_links(request: Request, response: Response, visitor: Visitor, *links: Guest) -> None:
    """Remember links in this browser, the newest first."""
    window = window_of(request)
    newest: dict[tuple[str, str], Guest] = {}
    for link in (*links, *visitor.guests):
        newest.setdefault((link.office, link.unit), link)
    until = window.now() + LINKS_KEPT
    kept = list(newest.values())[:MOST_LINKS]
    value = [[link.office, link.contact, link.version, link.unit] for link in kept]
    sealed = window.keys.seal("grants", value, until)
    set_cookie(request, response, LINKS_COOKIE, sealed, int(LINKS_KEPT.total_seconds()))


def keep_session(request: Request, response: Response, signed: Guest) -> None:
    """Sign this browser in."""
    window = window_of(request)
    until: datetime = window.now() + SESSION_LASTS
    value = [signed.office, signed.contact, signed.version, signed.unit]
    sealed = window.keys.seal("session", value, until)
    set_cookie(request, response, SESSION_COOKIE, sealed, int(SESSION_LASTS.total_seconds()))


def forget_everything(request: Request, response: Response) -> None:
    """Sign this browser out and let go of its links."""
    clear_cookie(request, response, SESSION_COOKIE)
    clear_cookie(request, response, LINKS_COOKIE)
