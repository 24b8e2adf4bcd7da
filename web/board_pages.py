"""The whole plan on a day: as a list, a map, along the calendar, as a graph, as a curve, task by task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response

from web.access import Clerk, Member, Signed
from web.board_files import board_csv, board_xlsx
from web.board_rows import GLYPHS, Chosen, chosen_of, heat_map, select, turns
from web.drawings.burn_up import burn_up, progress
from web.drawings.gantt import bars, gantt
from web.drawings.graph import graph
from web.filters import TONES
from web.forms import Posted, PostedForm
from web.pages import page, redirect, speech_of, url
from web.refusals import log_refusal
from web.window import window_of
from workflows.engine.board import Row, counts, letter_order
from workflows.engine.orders import Actor, Order
from workflows.engine.pressing import MOST_PRESSING_FIRST
from workflows.engine.states import Standing, State, Verb
from workflows.errors import NotFound, WrongUse
from workflows.operations.mail.message import unit_messages
from workflows.operations.move import PlanReference
from workflows.operations.reading.judged import Judged, read_judged
from workflows.operations.situations import the_plan
from workflows.operations.together import Draft, carry_out_together, preview
from workflows.texts import STANDING_LABELS

router = APIRouter()

PAGE_ROWS = 100
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OVER = frozenset({State.DONE, State.CANCELLED})

MOST_TEXTS = 30
"""Units whose texts are written on one page: more than an office pastes in a morning."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The board with what of it was asked for."""

    board: Judged
    chosen: Chosen
    rows: tuple[Row, ...]


def _seen(request: Request, member: Member) -> Seen:
    window, chosen = window_of(request), chosen_of(request)
    heading = the_plan(window.database, member.office, chosen.plan or _first_plan(request, member))
    board = read_judged(window.database, member.office, heading.id, as_of=window.today(), judge=window.judge)
    return Seen(board, replace(chosen, plan=heading.id), tuple(select(board.rows, chosen)))


def _first_plan(request: Request, member: Member) -> str:
    """The running plan published last; the address names another."""
    with window_of(request).database.read() as transaction:
        headings = transaction.plans.headings(member.office)
    running = [heading for heading in headings if heading.closed_on is None] or headings
    if not running:
        raise NotFound("nothing has been published yet")
    return running[-1].id


def _page(request: Request, view: str, seen: Seen, member: Member, **values: object) -> Response:
    window = window_of(request)
    with window.database.read() as transaction:
        headings = transaction.plans.headings(member.office)
    office = seen.board.plan.schedule.office
    busy = {row.unit for row in seen.board.rows}
    # What each choice of a standing would show, the other filters kept.
    others = select(seen.board.rows, replace(seen.chosen, standing=""))
    shared: dict[str, object] = {
        "view": view,
        "member": member,
        "chosen": seen.chosen,
        "rows": seen.rows,
        "counts": counts(others),
        "total": len(others),
        "plan": seen.board.plan,
        "schedule": seen.board.plan.schedule,
        "headings": headings,
        "standings": list(Standing),
        "units": [unit for unit in office.units.values() if unit.id in busy],
    }
    return page(request, f"office/{view}.html", 200, **(shared | values))


@router.get("/board")
def as_list(request: Request, member: Signed, start: int = 0, said: str = "") -> Response:
    """Row by row, what presses first."""
    seen = _seen(request, member)
    ordered = _ordered(seen.rows)
    start = max(start, 0)
    shown = ordered[start : start + PAGE_ROWS]
    following = start + PAGE_ROWS if len(ordered) > start + PAGE_ROWS else 0
    return _page(
        request, "list", seen, member, shown=shown, start=start, following=following, said=said,
        before=max(start - PAGE_ROWS, 0),
    )  # fmt: skip


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """What presses first, what is over last."""
    return sorted(rows, key=lambda row: (row.state in _OVER, letter_order(row)))


@router.get("/board.csv")
def as_csv(request: Request, member: Signed) -> Response:
    """What is on the screen, for a spreadsheet."""
    seen = _seen(request, member)
    text = board_csv(_ordered(seen.rows), speech_of(request))
    return _file(seen, text.encode(), "csv", "text/csv; charset=utf-8")


@router.get("/board.xlsx")
def as_workbook(request: Request, member: Signed) -> Response:
    """What is on the screen, as a workbook."""
    seen = _seen(request, member)
    return _file(seen, board_xlsx(_ordered(seen.rows), speech_of(request)), "xlsx", _WORKBOOK)


def _file(seen: Seen, data: bytes, ending: str, media_type: str) -> Response:
    name = f"{seen.board.plan.id}-{seen.board.as_of.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/board/map")
def as_map(request: Request, member: Signed) -> Response:
    """Units by tasks, a cell coloured by what asks for most."""
    seen = _seen(request, member)
    schedule = seen.board.plan.schedule
    named = ((unit.id, unit.short or unit.name) for unit in schedule.office.units.values())
    found = heat_map(seen.rows, schedule.tasks.values(), named)
    said = speech_of(request)
    words = {standing: said.say(STANDING_LABELS[standing]) for standing in Standing}
    return _page(request, "map", seen, member, map=found, glyphs=GLYPHS, tones=TONES, words=words)


@router.get("/board/gantt")
def as_gantt(request: Request, member: Signed) -> Response:
    """Along the calendar."""
    seen = _seen(request, member)
    shown = bars(seen.board.plan.schedule, seen.rows, _worst)
    said = speech_of(request)
    name = said.say("{plan} along the calendar", plan=seen.board.plan.title)
    drawn = gantt(shown, seen.board.as_of, said, name, lambda task: _task_address(request, seen, task))
    return _page(request, "gantt", seen, member, drawing=drawn, shown=len(shown))


@router.get("/board/graph")
def as_graph(request: Request, member: Signed) -> Response:
    """What hangs on what."""
    seen = _seen(request, member)
    shown = bars(seen.board.plan.schedule, seen.rows, _worst)
    said = speech_of(request)
    name = said.say("What hangs on what in {plan}", plan=seen.board.plan.title)
    drawn = graph(shown, said, name, lambda task: _task_address(request, seen, task))
    return _page(request, "graph", seen, member, drawing=drawn, shown=len(shown))


@router.get("/board/progress")
def as_curve(request: Request, member: Signed) -> Response:
    """Planned and done, day by day."""
    seen = _seen(request, member)
    found, said = progress(seen.rows), speech_of(request)
    name = said.say("Progress of {plan}", plan=seen.board.plan.title)
    drawn = burn_up(found, seen.board.as_of, said, name)
    return _page(request, "progress", seen, member, drawing=drawn, progress=found, as_of=seen.board.as_of)


@router.get("/board/task/{task}")
def as_matrix(request: Request, member: Signed, task: str) -> Response:
    """One task and everybody who has it: how many are done of how many that are needed."""
    seen = _seen(request, member)
    schedule = seen.board.plan.schedule
    if task not in schedule.tasks:
        raise NotFound("there is no task `{task}` in this plan", task=task)
    definition = schedule.tasks[task]
    rows = [row for row in seen.board.rows if row.task == task]
    followers = [t for t in schedule.tasks.values() if any(edge.task == task for edge in t.after)]
    return _page(
        request, "task", seen, member, task=definition, members=rows, turns=turns(rows, definition),
        lines=_lines(rows), followers=followers, glyphs=GLYPHS,
    )  # fmt: skip


def _lines(rows: Sequence[Row]) -> list[tuple[str, dict[int | None, Row]]]:
    """A line for each unit, its turns by number."""
    found: dict[str, tuple[str, dict[int | None, Row]]] = {}
    for row in rows:
        found.setdefault(row.unit, (row.unit_name, {}))[1][row.occurrence] = row
    return list(found.values())


def _worst(rows: Sequence[Row]) -> Standing:
    return min((row.standing for row in rows), key=MOST_PRESSING_FIRST.index)


def _task_address(request: Request, seen: Seen, task: str) -> str:
    return url(request, f"/board/task/{task}", plan=seen.board.plan.id)


@router.post("/board/preview")
def show_before(request: Request, member: Clerk, form: Posted) -> Response:
    """What a bulk action would do, before anything is done."""
    window, act = window_of(request), form.choice("act", "accept", "texts")
    plan = form.line("plan") or ""
    picked = list(dict.fromkeys(form.all("pick")))
    if not picked:
        raise WrongUse("tick at least one line of the board")
    if act == "texts":
        return _texts(request, member, plan, picked)
    found = preview(
        window.database, PlanReference(member.office, plan), member.contact, picked, _accept,
        as_of=window.today(), now=window.now(),
    )  # fmt: skip
    said = speech_of(request).say
    refused = [(row, error.for_people(said)) for row, error in found.refused]
    return page(request, "office/preview.html", plan=plan, possible=found.possible, refused=refused)


def _accept(assignment: str, by: Actor) -> Order:
    return Order(Verb.ACCEPT, assignment, by)


@router.post("/board/accept")
def accept_many(request: Request, member: Clerk, form: Posted) -> Response:
    """Accept every report that the preview named; one that has changed since is left, and said so."""
    window, plan = window_of(request), form.line("plan") or ""
    picked = list(dict.fromkeys(form.all("pick")))
    if not picked:
        raise WrongUse("tick at least one line of the board")

    def draft(assignment: str) -> Draft:
        return lambda by: _accept(assignment, by)

    done = carry_out_together(
        window.database, PlanReference(member.office, plan), member.contact,
        [(assignment, [draft(assignment)]) for assignment in picked],
        once=_once(form, member, plan), as_of=window.today(), now=window.now(), language=window.settings.lang,
    )  # fmt: skip
    if not done.refused:
        return redirect(request, "/board", plan=plan, said="accepted")
    for _, error in done.refused:
        log_refusal(request, type(error).__name__)
    return page(request, "office/accepted.html", plan=plan, done=done.done, refused=done.refused)


def _once(form: PostedForm, member: Member, plan: str) -> str:
    return form.once(member.office, plan, "accept", member.contact)


def _texts(request: Request, member: Member, plan: str, picked: Sequence[str]) -> Response:
    """The texts to copy for the units of the chosen lines, each once."""
    window = window_of(request)
    units = list(dict.fromkeys(name.split("/")[1] for name in picked if "/" in name))
    texts = unit_messages(
        window.database, member.office, units[:MOST_TEXTS], as_of=window.today(), signer=window.keys.links,
        base_url=window.settings.public_base_url, language=window.settings.lang,
    )  # fmt: skip
    return page(request, "office/texts.html", plan=plan, texts=texts, left=max(len(units) - MOST_TEXTS, 0))
