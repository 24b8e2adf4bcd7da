"""Mistakes and warnings of a plan, and how they are printed."""

import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plan_definitions.source import Place, split_lines

Translate = Callable[[str], str]
"""A gettext function: English message id to the sentence in a language."""

# A line of source longer than this is shown as a window around the mistake.
_SNIPPET_WIDTH = 120
_SNIPPET_LEAD = 60


class Severity(StrEnum):
    """An error refuses the plan; a warning lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence not yet in a language: an English message id with `{name}` fields, and their values.

    Values may themselves be phrases, or tuples of values to be listed.
    """

    message_id: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, translate: Translate) -> str:
        """The sentence in the language of `translate` (a gettext function)."""
        values = {name: _said(value, translate) for name, value in self.values.items()}
        return translate(self.message_id).format(**values)


def _said(value: object, translate: Translate) -> object:
    if isinstance(value, Phrase):
        return value.say(translate)
    if isinstance(value, tuple):
        return ", ".join(str(_said(one, translate)) for one in value)
    return value


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a stable code, what is wrong, where, and (where it can be computed) the mend."""

    code: str
    severity: Severity
    place: Place
    message: Phrase
    help: Phrase | None = None


_HELP = Phrase("help")


class Unreadable(Exception):
    """A value was refused and already reported; whoever holds it goes on with the next one."""


class Report:
    """Collects the diagnostics of a run, so that one mistake does not hide the next.

    `unread` holds the names (of tasks, anchors, units, groups, ladders ...) that the files define but whose
    definition could not be read whole: to complain about what refers to them would be noise. `places` says
    where the records stand that keep no place of their own, by kind and id.
    """

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.errors = 0
        self.places: dict[tuple[str, str], Place] = {}
        self.unread: set[str] = set()

    def error(self, code: str, place: Place, message: Phrase, mend: Phrase | None = None) -> None:
        """Note a mistake that refuses the plan."""
        self.add(Diagnostic(code, Severity.ERROR, place, message, mend))

    def add(self, diagnostic: Diagnostic) -> None:
        """Note a diagnostic that was made elsewhere."""
        self.errors += diagnostic.severity is Severity.ERROR
        self.diagnostics.append(diagnostic)

    def refuse(self, code: str, place: Place, message: Phrase, mend: Phrase | None = None) -> Unreadable:
        """Note a mistake; raise what this returns to leave the value unread."""
        self.error(code, place, message, mend)
        return Unreadable(code)


def nearest_name(word: str, names: Iterable[str]) -> str | None:
    """The name a mistyped word most likely means, or None when nothing is near."""
    return next(iter(difflib.get_close_matches(word, names, n=1, cutoff=0.6)), None)


def did_you_mean(word: str, names: Iterable[str]) -> Phrase | None:
    """A help that offers the nearest name."""
    near = nearest_name(word, names)
    return None if near is None else Phrase("did you mean `{name}`?", {"name": near})


def first_line(diagnostic: Diagnostic, translate: Translate) -> str:
    """`FILE:LINE:COLUMN: severity[code]: message`, the form that editors and `--concise` use."""
    place = diagnostic.place
    head = f"{place.file}:{place.line}:{place.column}: {diagnostic.severity}[{diagnostic.code}]"
    return _printable(f"{head}: {diagnostic.message.say(translate)}")


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], translate: Translate) -> str:
    """The full layout: first line, the line of the source with carets under the word, and the help."""
    lines = {file: split_lines(text) for file, text in sources.items()}
    return "\n".join(_full(d, lines.get(d.place.file, []), translate) for d in diagnostics)


def render_concise(diagnostics: Iterable[Diagnostic], translate: Translate) -> str:
    """First lines only."""
    return "\n".join(first_line(diagnostic, translate) for diagnostic in diagnostics)


def rows(diagnostics: Iterable[Diagnostic], translate: Translate) -> list[dict[str, str | int | None]]:
    """What `--json` prints: file, line, column, severity, code, message and help, which may be None."""
    return [
        {
            "file": d.place.file,
            "line": d.place.line,
            "column": d.place.column,
            "severity": d.severity.value,
            "code": d.code,
            "message": d.message.say(translate),
            "help": None if d.help is None else d.help.say(translate),
        }
        for d in diagnostics
    ]


def _full(diagnostic: Diagnostic, lines: list[str], translate: Translate) -> str:
    parts = [first_line(diagnostic, translate)]
    place = diagnostic.place
    if place.line <= len(lines) and lines[place.line - 1].strip():
        parts += _snippet(lines[place.line - 1], place)
    if diagnostic.help is not None:
        parts.append(f"  {_HELP.say(translate)}: {_printable(diagnostic.help.say(translate))}")
    return "\n".join(parts)


def _snippet(line: str, place: Place) -> list[str]:
    """The source line under its number, and carets as wide as the word is on a terminal."""
    first = min(place.column - 1, len(line))
    cut = first - _SNIPPET_LEAD if len(line) > _SNIPPET_WIDTH and first > _SNIPPET_LEAD else 0
    end = cut + _SNIPPET_WIDTH
    before, word = line[cut:first], line[first : min(place.end_column - 1, end)]
    shown = ("…" if cut else "") + _printable(line[cut:end]) + ("…" if end < len(line) else "")
    gutter = f"  {place.line} | "
    indent = " " * (len(str(place.line)) + 2) + " | " + " " * (_width(before) + (1 if cut else 0))
    return [gutter + shown.rstrip(), indent + "^" * max(1, _width(word))]


def _width(text: str) -> int:
    """How many terminal cells a text fills: combining marks none, East Asian wide characters two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _printable(text: str) -> str:
    """The text with control characters made visible, so that a file cannot steer the terminal."""
    if text.isprintable():
        return text
    # A format character (zero-width joiner, direction override) is as invisible as a control one.
    return "".join(
        " " if c in "\t\xa0" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
