"""The address without a path: on to wherever the visitor belongs; and the answer to a health check."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from web.access import TheVisitor
from web.pages import redirect
from web.window import window_of

router = APIRouter()


@router.get("/")
def front_door(request: Request, visitor: TheVisitor) -> Response:
    """The office to its day, a leader to what needs deciding, a unit to its work, others to sign in.

    The digest's buttons name a plan; whoever changes the language of an answered form comes by here, too. In
    a demo everybody may look around.
    """
    asked = request.query_params
    if visitor.member is not None:
        target = "/today" if visitor.member.is_office else "/leadership"
    elif visitor.guests:
        target = f"/u/{visitor.guests[0].office}/{visitor.guests[0].unit}"
    else:
        target = "/sign-in" if window_of(request).demo is None else "/demo"
    plan = asked.get("plan") if visitor.member is not None else None
    return redirect(request, target, plan=plan, lang=asked.get("lang"))


@router.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    """Whether the window answers."""
    return "ok"


@router.get("/robots.txt", response_class=PlainTextResponse)
def robots() -> str:
    """Nothing here is for search engines."""
    return "User-agent: *\nDisallow: /\n"
