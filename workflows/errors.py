"""Expected failures, each with the sentence a user sees and its exit code.

Raise one where the data, the use or the environment says no; the command line prints the sentence and
exits with the code, the window shows a page. Anything else is a bug and may show a traceback.
"""

import errno
import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from plan_definitions.diagnostics import Diagnostic, Phrase

_ROOMS = tuple(
    Path(__file__).parents[1] / name for name in ("workflows", "notifications", "plan_definitions", "web")
)

_QUOTED = re.compile(r"`([^`\n]*)`")

_SYSTEM_REASONS: Mapping[int, Phrase] = MappingProxyType(
    {
        errno.ENOSPC: Phrase("no room is left on the disk"),
        errno.EDQUOT: Phrase("the quota of the disk is used up"),
        errno.EACCES: Phrase("the right to do so is missing"),
        errno.EPERM: Phrase("the right to do so is missing"),
        errno.EROFS: Phrase("the disk can only be read"),
        errno.ENOENT: Phrase("there is no such file or folder"),
        errno.EEXIST: Phrase("something of that name exists already"),
        errno.EISDIR: Phrase("it is a folder"),
        errno.ENOTDIR: Phrase("a part of the path is no folder"),
        errno.ENAMETOOLONG: Phrase("the name is too long"),
        errno.ENOTEMPTY: Phrase("the folder is not empty"),
        errno.EIO: Phrase("the disk cannot be read or written"),
        errno.EADDRINUSE: Phrase("another program listens there"),
        errno.EADDRNOTAVAIL: Phrase("this machine has no such address"),
        errno.ECONNREFUSED: Phrase("nobody answers there"),
    }
)
"""What the system means, in words that the catalogue has; its own are English."""


def system_reason(error: OSError) -> Phrase | str:
    """Why the system refused, for a `{reason}`; in its own words where the error is a rare one."""
    if isinstance(error, socket.gaierror):
        return Phrase("no machine of that name is known")
    if isinstance(error, TimeoutError):
        return Phrase("there is no answer in time")
    known = _SYSTEM_REASONS.get(error.errno or 0)
    return known if known is not None else error.strerror or str(error)


def is_disk_full(error: OSError) -> bool:
    """Whether there was no room."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


class _Month(int):
    """A month in a date of digits: two digits up to February only, as papers have it (Decree 30/2020)."""

    def __format__(self, form: str) -> str:
        return super().__format__(form or ("02" if self <= _FEBRUARY else ""))


_FEBRUARY = 2


def in_digits(day: date) -> Phrase:
    """A day within a sentence: `2026-06-09` in English, `09/6/2026` in Vietnamese."""
    parts = {"year": day.year, "month": _Month(day.month), "day": day.day}
    return Phrase("{year:04}-{month:02}-{day:02}", parts)


def _sentence(text: str) -> str:
    """As it stands on a page: with a capital letter and an end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":", "…")) else ".")


class DonDocError(Exception):
    """An expected failure. `values` fill the `{name}` fields of the English message id; some may be days."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message_id: str, mend: Phrase | None = None, **values: object) -> None:
        told = {name: in_digits(v) if isinstance(v, date) else v for name, v in values.items()}
        self.phrase = Phrase(message_id, told)
        self.mend = mend
        self.titles: Mapping[str, str] = {}
        super().__init__(self.phrase.say(lambda text: text))

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence (and the mend, if there is one) in the language of `translate`."""
        parts = [self.phrase.say(translate)]
        if self.mend is not None:
            parts.append(self.mend.say(translate))
        return "\n".join(parts)

    def for_people(self, translate: Callable[[str], str]) -> str:
        """The sentence for a page: `titles` stand for the ids they are known for, in quotes of a text."""

        def titled(value: object) -> object:
            if isinstance(value, tuple):
                return tuple(titled(one) for one in value)
            return self.titles.get(value, value) if isinstance(value, str) else value

        values = {name: titled(value) for name, value in self.phrase.values.items()}
        said = Phrase(self.phrase.message_id, values).say(translate)
        if self.mend is not None:
            said = f"{said}\n{self.mend.say(translate)}"
        return "\n".join(map(_sentence, _QUOTED.sub("“\\1”", said).split("\n")))


class PlanRejected(DonDocError):
    """The plan has mistakes; nothing was stored. `sources` maps its files to their texts, to quote from."""

    def __init__(
        self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = sources
        super().__init__("the plan has mistakes; nothing was stored")


class NotFound(DonDocError):
    """A plan, unit, assignment or letter of that name is not in the store."""


class MoveRefused(DonDocError):
    """The table of moves, a rule or the person says no; nothing changed."""


class BackupRefused(DonDocError):
    """The file is no backup of ours, or is damaged; nothing was restored."""


class WrongUse(DonDocError):
    """The command was called wrongly, or a file is missing."""

    exit_code: ClassVar[int] = 2


class EnvironmentRefused(DonDocError):
    """The database, the mail server, Prefect or the home says no."""

    exit_code: ClassVar[int] = 3


class Fault(DonDocError):
    """A fault in the program: its kind and its place, nothing of what it met.

    For logs, and for Prefect, which keeps messages: those of an error that nobody foresaw may quote a letter,
    an address or a row. `error` is for whoever asks by --debug.
    """

    exit_code: ClassVar[int] = 70  # EX_SOFTWARE of sysexits.h: none of the outcomes that scripts are promised

    def __init__(self, error: Exception) -> None:
        self.error = error
        places = list(_places(error))
        # The last place in our own code says more than the depth of a library.
        ours = [place for place in places if any(place[0].is_relative_to(room) for room in _ROOMS)]
        file, line = (ours or places)[-1]
        super().__init__(
            "a fault in the program: {kind} at {place}",
            kind=type(error).__name__,
            place=f"{file.name}:{line}",
        )


def for_log(error: Exception) -> DonDocError:
    """What a log may hold of an error: one of ours as it is, of any other its kind and place."""
    return error if isinstance(error, DonDocError) else Fault(error)


def _places(error: Exception) -> Iterator[tuple[Path, int]]:
    """The files and lines an error came through, the outermost first."""
    step = error.__traceback__
    while step is not None:
        yield Path(step.tb_frame.f_code.co_filename), step.tb_lineno
        step = step.tb_next
