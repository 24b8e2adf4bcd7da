"""The API described for people: its addresses and problems, made from the description that programs read.

The pages that FastAPI brings for this fetch their scripts from elsewhere, which this window never does.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from web.access import TheVisitor
from web.api.app import AT
from web.api.problems import KINDS
from web.pages import page
from web.window import window_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the API: what it gives, what may be asked, an example of what is sent."""

    method: str
    path: str
    summary: str
    parameters: tuple[tuple[str, bool], ...]
    examples: tuple[tuple[str, str], ...]


@router.get("/api")
def api(request: Request, _visitor: TheVisitor) -> Response:
    """The addresses, what they take, and every problem that may come back."""
    described: dict[str, Any] = request.app.state.api.openapi()
    public = window_of(request).settings.public_base_url or str(request.base_url).rstrip("/")
    return page(
        request, "api.html", addresses=list(_addresses(described)), at=AT, address=public, problems=KINDS
    )


def _addresses(described: dict[str, Any]) -> Iterator[Address]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            asked = operation.get("parameters", ())
            sent = operation.get("requestBody", {}).get("content", {})
            body, form = sent.get("application/json", {}), sent.get("multipart/form-data", {})
            fields = form.get("schema", {})
            yield Address(
                method.upper(),
                path,
                operation["summary"],
                (
                    *((one["name"], one.get("required", False)) for one in asked if one["in"] != "path"),
                    *((name, name in fields["required"]) for name in fields.get("properties", ())),
                ),
                tuple(
                    (one["summary"], json.dumps(one["value"], ensure_ascii=False, indent=2))
                    for one in body.get("examples", {}).values()
                ),
            )
