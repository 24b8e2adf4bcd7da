"""`dondoc backup`: everything an office would miss, in one file, while it runs."""

from pathlib import Path
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson
from workflows.cli.session import Session
from workflows.operations.upkeep.backup import back_up
from workflows.texts import N_, count


def backup(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", readable=False, help=N_("The file to write."), show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Write a backup into a new file."""
    session = Session.of(context)
    session.home()
    target = session.folder / file
    with output.waiting(Phrase("Copying..."), session.translate):
        manifest = back_up(session.settings, target, now=session.now())
    size = target.stat().st_size
    if as_json:
        output.document({"file": str(target), "files": len(manifest.files), "bytes": size}, session.translate)
        return
    values = {"file": target, "n": count(len(manifest.files), session.language), "size": size // 1024 + 1}
    output.say(Phrase("Written: {file} ({n} files, {size} kB).", values), session.translate)
    if session.settings.secret_key is not None:
        said = Phrase("DONDOC_SECRET_KEY is set outside the home and is not in it: keep it elsewhere.")
        output.warn(said.say(session.translate))
    output.warn(Phrase("It holds secrets: keep it where only you can read it.").say(session.translate))
