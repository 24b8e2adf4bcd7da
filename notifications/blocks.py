"""What a letter looks like before it is HTML or text: a page of blocks, all words settled.

The text and the HTML of a letter are two layouts of the same blocks, so they cannot say different things.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple

from workflows.texts import Language


class Tone(StrEnum):
    """How much a line presses; colours only repeat what its words say."""

    LATE = "late"
    TODAY = "today"
    PLAIN = "plain"


class Button(NamedTuple):
    """A link that asks to be pressed; a primary one is filled. (A tuple: forty in a letter are usual.)"""

    label: str
    url: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `quiet` ones are small print."""

    text: str
    quiet: bool = False
    block: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over what follows, up to the next heading."""

    text: str
    block: ClassVar[str] = "heading"


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered piece of work: title, the line about its date, further lines, buttons.

    `page` has all its buttons: plain text gives this one address (or the first button's) for them.
    """

    number: int
    title: str
    due: str
    tone: Tone = Tone.PLAIN
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    page: str | None = None
    block: ClassVar[str] = "entry"

    @property
    def choices(self) -> str:
        """The buttons' labels in one line."""
        return " / ".join(button.label for button in self.buttons)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what, beside it when or how far, beneath it where it comes from."""

    text: str
    aside: str = ""
    note: str = ""
    block: ClassVar[str] = "line"


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled sentence."""

    label: str
    text: str
    block: ClassVar[str] = "fact"


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons that belong to the whole letter."""

    buttons: tuple[Button, ...]
    block: ClassVar[str] = "buttons"


@dataclass(frozen=True, slots=True)
class More:
    """What did not fit: how much, and where it stands."""

    text: str
    url: str | None = None
    block: ClassVar[str] = "more"


Block = Paragraph | Heading | Entry | Line | Fact | Buttons | More


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A row still without words: of its hundreds a letter says the first and counts the others."""

    say: Callable[[], Entry | Line]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """So many rows that the letter knows by their number only."""

    rows: int


ROWS = (Entry, Line, Unsaid)
"""Blocks of which a letter may have hundreds; the rest is a handful."""


@dataclass(frozen=True, slots=True)
class Page:
    """A letter with all its words: `subject` stays the same through a thread, `preview` holds the counts."""

    language: Language
    subject: str
    preview: str
    committee: str
    day: str
    salutation: str
    blocks: tuple[Block, ...]
    closing: tuple[Paragraph, ...]
