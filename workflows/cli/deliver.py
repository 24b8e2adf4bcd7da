"""`dondoc deliver`: send what is due, through the Prefect flow."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson
from workflows.cli.prefect_runs import Delivery, flows_running, run_delivery
from workflows.cli.session import Session
from workflows.errors import EnvironmentRefused
from workflows.flows.due import told_of_rest
from workflows.operations.mail.lanes import inbox_folder, lane_of
from workflows.texts import N_, count

COUNTS = ("sent", "deferred", "dead", "left")


def deliver(
    context: typer.Context,
    now: Annotated[bool, typer.Option("--now", help=N_("Pass over quiet hours and days off."))] = False,
    as_json: AsJson = False,
) -> None:
    """Send every letter that is due; exit 3, letters kept, where the mail server says no."""
    session = Session.of(context)
    settings = session.settings
    with session.database():
        lane_of(settings)  # settings that no letter may leave with are refused before a server is started
    with flows_running(session, settings):
        delivered = run_delivery(any_hour=now)
    if as_json:
        output.document({name: delivered[name] for name in COUNTS}, session.translate)
    else:
        output.say(summary(delivered, session), session.translate)
        if settings.smtp_host is None:
            values = {"folder": inbox_folder(settings)}
            output.say(
                Phrase("No mail server is set: letters go to the inbox in {folder}.", values),
                session.translate,
            )
    if delivered["why"] is not None:
        raise EnvironmentRefused(
            "the mail server turned us away: {why}",
            Phrase("The letters stay queued. Look at DONDOC_SMTP_HOST, PORT, USER, PASSWORD and SECURITY."),
            why=delivered["why"],
        )
    if delivered["rests_until"] is not None:
        output.warn(told_of_rest(str(delivered["rests_until"]), session.language).say(session.translate))


def summary(delivered: Delivery, session: Session) -> Phrase:
    """What a delivery came to, in one line."""
    values = {name: count(int(delivered[name] or 0), session.language) for name in COUNTS}
    return Phrase("Letters: sent {sent}, put off {deferred}, not deliverable {dead}, waiting {left}.", values)
