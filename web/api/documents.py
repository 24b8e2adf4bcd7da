"""The description of the API (OpenAPI): what every endpoint may answer beside its result."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from web.api.problems import KINDS, MEDIA_TYPE, Kind, Mistake, Problem

ABOUT = """\
The board, the history and the moves of an office as JSON, for other systems: the same rows, the same rules
and the same words as the command `dondoc` and the window.

Every call carries a token of the standing office: `Authorization: Bearer dondoc_...`. Dates are ISO, instants
are UTC. Problems come as `application/problem+json` (RFC 9457), with a sentence in Vietnamese, or in English
where `Accept-Language` asks for it.
"""

_Responses = dict[int | str, dict[str, Any]]


def _answers(kind: Kind) -> _Responses:
    status, title = KINDS[kind]
    example: dict[str, Any] = {
        "type": f"/api#{kind.value}",
        "title": title,
        "status": status.value,
        "detail": title,
        "errors": [],
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {status.value: {"description": title, "content": content}}


EVERYWHERE: _Responses = (
    _answers(Kind.NOT_LET_IN)
    | _answers(Kind.INVALID)
    | _answers(Kind.TOO_OFTEN)
    | _answers(Kind.FAULT)
    | _answers(Kind.OUT_OF_ORDER)
)
NOT_ALLOWED = _answers(Kind.NOT_ALLOWED)
NOT_FOUND = _answers(Kind.NOT_FOUND)
REFUSED = _answers(Kind.REFUSED)
UNREADABLE = _answers(Kind.UNREADABLE) | _answers(Kind.TOO_LARGE)


def name_of_operation(route: APIRoute) -> str:
    """The `operationId`: the name of the function."""
    return route.name


def add_schemas(api: FastAPI) -> None:
    """Put the schema of problems, which no endpoint returns, into the description."""
    described = api.openapi

    def with_problems() -> dict[str, Any]:
        found = described()
        schemas: dict[str, Any] = found["components"]["schemas"]
        schemas |= {model.__name__: _schema(model) for model in (Problem, Mistake)}
        return found

    api.openapi = with_problems  # type: ignore[method-assign]


def _schema(model: type[Problem | Mistake]) -> Mapping[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {name: value for name, value in schema.items() if name != "$defs"}
