"""Signing in by mail: an address is asked for, a letter goes out, its button opens the window once."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from web.access import Guest, TheVisitor, forget_everything, keep_links, keep_session
from web.forms import Posted
from web.keys import secret_hash
from web.limits import BAD_LINKS, SIGN_IN_FOR_ADDRESS, SIGN_IN_FROM_HERE
from web.pages import address_here, browser_of, clear_cookie, language_of, page, redirect, set_cookie
from web.refusals import Refused, Why
from web.window import window_of
from workflows.operations.sign_in import MINUTES, ask_sign_in, pending_sign_in, use_sign_in

router = APIRouter()

NEXT_COOKIE = "dondoc_next"


@router.get("/sign-in")
def ask(request: Request, _visitor: TheVisitor, next: str = "") -> Response:  # noqa: A002 - the address says it
    """Where an address is written."""
    return page(request, "sign_in/ask.html", next=_local(next))


@router.post("/sign-in")
def send(request: Request, _visitor: TheVisitor, form: Posted) -> Response:
    """Send a letter to a known address; an unknown one gets the same answer."""
    window, address = window_of(request), form.line("address") or ""
    now, here = window.now(), request.client.host if request.client else "?"
    if not window.limits.allow("sign-in", here, SIGN_IN_FROM_HERE, now):
        raise Refused(Why.TOO_OFTEN)
    if address and window.limits.allow("sign-in-for", address.casefold(), SIGN_IN_FOR_ADDRESS, now):
        by_mail = window.settings.mails_sign_ins
        asked = ask_sign_in(
            window.database, address, browser=secret_hash(browser_of(request)),
            as_of=window.today(), now=now, by_mail=by_mail, language=language_of(request),
        )  # fmt: skip
        if not by_mail:
            for known in asked:
                token = window.keys.links.sign_in_token(known)
                window.tell_operator(f"{address_here(request)}/sign-in/{token}")
    response = page(
        request, "sign_in/sent.html", minutes=MINUTES, by_mail=window.settings.mails_sign_ins,
        is_public=window.settings.public_base_url is not None,
    )  # fmt: skip
    target = _local(form.line("next") or "")
    if target:
        until = now + timedelta(minutes=MINUTES)
        set_cookie(request, response, NEXT_COOKIE, window.keys.seal("next", target, until), MINUTES * 60)
    return response


@router.get("/sign-in/{token}")
def show(request: Request, _visitor: TheVisitor, token: str) -> Response:
    """The button; looking changes nothing, so a mail scanner that opens the link uses nothing up."""
    window = window_of(request)
    wanted = window.keys.links.read_sign_in(token)
    browser = secret_hash(browser_of(request))
    usable = wanted is not None and pending_sign_in(window.database, wanted, browser, window.now())
    return page(request, "sign_in/confirm.html", status=200 if usable else 410, usable=usable, token=token)


@router.post("/sign-in/{token}")
def enter(request: Request, visitor: TheVisitor, token: str, _form: Posted) -> Response:
    """Use the sign-in up and let the browser in."""
    window = window_of(request)
    now, here = window.now(), request.client.host if request.client else "?"
    wanted = window.keys.links.read_sign_in(token)
    browser = secret_hash(browser_of(request))
    signed = wanted and use_sign_in(window.database, wanted, browser, now)
    if not signed:
        if not window.limits.allow("bad-link", here, BAD_LINKS, now):
            raise Refused(Why.TOO_OFTEN)
        return page(request, "sign_in/confirm.html", status=410, usable=False, token=token)
    # A page that asked to sign in is for roles: a unit would be sent from it to the sign-in again.
    asked_for = window.keys.unseal("next", request.cookies.get(NEXT_COOKIE), now)
    response = redirect(request, asked_for if asked_for and signed[0].holds_role else "/")
    links = [Guest(s.office, s.contact, s.version, s.unit) for s in signed]
    keep_links(request, response, visitor, *links)
    if signed[0].holds_role:
        keep_session(request, response, links[0])
    clear_cookie(request, response, NEXT_COOKIE)
    return response


@router.post("/sign-out")
def leave(request: Request, _form: Posted) -> Response:
    """Sign out, and let go of the links that were opened here."""
    response = redirect(request, "/sign-in")
    forget_everything(request, response)
    return response


def _local(target: str) -> str:
    """A page of this window; nothing where it would lead elsewhere."""
    is_local = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_local and target.isprintable() else ""
