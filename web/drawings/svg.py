"""Elements of SVG as markup: attributes by name, everything escaped; colours come from the style sheet."""

from typing import Final

from markupsafe import Markup

AVERAGE_LETTER: Final = 0.57
"""The width of an average letter of a sans-serif face, in units of its size."""

MOST_ON_A_SHEET: Final = 2400
"""Pixels from top to bottom that may share a sheet: words are then 4 points high on A4, 5.6 on A3."""


def element(name: str, /, *inside: str, **attributes: object) -> Markup:
    """`element("rect", x=1, class_="bar")`: an underscore at the end is dropped, others become hyphens.

    Elements `inside` stay as they were made; plain text is escaped.
    """
    said = Markup().join(
        Markup(' %s="%s"') % (key.rstrip("_").replace("_", "-"), _value(value))
        for key, value in attributes.items()
        if value is not None
    )
    if not inside:
        return Markup("<%s%s/>") % (name, said)
    return Markup("<%s%s>%s</%s>") % (name, said, Markup().join(inside), name)


def label(words: str, x: float, y: float, class_: str) -> Markup:
    """A line of text."""
    return element("text", words, x=x, y=y, class_=class_)


def titled(words: str) -> Markup:
    """What a pointer shows, and a reader aloud says, about the element around it."""
    return element("title", words)


def drawing(width: float, height: float, class_: str, name: str, *inside: str) -> Markup:
    """A whole picture with its name; one that is not too high for it is printed on one sheet."""
    classes = f"{class_} one-sheet" if width <= height <= MOST_ON_A_SHEET else class_
    return element(
        "svg", titled(name), *inside,
        xmlns="http://www.w3.org/2000/svg", class_=classes, viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width, height=height, aria_label=name,
    )  # fmt: skip


def shortened(words: str, size: float, room: float) -> str:
    """Words that fit a width, with an ellipsis where they were cut."""
    most = int(room / (size * AVERAGE_LETTER))
    return words if len(words) <= most else words[: max(most - 1, 1)].rstrip() + "…"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
