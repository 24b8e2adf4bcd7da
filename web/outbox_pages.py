"""The outbox: every letter by state, each as it was sent, and another try for those that did not arrive."""

from email import message_from_bytes
from email.message import Message

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from notifications.letters import from_json
from notifications.messages import render, zalo_text
from plan_definitions.model import Channel
from web.access import Clerk
from web.forms import Posted
from web.letters_shown import LETTER_POLICY, neutral_html, neutral_text
from web.office_words import LETTER_KINDS, LETTER_STATES, LETTER_TONES
from web.pages import page, redirect
from web.window import Window, window_of
from workflows.errors import NotFound
from workflows.operations.mail.outbox import retry_letter
from workflows.store.records import TO_SEND, LetterState, StoredLetter

router = APIRouter()

MOST_LETTERS = 100
RETRIABLE = frozenset({*TO_SEND, LetterState.DEAD, LetterState.EXPIRED})
"""States from which a letter may be sent again at once."""


@router.get("/outbox")
def letters(request: Request, member: Clerk, state: str = "", to: str = "", after: int = 0) -> Response:
    """Letters, newest first, by state and reader; the counts are those of the whole outbox."""
    window = window_of(request)
    states = [LetterState(state)] if state in set(LetterState) else None
    with window.database.read() as transaction:
        counts = transaction.letters.count_by_state(member.office)
        found = transaction.letters.find(member.office, states=states, address=to.strip() or None)
    newest = [letter for letter in reversed(found) if not after or letter.id < after]
    return page(
        request, "office/outbox.html", counts={s: n for s, n in counts.items() if n}, state=state, to=to,
        letters=newest[:MOST_LETTERS], more=newest[MOST_LETTERS - 1].id if len(newest) > MOST_LETTERS else 0,
        total=len(newest), words=LETTER_STATES, tones=LETTER_TONES, kinds=LETTER_KINDS, retriable=RETRIABLE,
    )  # fmt: skip


@router.get("/outbox/{number}")
def letter(request: Request, member: Clerk, number: int, sent: bool = False) -> Response:
    """One letter: what became of it, whom it spoke of, and its text without anybody's links."""
    window = window_of(request)
    found = _of_office(window, member.office, number)
    with window.database.read() as transaction:
        data = transaction.letters.frozen(number)
        numbers = transaction.letters.assignments(number)
        about = list(transaction.assignments.by_numbers(numbers).values())
    return page(
        request, "office/letter.html", letter=found, about=about, again=sent, is_frozen=data is not None,
        text=neutral_text(_text(found, data)), words=LETTER_STATES, tones=LETTER_TONES, kinds=LETTER_KINDS,
        by_mail=found.channel is Channel.MAIL, retriable=found.state in RETRIABLE,
    )  # fmt: skip


@router.get("/outbox/{number}/body")
def body(request: Request, member: Clerk, number: int) -> Response:
    """The HTML of a letter for the sandboxed frame: as sent, or as it would be now."""
    window = window_of(request)
    found = _of_office(window, member.office, number)
    with window.database.read() as transaction:
        data = transaction.letters.frozen(number)
    if data is None:
        html = render(from_json(found.content), None).html
    else:
        html = _part(message_from_bytes(data), "text/html")
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(neutral_html(html), headers=headers)


@router.post("/outbox/{number}/retry")
def retry(request: Request, member: Clerk, number: int, _form: Posted) -> Response:
    """Send a letter with the next delivery, its address trusted again."""
    window = window_of(request)
    _of_office(window, member.office, number)
    retry_letter(window.database, number, now=window.now())
    return redirect(request, f"/outbox/{number}", sent="1")


def _of_office(window: Window, office: str, number: int) -> StoredLetter:
    with window.database.read() as transaction:
        found = transaction.letters.get(number)
    if found.office != office:
        raise NotFound("there is no letter number {id}", id=number)
    return found


def _text(letter: StoredLetter, data: bytes | None) -> str:
    if data is not None:
        return _part(message_from_bytes(data), "text/plain").replace("\r\n", "\n")
    said = from_json(letter.content)
    return render(said, None).text if letter.channel is Channel.MAIL else zalo_text(said, None)


def _part(message: Message, content_type: str) -> str:
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() == content_type and isinstance(payload, bytes):
            return payload.decode("utf-8")
    return ""
