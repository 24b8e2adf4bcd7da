"""The address without a path: on to wherever the visitor belongs; and the answer to a health check."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from web.access import TheVisitor
from web.pages import redirect

router = APIRouter()


@router.get("/")
def front_door(request: Request, visitor: TheVisitor) -> Response:
    """The office to its day, a leader to what needs deciding, a unit to its work, others to sign in."""
    query = dict(request.query_params)
    if visitor.member is not None:
        return redirect(request, "/today" if visitor.member.is_office else "/leadership", **query)
    if visitor.guests:
        guest = visitor.guests[0]
        return redirect(request, f"/u/{guest.office}/{guest.unit}")
    return redirect(request, "/sign-in")


@router.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    """Whether the window answers."""
    return "ok"


@router.get("/robots.txt", response_class=PlainTextResponse)
def robots() -> str:
    """Nothing here is for search engines."""
    return "User-agent: *\nDisallow: /\n"
