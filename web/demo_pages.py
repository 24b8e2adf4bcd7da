"""Only in a demo: looking with other eyes, and the letters as they arrived in the embedded inbox."""

from email.utils import parseaddr
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from notifications import inbox
from plan_definitions.model import Office
from web.access import Guest, TheVisitor, forget_everything, keep_links, keep_session
from web.forms import Posted
from web.letters_shown import LETTER_POLICY, neutral_html
from web.pages import page, redirect
from web.window import Demo, window_of
from workflows.errors import NotFound
from workflows.operations.mail.outbox import neutralised

MOST_LETTERS = 300


def the_demo(request: Request) -> Demo:
    """The demo. Raises NotFound in a real window: there is nothing of the kind."""
    demo = window_of(request).demo
    if demo is None:
        raise NotFound("there is no such page")
    return demo


TheDemo = Annotated[Demo, Depends(the_demo)]
router = APIRouter(dependencies=[Depends(the_demo)])


def _offices(request: Request) -> list[Office]:
    with window_of(request).database.read() as transaction:
        return [transaction.offices.get(name) for name in transaction.offices.ids()]


@router.get("/demo")
def choose(request: Request, _visitor: TheVisitor) -> Response:
    """Whose eyes to look with."""
    offices = _offices(request)
    return page(request, "demo.html", offices=offices)


@router.post("/demo")
def look_as(request: Request, visitor: TheVisitor, form: Posted) -> Response:
    """Let the browser in as the chosen unit's first contact, as a letter's link or a sign-in would."""
    office_id, _, unit_id = (form.line("who") or "").partition("/")
    office = next((o for o in _offices(request) if o.id == office_id), None)
    if office is None or unit_id not in office.units or not office.units[unit_id].contacts:
        raise NotFound("there is no unit `{unit}`", unit=unit_id)
    contact = f"{unit_id}/{office.units[unit_id].contacts[0].id}"
    with window_of(request).database.read() as transaction:
        version = transaction.tokens.version(office.id, contact)
    guest = Guest(office.id, contact, version, unit_id)
    response = redirect(request, "/")
    forget_everything(request, response)
    if unit_id in office.roles.values():
        keep_session(request, response, guest)
    keep_links(request, response, type(visitor)(), guest)
    return response


@router.get("/inbox")
def letters(request: Request, _visitor: TheVisitor, demo: TheDemo, to: str = "") -> Response:
    """The letters that arrived, newest first, perhaps of one reader."""
    found = inbox.letters(demo.inbox)
    readers = sorted({letter.to for letter in found})
    shown = [letter for letter in found if not to or letter.to == to]
    return page(
        request, "inbox/list.html", letters=shown[:MOST_LETTERS], readers=readers, to=to, total=len(shown)
    )


@router.get("/inbox/{name}")
def letter(request: Request, _visitor: TheVisitor, demo: TheDemo, name: str) -> Response:
    """One letter; its HTML stands in a sandboxed frame, its links lead nowhere; a button leads on."""
    opened = _open(demo, name)
    _, address = parseaddr(opened.letter.to)
    readers = [
        (f"{office.id}/{unit.id}", unit.name)
        for office in _offices(request)
        for unit in office.units.values()
        if any(contact.email == address for contact in unit.contacts)
    ]
    return page(
        request, "inbox/letter.html", opened=opened, text=neutralised(opened.text), readers=readers
    )  # fmt: skip


@router.get("/inbox/{name}/body")
def body(demo: TheDemo, name: str) -> Response:
    """The HTML of a letter for the frame."""
    text = neutral_html(_open(demo, name).html)
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(text, headers=headers)


def _open(demo: Demo, name: str) -> inbox.OpenedLetter:
    try:
        return inbox.read(demo.inbox, name)
    except FileNotFoundError:
        raise NotFound("there is no such letter in the inbox") from None
