"""What the API answers where it says no: RFC 9457 problems, with a sentence in the caller's language."""

import logging
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from notifications.speech import speech
from plan_definitions.diagnostics import Phrase
from web.headers import BodyTooLarge
from web.refusals import log_refusal
from web.window import window_of
from workflows.errors import DonDocError, EnvironmentRefused, MoveRefused, NotFound, WrongUse
from workflows.texts import N_, Language

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger("dondoc.window")


class Kind(StrEnum):
    """Which problem: the last part of its `type`, an anchor of the page that describes the API."""

    UNREADABLE = "unreadable"
    NOT_LET_IN = "not-let-in"
    NOT_ALLOWED = "not-allowed"
    NOT_FOUND = "not-found"
    NO_SUCH_METHOD = "no-such-method"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    INVALID = "invalid"
    TOO_OFTEN = "too-often"
    FAULT = "fault"
    OUT_OF_ORDER = "out-of-order"


class Described(NamedTuple):
    """A kind of problem: its status, and what it is called."""

    status: HTTPStatus
    title: str


KINDS: Mapping[Kind, Described] = MappingProxyType(
    {
        Kind.UNREADABLE: Described(HTTPStatus.BAD_REQUEST, N_("The request cannot be read")),
        Kind.NOT_LET_IN: Described(HTTPStatus.UNAUTHORIZED, N_("A token that holds is needed")),
        Kind.NOT_ALLOWED: Described(HTTPStatus.FORBIDDEN, N_("This token may not do that")),
        Kind.NOT_FOUND: Described(HTTPStatus.NOT_FOUND, N_("There is no such thing")),
        Kind.NO_SUCH_METHOD: Described(HTTPStatus.METHOD_NOT_ALLOWED, N_("This address takes other methods")),
        Kind.REFUSED: Described(HTTPStatus.CONFLICT, N_("The move was refused; nothing changed")),
        Kind.TOO_LARGE: Described(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("The request is too large")),
        Kind.INVALID: Described(HTTPStatus.UNPROCESSABLE_ENTITY, N_("The request does not fit")),
        Kind.TOO_OFTEN: Described(
            HTTPStatus.TOO_MANY_REQUESTS, N_("Too many wrong tokens; wait some minutes")
        ),
        Kind.FAULT: Described(HTTPStatus.INTERNAL_SERVER_ERROR, N_("A fault on our side")),
        Kind.OUT_OF_ORDER: Described(HTTPStatus.SERVICE_UNAVAILABLE, N_("Out of order at the moment")),
    }
)

_OF_ERROR: Mapping[type[DonDocError], Kind] = MappingProxyType(
    {
        NotFound: Kind.NOT_FOUND,
        MoveRefused: Kind.REFUSED,
        WrongUse: Kind.INVALID,
        EnvironmentRefused: Kind.OUT_OF_ORDER,
    }
)

_OF_STATUS: Mapping[int, Kind] = MappingProxyType({d.status.value: kind for kind, d in KINDS.items()})


class Mistake(BaseModel):
    """What is wrong with one part of a request; for developers, in English."""

    where: str = Field(description="The part, as a path: `body/done_on`, `query/limit`.")
    says: str


class Problem(BaseModel):
    """A problem as RFC 9457 has it."""

    type: str = Field(description="What kind of problem: an address that describes it.")
    title: str = Field(description="The kind in words.")
    status: int
    detail: str = Field(description="What is wrong here, in a sentence that people can be shown.")
    errors: list[Mistake] = Field(description="Part by part, where the request does not fit; else empty.")


class TurnedAway(Exception):
    """A call that the API itself refuses, before any operation."""

    def __init__(self, kind: Kind, phrase: Phrase) -> None:
        self.kind = kind
        self.phrase = phrase
        super().__init__(kind.value)


def language_of_call(request: Request) -> Language:
    """What `Accept-Language` asks for most; Vietnamese (or the installation's language) where it does not."""
    wanted: list[tuple[float, Language]] = []
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        primary = tag.partition("-")[0].lower()
        if primary in set(Language):
            wanted.append((_weight(quality), Language(primary)))
    best = max(wanted, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] > 0 else window_of(request).settings.lang


def _weight(quality: str) -> float:
    try:
        return float(quality or 1)
    except ValueError:
        return 0.0


def add_problem_handlers(api: FastAPI) -> None:
    """Answer every failure of the API with a problem."""
    api.exception_handler(TurnedAway)(_turned_away)
    api.exception_handler(DonDocError)(_said_no)
    api.exception_handler(HTTPException)(_http)
    api.exception_handler(RequestValidationError)(_malformed)
    api.exception_handler(Exception)(_fault)


def _problem(
    request: Request,
    kind: Kind,
    detail: str | None = None,
    errors: tuple[Mistake, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    language, described = language_of_call(request), KINDS[kind]
    say = speech(language).say
    # The page stands outside of the API, which is mounted below it.
    page = f"{request.scope.get('app_root_path', '')}/api#{kind.value}"
    title = say(described.title)
    body = Problem(
        type=page, title=title, status=described.status, detail=detail or title, errors=list(errors)
    )
    said = {"Content-Language": language.value, "Vary": "Accept-Language"}
    return JSONResponse(body.model_dump(), described.status, said | dict(headers or {}), MEDIA_TYPE)


async def _turned_away(request: Request, error: Exception) -> Response:
    if not isinstance(error, TurnedAway):
        raise error
    log_refusal(request, error.kind.value)
    headers = {
        Kind.NOT_LET_IN: {"WWW-Authenticate": "Bearer"},
        Kind.NOT_ALLOWED: {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
        Kind.TOO_OFTEN: {"Retry-After": "60"},
    }.get(error.kind)
    sentence = error.phrase.say(speech(language_of_call(request)).say)
    return _problem(request, error.kind, sentence, headers=headers)


async def _said_no(request: Request, error: Exception) -> Response:
    kind = next((kind for known, kind in _OF_ERROR.items() if isinstance(error, known)), Kind.REFUSED)
    log_refusal(request, type(error).__name__)
    if kind is Kind.OUT_OF_ORDER or not isinstance(error, DonDocError):
        # What the environment says may hold a path or a server's words: those are for the operator.
        _log.error("%s", error)
        return _problem(request, kind)
    return _problem(request, kind, error.say(speech(language_of_call(request)).say))


async def _http(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, BodyTooLarge):
        return _problem(request, Kind.TOO_LARGE)
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    return _problem(request, _OF_STATUS.get(status, Kind.UNREADABLE), headers=headers)


async def _malformed(request: Request, error: Exception) -> Response:
    found: list[Any] = list(error.errors()) if isinstance(error, RequestValidationError) else []
    # The values themselves are not repeated: they may be anything, and this ends in somebody's log.
    mistakes = tuple(Mistake(where="/".join(map(_part, one["loc"])), says=str(one["msg"])) for one in found)
    return _problem(request, Kind.INVALID, errors=mistakes)


def _part(name: object) -> str:
    return str(name).encode("utf-8", "replace").decode()


async def _fault(request: Request, error: Exception) -> Response:
    _log.error("a fault in %s", getattr(request.scope.get("route"), "path", "?"), exc_info=error)
    return _problem(request, Kind.FAULT)
