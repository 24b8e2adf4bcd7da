"""Names that refer to nothing, gathered: one wrong name is one diagnostic however often it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from plan_definitions.diagnostics import Diagnostic, Phrase, Severity, nearest_name
from plan_definitions.source import Place

MAX_SUGGESTIONS = 20
"""Comparing a name with ten thousand others takes tens of milliseconds; a file of rubbish has many names."""

_MAX_LINES = 10


@dataclass(slots=True)
class References:
    """Unknown names of one kind: `say` words the complaint, `known` are the names there are, with places."""

    code: str
    say: Callable[[str], Phrase]
    known: Mapping[str, Place | None]
    _places: dict[str, list[Place]] = field(default_factory=dict)

    def add(self, name: str, place: Place) -> None:
        """Note one use of an unknown name."""
        self._places.setdefault(name, []).append(place)

    def diagnostics(self) -> Iterator[Diagnostic]:
        """One error for each name, where it was first used."""
        for n, (name, places) in enumerate(self._places.items()):
            first, *others = sorted(places)
            near = nearest_name(name, self.known) if n < MAX_SUGGESTIONS else None
            yield Diagnostic(
                self.code, Severity.ERROR, first, self.say(name), self._help(near, first, others)
            )

    def _help(self, near: str | None, first: Place, others: list[Place]) -> Phrase | None:
        meant = None if near is None else did_you_mean(near, self.known[near], first)
        if not others:
            return meant
        lines = ", ".join(str(place.line) for place in others[:_MAX_LINES])
        more = "" if len(others) <= _MAX_LINES else ", …"
        again = Phrase("also on line {lines}", {"lines": lines + more})
        return again if meant is None else Phrase("{first}; {second}", {"first": meant, "second": again})


def did_you_mean(name: str, defined: Place | None, used: Place) -> Phrase:
    """The suggestion of a name, with the line or the file and line where it is defined."""
    if defined is None:
        return Phrase("did you mean `{name}`?", {"name": name})
    if defined.file == used.file:
        return Phrase("did you mean `{name}` (line {line})?", {"name": name, "line": defined.line})
    where = {"name": name, "file": defined.file, "line": defined.line}
    return Phrase("did you mean `{name}` ({file}, line {line})?", where)
