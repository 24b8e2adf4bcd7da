"""One language in use: sentences from the catalogue with dates and counts written as it writes them."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from workflows import texts
from workflows.texts import (
    Language,
    count,
    date_long,
    date_short,
    plural_translator,
    translator,
)


class Speech:
    """Says message ids in one language; `speech(language)` gives the shared one."""

    __slots__ = ("_plural", "_plurals", "_sentences", "_translate", "language")

    def __init__(self, language: Language) -> None:
        self.language = language
        self._translate = translator(language)
        # A letter says the same few sentences for every row; the catalogues are asked once.
        self._sentences: dict[str, str] = {}
        self._plurals: dict[tuple[str, int], str] = {}
        self._plural = plural_translator(language)

    def say(self, message_id: str, /, **values: object) -> str:
        """The sentence, with its `{name}` fields filled. Raises KeyError for a value that is missing."""
        sentence = self._sentences.get(message_id)
        if sentence is None:
            sentence = self._sentences[message_id] = self._translate(message_id)
        return sentence.format(**values) if values else sentence

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The sentence for a number; the field `{n}` is the number as counts are written."""
        sentence = self._plurals.get((one, n))
        if sentence is None:
            sentence = self._plurals[(one, n)] = self._plural(one, many, n)
        return sentence.format(n=self.count(n), **values)

    def count(self, n: int) -> str:
        """A count in a sentence: `02`, `2`."""
        return count(n, self.language)

    def day(self, day: date) -> str:
        """`thứ Sáu, 12/6`, `Fri 12 June`."""
        return date_short(day, self.language)

    def day_month(self, day: date) -> str:
        """`08/6`, `8 June`."""
        return texts.day_month(day, self.language)

    def today(self, day: date) -> str:
        """`thứ Tư, 10/6/2026`, `Wednesday, 10 June 2026`."""
        return date_long(day, self.language)

    def weekday_initials(self, day: date) -> str:
        """`T4`, `We`: for narrow columns."""
        return texts.weekday_initials(day, self.language)

    def all_of(self, things: Iterable[str], most: int | None = None) -> str:
        """`A, B và C`; past `most` things the rest is a number."""
        named = list(things)
        if most is not None and len(named) > most:
            shown = ", ".join(named[:most])
            return self.say("{things} and {n} more", things=shown, n=self.count(len(named) - most))
        if len(named) < 2:  # noqa: PLR2004 - a list begins with two
            return "".join(named)
        return self.say("{things} and {last}", things=", ".join(named[:-1]), last=named[-1])


@cache
def speech(language: Language) -> Speech:
    """The speech of a language."""
    return Speech(language)
