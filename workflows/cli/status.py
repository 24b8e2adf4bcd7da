"""`dondoc status`: the board."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson, AsOf, OfficeName, PlanName, UnitName
from workflows.cli.rows import most_pressing, print_counts, print_rows, row_document, wants_attention
from workflows.cli.session import Session
from workflows.operations.reading.board import Board, read_board
from workflows.operations.situations import check_unit, the_plan
from workflows.texts import N_, count, date_long

FIRST_PAGE = 100
"""Assignments shown at a first look; who wants them all says so."""


def status(
    context: typer.Context,
    unit: UnitName = None,
    all_: Annotated[bool, typer.Option("--all", help=N_("Show also what needs nobody's attention."))] = False,
    as_of: AsOf = None,
    plan: PlanName = None,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """Print how many assignments stand where, and those that want attention (with `unit`, all of them)."""
    session = Session.of(context)
    day = as_of or session.today()
    with session.database() as database:
        heading = the_plan(database, office, plan)
        board = read_board(database, heading.office, heading.id, as_of=day, unit=unit)
    if unit is not None:
        check_unit(unit, board.plan.schedule.office)
    if as_json:
        rows = [row_document(row) for row in board.rows]
        output.document({"as_of": day, "counts": board.counts, "assignments": rows}, session.translate)
    else:
        _print_board(board, session, everything=all_ or unit is not None, of_one_unit=unit is not None)


def _print_board(board: Board, session: Session, *, everything: bool, of_one_unit: bool) -> None:
    print(f"{board.plan.title}, {date_long(board.as_of, session.language)}")
    print_counts(board.counts, session)
    shown = [row for row in board.rows if everything or wants_attention(row)]
    page = shown if everything else most_pressing(shown, FIRST_PAGE)
    print_rows(page, session, of_one_unit=of_one_unit)
    if len(page) < len(shown):
        values = {"count": count(len(shown) - len(page), session.language)}
        output.say(
            Phrase("{count} more press as well (--unit shows one unit's, --all shows everything).", values),
            session.translate,
        )
    hidden = len(board.rows) - len(shown)
    if hidden:
        values = {"count": count(hidden, session.language)}
        output.say(
            Phrase("Not shown, since nothing presses: {count} (--all shows them).", values),
            session.translate,
        )
