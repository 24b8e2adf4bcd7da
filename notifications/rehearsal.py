"""The rehearsal's book: a mail calendar, unit by day, and what to look at before the plan is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from notifications.speech import speech
from workflows.texts import Language


@dataclass(frozen=True, slots=True)
class Cell:
    """The letters of one reader on one day: their number, where they are read, and what they are."""

    count: int
    href: str
    titles: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter in the list of its day: who reads it, and its files, which end in `.html` and the like."""

    reader: str
    subject: str
    name: str
    by_mail: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A column of the calendar and its letters; `off` names a day off, None for a working day."""

    day: date
    off: str | None
    letters: Sequence[Entry]


class Heaviest(Protocol):
    """The day on which a unit has the most to finish."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def due(self) -> int:
        """How many tasks are due then."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A row of the calendar: a unit, on how many days it hears something, and its cells by day."""

    name: str
    letter_days: int
    heaviest: Heaviest | None
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class Warned:
    """A list to look at: a heading, why it matters, and its lines."""

    heading: str
    why: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the page shows, in the language of the book."""

    title: str
    language: Language
    first: date
    last: date
    working_days: int
    letters: int
    heaviest: date | None
    days: Sequence[Day]
    readers: Sequence[Reader]
    warned: Sequence[Warned]


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("rehearsal.html")


def page(book: Book) -> str:
    """The book as one HTML page that needs nothing from anywhere else."""
    said = speech(book.language)
    return _template().render(book=book, said=said, say=said.say, plural=said.plural)
