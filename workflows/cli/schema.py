"""`dondoc schema`: the JSON Schema of plan files, for editors."""

from typing import Annotated

import typer

from plan_definitions.json_schema import FileKind, json_schema
from workflows.cli import output
from workflows.cli.session import Session
from workflows.texts import N_


def schema(
    context: typer.Context,
    file: Annotated[
        FileKind, typer.Argument(metavar="FILE", help=N_("plan, units, calendar or clauses."))
    ] = FileKind.PLAN,
) -> None:
    """Print the schema of one kind of file, its keys explained in the language of the call."""
    session = Session.of(context)
    output.document(json_schema(file, session.translate), session.translate)
