"""The leadership's two minutes: what waits for a decision, what slips because of it, how the plan stands."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from notifications.speech import Speech
from notifications.wording import leaders
from plan_definitions.model import Role
from web.access import Leader, Member, TheVisitor, Visitor, title_of
from web.forms import Posted, PostedForm
from web.office_orders import answer_of
from web.office_words import BUDGET_SOURCES, DONE_WORDS
from web.pages import page, speech_of
from web.refusals import Refused, Why, log_refusal
from web.window import window_of
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Answered
from workflows.engine.states import Verb
from workflows.errors import DonDocError, WrongUse
from workflows.operations.move import PlanReference
from workflows.operations.reading.cases import LateCase, late_case, leader_day
from workflows.operations.together import Draft, Together, carry_out_together

router = APIRouter()

_LEADING = (Role.DEPUTY_CHAIR, Role.CHAIR)


@router.get("/leadership")
def leadership(request: Request, member: Leader, plan: str = "", said: str = "") -> Response:
    """One page: cases to decide, reports to accept, counts, money, and who keeps their dates."""
    window = window_of(request)
    plans = leader_day(
        window.database,
        member.office,
        roles=_roles(member.roles),
        as_of=window.today(),
        plan=plan or None,
        judge=window.judge,
    )
    return page(
        request, "leadership/day.html", plans=plans, member=member, speech=speech_of(request),
        wording=leaders, said=DONE_WORDS.get(said, ""), sources=BUDGET_SOURCES,
    )  # fmt: skip


@router.get("/decide/{office}/{plan}/{assignment:path}")
def case(
    request: Request, visitor: TheVisitor, office: str, plan: str, assignment: str, do: str = ""
) -> Response:
    """One case with its four facts and the ways to answer it, for a leader signed in or from the letter."""
    leader = leader_of(visitor, office)
    found = _read(request, leader, plan, assignment)
    if found is None:
        return page(request, "leadership/settled.html")
    return _show(request, leader, found, do=do)


@router.post("/decide/{office}/{plan}/{assignment:path}")
def decide(
    request: Request, visitor: TheVisitor, office: str, plan: str, assignment: str, form: Posted
) -> Response:
    """Answer a case: for every late assignment that it named when it was read."""
    leader = leader_of(visitor, office)
    found = _read(request, leader, plan, assignment)
    if found is None:  # a second tap, or everybody has reported in the meantime
        return page(request, "leadership/settled.html")
    try:
        done = _decide(request, leader, found, form)
    except DonDocError as error:
        log_refusal(request, type(error).__name__)
        problem = error.for_people(speech_of(request).say)
        return _show(request, leader, found, problem=problem, filled=form.shown())
    return page(request, "leadership/decided.html", done=done, case=found, answer=answer_of(form))


def leader_of(visitor: Visitor, office: str) -> Member:
    """Who decides: a leader signed in, or the leader whose letter's link was opened in this browser.

    The link speaks for one leading unit and opens its cases only. Raises Refused for everybody else.
    """
    member = visitor.member
    if member is not None and member.office == office and member.is_leader:
        return member
    place = visitor.offices.get(office)
    for guest in visitor.guests:
        if place is None or guest.office != office:
            continue
        roles = frozenset(str(r) for r in _LEADING if place.roles.get(r) == guest.unit)
        if roles:
            unit = place.units[guest.unit]
            title = title_of(place, guest.contact)
            return Member(office, guest.contact, guest.version, unit.id, unit.name, title, roles)
    raise Refused(Why.NEEDS_SIGN_IN if member is None else Why.WRONG_ROLE)


def _roles(held: frozenset[str]) -> frozenset[str]:
    return held & {str(role) for role in _LEADING}


def _read(request: Request, leader: Member, plan: str, assignment: str) -> LateCase | None:
    window = window_of(request)
    return late_case(
        window.database,
        leader.office,
        plan,
        assignment,
        roles=_roles(leader.roles),
        as_of=window.today(),
        judge=window.judge,
    )


def _decide(request: Request, leader: Member, found: LateCase, form: PostedForm) -> Together:
    window = window_of(request)
    orders = _orders(form, found)
    return carry_out_together(
        window.database,
        PlanReference(leader.office, found.plan.id),
        leader.contact,
        orders,
        once=form.once(leader.office, found.plan.id, found.first, leader.contact),
        as_of=window.today(),
        now=window.now(),
        language=window.settings.lang,
    )


def _orders(form: PostedForm, found: LateCase) -> Sequence[tuple[str, Sequence[Draft]]]:
    """The answer, and the date that goes with it, for each assignment in the form that is still late."""
    answer, note, until = answer_of(form), form.text("note"), form.day("until")
    time = form.choice("time", "grant", "promise")
    if answer is None:
        raise WrongUse("choose an answer: agree, decide otherwise, or ask for a call")
    if answer is Answered.OTHERWISE and note is None and until is None:
        raise WrongUse("say what is decided: in words, or with a date")
    if answer is Answered.AGREED and not found.proposed:
        raise WrongUse("there is no proposal to agree to; write your decision")
    if time is not None and until is None:
        raise WrongUse("give the date")
    if until is not None and time is None:
        raise WrongUse("say what the date means: a new due date, or the day on which it is promised")
    named = set(form.all("late"))
    chosen = [row.id for row in found.rows if row.id in named]
    if not chosen:
        raise WrongUse("the case has changed in the meantime; read it again")
    dated = {"grant": Verb.GRANT, "promise": Verb.PROMISE}

    def drafts(assignment: str) -> list[Draft]:
        def answered(by: Actor) -> Order:
            return Order(Verb.ANSWER, assignment, by, note=note, answer=answer)

        def with_date(by: Actor) -> Order:
            return Order(dated[time or "grant"], assignment, by, until=until, note=note)

        return [answered] if time is None else [answered, with_date]

    return [(assignment, drafts(assignment)) for assignment in chosen]


def _show(
    request: Request,
    leader: Member,
    found: LateCase,
    *,
    do: str = "",
    problem: str = "",
    filled: dict[str, str] | None = None,
) -> Response:
    speech: Speech = speech_of(request)
    return page(
        request, "leadership/case.html", status=422 if problem else 200,
        case=found, leader=leader, speech=speech, wording=leaders, do=do, problem=problem,
        filled=filled or {},
    )  # fmt: skip
