"""Who calls the API: a token in the header `Authorization`, and what it may do.

An endpoint says what it needs by the type of a parameter: `Anybody` (any token that holds), `Reader`,
`OfficeReader`, `Mover`. Cookies mean nothing here, so no other site can make a browser call for its user.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from plan_definitions.diagnostics import Phrase
from web.api.problems import Kind, TurnedAway
from web.limits import BAD_TOKENS
from web.window import window_of
from workflows.operations.api_tokens import find_token
from workflows.store.records import ApiToken, Scope

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token that the standing office made, in its window or by `dondoc token create`.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A token that holds."""

    token: ApiToken

    @property
    def office(self) -> str:
        """The office that let it in; it sees nothing of any other."""
        return self.token.office

    @property
    def units(self) -> frozenset[str]:
        """The units whose work it sees and moves; none means all."""
        return self.token.units

    def may(self, scope: Scope) -> bool:
        """Whether it was given a scope."""
        return scope in self.token.scopes

    def sees(self, unit: str) -> bool:
        """Whether the unit's work is shown to it."""
        return not self.units or unit in self.units

    def sees_assignment(self, name: str) -> bool:
        """Whether an assignment `task/unit` or `task/unit/n` is shown to it, be there one or not."""
        parts = name.split("/")
        return len(parts) > 1 and self.sees(parts[1])


def the_caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]
) -> Caller:
    """Whoever holds the token of this call. Raises TurnedAway."""
    window, here = window_of(request), request.client.host if request.client else "?"
    now = window.now()
    if window.limits.exhausted("token", here, BAD_TOKENS, now):
        raise TurnedAway(
            Kind.TOO_OFTEN, Phrase("From here too many wrong tokens were shown; wait some minutes.")
        )
    if credentials is None:
        raise TurnedAway(Kind.NOT_LET_IN, Phrase("Send a token: `Authorization: Bearer dondoc_...`."))
    token = find_token(window.database, credentials.credentials, now=now)
    if token is None:
        window.limits.allow("token", here, BAD_TOKENS, now)
        raise TurnedAway(Kind.NOT_LET_IN, Phrase("This token is not known, has ended or was revoked."))
    return Caller(token)


def only_known_parameters(request: Request) -> None:
    """Refuse a misspelt filter, which would choose everything. Raises TurnedAway."""
    route = request.scope.get("route")
    known = {field.alias for field in route.dependant.query_params} if isinstance(route, APIRoute) else set()
    for name in request.query_params:
        if name not in known:
            said = Phrase("there is no parameter `{name}` here", {"name": name[:80]})
            raise TurnedAway(Kind.INVALID, said)


Anybody = Annotated[Caller, Depends(the_caller)]
"""Any token that holds."""


def _with(*scopes: Scope, whole: bool = False) -> Callable[[Caller], Caller]:
    def caller(caller: Anybody) -> Caller:
        if not any(caller.may(scope) for scope in scopes):
            needed = ", ".join(scope.value for scope in scopes)
            raise TurnedAway(
                Kind.NOT_ALLOWED, Phrase("This needs a token with: {scopes}.", {"scopes": needed})
            )
        if whole and caller.units:
            raise TurnedAway(
                Kind.NOT_ALLOWED, Phrase("This concerns the whole office; the token is for some units only.")
            )
        return caller

    return caller


Reader = Annotated[Caller, Depends(_with(Scope.READ))]
"""May read, of its units or the whole office."""

OfficeReader = Annotated[Caller, Depends(_with(Scope.READ, whole=True))]
"""May read of the whole office."""

Mover = Annotated[Caller, Depends(_with(Scope.MOVE_UNIT, Scope.MOVE_OFFICE))]
"""May move work, as its units or as the standing office."""
