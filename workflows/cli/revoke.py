"""`dondoc revoke`: ends the links that somebody holds."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Role
from workflows.cli import output
from workflows.cli.parameters import AsJson, Decider, OfficeName
from workflows.cli.session import Session
from workflows.operations.revocation import revoke_links
from workflows.operations.situations import the_office
from workflows.texts import N_


def revoke(
    context: typer.Context,
    who: Annotated[
        str,
        typer.Argument(
            metavar="CONTACT",
            help=N_("The contact, as unit/contact; or a unit: all of its contacts."),
            show_default=False,
        ),
    ],
    by: Decider = Role.STANDING_OFFICE.value,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """End every link sent to a contact so far; the next letter carries new ones."""
    session = Session.of(context)
    with session.database() as database:
        contacts = revoke_links(
            database, the_office(database, office), who, by=by, as_of=session.today(), now=session.now()
        )
    if as_json:
        output.document({"contacts": contacts}, session.translate)
        return
    said = Phrase("Ended: every link sent to {contacts} so far.", {"contacts": ", ".join(contacts)})
    output.say(said, session.translate)
