"""Elements of SVG as text: attributes by name, everything escaped; colours come from the style sheet."""

from html import escape
from typing import Final

from markupsafe import Markup

AVERAGE_LETTER: Final = 0.57
"""The width of an average letter of a sans-serif face, in units of its size."""


def element(name: str, /, *inside: str, **attributes: object) -> str:
    """`element("rect", x=1, class_="bar")`: an underscore at the end is dropped, others become hyphens.

    `inside` are elements already made; text goes through `text`.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def text(words: str) -> str:
    """Words as they stand between tags."""
    return escape(words, quote=False)


def label(words: str, x: float, y: float, class_: str) -> str:
    """A line of text."""
    return element("text", text(words), x=x, y=y, class_=class_)


def titled(words: str) -> str:
    """What a pointer shows, and a reader aloud says, about the element around it."""
    return element("title", text(words))


def drawing(width: float, height: float, class_: str, name: str, *inside: str) -> Markup:
    """A whole picture with its name."""
    body = element(
        "svg", titled(name), *inside,
        xmlns="http://www.w3.org/2000/svg", class_=class_, viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width, height=height, role="group", aria_label=name,
    )  # fmt: skip
    return Markup(body)  # noqa: S704 - every value has been escaped where it was written


def shortened(words: str, size: float, room: float) -> str:
    """Words that fit a width, with an ellipsis where they were cut."""
    most = int(room / (size * AVERAGE_LETTER))
    return words if len(words) <= most else words[: max(most - 1, 1)].rstrip() + "…"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(str(value))
