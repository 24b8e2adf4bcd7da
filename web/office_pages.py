"""The standing office's morning: one page for the day, and the letters it carries by hand."""

from typing import Any

from fastapi import APIRouter, Request, Response

from notifications.letters import Recipient
from web.access import Clerk, Guest
from web.codes import square, unit_code
from web.forms import Posted
from web.office_words import DONE_WORDS, LETTER_KINDS
from web.pages import Number, language_of, page, redirect, speech_of
from web.window import window_of
from workflows.errors import MoveRefused
from workflows.operations.mail.outbox import hand_over
from workflows.operations.reading.desk import HandOver, hand_overs, office_day
from workflows.operations.upkeep.office_checks import troubles_of
from workflows.store.records import LetterState
from workflows.texts import translator

router = APIRouter()

MOST_ROWS = 12
"""Assignments shown under one heading of the day; the rest is a number and a link to the board."""

MOST_HELD = 6
"""How many of tomorrow's reports can be held or commented on without leaving the page."""


@router.get("/today")
def today(request: Request, member: Clerk, plan: str = "", said: str = "") -> Response:
    """Everything that waits for the office's hands today."""
    window = window_of(request)
    day = office_day(
        window.database, member.office, as_of=window.today(), plan=plan or None, judge=window.judge
    )
    headings = _headings(request, member.office)
    return page(
        request, "office/today.html", day=day, member=member, headings=headings, chosen=plan,
        troubles=_troubles(request, member.office), most=MOST_ROWS, most_held=MOST_HELD,
        said=DONE_WORDS.get(said, ""), kinds=LETTER_KINDS,
        by_channel=_by_channel([letter.channel.value for letter in day.hand_overs]),
    )  # fmt: skip


def _headings(request: Request, office: str) -> list[Any]:
    with window_of(request).database.read() as transaction:
        return list(transaction.plans.headings(office, running=True))


def _troubles(request: Request, office: str) -> list[str]:
    """What the machine cannot mend by itself, as `dondoc doctor` says it."""
    window, translate = window_of(request), translator(language_of(request))
    found = troubles_of(window.database, window.settings, office, window.now())
    return [finding.detail.say(translate) for finding in found]


def _by_channel(channels: list[str]) -> dict[str, int]:
    return {name: channels.count(name) for name in ("zalo", "phone", "paper")}


@router.get("/hand-over")
def carried(request: Request, member: Clerk, done: int = 0) -> Response:
    """What goes by Zalo, telephone or paper: texts to copy, numbers to call, sheets to print."""
    window = window_of(request)
    found = hand_overs(
        window.database,
        member.office,
        signer=window.keys.links,
        base_url=window.settings.public_base_url,
    )
    groups = {
        channel: [one for one in found if one.stored.channel.value == channel]
        for channel in ("zalo", "phone", "paper")
    }
    return page(
        request, "office/hand_over.html", groups=groups, total=len(found), done=done, kinds=LETTER_KINDS
    )


@router.get("/hand-over/{number}/sheet")
def sheet(request: Request, member: Clerk, number: Number) -> Response:
    """One letter as a sheet of paper, with the code that leads to the unit's page."""
    window = window_of(request)
    (found,) = hand_overs(
        window.database,
        member.office,
        signer=window.keys.links,
        base_url=None,
        only=number,
    )
    office, address = member_office(request, member.office), window.settings.public_base_url
    code = _code(request, found, found.letter.recipient)
    scanned = (
        square(f"{address}/v/{code}", speech_of(request).say("The unit's page, to scan"))
        if code and address
        else None
    )
    return page(
        request, "office/sheet.html", one=found, office=office, letter=found.letter,
        code=code, address=address, square=scanned,
    )  # fmt: skip


def _code(request: Request, found: HandOver, recipient: Recipient) -> str | None:
    """The short code of whoever reads the sheet; None for a unit without any contact."""
    office, (unit, _, contact) = found.letter.sender.office, recipient.contact.partition("/")
    if not contact:
        return None
    window = window_of(request)
    with window.database.read() as transaction:
        version = transaction.tokens.version(office, recipient.contact)
    return unit_code(window.keys, Guest(office, recipient.contact, version, unit))


def member_office(request: Request, office: str) -> Any:
    """The office of somebody signed in, as units.yaml describes it."""
    with window_of(request).database.read() as transaction:
        return transaction.offices.get(office)


@router.post("/hand-over/{number}")
def tick_off(request: Request, member: Clerk, number: Number, _form: Posted) -> Response:
    """Tick off what was pasted, read out or carried; twice is once."""
    window = window_of(request)
    (found,) = hand_overs(
        window.database, member.office, signer=window.keys.links, base_url=None, only=number
    )
    if found.stored.state is not LetterState.HANDED_OVER:
        if found.stored.state is not LetterState.TO_HAND_OVER:
            raise MoveRefused("letter {id} is no longer to be handed over", id=number)
        hand_over(window.database, number, by=member.contact, now=window.now())
    return redirect(request, "/hand-over", done=str(number))
