"""`dondoc graph`: a plan's tasks and what waits for what, drawn."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from plan_definitions.drawing.dot import dot
from plan_definitions.drawing.mermaid import mermaid
from plan_definitions.drawing.picture import Picture, Words, picture
from plan_definitions.drawing.svg import svg
from plan_definitions.model import Offset, Step
from plan_definitions.schedule import Schedule, ScheduledTask
from workflows.cli.parameters import PlanFile
from workflows.cli.plans import accepted_plan
from workflows.cli.session import Session
from workflows.errors import WrongUse, system_reason
from workflows.texts import N_, count, date_long, date_short


class Format(StrEnum):
    """What a graph may be written as."""

    SVG = "svg"
    MERMAID = "mermaid"
    DOT = "dot"


_WRITERS: Mapping[Format, Callable[[Picture], str]] = {
    Format.SVG: svg,
    Format.MERMAID: mermaid,
    Format.DOT: dot,
}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_LAGS = {Step.DAY: N_("{n} days"), Step.WORKING_DAY: N_("{n} working days"), Step.WEEK: N_("{n} weeks")}


def graph(
    context: typer.Context,
    plan: PlanFile,
    form: Annotated[Format, typer.Option("--format", help=N_("svg, mermaid or dot."))] = Format.SVG,
    file: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=N_("The file to write; otherwise printed.")),
    ] = None,
) -> None:
    """Draw the graph of a plan."""
    session = Session.of(context)
    schedule = accepted_plan(plan).schedule
    text = _WRITERS[form](picture(schedule, _words(schedule, session)))
    if file is None:
        print(text, end="")
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = system_reason(error)
        raise WrongUse("{path} cannot be written: {reason}", path=file, reason=reason) from error


def _words(schedule: Schedule, session: Session) -> Words:
    """How tasks, people and days are named in the picture."""
    translate, language = session.translate, session.language
    units = schedule.office.units

    def lead(task: ScheduledTask) -> str:
        if task.each is None:
            unit = units[task.leads[0]]
            return unit.short or unit.name
        values = {"group": task.each, "count": count(len(task.leads), language)}
        return Phrase("each of {group} ({count})", values).say(translate)

    def caption(task: ScheduledTask) -> str:
        who = f"{task.each} ({count(len(task.leads), language)})" if task.each else lead(task)
        if task.due is None:
            return who
        return f"{who} · {date_short(task.due, language).replace(' ', _NO_BREAK)}"

    def hint(task: ScheduledTask) -> str:
        lines = [f"{task.id}: {task.title}", lead(task)]
        if task.helper_names:
            names = (units[name].name if name in units else name for name in task.helper_names)
            lines.append(Phrase("with {names}", {"names": ", ".join(names)}).say(translate))
        days = [date_long(day, language) for day in (task.opens, task.due) if day is not None]
        lines.append(" → ".join(days))
        if task.slack is not None:
            lines.append(Phrase("slack: {days} working days", {"days": task.slack}).say(translate))
        return "\n".join(lines)

    def lag(offset: Offset) -> str:
        return Phrase(_LAGS[offset.step], {"n": offset.amount}).say(translate)

    legend = {
        "critical": translate(N_("no day to spare")),
        "soft": translate(N_("shown, does not block")),
        "event": translate(N_("event")),
    }
    return Words(lead, caption, hint, lag, legend)
