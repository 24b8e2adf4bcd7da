"""Expected failures, each with the sentence a user sees and its exit code.

Raise one where the data, the use or the environment says no; the command line prints the sentence and
exits with the code, the window shows a page. Anything else is a bug and may show a traceback.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from plan_definitions.diagnostics import Diagnostic, Phrase


class DonDocError(Exception):
    """An expected failure. `values` fill the `{name}` fields of the English message id."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message_id: str, mend: Phrase | None = None, **values: object) -> None:
        self.phrase = Phrase(message_id, values)
        self.mend = mend
        super().__init__(self.phrase.say(lambda text: text))

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence (and the mend, if there is one) in the language of `translate`."""
        parts = [self.phrase.say(translate)]
        if self.mend is not None:
            parts.append(self.mend.say(translate))
        return "\n".join(parts)


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
