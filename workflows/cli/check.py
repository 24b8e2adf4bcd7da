"""`dondoc check`: all diagnostics of a plan."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase, Severity, render, render_concise, rows
from plan_definitions.load import LoadedPlan
from workflows.cli import output
from workflows.cli.parameters import AsJson, PlanFile
from workflows.cli.plans import has_errors, read_plan_file
from workflows.cli.session import Session
from workflows.texts import N_, count


def check(
    context: typer.Context,
    plan: PlanFile,
    concise: Annotated[
        bool, typer.Option("--concise", help=N_("Print first lines only, one a mistake."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print every mistake and warning of a plan; exit 1 when there is a mistake."""
    session = Session.of(context)
    loaded = read_plan_file(plan)
    if as_json:
        output.document(rows(loaded.diagnostics, session.translate), session.translate)
    elif concise:
        _print_text(render_concise(loaded.diagnostics, session.translate))
    else:
        _print_text(render(loaded.diagnostics, loaded.sources, session.translate))
        output.say(_verdict(loaded, session), session.translate)
    if has_errors(loaded):
        raise typer.Exit(1)


def _print_text(text: str) -> None:
    if text:
        print(text)


def _verdict(loaded: LoadedPlan, session: Session) -> Phrase:
    """The last line: how many mistakes, or what the plan holds."""
    severities = [diagnostic.severity for diagnostic in loaded.diagnostics]
    values = {
        "errors": count(severities.count(Severity.ERROR), session.language),
        "warnings": count(severities.count(Severity.WARNING), session.language),
    }
    if loaded.schedule is None:
        return Phrase("The plan is refused. Errors: {errors}; warnings: {warnings}.", values)
    tasks = loaded.schedule.tasks.values()
    values["tasks"] = count(len(tasks), session.language)
    values["assignments"] = count(sum(len(task.assignments) for task in tasks), session.language)
    return Phrase(
        "The plan is sound. Tasks: {tasks}; assignments: {assignments}; warnings: {warnings}.", values
    )
