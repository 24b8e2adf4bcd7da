"""A rehearsal as files: every letter on its day, the mail calendar as a page and for spreadsheets."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from notifications import rehearsal as pages
from notifications.rehearsal import Book, Cell, Day, Reader, Warned
from notifications.speech import Speech, speech
from plan_definitions.working_days import WorkingCalendar
from workflows.operations.rehearse import Clash, Rehearsal, RehearsedLetter
from workflows.texts import Language


def write_book(rehearsal: Rehearsal, folder: Path, language: Language) -> Path:
    """Write letters (`.html`, `.eml`, or `.txt` for those handed over), `calendar.csv` and `index.html`.

    Files of an earlier rehearsal of the same name are replaced. Returns the page. Raises OSError.
    """
    places: dict[tuple[str, date], list[tuple[str, RehearsedLetter]]] = {}
    for number, kept in enumerate(rehearsal.letters, 1):
        unit = kept.letter.recipient.unit
        name = f"letters/{kept.day.isoformat()}/{number:04d}-{unit}"
        _write_letter(kept, folder / name)
        places.setdefault((unit, kept.day), []).append((f"{name}.html", kept))
    _write_csv(rehearsal, folder / "calendar.csv")
    index = folder / "index.html"
    index.write_text(pages.page(_book(rehearsal, places, language)), encoding="utf-8")
    return index


def _write_letter(kept: RehearsedLetter, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_name(f"{place.name}.html").write_text(kept.rendered.html, encoding="utf-8")
    if kept.data is not None:
        place.with_name(f"{place.name}.eml").write_bytes(kept.data)
    else:
        place.with_name(f"{place.name}.txt").write_text(kept.rendered.text, encoding="utf-8")


def _write_csv(rehearsal: Rehearsal, place: Path) -> None:
    """One line a unit, one column a day; with the mark by which spreadsheets know UTF-8."""
    by_day = {day: rehearsal.by_unit(day) for day in rehearsal.days}
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", *(day.isoformat() for day in rehearsal.days)])
        for unit in rehearsal.readers:
            writer.writerow([unit, *(by_day[day].get(unit, 0) for day in rehearsal.days)])


def _book(
    rehearsal: Rehearsal,
    places: dict[tuple[str, date], list[tuple[str, RehearsedLetter]]],
    language: Language,
) -> Book:
    calendar = WorkingCalendar(rehearsal.schedule.calendar, language.value)
    said = speech(language)
    totals = {day: sum(rehearsal.by_unit(day).values()) for day in rehearsal.days}

    def off(day: date) -> str | None:
        return None if calendar.is_working_day(day) else (calendar.day_off_name(day) or said.today(day))

    def cell(unit: str, day: date) -> Cell | None:
        found = places.get((unit, day), [])
        titles = "; ".join(kept.rendered.subject for _, kept in found)
        return Cell(len(found), found[0][0], titles) if found else None

    units = rehearsal.schedule.office.units
    return Book(
        title=rehearsal.schedule.title,
        language=language,
        first=rehearsal.first,
        last=rehearsal.last,
        working_days=rehearsal.working_days,
        letters=len(rehearsal.letters),
        heaviest=rehearsal.heaviest_day,
        days=[Day(day, off(day), totals[day]) for day in rehearsal.days],
        readers=[
            Reader(units[unit].name, rehearsal.letter_days[unit], [cell(unit, day) for day in rehearsal.days])
            for unit in rehearsal.readers
        ],
        warned=list(_warnings(rehearsal, said)),
    )


def _warnings(rehearsal: Rehearsal, said: Speech) -> Iterator[Warned]:
    """What somebody should look at before the plan is published."""
    schedule = rehearsal.schedule
    moved = [clash for clash in rehearsal.clashes if clash.what == "day-off"]
    heavy = [clash for clash in rehearsal.clashes if clash.what == "overload"]
    yield Warned(
        said.say("Due dates on days off"),
        said.say("They move as the plan says; choose another day where that is too early or too late."),
        [_moved(clash, rehearsal, said) for clash in moved],
    )
    yield Warned(
        said.say("Heavy days"),
        said.say("Days on which one unit has four or more due dates."),
        [
            f"{said.day(clash.day)}: {schedule.office.units[str(clash.note)].name} - "
            + "; ".join(schedule.tasks[name].title for name in clash.names)
            for clash in heavy
        ],
    )
    yield Warned(
        said.say("Nobody is reminded"),
        said.say("No letter up to the due day speaks of these tasks; give them a ladder with a reminder."),
        [schedule.tasks[name].title for name in rehearsal.unreminded],
    )
    yield Warned(
        said.say("Escalations to the leadership"),
        said.say("What would reach the Deputy Chair or the Chair if units are as late as supposed."),
        [f"{said.day(day)}: {name}" for day, name in rehearsal.escalated],
    )


def _moved(clash: Clash, rehearsal: Rehearsal, said: Speech) -> str:
    titles = "; ".join(rehearsal.schedule.tasks[name].title for name in clash.names)
    return f"{said.day(clash.day)}{f' ({clash.note})' if clash.note else ''}: {titles}"
