"""Other systems: the office makes them tokens, sees when they were used last, and ends them."""

from fastapi import APIRouter, Request, Response

from web.access import Clerk, Member
from web.forms import Posted, PostedForm
from web.office_pages import member_office
from web.pages import page, redirect, speech_of
from web.refusals import log_refusal
from web.window import window_of
from workflows.errors import DonDocError
from workflows.operations.api_tokens import MOST_DAYS, MadeToken, make_token, revoke_token, tokens_of
from workflows.store.records import Scope
from workflows.texts import N_

router = APIRouter()

MAY: dict[str, frozenset[Scope]] = {
    "read": frozenset({Scope.READ}),
    "unit": frozenset({Scope.READ, Scope.MOVE_UNIT}),
    "office": frozenset({Scope.READ, Scope.MOVE_OFFICE}),
}
"""What the form offers: to read, also to report for units, also to decide as the standing office."""

SCOPE_WORDS: dict[Scope, str] = {
    Scope.READ: N_("reads"),
    Scope.READ_NOTES: N_("reads remarks and reasons"),
    Scope.MOVE_UNIT: N_("reports for its units"),
    Scope.MOVE_OFFICE: N_("acts as the standing office"),
}

DAYS = (30, 90, 365, MOST_DAYS)
"""How long the form lets a token hold."""


@router.get("/tokens")
def tokens(request: Request, member: Clerk, said: str = "") -> Response:
    """Every token that was made, and the form for a new one."""
    return _show(request, member, said=said)


@router.post("/tokens")
def make(request: Request, member: Clerk, form: Posted) -> Response:
    """Make a token and show it, this once: it stands in no address and is kept nowhere."""
    try:
        made = _made(request, member, form)
    except DonDocError as error:
        log_refusal(request, type(error).__name__)
        problem = error.say(speech_of(request).say)
        return _show(request, member, problem=problem, filled=form)
    return _show(request, member, made=made)


@router.post("/tokens/{name}/revoke")
def revoke(request: Request, member: Clerk, name: str, _form: Posted) -> Response:
    """End a token at once."""
    window = window_of(request)
    revoke_token(window.database, member.office, name, by=member.contact, now=window.now())
    return redirect(request, "/tokens", said="revoked")


def _made(request: Request, member: Member, form: PostedForm) -> MadeToken:
    window, may = window_of(request), form.choice("may", *MAY)
    notes = {Scope.READ_NOTES} if form.ticked("notes") else set[Scope]()
    scopes = notes if may is None else MAY[may] | notes
    return make_token(
        window.database, member.office, form.line("name") or "",
        scopes=scopes, units=form.all("unit"), days=form.number("days") or 0,
        by=member.contact, now=window.now(),
    )  # fmt: skip


def _show(
    request: Request,
    member: Member,
    *,
    said: str = "",
    problem: str = "",
    filled: PostedForm | None = None,
    made: MadeToken | None = None,
) -> Response:
    window = window_of(request)
    found = tokens_of(window.database, member.office)
    return page(
        request, "office/tokens.html", status=422 if problem else 200,
        holding=[one for one in found if one.holds(window.now())],
        over=[one for one in found if not one.holds(window.now())],
        office=member_office(request, member.office), words=SCOPE_WORDS, days=DAYS,
        said=said, problem=problem, made=made,
        filled=filled.shown() if filled else {}, picked=filled.all("unit") if filled else [],
    )  # fmt: skip
