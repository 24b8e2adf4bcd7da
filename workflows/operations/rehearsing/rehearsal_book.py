"""A rehearsal as files: every letter on its day, the mail calendar as a page and for spreadsheets."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from notifications import rehearsal as pages
from notifications.rehearsal import Book, Cell, Day, Entry, Reader, Warned
from notifications.speech import Speech, speech
from plan_definitions.working_days import WorkingCalendar
from workflows.operations.rehearsing.rehearsal import OVERLOADED, Clash, ClashKind, Rehearsal, RehearsedLetter
from workflows.texts import Language

PAGE = "index.html"
"""The file of a rehearsal to open first."""

Placed = tuple[str, RehearsedLetter]
"""A letter and where its files lie in the folder, without their suffix."""


def write_book(rehearsal: Rehearsal, folder: Path, language: Language) -> Path:
    """Write letters (`.html`, `.eml`, or `.txt` for those handed over), `calendar.csv` and the page.

    What another rehearsal left in the folder is replaced; a letter that this one does not have is removed.
    Returns the page. Raises OSError.
    """
    placed = [
        (f"letters/{kept.day.isoformat()}/{number:04d}-{kept.letter.recipient.unit}", kept)
        for number, kept in enumerate(rehearsal.letters, 1)
    ]
    _clear(folder)
    for name, kept in placed:
        _write_letter(kept, folder / name)
    _write_csv(rehearsal, folder / "calendar.csv")
    index = folder / PAGE
    index.write_text(pages.page(_Binder(rehearsal, placed, language).book()), encoding="utf-8")
    return index


def _clear(folder: Path) -> None:
    """Remove the letters of an earlier rehearsal, so that nobody reads them for this one's; nothing else."""
    for suffix in ("html", "eml", "txt"):
        for letter in folder.glob(f"letters/????-??-??/[0-9][0-9][0-9][0-9]-*.{suffix}"):
            letter.unlink()


def _write_letter(kept: RehearsedLetter, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_name(f"{place.name}.html").write_text(kept.rendered.html, encoding="utf-8")
    if kept.data is not None:
        place.with_name(f"{place.name}.eml").write_bytes(kept.data)
    else:
        place.with_name(f"{place.name}.txt").write_text(kept.rendered.text, encoding="utf-8")


def _write_csv(rehearsal: Rehearsal, place: Path) -> None:
    """One line a unit, one column a day; with the mark by which spreadsheets know UTF-8."""
    by_day = rehearsal.by_unit()
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["unit", *(day.isoformat() for day in rehearsal.days)])
        for unit in rehearsal.readers:
            writer.writerow([unit, *(by_day[day].get(unit, 0) for day in rehearsal.days)])


class _Binder:
    """Puts a rehearsal into the words and columns of its page."""

    def __init__(self, rehearsal: Rehearsal, placed: Sequence[Placed], language: Language) -> None:
        self.rehearsal = rehearsal
        self.schedule = rehearsal.schedule
        self.said: Speech = speech(language)
        self.calendar = WorkingCalendar(self.schedule.calendar, language.value)
        self.by_day: dict[date, list[Placed]] = {day: [] for day in rehearsal.days}
        for place in placed:
            self.by_day[place[1].day].append(place)

    def book(self) -> Book:
        rehearsal = self.rehearsal
        heard, heaviest = rehearsal.letter_days(), rehearsal.heaviest_days()
        return Book(
            title=self.schedule.title,
            language=self.said.language,
            first=rehearsal.first,
            last=rehearsal.last,
            working_days=rehearsal.working_days,
            letters=len(rehearsal.letters),
            heaviest=rehearsal.heaviest_day,
            days=[self._day(day) for day in rehearsal.days],
            readers=[
                Reader(rehearsal.named(unit), heard[unit], heaviest.get(unit), self._cells(unit))
                for unit in rehearsal.readers
            ],
            warned=list(self._warnings()),
        )

    def _day(self, day: date) -> Day:
        entries = [
            Entry(self._unit(kept.letter.recipient.unit), kept.rendered.subject, name, kept.data is not None)
            for name, kept in self.by_day[day]
        ]
        return Day(day, self._day_off(day), entries)

    def _day_off(self, day: date) -> str | None:
        if self.calendar.is_working_day(day):
            return None
        return self.calendar.day_off_name(day) or self.said.say("weekend")

    def _cells(self, unit: str) -> list[Cell | None]:
        found: Mapping[date, list[Placed]] = {
            day: [place for place in placed if place[1].letter.recipient.unit == unit]
            for day, placed in self.by_day.items()
        }
        return [self._cell(day, placed) if placed else None for day, placed in found.items()]

    def _cell(self, day: date, placed: Sequence[Placed]) -> Cell:
        """One letter is opened at once, several are found in the list of the day."""
        subjects = "; ".join(kept.rendered.subject for _, kept in placed)
        several = len(placed) > 1
        return Cell(len(placed), f"#{day.isoformat()}" if several else f"{placed[0][0]}.html", subjects)

    def _unit(self, unit: str) -> str:
        known = self.schedule.office.units.get(unit)
        return known.name if known else unit

    def _title(self, task: str) -> str:
        return self.schedule.tasks[task].title

    def _warnings(self) -> Iterator[Warned]:
        """What somebody should look at before the plan is published."""
        say, clashes = self.said.say, self.rehearsal.clashes()
        yield Warned(
            say("Due dates on days off"),
            say("They move, or stay, as the plan says; choose another day where that does not suit."),
            [self._moved(clash) for clash in clashes if clash.kind is ClashKind.DAY_OFF],
        )
        yield Warned(
            say("Heavy days"),
            say("Days on which one unit has {n} or more due dates.", n=self.said.count(OVERLOADED)),
            [self._overload(clash) for clash in clashes if clash.kind is ClashKind.OVERLOAD],
        )
        yield Warned(
            say("Nobody is reminded"),
            say("No letter up to the due day asks for these tasks; give them a ladder with a reminder."),
            [self._title(task) for task in self.rehearsal.unreminded()],
        )
        yield Warned(
            say("Escalations to the leadership"),
            say("What would reach the Deputy Chair or the Chair if units are as late as supposed."),
            [
                f"{self.said.day(one.day)}: {self._title(one.task)} - {self._unit(one.unit)} "
                f"→ {self._unit(one.to)}"
                for one in self.rehearsal.escalated()
            ],
        )

    def _moved(self, clash: Clash) -> str:
        name = clash.day_off and (self.calendar.day_off_name(clash.day) or clash.day_off)
        off = f"{self.said.day(clash.day)} ({name})" if name else self.said.day(clash.day)
        to = f" → {self.said.day(clash.due)}" if clash.due and clash.due != clash.day else ""
        return f"{off}{to}: {self._titles(clash)}"

    def _overload(self, clash: Clash) -> str:
        return f"{self.said.day(clash.day)}: {self._unit(clash.unit or '')} - {self._titles(clash)}"

    def _titles(self, clash: Clash) -> str:
        return "; ".join(self._title(task) for task in clash.tasks)
