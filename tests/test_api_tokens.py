"""Tokens of other systems: made by the office, known by their hash, let in while they hold."""

from datetime import timedelta
from typing import Any

import pytest
from builders import MORNING
from operation_cases import KIM_THANH, publish_plan
from sqlalchemy import text
from store_builders import published

from workflows.engine.orders import Actor
from workflows.errors import DonDocError, MoveRefused, NotFound, WrongUse
from workflows.operations.api_tokens import (
    MOST_DAYS,
    actor_of,
    find_token,
    make_token,
    revoke_token,
    tokens_of,
)
from workflows.store.database import Database
from workflows.store.records import ApiToken, Scope

READ = {Scope.READ}


def a_token(name: str = "e-office", **fields: Any) -> ApiToken:
    known: dict[str, Any] = {"scopes": frozenset(READ), "units": frozenset()}
    kept = {"made_by": "vhxh", "made_at": MORNING, "expires_at": MORNING + timedelta(days=1)}
    return ApiToken(KIM_THANH, name, **(known | kept | fields))


def test_a_token_is_found_by_its_hash_as_it_was_kept(database: Database) -> None:
    published(database)
    token = a_token(scopes=frozenset({Scope.READ, Scope.MOVE_UNIT}), units=frozenset({"thon-1", "thon-2"}))
    with database.write() as transaction:
        assert transaction.api_tokens.add(token, "digest")

        assert transaction.api_tokens.find("digest") == token
        assert transaction.api_tokens.find("another") is None


def test_a_name_is_given_once_in_an_office(database: Database) -> None:
    published(database)
    published(database, office_id="an-lac")
    other = ApiToken("an-lac", "e-office", frozenset(READ), frozenset(), "vhxh", MORNING, MORNING)
    with database.write() as transaction:
        assert transaction.api_tokens.add(a_token(), "first")
        assert not transaction.api_tokens.add(a_token(), "second")
        assert transaction.api_tokens.add(other, "third")

        assert transaction.api_tokens.of_office(KIM_THANH) == [a_token()]


def test_a_token_is_revoked_once_and_its_use_is_noted(database: Database) -> None:
    published(database)
    with database.write() as transaction:
        transaction.api_tokens.add(a_token(), "digest")
        transaction.api_tokens.used(a_token(), MORNING)

        assert transaction.api_tokens.revoke(KIM_THANH, "e-office", "vhxh", MORNING)
        assert not transaction.api_tokens.revoke(KIM_THANH, "e-office", "vhxh", MORNING + timedelta(days=1))
        assert not transaction.api_tokens.revoke("an-lac", "e-office", "vhxh", MORNING)
        found = transaction.api_tokens.find("digest")

    assert found is not None
    assert (found.last_used_at, found.revoked_at, found.revoked_by) == (MORNING, MORNING, "vhxh")


@pytest.fixture
def office(database: Database) -> Database:
    """A store with the small plan of a commune in it."""
    publish_plan(database)
    return database


def make(office: Database, name: str = "e-office", **fields: Any) -> str:
    said: dict[str, Any] = {"scopes": READ, "by": "vhxh", "now": MORNING} | fields
    return make_token(office, KIM_THANH, name, **said).text


def test_the_text_is_kept_nowhere(office: Database) -> None:
    token = make(office)

    with office.read() as transaction:
        rows = transaction.api_tokens._connection.execute(text("SELECT * FROM api_tokens")).all()

    assert token.startswith("dondoc_")
    assert len(rows) == 1
    assert token not in repr(rows)
    assert token.removeprefix("dondoc_") not in repr(rows)


def test_a_token_holds_until_its_end_or_until_it_is_revoked(office: Database) -> None:
    token, other = make(office, days=30), make(office, "statistics")
    end = MORNING + timedelta(days=30)

    assert find_token(office, token, now=end - timedelta(seconds=1)) is not None
    assert find_token(office, token, now=end) is None
    assert find_token(office, token + "x", now=MORNING) is None
    revoke_token(office, KIM_THANH, "statistics", by="vhxh", now=MORNING)
    assert find_token(office, other, now=MORNING) is None
    with pytest.raises(NotFound, match="statistics"):
        revoke_token(office, KIM_THANH, "statistics", by="vhxh", now=MORNING)


def test_the_last_use_is_known_to_some_minutes_and_not_written_with_every_reading(office: Database) -> None:
    token = make(office)
    for minutes in (0, 4, 6):
        find_token(office, token, now=MORNING + timedelta(minutes=minutes))
        (kept,) = tokens_of(office, KIM_THANH)
        assert kept.last_used_at == MORNING + timedelta(minutes=0 if minutes < 5 else minutes)


@pytest.mark.parametrize(
    ("fields", "refusal", "said"),
    [
        ({"name": "Trục liên thông"}, WrongUse, "no name"),
        ({"name": "a" * 41}, WrongUse, "no name"),
        ({"scopes": set()}, WrongUse, "may do"),
        ({"scopes": {Scope.READ_NOTES}}, WrongUse, "may do"),
        ({"days": 0}, WrongUse, "days"),
        ({"days": MOST_DAYS + 1}, WrongUse, "days"),
        ({"units": ["thon-99"]}, NotFound, "thon-99"),
        ({"scopes": {Scope.MOVE_UNIT}}, WrongUse, "name them"),
        ({"scopes": {Scope.MOVE_OFFICE}, "units": ["thon-1"]}, WrongUse, "narrowed"),
        ({"by": "thon-1"}, MoveRefused, "standing office"),
        ({"by": "nobody-known"}, MoveRefused, "nobody-known"),
    ],
)
def test_what_does_not_go_is_refused_and_nothing_kept(
    fields: dict[str, Any], refusal: type[DonDocError], said: str, office: Database
) -> None:
    with pytest.raises(refusal, match=said):
        make(office, **fields)

    assert tokens_of(office, KIM_THANH) == []


def test_a_name_that_was_used_is_refused(office: Database) -> None:
    make(office)
    revoke_token(office, KIM_THANH, "e-office", by="vhxh", now=MORNING)

    with pytest.raises(WrongUse, match="another name"):
        make(office)


def test_only_the_office_ends_a_token(office: Database) -> None:
    token = make(office)

    with pytest.raises(MoveRefused):
        revoke_token(office, KIM_THANH, "e-office", by="thon-1", now=MORNING)

    assert find_token(office, token, now=MORNING) is not None


def test_a_token_never_has_more_than_the_standing_offices_power() -> None:
    everybody = Actor("vhxh", frozenset({"vhxh"}), frozenset({"standing_office", "chair"}))

    whole = actor_of(a_token(scopes=frozenset({Scope.MOVE_OFFICE})), everybody)
    assert whole == Actor("api:e-office", frozenset({"vhxh"}), frozenset({"standing_office"}))
    units = actor_of(a_token(scopes=frozenset({Scope.MOVE_UNIT}), units=frozenset({"vhxh"})), everybody)
    assert units == Actor("api:e-office", frozenset({"vhxh"}), frozenset())
