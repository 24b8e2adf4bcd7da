"""`dondoc erase`: takes a free text out of the history."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Role
from workflows.cli import output
from workflows.cli.history import AssignmentName
from workflows.cli.parameters import LARGEST_NUMBER, AsJson, Decider, OfficeName, PlanName
from workflows.cli.session import Session
from workflows.operations.revocation import erase_note
from workflows.operations.situations import the_plan
from workflows.texts import N_


def erase(
    context: typer.Context,
    assignment: AssignmentName,
    record: Annotated[
        int,
        typer.Argument(
            metavar="RECORD",
            min=1,
            max=LARGEST_NUMBER,
            help=N_("The number of the record, as `dondoc history` shows it."),
            show_default=False,
        ),
    ],
    by: Decider = Role.STANDING_OFFICE.value,
    plan: PlanName = None,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """Erase the free text of one record for good; the record stays and the history is still whole."""
    session = Session.of(context)
    with session.database() as database:
        heading = the_plan(database, office, plan)
        erase_note(
            database, heading.office, heading.id, assignment, record,
            by=by, as_of=session.today(), now=session.now(),
        )  # fmt: skip
    if as_json:
        output.document({"assignment": assignment, "record": record}, session.translate)
        return
    values = {"record": record, "assignment": assignment}
    output.say(Phrase("Erased: the free text of record {record} of {assignment}.", values), session.translate)
