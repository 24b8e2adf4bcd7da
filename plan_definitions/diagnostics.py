"""Mistakes and warnings of a plan, and how they are printed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plan_definitions.source import Place


class Severity(StrEnum):
    """An error refuses the plan; a warning lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence not yet in a language: an English message id with `{name}` fields, and their values.

    Values may themselves be phrases.
    """

    message_id: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of `translate` (a gettext function)."""
        values = {k: v.say(translate) if isinstance(v, Phrase) else v for k, v in self.values.items()}
        return translate(self.message_id).format(**values)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a stable code, what is wrong, where, and (where it can be computed) the mend."""

    code: str
    severity: Severity
    place: Place
    message: Phrase
    help: Phrase | None = None
