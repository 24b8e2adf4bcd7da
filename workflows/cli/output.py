"""How results are printed: tables and sentences for people, one JSON document for programs, on stdout."""

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plan_definitions.diagnostics import Phrase, Translate

_WIDTH_OF_A_FILE = 120
"""Columns of a table that is not printed on a terminal."""


def document(value: object, translate: Translate) -> None:
    """Print one JSON document; dates in ISO form, phrases in the language."""

    def plain(other: object) -> str:
        if isinstance(other, date | datetime):
            return other.isoformat()
        if isinstance(other, Phrase):
            return other.say(translate)
        raise TypeError(f"{type(other).__name__} has no place in a JSON document")

    print(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def say(phrase: Phrase, translate: Translate) -> None:
    """Print a sentence of the result."""
    print(phrase.say(translate))


def warn(text: str) -> None:
    """Print a line that is not part of the result, on stderr."""
    print(text, file=sys.stderr)


def table(headings: Sequence[str], rows: Sequence[Sequence[str | Text]], *, right: frozenset[int]) -> None:
    """Print rows under headings (already in the language); columns in `right` hold numbers.

    Cells are text as it stands: square brackets in a title are no markup.
    """
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        shown.add_column(Text(heading), justify="right" if number in right else "left")
    for row in rows:
        shown.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    console().print(shown)


def console() -> Console:
    """A console on the current stdout; a file gets wide lines and no colour."""
    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    return Console(file=sys.stdout, width=width, highlight=False, emoji=False)
