"""`dondoc restore`: a home from a backup, verified before it is put in place."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson
from workflows.cli.session import Session
from workflows.home import Home
from workflows.operations.upkeep.restore import restore as make_home
from workflows.supervision.lock import only_one
from workflows.texts import N_, count


def restore(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", readable=False, help=N_("The backup."), show_default=False)
    ],
    force: Annotated[
        bool, typer.Option("--force", help=N_("Put a home that is in the way aside; nothing is removed."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the home anew from a backup."""
    session = Session.of(context)
    settings = session.settings
    # A home under a running `up` is not taken from below it.
    idle = only_one(Home(settings.home)) if force and settings.home.is_dir() else nullcontext()
    with idle, output.waiting(Phrase("Unpacking and verifying..."), session.translate):
        restored = make_home(settings, session.folder / file, now=session.now(), force=force)
    if as_json:
        aside = None if restored.put_aside is None else str(restored.put_aside)
        found = {"home": str(settings.home), "records": restored.audit.records, "put_aside": aside}
        output.document(found, session.translate)
        return
    if restored.put_aside is not None:
        said = Phrase("The home that was there is now {path}.", {"path": restored.put_aside})
        output.warn(said.say(session.translate))
    values = {"path": settings.home, "n": count(restored.audit.records, session.language)}
    output.say(Phrase("Restored: {path}. The history is whole. Records: {n}.", values), session.translate)
