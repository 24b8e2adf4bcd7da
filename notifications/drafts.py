"""Letters as they come together: what concerns readers of one mailbox or number meets in one letter."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from notifications.letters import Letter, LetterKind, Recipient
from notifications.parts import ClosingReport, DeskNote, Digest, Leadership, Part, UnitSection, Voice
from notifications.recipients import Reader, reader, sender, together
from plan_definitions.model import Channel, Office, Role
from workflows.engine.records import Notice
from workflows.texts import Language

_ORDER = (Leadership, Digest, DeskNote, UnitSection)
"""A reader decides first, then looks after others' work, then after its own."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter and the notices that it answers, each with the id of its plan."""

    letter: Letter
    notices: tuple[tuple[str, Notice], ...] = ()


@dataclass(slots=True)
class _Draft:
    """One address's letter so far."""

    recipient: Recipient
    parts: list[Part] = field(default_factory=list)
    notices: list[tuple[str, Notice]] = field(default_factory=list)


class Drafts:
    """All letters of one occasion, by address."""

    def __init__(self, office: Office, as_of: date) -> None:
        self._office = office
        self._as_of = as_of
        self._clerk = office.unit_of(Role.STANDING_OFFICE)
        self._readers: dict[str, Reader] = {}
        self._drafts: dict[str, _Draft] = {}

    def reader(self, unit: str) -> Reader:
        """Who reads for a unit today."""
        if unit not in self._readers:
            self._readers[unit] = reader(self._office, unit, self._as_of)
        return self._readers[unit]

    def add(self, unit: str, part: Part, notices: Iterable[tuple[str, Notice]] = ()) -> None:
        """Put a part into the letter of whoever reads for `unit`."""
        found = self.reader(unit)
        draft = self._drafts.get(found.key)
        if draft is None:
            draft = self._drafts[found.key] = _Draft(found.recipient)
        else:
            draft.recipient = together(draft.recipient, found.recipient)
        draft.parts.append(part)
        draft.notices.extend(notices)

    def has(self, unit: str, sort: type[Part]) -> bool:
        """Whether the letter of `unit`'s reader holds a part of that sort."""
        draft = self._drafts.get(self.reader(unit).key)
        return draft is not None and any(isinstance(part, sort) for part in draft.parts)

    def channels(self) -> list[Channel]:
        """The channel of every letter."""
        return [draft.recipient.channel for draft in self._drafts.values()]

    def letters(self, kind: Callable[[Sequence[Part]], LetterKind], language: Language) -> list[Composed]:
        """The finished letters; `kind` judges a letter by its parts, in the order of reading."""
        from_office = sender(self._office, self._as_of)
        finished = []
        for draft in self._drafts.values():
            parts = tuple(sorted(draft.parts, key=_place))
            # The office does not report to itself.
            reports = isinstance(parts[0], Leadership | ClosingReport) and draft.recipient.unit != self._clerk
            recipient = replace(draft.recipient, voice=Voice.REPORT) if reports else draft.recipient
            letter = Letter(kind(parts), from_office, recipient, self._as_of, parts, language)
            finished.append(Composed(letter, tuple(draft.notices)))
        return finished


def _place(part: Part) -> int:
    return next((place for place, sort in enumerate(_ORDER) if isinstance(part, sort)), len(_ORDER))
