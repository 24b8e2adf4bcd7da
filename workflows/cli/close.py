"""`dondoc close`: ends a finished plan."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Role
from workflows.cli import consent, output
from workflows.cli.parameters import AsJson, AsOf, Decider, OfficeName
from workflows.cli.plans import accepted_plan
from workflows.cli.session import Session
from workflows.operations.close import close_plan, unfinished_of
from workflows.operations.situations import the_plan
from workflows.texts import N_, count


def close(
    context: typer.Context,
    plan: Annotated[
        str, typer.Argument(metavar="PLAN", help=N_("The plan's id, or its file."), show_default=False)
    ],
    by: Decider = Role.STANDING_OFFICE.value,
    as_of: AsOf = None,
    office: OfficeName = None,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Close without asking."))] = False,
    as_json: AsJson = False,
) -> None:
    """Close a plan: its ladders and links end; leaders and units get a letter with the counts.

    On a terminal it asks first: a closed plan is not opened again.
    """
    session = Session.of(context)
    file = session.folder / plan
    name = accepted_plan(file).schedule.id if file.is_file() else plan
    with session.database() as database:
        heading = the_plan(database, office, name)
        if not yes and not as_json and heading.closed_on is None and consent.asks_people():
            left = unfinished_of(database, heading.office, heading.id, session.day(as_of))
            _ask(heading.title, left, session)
        closed = close_plan(
            database, heading.office, heading.id, by=by,
            as_of=session.day(as_of), now=session.now(), language=session.settings.lang,
        )  # fmt: skip
    if as_json:
        output.document(
            {"plan": closed.plan, "unfinished": closed.unfinished, "letters": closed.letters},
            session.translate,
        )
        return
    values = {
        "title": heading.title,
        "unfinished": count(closed.unfinished, session.language),
        "letters": count(closed.letters, session.language),
    }
    said = Phrase("Closed: {title}. Left unfinished: {unfinished}. Letters queued: {letters}.", values)
    output.say(said, session.translate)


def _ask(title: str, unfinished: int, session: Session) -> None:
    """Say what closing means; leave with exit code 1 without a yes."""
    values = {"title": title, "unfinished": count(unfinished, session.language)}
    told = Phrase(
        "{title}: without a result {unfinished}. Nothing more can be reported once it is closed, it is not "
        "opened again, and every unit gets a letter.",
        values,
    )
    output.warn(told.say(session.translate))
    consent.agreed_or_leave(Phrase("Close this plan? (y/n)"), session)
