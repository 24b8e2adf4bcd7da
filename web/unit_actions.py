"""What a unit says about its work: one form an answer, carried out once however often it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from web.access import Guest, TheVisitor, Visitor, title_of
from web.forms import LONGEST_TITLE, Posted, PostedForm
from web.pages import redirect, speech_of
from web.refusals import log_refusal
from web.reporters import keep_reporter, reporter_of
from web.unit_pages import guest_for, show_work, work_of
from web.uploaded import discard, kept_files
from web.window import window_of
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Via
from workflows.engine.states import Verb
from workflows.errors import DonDocError, WrongUse
from workflows.operations.answers import Answer, carry_out_once
from workflows.operations.move import PlanReference

router = APIRouter()

Draft = Callable[[PostedForm, str, Actor, int], Order]
"""From a form, an assignment, who sent it, and the number of files with it, to the move it asks for."""

_WITH_FILES = frozenset({"done", "evidence"})
"""The forms that files may come with."""


@router.post("/w/{office}/{plan}/{assignment:path}")
def answer(
    request: Request, visitor: TheVisitor, office: str, plan: str, assignment: str, form: Posted
) -> Response:
    """Carry out what the form says and show what was written down; or the form again, with a sentence."""
    guest = guest_for(visitor, office, assignment)
    act = form.choice("act", *DRAFTS) or ""
    try:
        done, title = _carry_out(request, visitor, guest, PlanReference(office, plan), assignment, act, form)
    except DonDocError as error:
        # The page with all it shows is read only where there is something to show; it may not exist.
        _, found = work_of(request, visitor, office, plan, assignment)
        log_refusal(request, type(error).__name__)
        problem = error.for_people(speech_of(request).say)
        return show_work(request, visitor, guest, found, do=act, problem=problem, filled=form.shown())
    response = redirect(request, f"/said/{office}/{plan}/{assignment}", record=str(done.sequence))
    if title is not None:
        keep_reporter(request, response, guest, title)
    return response


def _carry_out(
    request: Request,
    visitor: Visitor,
    guest: Guest,
    where: PlanReference,
    assignment: str,
    act: str,
    form: PostedForm,
) -> tuple[Answer, str | None]:
    window = window_of(request)
    if act not in DRAFTS:
        raise WrongUse("the form does not say what it is about; load the page again")
    title = form.line("reporter", LONGEST_TITLE) or _known_reporter(request, visitor, guest)
    # The link lets its reader speak for this one unit, and in no other role.
    speaker = Actor(guest.contact, frozenset({guest.unit}), frozenset())
    once = form.once(where.office, where.plan, assignment, guest.contact)
    uploads = form.files("files") if act in _WITH_FILES else []
    with kept_files(window.settings.home, uploads) as files:
        done = carry_out_once(
            window.database, where, guest.contact, assignment,
            lambda _known: _with_reporter(DRAFTS[act](form, assignment, speaker, len(files)), title),
            once=once, as_of=window.today(), now=window.now(), files=files, language=window.settings.lang,
        )  # fmt: skip
        if done.repeated:
            discard(files)
    return done, title


def _known_reporter(request: Request, visitor: Visitor, guest: Guest) -> str:
    return reporter_of(request, guest, title_of(visitor.offices[guest.office], guest.contact))[0]


def _with_reporter(order: Order, title: str) -> Order:
    return replace(order, said_by=title, via=Via.LINK)


def _start(form: PostedForm, assignment: str, by: Actor, _files: int) -> Order:
    """Received; with a day, it is a promise, which says the same and more."""
    until = form.day("until")
    verb = Verb.START if until is None else Verb.PROMISE
    return Order(verb, assignment, by, until=until, note=form.text("note"))


def _done(form: PostedForm, assignment: str, by: Actor, files: int) -> Order:
    return Order(
        Verb.SUBMIT,
        assignment,
        by,
        done_on=form.day("done_on"),
        figures=form.numbers("figure."),
        evidence_files=files,
        document=_document(form),
        evidence_later=form.ticked("evidence_later"),
        nothing_to_report=form.ticked("nothing_to_report"),
        note=form.text("note"),
    )


def _document(form: PostedForm) -> str | None:
    """Number and date of a dispatch, kept as `NUMBER, DATE`."""
    number: str | None = form.line("dispatch_number", LONGEST_TITLE)
    day: date | None = form.day("dispatch_date")
    if number is None and day is None:
        return None
    if number is None or day is None:
        raise WrongUse("a dispatch needs both its number and its date")
    return f"{number}, {day.isoformat()}"


def _evidence(form: PostedForm, assignment: str, by: Actor, files: int) -> Order:
    document = _document(form)
    return Order(
        Verb.EVIDENCE, assignment, by, evidence_files=files, document=document, note=form.text("note")
    )


def _stuck(form: PostedForm, assignment: str, by: Actor, _files: int) -> Order:
    return Order(
        Verb.OBSTACLE,
        assignment,
        by,
        note=form.text("note"),
        since=form.day("since"),
        waits_for=form.line("waits_for"),
    )


def _more_time(form: PostedForm, assignment: str, by: Actor, _files: int) -> Order:
    return Order(Verb.EXTEND, assignment, by, until=form.day("until"), note=form.text("note"))


def _take_back(form: PostedForm, assignment: str, by: Actor, _files: int) -> Order:
    return Order(Verb.WITHDRAW, assignment, by, note=form.text("note"))


def _resolved(form: PostedForm, assignment: str, by: Actor, _files: int) -> Order:
    return Order(Verb.RESOLVE, assignment, by, note=form.text("note"))


DRAFTS: Mapping[str, Draft] = MappingProxyType(
    {
        "start": _start,
        "done": _done,
        "stuck": _stuck,
        "more_time": _more_time,
        "take_back": _take_back,
        "resolved": _resolved,
        "evidence": _evidence,
    }
)
"""The forms of the page, by the value of their field `act`."""
