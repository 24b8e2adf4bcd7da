"""Refusals: a page that says what to do now, and a line in the log without any secret."""

import logging
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from web.headers import make_safe
from web.pages import page, redirect, speech_of
from workflows.errors import DonDocError, EnvironmentRefused, MoveRefused, NotFound, WrongUse

_log = logging.getLogger("dondoc.window")


class Why(StrEnum):
    """Why somebody is not let in."""

    BAD_LINK = "bad_link"
    REVOKED_LINK = "revoked_link"
    EXPIRED_LINK = "expired_link"
    NEEDS_LINK = "needs_link"
    NEEDS_SIGN_IN = "needs_sign_in"
    WRONG_ROLE = "wrong_role"
    FORM = "form"
    TOO_OFTEN = "too_often"
    TOO_LARGE = "too_large"


_STATUS: Mapping[Why, int] = MappingProxyType(
    {
        Why.BAD_LINK: HTTPStatus.NOT_FOUND,
        Why.REVOKED_LINK: HTTPStatus.GONE,
        Why.EXPIRED_LINK: HTTPStatus.GONE,
        Why.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
        Why.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
)


class Refused(Exception):
    """A request that is not answered with what it asked for."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


_STATUS_OF_ERROR: Mapping[type[DonDocError], int] = MappingProxyType(
    {
        NotFound: HTTPStatus.NOT_FOUND,
        MoveRefused: HTTPStatus.CONFLICT,
        WrongUse: HTTPStatus.UNPROCESSABLE_ENTITY,
        EnvironmentRefused: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


def add_handlers(app: FastAPI) -> None:
    """Answer every failure with a page in the reader's language."""
    app.exception_handler(Refused)(_refused)
    app.exception_handler(DonDocError)(_said_no)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_malformed)
    app.exception_handler(Exception)(_fault)


def log_refusal(request: Request, why: str) -> None:
    """One line: what was asked for (its pattern, never its address), from where, and why not."""
    route = getattr(request.scope.get("route"), "path", "?")
    root = request.scope.get("root_path", "")
    mounted_at = root.removeprefix(request.scope.get("app_root_path", root))
    host = request.client.host if request.client else "?"
    _log.info("refused %s %s%s from %s: %s", request.method, mounted_at, route, host, why)


async def _refused(request: Request, error: Exception) -> Response:
    why = error.why if isinstance(error, Refused) else Why.BAD_LINK
    log_refusal(request, why.value)
    if why is Why.NEEDS_SIGN_IN and request.method == "GET":
        return redirect(request, "/sign-in", next=_asked_for(request))
    return page(request, "refused.html", status=_STATUS.get(why, HTTPStatus.FORBIDDEN), why=why.value)


def _asked_for(request: Request) -> str:
    query = request.url.query
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    return f"{path}?{query}" if query else path


async def _said_no(request: Request, error: Exception) -> Response:
    status = next((s for kind, s in _STATUS_OF_ERROR.items() if isinstance(error, kind)), 409)
    sentence = error.for_people(speech_of(request).say) if isinstance(error, DonDocError) else ""
    log_refusal(request, type(error).__name__)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # What the environment says may hold a path or a server's words: those are for the operator.
        _log.error("%s", error)
        sentence = ""
    return page(request, "failed.html", status=status, sentence=sentence)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return page(request, "failed.html", status=status, sentence="")


async def _malformed(request: Request, _error: Exception) -> Response:
    return page(request, "failed.html", status=HTTPStatus.NOT_FOUND, sentence="")


async def _fault(request: Request, error: Exception) -> Response:
    _log.error("a fault in %s", getattr(request.scope.get("route"), "path", "?"), exc_info=error)
    response = page(request, "failed.html", status=HTTPStatus.INTERNAL_SERVER_ERROR, sentence="")
    # Starlette answers a fault outside of all middleware.
    make_safe(response.headers, request.scope)
    return response
