"""`dondoc message`: the text to paste into Zalo or read out."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson, AsOf, OfficeName
from workflows.cli.session import Session
from workflows.engine.words import CHANNEL_WORDS
from workflows.operations.mail.links import LinkSigner
from workflows.operations.mail.message import unit_message
from workflows.operations.situations import the_office
from workflows.texts import N_


def message(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=N_("The unit's id."), show_default=False)],
    as_of: AsOf = None,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """Print what to tell a unit today; how it is reached goes to stderr, so that the text can be piped."""
    session = Session.of(context)
    settings = session.settings
    with session.database() as database:
        found = unit_message(
            database,
            the_office(database, office),
            unit,
            as_of=as_of or session.today(),
            signer=LinkSigner(settings.signing_key(session.home())),
            base_url=settings.public_base_url,
            language=settings.lang,
        )
    if as_json:
        output.document({"unit": found.unit, "text": found.text}, session.translate)
        return
    if not found.text:
        output.say(Phrase("Nothing is asked of {unit} today.", {"unit": found.unit_name}), session.translate)
        return
    reached = {
        "unit": found.unit_name,
        "channel": CHANNEL_WORDS[found.channel].say(session.translate),
        "phone": found.phone or "-",
    }
    output.warn(Phrase("{unit}: {channel}, {phone}", reached).say(session.translate))
    print(found.text)
