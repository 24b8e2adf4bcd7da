"""How results are printed: tables and sentences for people, one JSON document for programs, on stdout."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from plan_definitions.diagnostics import Phrase, Translate

if TYPE_CHECKING:
    # Most calls draw no table: rich is imported by those that do.
    from rich.console import Console
    from rich.text import Text

_LONG_LIST = 200
"""Entries of a list that are no longer indented in JSON."""

_WIDTH_OF_A_FILE = 120
"""Columns of a table that is not printed on a terminal."""


def document(value: object, translate: Translate, *, worded: bool = True) -> None:
    """Print one JSON document; dates in ISO form, phrases in the language.

    A long list stands one entry a line: indenting every field would take longer than finding the entries.
    Where nothing in it is a phrase (not `worded`), its entries are written several times as fast.
    """

    def plain(other: object) -> str:
        if isinstance(other, date | datetime):
            return other.isoformat()
        if isinstance(other, Phrase):
            return other.say(translate)
        raise TypeError(f"{type(other).__name__} has no place in a JSON document")

    in_one_line = json.JSONEncoder(ensure_ascii=False, default=plain).encode

    def laid_out(part: object) -> str:
        if isinstance(part, list) and _is_long(part):
            return "[\n" + ",\n".join(map(in_one_line if worded else _quick_encoder(), part)) + "\n]"
        return in_one_line(part)

    if _is_long(value):
        print(laid_out(value))
    elif isinstance(value, dict) and any(map(_is_long, value.values())):
        fields = (f"{in_one_line(name)}: {laid_out(part)}" for name, part in value.items())
        print("{\n" + ",\n".join(fields) + "\n}")
    else:
        print(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def _quick_encoder() -> Callable[[object], str]:
    from orjson import dumps

    return lambda entry: dumps(entry).decode()


def _is_long(value: object) -> bool:
    return isinstance(value, list) and len(value) > _LONG_LIST


def say(phrase: Phrase, translate: Translate) -> None:
    """Print a sentence of the result."""
    print(phrase.say(translate))


def warn(text: str) -> None:
    """Print a line that is not part of the result, on stderr."""
    print(text, file=sys.stderr)


@contextmanager
def waiting(phrase: Phrase, translate: Translate) -> Iterator[Callable[[], None]]:
    """Show on a terminal that something takes its time, until the block calls what it is given, or ends."""
    shown = error_console().status(phrase.say(translate))
    if sys.stderr.isatty():
        shown.start()
    try:
        yield shown.stop
    finally:
        shown.stop()


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence["str | Text"]],
    *,
    right: frozenset[int] = frozenset(),
    whole: frozenset[int] = frozenset(),
) -> None:
    """Print rows under headings (already in the language).

    Columns in `right` hold numbers, those in `whole` names that must not be broken; an empty column is left
    out. Cells are text as it stands: square brackets in a title are no markup.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    filled = [n for n in range(len(headings)) if any(len(row[n]) for row in rows)]
    for n in filled:
        shown.add_column(
            Text(headings[n]), justify="right" if n in right else "left", no_wrap=n in whole, overflow="fold"
        )
    for row in rows:
        cells = (row[n] for n in filled)
        shown.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))
    console().print(shown)


def console() -> "Console":
    """A console on the current stdout; a file gets wide lines and no colour."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    return Console(file=sys.stdout, width=width, highlight=False, emoji=False)


def error_console() -> "Console":
    """A console on the current stderr, for progress."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False, emoji=False)
