"""The ways in without an account: the signed link of a letter, and the code from a sheet of paper."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from notifications.letters import Action
from web.access import Guest, TheVisitor, Visitor, judge_link, keep_links
from web.codes import find_by_code, is_code
from web.forms import Posted
from web.limits import BAD_LINKS, CODES
from web.pages import page, speech_of, url
from web.refusals import Refused, Why
from web.window import window_of
from workflows.operations.mail.links import named

router = APIRouter()

_WANTED = {
    Action.DONE.value: "done",
    Action.START.value: "start",
    Action.OBSTACLE.value: "stuck",
    Action.EXTEND.value: "more_time",
}
"""Which form a button of a letter opens."""

_DECISIONS = {
    Action.AGREE.value: "agreed",
    Action.OTHERWISE.value: "otherwise",
    Action.CALL_BACK.value: "call_back",
}
"""Which answer a leader's button prepares."""


@router.get("/v/{token}")
def open_link(request: Request, visitor: TheVisitor, token: str, do: str = "") -> Response:
    """Take a link out of the address bar: remember it in a cookie, and go on to what it leads to."""
    window, here = window_of(request), request.client.host if request.client else "?"
    if window.limits.exhausted("bad-link", here, BAD_LINKS, window.now()):
        raise Refused(Why.TOO_OFTEN)
    if is_code(token):
        return _by_code(request, visitor, token)
    link = window.keys.links.read(token)
    if link is not None:
        with window.database.read() as transaction:
            link = named(transaction, link)
    try:
        guest = judge_link(request, link)
    except Refused:
        window.limits.allow("bad-link", here, BAD_LINKS, window.now())
        raise
    target = f"/u/{guest.office}/{guest.unit}"
    if link is not None and link.plan and link.assignment:
        page_of = "decide" if do in _DECISIONS else "w"
        target = f"/{page_of}/{guest.office}/{link.plan}/{link.assignment}"
    return _let_in(request, visitor, guest, url(request, target, do=(_WANTED | _DECISIONS).get(do)))


def _let_in(request: Request, visitor: Visitor, guest: Guest, target: str) -> Response:
    """Remember the link and go on: at once where it is a browser that asks, and says so.

    Whoever does not (a chat that wants a preview, a scanner, an old telephone) gets a page that names no unit
    and no work, and leads on by itself: browsers follow it, programs that make previews show what they see.
    """
    response: Response
    if request.headers.get("sec-fetch-mode") == "navigate":
        response = RedirectResponse(target, status_code=303)
    else:
        response = page(request, "unit/opening.html", target=target)
    keep_links(request, response, visitor, guest)
    return response


@router.get("/m")
def code_form(request: Request, _visitor: TheVisitor) -> Response:
    """Where a code from a sheet of paper is typed."""
    return page(request, "unit/code.html", problem="")


@router.post("/m")
def code_typed(request: Request, visitor: TheVisitor, form: Posted) -> Response:
    """On to the unit's page, or the same form again."""
    return _by_code(request, visitor, form.line("code") or "")


def _by_code(request: Request, visitor: Visitor, typed: str) -> Response:
    window, here = window_of(request), request.client.host if request.client else "?"
    # Only failures count: a whole village may stand behind one address of a telephone company.
    if window.limits.exhausted("code", here, CODES, window.now()):
        raise Refused(Why.TOO_OFTEN)
    guest = find_by_code(window, typed) if is_code(typed) else None
    if guest is None:
        window.limits.allow("code", here, CODES, window.now())
        problem = speech_of(request).say("This code is not known. Compare it with the sheet of paper.")
        return page(request, "unit/code.html", status=404, problem=problem)
    return _let_in(request, visitor, guest, url(request, f"/u/{guest.office}/{guest.unit}"))
