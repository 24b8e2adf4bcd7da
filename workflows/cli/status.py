"""`dondoc status`: the board."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson, AsOf, OfficeName, PlanName, UnitName
from workflows.cli.rows import print_counts, print_rows, row_document
from workflows.cli.session import Session
from workflows.operations.reading.board import Board, read_board
from workflows.operations.reading.first_page import FirstPage, read_first_page
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
        if unit is None and not all_ and not as_json:
            first = read_first_page(database, heading.office, heading.id, as_of=day, most=FIRST_PAGE)
            _print_first_page(first, session)
            return
        seen = read_board(database, heading.office, heading.id, as_of=day, unit=unit)
        if unit is not None:
            check_unit(unit, seen.plan.schedule.office)
        if as_json:
            work = [row_document(row) for row in seen.rows]
            found = {"as_of": day, "counts": seen.counts, "assignments": work}
            output.document(found, session.translate, worded=False)
        else:
            _print_heading(seen, session)
            print_rows(seen.rows, session, of_one_unit=unit is not None)


def _print_heading(seen: Board | FirstPage, session: Session) -> None:
    print(f"{seen.plan.title}, {date_long(seen.as_of, session.language)}")
    print_counts(seen.counts, session)


def _print_first_page(first: FirstPage, session: Session) -> None:
    _print_heading(first, session)
    print_rows(first.rows, session)
    more = first.pressing - len(first.rows)
    if more:
        values = {"count": count(more, session.language)}
        output.say(
            Phrase("{count} more press as well (--unit shows one unit's, --all shows everything).", values),
            session.translate,
        )
    hidden = sum(first.counts.values()) - first.pressing
    if hidden:
        values = {"count": count(hidden, session.language)}
        output.say(
            Phrase("Not shown, since nothing presses: {count} (--all shows them).", values),
            session.translate,
        )
