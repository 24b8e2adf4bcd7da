"""Sign-ins that were asked for by mail: used once, in time, by the browser that asked."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from workflows.store.records import SignInRequest
from workflows.store.tables import SignInRow
from workflows.store.upserts import insert

_KEPT = timedelta(days=1)
"""How long a sign-in that is over is remembered."""


class SignIns:
    """The sign-ins of every office."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, request: SignInRequest) -> None:
        """Note a request; forgets those that ended a day before."""
        old = delete(SignInRow).where(SignInRow.expires_at < request.asked_at - _KEPT)
        self._connection.execute(old)
        values = {
            "id": request.id, "office": request.office, "contact": request.contact,
            "browser": request.browser, "asked_at": request.asked_at, "expires_at": request.expires_at,
        }  # fmt: skip
        self._connection.execute(insert(self._connection, SignInRow).values(values))

    def find(self, id: str, browser: str, now: datetime) -> SignInRequest | None:  # noqa: A002 - the column
        """The request, if this browser may still use it."""
        columns = (
            SignInRow.id, SignInRow.office, SignInRow.contact, SignInRow.browser,
            SignInRow.asked_at, SignInRow.expires_at,
        )  # fmt: skip
        row = self._connection.execute(select(*columns).where(*_usable(id, browser, now))).one_or_none()
        return None if row is None else SignInRequest(*row)

    def use(self, id: str, browser: str, now: datetime) -> bool:  # noqa: A002
        """Use a request up; False where it was used before, is too old, or another browser asked."""
        statement = update(SignInRow).where(*_usable(id, browser, now)).values(used_at=now)
        return self._connection.execute(statement).rowcount == 1


def _usable(id: str, browser: str, now: datetime) -> tuple[ColumnElement[bool], ...]:  # noqa: A002
    asked_here = or_(SignInRow.browser.is_(None), SignInRow.browser == browser)
    return SignInRow.id == id, SignInRow.used_at.is_(None), SignInRow.expires_at > now, asked_here
