"""The outbox: every letter by state, each as it was sent, and another try for those that did not arrive."""

from itertools import islice

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from plan_definitions.model import Channel
from web.access import Clerk
from web.forms import Posted
from web.letters_shown import LETTER_POLICY, neutral_html
from web.office_words import LETTER_KINDS, LETTER_TONES
from web.pages import Number, page, redirect
from web.window import Window, window_of
from workflows.errors import NotFound
from workflows.operations.mail.outbox import ShownLetter, retry_letter, show_letter
from workflows.store.letters import RETRIABLE
from workflows.store.records import LetterState

router = APIRouter()

MOST_LETTERS = 100


@router.get("/outbox")
def letters(
    request: Request, member: Clerk, state: str = "", to: str = "", after: Number | None = None
) -> Response:
    """Letters, newest first, by state and reader; the counts are those of the whole outbox."""
    states = [LetterState(state)] if state in set(LetterState) else None
    with window_of(request).database.read() as transaction:
        counts = transaction.letters.count_by_state(member.office)
        newest = transaction.letters.newest_first(
            member.office, below=after, states=states, address=to.strip() or None
        )
        found = list(islice(newest, MOST_LETTERS + 1))
    return page(
        request, "office/outbox.html", counts={s: n for s, n in counts.items() if n}, state=state, to=to,
        letters=found[:MOST_LETTERS], more=found[MOST_LETTERS - 1].id if len(found) > MOST_LETTERS else 0,
        tones=LETTER_TONES, kinds=LETTER_KINDS,
    )  # fmt: skip


@router.get("/outbox/{number}")
def letter(request: Request, member: Clerk, number: Number, sent: bool = False) -> Response:
    """One letter: what became of it, whom it spoke of, and its text without anybody's links."""
    window = window_of(request)
    shown = _shown(window, member.office, number)
    with window.database.read() as transaction:
        numbers = transaction.letters.assignments(number)
        about = list(transaction.assignments.by_numbers(numbers).values())
    return page(
        request, "office/letter.html", letter=shown.letter, about=about, again=sent, as_sent=shown.as_sent,
        text=shown.text, tones=LETTER_TONES, kinds=LETTER_KINDS,
        by_mail=shown.letter.channel is Channel.MAIL, retriable=shown.letter.state in RETRIABLE,
    )  # fmt: skip


@router.get("/outbox/{number}/body")
def body(request: Request, member: Clerk, number: Number) -> Response:
    """The HTML of a letter for the sandboxed frame: as sent, or as it would be now."""
    html = _shown(window_of(request), member.office, number).html
    headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(neutral_html(html), headers=headers)


@router.post("/outbox/{number}/retry")
def retry(request: Request, member: Clerk, number: Number, _form: Posted) -> Response:
    """Send a letter with the next delivery, its address trusted again."""
    window = window_of(request)
    _shown(window, member.office, number)
    retry_letter(window.database, number, now=window.now())
    return redirect(request, f"/outbox/{number}", sent="1")


def _shown(window: Window, office: str, number: int) -> ShownLetter:
    """A letter of the office; another's does not exist here."""
    found = show_letter(window.database, number)
    if found.letter.office != office:
        raise NotFound("there is no letter number {id}", id=number)
    return found
