"""What a unit sees through the link in its letter: one piece of work, all it holds, its history."""

from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from notifications.parts import Voice
from notifications.recipients import sender, voice_of
from notifications.sections import is_unfinished, tally
from notifications.speech import Speech
from notifications.wording import items, units
from plan_definitions.model import Evidence, Office
from web.access import LINK_SHOWS, Guest, TheVisitor, Visitor, title_of
from web.codes import record_code, unit_code
from web.history_words import OFFICES_OWN, tell
from web.pages import page, speech_of
from web.reporters import reporter_of
from web.window import window_of
from workflows.engine.states import IN_HAND, Standing, State, Verb
from workflows.errors import NotFound
from workflows.operations.mail.links import Link
from workflows.operations.reading.work import PlanWork, Work, read_unit, read_work, unit_history

router = APIRouter()

MOST_HISTORY = 120
"""Records on one page: about 30 KB, on a slow line."""


_BY_ITSELF = frozenset({Verb.CREATE, Verb.OPEN})
"""What the plan brings along: nobody reported it."""


@router.get("/u/{office}/{unit}")
def mine(request: Request, visitor: TheVisitor, office: str, unit: str) -> Response:
    """Everything a unit holds, in the order of its letter; below it, what it did in plans just closed."""
    guest, window = visitor.guest_of(office, unit), window_of(request)
    today, place, speech = window.today(), visitor.offices[office], speech_of(request)
    plans = read_unit(
        window.database, office, unit, as_of=today, closed_since=today - LINK_SHOWS, judge=window.judge
    )
    voice = voice_of(place.units[unit])
    feed = window.keys.links.calendar_token(Link(office, guest.contact, guest.version, unit))
    return page(
        request, "unit/mine.html", office=place, unit=place.units[unit],
        plans=[(p, _groups(p)) for p in plans if p.plan.closed_on is None],
        closed=[(p, _outcome(p, place.units[unit].name, voice, speech)) for p in plans if p.plan.closed_on],
        sender=sender(place, today), code=unit_code(window.keys, guest), voice=voice, items=items,
        feed=_absolute(request, f"/c/{feed}.ics"), speech=speech,
    )  # fmt: skip


def _absolute(request: Request, path: str) -> str:
    base = window_of(request).settings.public_base_url
    return f"{base}{path}" if base else f"{str(request.base_url).rstrip('/')}{path}"


def _outcome(plan: PlanWork, unit: str, voice: Voice, speech: Speech) -> dict[str, Any]:
    """How a closed plan ended for a unit: its count in words, what is without a result, what is over."""
    rows = [row for row, _ in plan.held]
    count = tally(rows, plan.plan.closed_on or date.max)
    return {
        "count": units.tally(count, unit, voice, speech) if count.total else "",
        "undone": [(row, item) for row, item in plan.held if is_unfinished(row)],
        "over": [row for row in rows if row.state in (State.DONE, State.CANCELLED)],
    }


def _groups(plan: PlanWork) -> dict[str, list[Any]]:
    """The unit's work as its letter orders it: what presses, goes on, is with others, is over."""
    found: dict[str, list[Any]] = {name: [] for name in ("now", "going", "checking", "later", "over")}
    for row, item in plan.held:
        returned = row.returned_on is not None and row.state in IN_HAND
        if row.state in (State.DONE, State.CANCELLED):
            place = "over"
        elif returned or row.standing in (Standing.OVERDUE, Standing.DUE_SOON):
            place = "now"
        elif row.standing is Standing.AWAITING_CHECK:
            place = "checking"
        else:
            place = "going" if row.state in IN_HAND else "later"
        found[place].append((row, item))
    return found


@router.get("/u/{office}/{unit}/history")
def my_history(request: Request, visitor: TheVisitor, office: str, unit: str) -> Response:
    """What a unit and others said about its work, newest first."""
    visitor.guest_of(office, unit)
    window, said, place = window_of(request), speech_of(request), visitor.offices[office]
    records = unit_history(
        window.database, office, unit, most=MOST_HISTORY, closed_since=window.today() - LINK_SHOWS
    )
    told = [
        (tell(stored, place, said), plan, stored.record.assignment)
        for plan, stored in records
        if stored.record.verb not in OFFICES_OWN | _BY_ITSELF
    ]
    return page(
        request,
        "unit/history.html",
        unit=place.units[unit],
        office=place,
        told=told,
        cut=len(records) == MOST_HISTORY,
    )


@router.get("/w/{office}/{plan}/{assignment:path}")
def work(
    request: Request, visitor: TheVisitor, office: str, plan: str, assignment: str, do: str = ""
) -> Response:
    """One piece of work: what, why this unit, by when, who helps, what was done; and the ways to answer."""
    guest, found = work_of(request, visitor, office, plan, assignment)
    return show_work(request, visitor, guest, found, do=do)


def work_of(
    request: Request, visitor: Visitor, office: str, plan: str, assignment: str
) -> tuple[Guest, Work]:
    """The link and the work it is for. Raises what `guest_for` raises, and NotFound."""
    guest = guest_for(visitor, office, assignment)
    window = window_of(request)
    return guest, read_work(window.database, office, plan, assignment, as_of=window.today())


def guest_for(visitor: Visitor, office: str, assignment: str) -> Guest:
    """The link for an assignment. Raises Refused for another unit's work, whether it exists or not."""
    parts = assignment.split("/")
    return visitor.guest_of(office, parts[1] if len(parts) > 1 else "")


def show_work(
    request: Request,
    visitor: Visitor,
    guest: Guest,
    found: Work,
    *,
    do: str = "",
    problem: str = "",
    filled: dict[str, str] | None = None,
) -> Response:
    """The page of a piece of work, perhaps with what was wrong with the form that was sent."""
    window, said, office = window_of(request), speech_of(request), visitor.offices[guest.office]
    row = found.row
    voice = voice_of(office.units[row.unit])
    shown = [s for s in found.history if s.record.verb not in OFFICES_OWN]
    today, answer = window.today(), _latest_answer(found)
    return page(
        request, "unit/work.html", status=422 if problem else 200,
        office=office, work=found, row=row, item=found.item, voice=voice, speech=said,
        items=items, unit=office.units[row.unit], accepter=accepter_of(found), sender=sender(office, today),
        answer=answer, answered=tell(answer, office, said) if answer else None,
        # Where the answer stands at the top, a line that leads to it says nothing.
        shown_item=replace(found.item, returned=found.item.returned and answer is None),
        told=[tell(s, office, said) for s in shown][::-1],
        do=do, problem=problem, filled=filled or {}, can=what_can_be_done(found, today),
        reporter=_reporter(request, guest, office),
        asks_for_file=found.task.evidence is Evidence.REQUIRED,
    )  # fmt: skip


def _reporter(request: Request, guest: Guest, office: Office) -> tuple[str, bool]:
    title, known = reporter_of(request, guest, title_of(office, guest.contact))
    return title, known and request.query_params.get("who") != "ask"


def accepter_of(found: Work) -> str | None:
    """The name of the unit that must confirm the result; None where nobody must."""
    office, role = found.plan.schedule.office, found.row.accept
    return None if role is None else office.units[office.roles[role]].name


def what_can_be_done(found: Work, today: date) -> frozenset[str]:
    """Which forms the page offers: the moves that the table allows a unit now; none in a closed plan."""
    row = found.row
    if found.plan.closed_on is not None:
        return frozenset()
    offered = set[str]()
    if row.state in IN_HAND:
        offered |= {"done", "stuck", "promise"}
        offered |= {"start"} if row.state is State.OPEN else set()
    if row.state is State.WAITING:
        may_be_early = row.occurrence is None or row.start is None or row.start <= today
        offered |= {"stuck"} | ({"done"} if may_be_early and not row.waits_for else set())
    if row.state in (*IN_HAND, State.WAITING) and row.due is not None and not row.extension_asked:
        offered.add("more_time")
    if row.obstacle:
        offered = (offered - {"stuck"}) | {"resolved"}
    if row.state is State.SUBMITTED or (row.state is State.DONE and _finished_on(found) == today):
        offered.add("take_back")
    if row.state in (State.SUBMITTED, State.DONE) and found.task.evidence is not Evidence.NONE:
        offered.add("evidence")
    return frozenset(offered)


def _finished_on(found: Work) -> date | None:
    done = [s.record.as_of for s in found.history if s.record.after is State.DONE]
    return done[-1] if done else None


_ANSWERS = frozenset({Verb.RETURN, Verb.RESOLVE, Verb.GRANT, Verb.REFUSE, Verb.ANSWER, Verb.REOPEN})


def _latest_answer(found: Work) -> Any:
    """What the office or the leadership said last, while it is still what matters."""
    for stored in reversed(found.history):
        record = stored.record
        if record.verb in _ANSWERS and not record.by.startswith(f"{found.row.unit}/"):
            return stored
        if record.verb in (Verb.SUBMIT, Verb.ACCEPT):
            return None
    return None


@router.get("/said/{office}/{plan}/{assignment:path}")
def said(
    request: Request, visitor: TheVisitor, office: str, plan: str, assignment: str, record: int = 0
) -> Response:
    """What was written down, with a code for the telephone; may be looked at as often as one likes."""
    _, found = work_of(request, visitor, office, plan, assignment)
    stored = next((s for s in found.history if s.sequence == record), None)
    if stored is None or stored.record.verb in OFFICES_OWN:
        raise NotFound("there is no record number {number} of this work", number=record)
    place, today = visitor.offices[office], window_of(request).today()
    return page(
        request, "unit/said.html", office=place, row=found.row, task=found.task,
        record=stored.record, unit=place.units[found.row.unit], accepter=accepter_of(found),
        told=tell(stored, place, speech_of(request)), code=record_code(stored.hash), Verb=Verb,
        sender=sender(place, today), can=what_can_be_done(found, today),
    )  # fmt: skip
