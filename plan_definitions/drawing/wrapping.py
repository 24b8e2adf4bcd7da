"""Lines of text in a box: how wide letters are, and where to break."""

import unicodedata

NARROW = frozenset("fijlrtIí ì ỉ ĩ ị .,:;'|!()[]-/ ")
WIDE = frozenset("mwMWĐ@%—")
_NARROW_LETTER, _LETTER, _WIDE_LETTER = 0.34, 0.57, 0.88


def width(text: str) -> float:
    """How wide a text is in a sans-serif face, in units of its size; errs on the wide side."""
    return sum(_letter(c) for c in unicodedata.normalize("NFC", text))


def _letter(c: str) -> float:
    if c in NARROW:
        return _NARROW_LETTER
    wide = c in WIDE or unicodedata.east_asian_width(c) in "WF"
    return _WIDE_LETTER if wide else 0.68 if c.isupper() else _LETTER


def wrapped(text: str, characters: float) -> tuple[str, ...]:
    """The lines of a text, each at most as wide as so many average letters.

    A longer word stands alone; what no-break spaces join stays together.
    """
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer) <= characters * _LETTER:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
