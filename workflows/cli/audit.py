"""`dondoc audit`: whether the history is whole."""

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson, OfficeName
from workflows.cli.session import Session
from workflows.operations.reading.history import audit as verify
from workflows.operations.situations import the_office
from workflows.texts import count


def audit(context: typer.Context, office: OfficeName = None, as_json: AsJson = False) -> None:
    """Verify the chain of every plan's history; exit 1 where one is broken."""
    session = Session.of(context)
    with session.database() as database:
        found = verify(database, None if office is None else the_office(database, office))
    if as_json:
        output.document({"records": found.records, "broken_at": found.broken_at}, session.translate)
    elif found.broken_at is None:
        values = {"records": count(found.records, session.language)}
        output.say(Phrase("The history is whole. Records: {records}.", values), session.translate)
    if found.broken_at is not None:
        broken = {"plan": found.broken_plan, "record": found.broken_at}
        said = Phrase(
            "The history of {plan} was tampered with or is damaged from record {record} on.", broken
        )
        output.warn(said.say(session.translate))
        raise typer.Exit(1)
