"""`dondoc rehearse`: the whole period of a plan before it starts, every letter on its day."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson, PlanFile, iso_date
from workflows.cli.plans import AcceptedPlan, accepted_plan
from workflows.cli.session import Session
from workflows.errors import WrongUse, system_reason
from workflows.operations.rehearsing.rehearsal import Clash, ClashKind, Rehearsal
from workflows.texts import N_, count, date_long, date_short, day_month

_SEED = "dondoc"
_HEADINGS = (N_("Reader"), N_("Days with a letter"), N_("Most due on one day"))
_MOST_LINES = 8
"""Lines of one list on the terminal; the page has all of them."""

FirstDay = Annotated[
    date | None,
    typer.Option("--from", parser=iso_date, metavar="DATE", help=N_("The plan's first day if absent.")),
]
LastDay = Annotated[
    date | None,
    typer.Option("--to", parser=iso_date, metavar="DATE", help=N_("The plan's last due date if absent.")),
]
Late = Annotated[
    float,
    typer.Option(
        "--late", metavar="SHARE", min=0.0, max=1.0, help=N_("The share of work reported late or never: 0.2")
    ),
]
Seed = Annotated[
    str,
    typer.Option("--seed", metavar="WORD", help=N_("Chooses who is late; the same word chooses the same.")),
]
Folder = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="DIR", help=N_("The folder to write to."), show_default=False),
]


def rehearse(
    context: typer.Context,
    plan: PlanFile,
    folder: Folder,
    first: FirstDay = None,
    last: LastDay = None,
    late: Late = 0.0,
    seed: Seed = _SEED,
    as_json: AsJson = False,
) -> None:
    """Play a plan's whole period in memory and write every letter, the mail calendar and what to look at."""
    session = Session.of(context)
    accepted = accepted_plan(plan)
    if folder.exists() and not folder.is_dir():
        raise WrongUse("{path} is a file; name a folder", path=folder)
    found = _played(accepted, first, last, late, seed, session)
    page = _written(found, folder, session)
    if as_json:
        output.document(_document(found), session.translate)
    else:
        _print(found, session)
        output.say(
            Phrase("Open {path} in a browser: every letter is in it.", {"path": page}), session.translate
        )


def _played(
    accepted: AcceptedPlan, first: date | None, last: date | None, late: float, seed: str, session: Session
) -> Rehearsal:
    """The rehearsal. Raises WrongUse for a period that ends before it begins."""
    from workflows.operations.rehearsing.rehearse import rehearse as play  # noqa: PLC0415 - opens the store

    schedule = accepted.schedule
    begin, end = first or schedule.first_day, last or schedule.last_day
    if end < begin:
        raise WrongUse("the period from {first} to {last} has no day", first=begin, last=end)
    with _progress((end - begin).days + 1, session) as progress:
        return play(
            schedule, accepted.sources,
            first=begin, last=end, late=late, seed=seed, language=session.language, progress=progress,
        )  # fmt: skip


@contextmanager
def _progress(days: int, session: Session) -> Iterator[Callable[[date], None]]:
    """A bar on a terminal that moves with each day; nothing elsewhere."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[day]}"),
        TimeRemainingColumn(),
    )
    console = output.error_console()
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        said = Phrase("Rehearsing").say(session.translate)
        task = bar.add_task(said, total=days, day="")
        yield lambda day: bar.update(task, advance=1, day=date_short(day, session.language))


def _written(found: Rehearsal, folder: Path, session: Session) -> Path:
    from workflows.operations.rehearsing.rehearsal_book import write_book  # noqa: PLC0415

    try:
        return write_book(found, folder, session.language)
    except OSError as error:
        reason = system_reason(error)
        raise WrongUse(
            "{path} cannot be written: {reason}", path=error.filename or folder, reason=reason
        ) from error


def _document(found: Rehearsal) -> dict[str, object]:
    return {
        "days": [
            {"date": day, "letters": sum(units.values()), "by_unit": units}
            for day, units in found.by_unit().items()
        ],
        "heaviest_day": found.heaviest_day,
        "clashes": [
            {
                "what": clash.kind,
                "date": clash.day,
                "tasks": clash.tasks,
                "unit": clash.unit,
                "due": clash.due,
                "day_off": clash.day_off,
            }
            for clash in found.clashes()
        ],
    }


def _print(found: Rehearsal, session: Session) -> None:
    language, translate = session.language, session.translate
    values = {
        "title": found.schedule.title,
        "first": date_long(found.first, language),
        "last": date_long(found.last, language),
    }
    output.say(Phrase("Rehearsal of {title}, {first} to {last}", values), translate)
    _print_readers(found, session)
    day = found.heaviest_day
    if day is not None:
        values = {
            "letters": count(len(found.letters), language),
            "days": count(found.working_days, language),
            "day": date_short(day, language),
            "most": count(sum(found.by_unit()[day].values()), language),
        }
        output.say(
            Phrase("Letters: {letters} on {days} working days; the most on {day}: {most}.", values), translate
        )
    heaviest = max(found.heaviest_days().items(), key=lambda one: one[1].due, default=None)
    if heaviest is not None:
        unit, most = heaviest
        values = {
            "unit": _unit(found, unit),
            "day": date_short(most.day, language),
            "due": count(most.due, language),
        }
        output.say(Phrase("The heaviest day of a unit: {unit}, {day}, due: {due}.", values), translate)
    _print_findings(found, session)


def _print_readers(found: Rehearsal, session: Session) -> None:
    heard, heaviest = found.letter_days(), found.heaviest_days()
    rows = [
        (
            found.named(unit),
            f"{heard[unit]} / {found.working_days}",
            f"{heaviest[unit].due} ({day_month(heaviest[unit].day, session.language)})"
            if unit in heaviest
            else "",
        )
        for unit in found.readers
    ]
    output.table([session.translate(heading) for heading in _HEADINGS], rows, right=frozenset({1, 2}))


def _print_findings(found: Rehearsal, session: Session) -> None:
    clashes = [_clash(clash, found, session) for clash in found.clashes()]
    _print_list(Phrase("Deadlines that collide"), clashes, session)
    tasks = [found.schedule.tasks[task].title for task in found.unreminded()]
    _print_list(Phrase("Nobody is reminded"), tasks, session)
    escalated = [
        f"{date_short(one.day, session.language)}  {one.assignment} → {_unit(found, one.to)}"
        for one in found.escalated()
    ]
    _print_list(Phrase("Escalations to the leadership"), escalated, session)


def _print_list(heading: Phrase, lines: list[str], session: Session) -> None:
    print(f"{heading.say(session.translate)}: {count(len(lines), session.language)}")
    for line in lines[:_MOST_LINES]:
        print(f"  {line}")
    if len(lines) > _MOST_LINES:
        more = Phrase("and {count} more", {"count": count(len(lines) - _MOST_LINES, session.language)})
        print(f"  {more.say(session.translate)}")


def _clash(clash: Clash, found: Rehearsal, session: Session) -> str:
    day, tasks = date_short(clash.day, session.language), ", ".join(clash.tasks)
    if clash.kind is ClashKind.OVERLOAD:
        return f"{day}  {_unit(found, clash.unit or '')}: {tasks}"
    off = clash.day_off or session.translate(_WEEKEND)
    moved = f" → {date_short(clash.due, session.language)}" if clash.due and clash.due != clash.day else ""
    return f"{day} ({off}){moved}: {tasks}"


_WEEKEND = N_("weekend")


def _unit(found: Rehearsal, unit: str) -> str:
    known = found.schedule.office.units.get(unit)
    return known.short or known.name if known else unit
