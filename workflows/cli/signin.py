"""`dondoc signin`: a sign-in link, printed for the operator to hand over."""

from datetime import timedelta
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson
from workflows.cli.session import Session
from workflows.errors import NotFound
from workflows.operations.mail.links import LinkSigner
from workflows.operations.sign_in import MINUTES, ask_sign_in
from workflows.supervision.lock import is_running, read_note
from workflows.texts import N_, instant


def signin(
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help=N_("The contact's mail address."), show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Print a link that lets the holder of a known address in, once and from any browser."""
    session = Session.of(context)
    settings, now = session.settings, session.now()
    with session.database() as database:
        asked = ask_sign_in(
            database, address, browser=None, as_of=session.today(), now=now, by_mail=False,
            language=settings.lang,
        )  # fmt: skip
        if not asked:
            raise NotFound("nobody has the address {address}", address=address)
        signer = LinkSigner(settings.signing_key(session.home()))
    base = settings.public_base_url or _address_here(session)
    links = [f"{base}/sign-in/{signer.sign_in_token(request)}" for request in asked]
    until = now + timedelta(minutes=MINUTES)
    if as_json:
        output.document({"address": address, "links": links, "until": until}, session.translate)
        return
    for link in links:
        print(link)
    values = {"instant": instant(until, session.language)}
    output.warn(Phrase("It works once, until {instant}.", values).say(session.translate))


def _address_here(session: Session) -> str:
    """Where the window answers that `dondoc up` serves for this home; else where one would by default."""
    home = session.home()
    note = read_note(home) if is_running(home) else None
    return session.settings.base_url if note is None else note.window
