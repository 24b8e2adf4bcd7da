"""Reading: plans, units, the board, one assignment, the history, the counts, how far the letters are."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request

from plan_definitions.diagnostics import Phrase
from web.api.callers import Anybody, Caller, OfficeReader, Reader
from web.api.documents import NOT_ALLOWED, NOT_FOUND
from web.api.fields import AssignmentName, InPath, Line, TurnInPath, Word
from web.api.problems import Kind, TurnedAway
from web.api.rows import (
    Assignment,
    AssignmentInFull,
    Board,
    History,
    Letter,
    Letters,
    Me,
    Plan,
    Record,
    Tally,
    Unit,
    UnitCount,
    in_full,
)
from web.board_rows import Chosen, select
from web.history_words import OFFICES_OWN
from web.window import window_of
from workflows.engine.board import Row, counts
from workflows.engine.states import Standing
from workflows.errors import NotFound
from workflows.operations.reading.history import records_after
from workflows.operations.reading.judged import read_judged
from workflows.operations.reading.tally import tally_by_unit
from workflows.operations.reading.work import read_work
from workflows.operations.situations import check_unit
from workflows.store.records import LetterState, Scope, StoredRecord
from workflows.texts import N_

router = APIRouter(responses=NOT_ALLOWED)

Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
AfterNumber = Annotated[int, Query(ge=0, lt=2**53, description="Only what comes after this number.")]


@router.get("/me", summary=N_("What this token may do, and until when"), tags=["token"])
def me(caller: Anybody) -> Me:
    """Any token that holds may ask."""
    token = caller.token
    return Me(
        office=token.office, name=token.name, scopes=sorted(token.scopes), units=sorted(token.units),
        expires_at=token.expires_at,
    )  # fmt: skip


@router.get("/plans", summary=N_("The plans, oldest first"), tags=["plans"])
def plans(request: Request, caller: Reader) -> list[Plan]:
    """Also those that are closed: their work can be read, not moved."""
    with window_of(request).database.read() as transaction:
        return [Plan.of(heading) for heading in transaction.plans.headings(caller.office)]


@router.get("/units", summary=N_("The units, their groups and roles"), tags=["plans"])
def units(request: Request, caller: Reader) -> list[Unit]:
    """In the order of units.yaml; of a token for some units only these."""
    with window_of(request).database.read() as transaction:
        office = transaction.offices.get(caller.office)
    return [
        Unit(
            id=unit.id,
            name=unit.name,
            groups=[name for name, members in office.groups.items() if unit.id in members],
            roles=[str(role) for role, holder in office.roles.items() if holder == unit.id],
        )
        for unit in office.units.values()
        if caller.sees(unit.id)
    ]


@router.get(
    "/plans/{plan}/assignments", summary=N_("The board of a plan on this day"), tags=["work"],
    responses=NOT_FOUND,
)  # fmt: skip
def assignments(
    request: Request,
    caller: Reader,
    plan: InPath,
    unit: Annotated[Word | None, Query(description="Only this unit's work.")] = None,
    standing: Annotated[Standing | None, Query(description="Only what stands like this.")] = None,
    task: Annotated[Word | None, Query(description="Only this task.")] = None,
    text: Annotated[
        Line, Query(description="Words of title, unit or id; marks and capitals do not matter.")
    ] = "",
    after: Annotated[AssignmentName | None, Query(description="The last id of the page before.")] = None,
    limit: Limit = 100,
) -> Board:
    """The same rows and the same filters as `dondoc status` and the board of the window."""
    window = window_of(request)
    board = read_judged(window.database, caller.office, plan, as_of=window.today(), judge=window.judge)
    if unit is not None:
        _check_seen(caller, unit)
        check_unit(unit, board.plan.schedule.office)
    seen = [row for row in board.rows if caller.sees(row.unit)]
    found = select(seen, Chosen(unit=unit or "", task=task or "", text=text))
    chosen = select(_after(seen, after), Chosen("", unit or "", standing or "", task or "", text))
    return Board(
        as_of=board.as_of,
        counts=counts(found),
        assignments=[Assignment.model_validate(row) for row in chosen[:limit]],
        next=chosen[limit - 1].id if len(chosen) > limit else None,
    )


def _check_seen(caller: Caller, unit: str) -> None:
    if not caller.sees(unit):
        said = Phrase(
            "This token is for other units only: {units}.", {"units": ", ".join(sorted(caller.units))}
        )
        raise TurnedAway(Kind.NOT_ALLOWED, said)


def _after(rows: Sequence[Row], name: str | None) -> Sequence[Row]:
    """The rows behind one of them, which the filters may not choose any more: a page ends where it ended."""
    if name is None:
        return rows
    place = next((n for n, row in enumerate(rows) if row.id == name), None)
    if place is None:
        raise NotFound("there is no assignment `{id}` in this plan", id=name)
    return rows[place + 1 :]


@router.get(
    "/plans/{plan}/assignments/{task}/{unit}", summary=N_("One assignment in full"), tags=["work"],
    responses=NOT_FOUND,
)  # fmt: skip
def assignment(
    request: Request, caller: Reader, plan: InPath, task: InPath, unit: InPath
) -> AssignmentInFull:
    """A task for one unit."""
    return _one(request, caller, plan, f"{task}/{unit}")


@router.get(
    "/plans/{plan}/assignments/{task}/{unit}/{turn}", summary=N_("One turn of what repeats, in full"),
    tags=["work"], responses=NOT_FOUND,
)  # fmt: skip
def turn(
    request: Request, caller: Reader, plan: InPath, task: InPath, unit: InPath, turn: TurnInPath
) -> AssignmentInFull:
    """The n-th time that a unit does a repeated task."""
    return _one(request, caller, plan, f"{task}/{unit}/{turn}")


def _one(request: Request, caller: Caller, plan: str, name: str) -> AssignmentInFull:
    check_assignment_seen(caller, name)
    window = window_of(request)
    return in_full(read_work(window.database, caller.office, plan, name, as_of=window.today()).row)


def check_assignment_seen(caller: Caller, name: str) -> None:
    """Raise NotFound for other units' work, whether it exists or not."""
    if not caller.sees_assignment(name):
        raise NotFound("there is no assignment `{id}` in this plan", id=name)


@router.get(
    "/plans/{plan}/history", summary=N_("What happened, oldest first"), tags=["work"], responses=NOT_FOUND
)
def history(
    request: Request,
    caller: Reader,
    plan: InPath,
    assignment: Annotated[AssignmentName | None, Query(description="Only about this assignment.")] = None,
    after: AfterNumber = 0,
    limit: Limit = 100,
) -> History:
    """Ask with the last `sequence` you know, and you get what is new: records are added, never changed."""
    if assignment is not None:
        check_assignment_seen(caller, assignment)

    def wanted(stored: StoredRecord) -> bool:
        about = stored.record.assignment
        return assignment in (None, about) and _may_see(caller, stored)

    database = window_of(request).database
    found = records_after(database, caller.office, plan, after, most=limit + 1, wanted=wanted)
    notes = caller.may(Scope.READ_NOTES)
    return History(
        records=[Record.of(stored, notes=notes) for stored in found[:limit]],
        next=found[limit - 1].sequence if len(found) > limit else None,
    )


def _may_see(caller: Caller, stored: StoredRecord) -> bool:
    """Units are not shown what passes between office and leadership, nor what others do."""
    if not caller.units:
        return True
    about = stored.record.assignment
    return about is not None and caller.sees_assignment(about) and stored.record.verb not in OFFICES_OWN


@router.get("/tally", summary=N_("The counts of every unit in every running plan"), tags=["work"])
def tally(request: Request, caller: Reader) -> Tally:
    """The four-way count of reports: done on time or late, not done in time or overdue."""
    window = window_of(request)
    found = tally_by_unit(window.database, caller.office, as_of=window.today(), judge=window.judge)
    return Tally(as_of=window.today(), units=[UnitCount(**one) for one in found if caller.sees(one["unit"])])


@router.get("/letters", summary=N_("How far the letters have come, oldest first"), tags=["letters"])
def letters(
    request: Request,
    caller: OfficeReader,
    state: Annotated[LetterState | None, Query(description="Only letters in this state.")] = None,
    after: AfterNumber = 0,
    limit: Limit = 100,
) -> Letters:
    """States only: whom a letter goes to and what it says stay in the house."""
    states = None if state is None else [state]
    with window_of(request).database.read() as transaction:
        by_state = transaction.letters.count_by_state(caller.office)
        found = transaction.letters.find(caller.office, states=states, after=after, limit=limit + 1)
    return Letters(
        counts={one.value: by_state.get(one, 0) for one in LetterState},
        letters=[Letter.of(letter) for letter in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )
