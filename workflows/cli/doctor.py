"""`dondoc doctor`: every dependency of a real run, with the mend."""

import typer
from rich.text import Text

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson
from workflows.cli.session import Session
from workflows.operations.upkeep.findings import Check, Finding
from workflows.supervision.inspection import inspect
from workflows.texts import Translate

_NAMES = {
    Check.PYTHON: Phrase("Python"),
    Check.PACKAGES: Phrase("packages"),
    Check.PREFECT: Phrase("Prefect"),
    Check.HOME: Phrase("home"),
    Check.SECRETS: Phrase("secrets"),
    Check.DISK: Phrase("disk"),
    Check.DATABASE: Phrase("database"),
    Check.CLOCK: Phrase("clock"),
    Check.MAIL_SERVER: Phrase("mail server"),
    Check.BASE_ADDRESS: Phrase("base address"),
    Check.CALENDAR: Phrase("calendar"),
    Check.ROUND: Phrase("daily round"),
    Check.MAIL_STUCK: Phrase("letters on their way"),
    Check.MAIL_DEAD: Phrase("letters given up"),
    Check.RUNNING: Phrase("dondoc up"),
}


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check everything that a real run depends on; exit 1 where something is not in order."""
    session = Session.of(context)
    with output.waiting(Phrase("Looking..."), session.translate):
        findings = list(inspect(session.settings, session.folder, session.now()))
    troubles = [finding for finding in findings if not finding.ok]
    if as_json:
        rows = [{"check": f.check, "ok": f.ok, "detail": f.say(session.translate)} for f in findings]
        output.document(rows, session.translate)
    else:
        _print(findings, session.translate)
        values = {"n": len(troubles), "all": len(findings)}
        said = Phrase("Not in order: {n} of {all} checks.", values) if troubles else _all_well(len(findings))
        output.say(said, session.translate)
        if not session.settings.home.is_dir():
            said = Phrase("There is no home yet: what is in one is looked at after the first publication.")
            output.say(said, session.translate)
    if troubles:
        raise typer.Exit(1)


def _all_well(checks: int) -> Phrase:
    return Phrase("All is well: {n} checks passed.", {"n": checks})


def _print(findings: list[Finding], translate: Translate) -> None:
    """A line a check: the mark, the name, what was found; the mend below what is wrong."""
    console = output.console()
    for finding in findings:
        mark = Text("✓ ", style="green") if finding.ok else Text("✗ ", style="bold red")
        name = Text(f"{_NAMES[finding.check].say(translate)}: ", style="bold")
        console.print(mark + name + Text(finding.detail.say(translate)), soft_wrap=True)
        if finding.mend is not None:
            console.print(Text(f"    {finding.mend.say(translate)}"), soft_wrap=True)
