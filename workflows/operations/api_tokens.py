"""Tokens by which other systems are let in: made by the standing office, shown once, ended at any time."""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from plan_definitions.model import Office, Role
from workflows.engine.orders import Actor
from workflows.errors import NotFound, WrongUse
from workflows.operations.situations import check_office, check_unit
from workflows.store.database import Database
from workflows.store.records import ApiToken, Scope

MARK = "dondoc_"
"""How every token begins: searches for leaked secrets find it."""

BY = "api:"
"""How the history names a token that moved something: `api:e-office`."""

DAYS, MOST_DAYS = 365, 730
"""How long a token holds unless said otherwise, and at most."""

USE_NOTED = timedelta(minutes=5)
"""How exactly the last use is known: reading must not write with every request."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token and its text, which nobody can be shown again."""

    token: ApiToken
    text: str


def make_token(
    database: Database,
    office: str,
    name: str,
    *,
    scopes: Collection[Scope],
    units: Collection[str] = (),
    days: int = DAYS,
    by: str,
    now: datetime,
) -> MadeToken:
    """Make a token for another system. `units` narrow it to their work.

    Raises WrongUse for a name, scopes or days that do not go, NotFound for an unknown unit, MoveRefused
    where `by` is not the standing office.
    """
    text = MARK + secrets.token_urlsafe(32)
    with database.write() as transaction:
        place = transaction.offices.get(office)
        check_office(by, place)
        _check(name, scopes, units, days, place)
        token = ApiToken(
            office, name, frozenset(scopes), frozenset(units), by, now, now + timedelta(days=days)
        )
        if not transaction.api_tokens.add(token, _digest(text)):
            raise WrongUse("there has been a token `{name}` already; take another name", name=name)
    return MadeToken(token, text)


def tokens_of(database: Database, office: str) -> list[ApiToken]:
    """Every token the office ever made, the newest first."""
    with database.read() as transaction:
        return transaction.api_tokens.of_office(office)


def revoke_token(database: Database, office: str, name: str, *, by: str, now: datetime) -> None:
    """End a token at once. Raises NotFound where there is none that holds, MoveRefused as `make_token`."""
    with database.write() as transaction:
        check_office(by, transaction.offices.get(office))
        if not transaction.api_tokens.revoke(office, name, by, now):
            raise NotFound("there is no token `{name}` that could be revoked", name=name)


def find_token(database: Database, text: str, *, now: datetime) -> ApiToken | None:
    """The token of that text while it holds, its use noted; None for any other text."""
    with database.read() as transaction:
        token = transaction.api_tokens.find(_digest(text))
    if token is None or not token.holds(now):
        return None
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED:
        with database.write() as transaction:
            transaction.api_tokens.used(token, now)
    return token


def actor_of(token: ApiToken, speaks_for: Actor) -> Actor:
    """Who moves work when a token does: the standing office, or one of its units; never more.

    A unit that holds roles lends none of the others: what a leader decides, a leader decides.
    """
    lent = {Role.STANDING_OFFICE} if Scope.MOVE_OFFICE in token.scopes else set[Role]()
    return Actor(f"{BY}{token.name}", speaks_for.units, speaks_for.roles & lent)


def _digest(text: str) -> str:
    # A random text of 256 bits cannot be guessed from its hash; salt and slowness would add nothing.
    return hashlib.sha256(text.encode()).hexdigest()


def _check(name: str, scopes: Collection[Scope], units: Collection[str], days: int, office: Office) -> None:
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise WrongUse("`{name}` is no name for a token; write it like e-office-2", name=name[:80])
    if not set(scopes) - {Scope.READ_NOTES}:  # which only widens what others let read
        raise WrongUse("say what the token may do")
    if not 1 <= days <= MOST_DAYS:
        raise WrongUse("a token holds from 1 to {most} days", most=MOST_DAYS)
    if Scope.MOVE_UNIT in scopes and not units:
        raise WrongUse("a token that speaks for units must name them")
    if Scope.MOVE_OFFICE in scopes and units:
        raise WrongUse("a token that acts as the standing office cannot be narrowed to units")
    for unit in units:
        check_unit(unit, office)
