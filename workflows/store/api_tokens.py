"""Tokens of other systems: found by their hash, ended, never deleted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from workflows.store.records import ApiToken, Scope
from workflows.store.tables import ApiTokenRow
from workflows.store.upserts import insert

ROW = ApiTokenRow


class ApiTokens:
    """The tokens of every office."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: ApiToken, digest: str) -> bool:
        """Keep a new token by the hash of its secret; False where the office has had one of that name."""
        values = {
            "office": token.office, "name": token.name, "digest": digest, "scopes": _words(token.scopes),
            "units": _words(token.units), "made_by": token.made_by, "made_at": token.made_at,
            "expires_at": token.expires_at,
        }  # fmt: skip
        once = insert(self._connection, ROW).values(values)
        once = once.on_conflict_do_nothing(index_elements=["office", "name"])
        return self._connection.execute(once.returning(ROW.number)).one_or_none() is not None

    def find(self, digest: str) -> ApiToken | None:
        """The token whose secret has this hash, whether it still holds or not."""
        row = self._connection.execute(_SELECT.where(ROW.digest == digest)).one_or_none()
        return None if row is None else _token(row)

    def of_office(self, office: str) -> list[ApiToken]:
        """Every token an office ever made, the newest first."""
        query = _SELECT.where(ROW.office == office).order_by(ROW.number.desc())
        return [_token(row) for row in self._connection.execute(query)]

    def used(self, token: ApiToken, now: datetime) -> None:
        """Note that a token let somebody in."""
        self._connection.execute(_one(token.office, token.name).values(last_used_at=now))

    def revoke(self, office: str, name: str, by: str, now: datetime) -> bool:
        """End a token; False where there is none of that name, or it was ended before."""
        statement = _one(office, name).where(ROW.revoked_at.is_(None))
        return self._connection.execute(statement.values(revoked_at=now, revoked_by=by)).rowcount == 1


_SELECT: Select[Any] = select(
    ROW.office, ROW.name, ROW.scopes, ROW.units, ROW.made_by, ROW.made_at, ROW.expires_at,
    ROW.last_used_at, ROW.revoked_at, ROW.revoked_by,
)  # fmt: skip


def _one(office: str, name: str) -> Any:
    return update(ROW).where(ROW.office == office, ROW.name == name)


def _words(several: Iterable[str]) -> str:
    return " ".join(sorted(several))


def _token(row: Row[Any]) -> ApiToken:
    office, name, scopes, units, *rest = row
    return ApiToken(office, name, frozenset(map(Scope, scopes.split())), frozenset(units.split()), *rest)
