"""`dondoc next-year`: a copy of a plan for the next year, and the table of what moved."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase, did_you_mean, render_concise
from plan_definitions.next_year import Copy, copy_plan, nearest_workable, plan_year, write
from plan_definitions.schedule import Schedule
from plan_definitions.working_days import FIRST_YEAR, LAST_YEAR
from plan_definitions.year_table import Cell, Row, YearTable
from workflows.cli import output
from workflows.cli.parameters import AsJson, PlanFile, iso_date
from workflows.cli.plans import accepted_plan
from workflows.cli.session import Session
from workflows.errors import PlanRejected, WrongUse, system_reason
from workflows.texts import N_, Language, date_long, date_short

_DATES, _ANCHOR, _START, _DUE = N_("Dates"), N_("anchor"), N_("start"), N_("due")
_TEXTS, _LOOK, _NOTE = N_("Texts that moved"), N_("Not dates, but belonging to one year"), N_("Note")


def next_year(
    context: typer.Context,
    plan: PlanFile,
    new: Annotated[Path, typer.Option("--output", "-o", metavar="NEW", help=N_("The file to write."))],
    year: Annotated[
        int | None,
        typer.Option(
            "--year",
            metavar="YEAR",
            min=FIRST_YEAR + 1,
            max=LAST_YEAR - 1,
            help=N_("The year after if absent."),
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="ANCHOR=DATE", help=N_("Give an anchor a date; once for each.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write next year's plan beside the old one and print every date, old and new."""
    session = Session.of(context)
    old = accepted_plan(plan).schedule
    if new.exists():
        raise WrongUse("{path} is there already; nothing was written over it", path=new)
    copy = _copied(plan, old, new, year, _settings(settings or (), old))
    if copy.loaded.schedule is None:
        rejected = PlanRejected(copy.loaded.diagnostics, copy.loaded.sources)
        rejected.mend = _mend(copy)
        raise rejected
    rows = list(YearTable(old, copy.loaded.schedule, copy, _lateness(session, old)).rows())
    _written(copy)
    if as_json:
        output.document([_document(row, session) for row in rows], session.translate)
        return
    years = (plan_year(old), plan_year(old) + copy.shift.years)
    _print(rows, years, session)
    for name in copy.files:
        output.say(Phrase("Written: {path}", {"path": name}), session.translate)
    if copy.loaded.diagnostics:
        output.warn(render_concise(copy.loaded.diagnostics, session.translate))


def _settings(written: Iterable[str], old: Schedule) -> Mapping[str, date]:
    """`ANCHOR=DATE` pairs. Raises WrongUse for an anchor the plan does not have."""
    found: dict[str, date] = {}
    for text in written:
        name, sign, day = text.partition("=")
        if not sign:
            raise WrongUse("`{text}` is not ANCHOR=DATE", text=text)
        if name not in old.anchors:
            raise WrongUse("the plan has no anchor `{name}`", did_you_mean(name, old.anchors), name=name)
        try:
            found[name] = iso_date(day)
        except typer.BadParameter:
            raise WrongUse("`{text}` is no date of the form 2027-06-01", text=day) from None
    return found


def _copied(plan: Path, old: Schedule, new: Path, year: int | None, anchors: Mapping[str, date]) -> Copy:
    """The copy, not yet written. Raises WrongUse for the plan's own year or an earlier one."""
    own = plan_year(old)
    wanted = own + 1 if year is None else year
    if wanted <= own:
        raise WrongUse("the plan is for {year} already; ask for a later year", year=own)
    return copy_plan(plan, old, new, wanted, anchors)


def _written(copy: Copy) -> None:
    try:
        write(copy)
    except OSError as error:
        reason = system_reason(error)
        raise WrongUse("{path} cannot be written: {reason}", path=error.filename, reason=reason) from error


def _mend(copy: Copy) -> Phrase | None:
    """Which day would do for an anchor that was given one too late or too early."""
    for name in copy.shift.anchors:
        day = nearest_workable(copy, name)
        if day is not None:
            values = {"name": name, "day": day.isoformat()}
            return Phrase("with --set {name}={day} the dates agree; that is the nearest day", values)
    return None


def _lateness(session: Session, old: Schedule) -> Mapping[str, int]:
    """What the store knows of last year's run; nothing where this folder has no home."""
    if not session.settings.home.is_dir():
        return {}
    from workflows.operations.reading.lateness import lateness  # noqa: PLC0415 - most copies need no store

    with session.database() as database:
        return lateness(database, old.office.id, old.id, as_of=session.today())


def _document(row: Row, session: Session) -> dict[str, object]:
    note = "; ".join(note.say(session.translate) for note in row.notes)
    return {"what": row.what, "old": row.old, "new": row.new, "note": note or None}


def _print(rows: Sequence[Row], years: tuple[int, int], session: Session) -> None:
    """The dates as a table; what is no date as sentences above and below it."""
    translate = session.translate
    texts = [row for row in rows if not _is_dated(row) and row.old != row.new]
    print(f"{translate(_TEXTS)}:")
    for row in texts:
        print(f"  {row.what}: {row.old} → {row.new}")
    headings = [translate(_DATES), "", str(years[0]), str(years[1]), translate(_NOTE)]
    dated = [
        (
            *_name(row, session),
            *(_cell(c, y, session.language) for c, y in _sides(row, years)),
            _notes(row, session),
        )
        for row in rows
        if _is_dated(row)
    ]
    output.table(headings, dated, right=frozenset())
    print(f"{translate(_LOOK)}:")
    for row in rows:
        if not _is_dated(row) and row.notes:
            print(f"  {_place(row, session)}: {row.new}\n      {_notes(row, session)}")


def _place(row: Row, session: Session) -> str:
    """A path in the plan file as it stands, the number of a line in words."""
    word, _, number = row.what.partition(" ")
    return Phrase("line {number}", {"number": number}).say(session.translate) if word == "line" else row.what


def _sides(row: Row, years: tuple[int, int]) -> Iterable[tuple[Cell, int]]:
    return zip((row.old, row.new), years, strict=True)


def _is_dated(row: Row) -> bool:
    return isinstance(row.old or row.new, date)


def _name(row: Row, session: Session) -> tuple[str, str]:
    """`gift-list`, `due`; of the third occurrence `weekly-report`, `due 3`."""
    first, name, *key = row.what.split(".")
    if first == "anchors":
        return name, session.translate(_ANCHOR)
    word, _, turn = key[0].partition("/")
    return name, f"{session.translate(_START if word == 'start' else _DUE)} {turn}".rstrip()


def _cell(value: Cell, year: int, language: Language) -> str:
    if not isinstance(value, date):
        return "-"
    return date_short(value, language) if value.year == year else date_long(value, language)


def _notes(row: Row, session: Session) -> str:
    """The notes, with their dates as people write them."""
    return "; ".join(_localised(note, session.language).say(session.translate) for note in row.notes)


def _localised(note: Phrase, language: Language) -> Phrase:
    values = {k: date_long(v, language) if isinstance(v, date) else v for k, v in note.values.items()}
    return Phrase(note.message_id, values)
