"""The address without a path: on to wherever the visitor belongs; and the answer to a health check."""

from typing import get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from notifications.parts import Section
from web.access import TheVisitor
from web.pages import redirect
from web.refusals import Refused, Why
from web.window import window_of

router = APIRouter()


@router.get("/")
def front_door(request: Request, visitor: TheVisitor) -> Response:
    """The office to its day, a leader to what needs deciding, a unit to its work, others to sign in.

    The digest's buttons name a plan and a section of its day: whoever presses one is asked to sign in first,
    and then led on. Whoever changes the language of an answered form comes by here, too. In a demo everybody
    may look around.
    """
    plan, lang = request.query_params.get("plan"), request.query_params.get("lang")
    if visitor.member is not None:
        if not visitor.member.is_office:
            return redirect(request, "/leadership", plan=plan, lang=lang)
        section = request.query_params.get("section")
        anchor = f"{section}-{plan}" if plan is not None and section in get_args(Section) else None
        return redirect(request, "/today", anchor=anchor, plan=plan, lang=lang)
    if visitor.guests and plan is None:
        return redirect(request, f"/u/{visitor.guests[0].office}/{visitor.guests[0].unit}", lang=lang)
    if window_of(request).demo is not None:
        return redirect(request, "/demo", lang=lang)
    if plan is not None:
        raise Refused(Why.NEEDS_SIGN_IN)
    return redirect(request, "/sign-in", lang=lang)


@router.get("/healthz", response_class=PlainTextResponse)
def healthz() -> str:
    """Whether the window answers."""
    return "ok"


@router.get("/robots.txt", response_class=PlainTextResponse)
def robots() -> str:
    """Nothing here is for search engines."""
    return "User-agent: *\nDisallow: /\n"
