"""Expected failures, each with the sentence a user sees and its exit code.

Raise one where the data, the use or the environment says no; the command line prints the sentence and
exits with the code, the window shows a page. Anything else is a bug and may show a traceback.
"""

import errno
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from plan_definitions.diagnostics import Diagnostic, Phrase

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
    known = _SYSTEM_REASONS.get(error.errno or 0)
    return known if known is not None else error.strerror or str(error)


def is_disk_full(error: OSError) -> bool:
    """Whether there was no room."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


class DonDocError(Exception):
    """An expected failure. `values` fill the `{name}` fields of the English message id."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message_id: str, mend: Phrase | None = None, **values: object) -> None:
        self.phrase = Phrase(message_id, values)
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
        return _QUOTED.sub("“\\1”", said)


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
