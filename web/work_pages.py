"""One assignment for the office and the leadership: its whole history, and every move they may make."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from notifications.recipients import helper
from web.access import Member, Signed
from web.forms import Posted, PostedForm
from web.history_words import WAYS, tell
from web.office_orders import UNITS_WORDS, order_of
from web.office_words import DECISIONS, DONE_WORDS, TITLES
from web.pages import Number, page, redirect, speech_of
from web.refusals import log_refusal
from web.uploaded import discard, kept_files
from web.window import window_of
from workflows.engine.moves import PEOPLES_VERBS
from workflows.engine.states import MOVES, Verb
from workflows.errors import DonDocError, NotFound, WrongUse
from workflows.operations.answers import carry_out_once
from workflows.operations.evidence.kept_files import FOLDER
from workflows.operations.move import PlanReference
from workflows.operations.reading.history import last_words
from workflows.operations.reading.office_work import OfficeWork, read_office_work

router = APIRouter()


@router.get("/check")
def check(request: Request, _member: Signed, plan: str = "", assignment: str = "") -> Response:
    """Where a letter's "look and accept" leads."""
    if not plan or not assignment:
        return redirect(request, "/")
    return redirect(request, f"/work/{plan}/{assignment}", do="accept")


@router.get("/work/{plan}/{assignment:path}")
def work(
    request: Request, member: Signed, plan: str, assignment: str, do: str = "", said: str = ""
) -> Response:
    """One assignment; `do` opens a form, `said` is the verb that was just carried out."""
    return _show(request, member, _read(request, member, plan, assignment), do=do, said=said)


@router.post("/work/{plan}/{assignment:path}")
def move(request: Request, member: Signed, plan: str, assignment: str, form: Posted) -> Response:
    """Make the move that a form asks for; or show the page again, with a sentence beside the form."""
    found = _read(request, member, plan, assignment)
    act = form.choice("act", *PEOPLES_VERBS) or ""
    try:
        _carry_out(request, member, found, act, form)
    except DonDocError as error:
        log_refusal(request, type(error).__name__)
        problem = error.for_people(speech_of(request).say)
        return _show(request, member, found, do=act, problem=problem, filled=form.shown())
    if form.choice("back", "/today", "/leadership"):
        return redirect(request, form.choice("back", "/today", "/leadership") or "/", said=act)
    return redirect(request, f"/work/{plan}/{assignment}", said=act)


def _read(request: Request, member: Member, plan: str, assignment: str) -> OfficeWork:
    window = window_of(request)
    return read_office_work(
        window.database,
        member.office,
        plan,
        assignment,
        who=member.contact,
        as_of=window.today(),
        judge=window.judge,
    )


def _carry_out(request: Request, member: Member, found: OfficeWork, act: str, form: PostedForm) -> None:
    window, plan, row = window_of(request), found.work.plan, found.work.row
    if not act:
        raise WrongUse("the form does not say what it is about; load the page again")
    verb = Verb(act)
    spoken_for = row.unit if verb in UNITS_WORDS and verb in found.for_unit else None
    with kept_files(window.settings.home, form.files("files")) as files:
        done = carry_out_once(
            window.database,
            PlanReference(member.office, plan.id),
            member.contact,
            row.id,
            lambda by: order_of(form, verb, row.id, by, spoken_for=spoken_for, files=len(files)),
            once=form.once(member.office, plan.id, row.id, member.contact),
            as_of=window.today(),
            now=window.now(),
            files=files,
            language=window.settings.lang,
        )
        if done.repeated:
            discard(files)


def _show(
    request: Request,
    member: Member,
    found: OfficeWork,
    *,
    do: str = "",
    said: str = "",
    problem: str = "",
    filled: dict[str, str] | None = None,
) -> Response:
    speech, window = speech_of(request), window_of(request)
    row, plan = found.work.row, found.work.plan
    office = plan.schedule.office
    history = [tell(stored, office, speech) for stored in found.work.history][::-1]
    return page(
        request, "office/work.html", status=422 if problem else 200,
        member=member, found=found, work=found.work, row=row, plan=plan, office=office, history=history,
        task=found.work.task, Verb=Verb, ways=WAYS, titles=TITLES,
        decisions=[verb for verb in DECISIONS if verb in found.offered], moves=MOVES,
        recorded=[verb for verb in UNITS_WORDS if verb in found.offered],
        helpers=[helper(office, unit, window.today()) for unit in (row.unit, *row.helpers)],
        words={
            verb: last_words(found.work.history, verb) for verb in (Verb.SUBMIT, Verb.OBSTACLE, Verb.EXTEND)
        },
        do=do, said=DONE_WORDS.get(said, ""), problem=problem, filled=filled or {},
    )  # fmt: skip


@router.get("/evidence/{number}/{plan}/{assignment:path}")
def evidence(request: Request, member: Signed, number: Number, plan: str, assignment: str) -> Response:
    """A piece of an assignment's evidence, to be saved: it is never shown as part of a page."""
    window = window_of(request)
    with window.database.read() as transaction:
        stored = transaction.plans.get(member.office, plan)
        held = transaction.evidence.of_assignment(
            transaction.assignments.get(stored.number, assignment).number
        )
    found = next((one for one in held if one.id == number), None)
    if found is None or found.stored_as is None:
        raise NotFound("there is no evidence number {id}", id=number)
    return FileResponse(
        window.settings.home / FOLDER / found.stored_as,
        media_type="application/octet-stream",
        filename=found.file_name or found.stored_as,
    )
