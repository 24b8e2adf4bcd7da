"""Letters shown in the window: as they were sent, with links that lead nowhere.

A sent letter is a bearer credential: who may look at it must not be able to answer in its reader's name.
"""

from html import escape
from html.parser import HTMLParser

from workflows.operations.mail.outbox import neutralised

LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""A letter brings its own styles and may do nothing at all."""

_DROPPED_TAGS = frozenset({"script", "iframe", "object", "embed", "form", "base", "link", "meta"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "base", "embed", "input", "col", "wbr"})
_KEPT_ATTRIBUTES = frozenset(
    {
        "style", "class", "role", "lang", "dir", "width", "height", "align", "valign", "cellpadding",
        "cellspacing", "border", "colspan", "rowspan", "alt", "title", "aria-hidden",
    }
)  # fmt: skip


def neutral_html(html: str) -> str:
    """A letter's HTML without addresses, scripts, forms or anything that could act or load."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">' + "".join(writer.parts)


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("html", "head"):
            return
        if tag in _DROPPED_TAGS:
            self._silent += tag in ("script", "object", "iframe")
            return
        self._style = tag == "style"
        kept = (f' {name}="{escape(value or "")}"' for name, value in attrs if name in _KEPT_ATTRIBUTES)
        self.parts.append(f"<{tag}{''.join(kept)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "object", "iframe"):
            self._silent = max(0, self._silent - 1)
        elif tag not in _DROPPED_TAGS and tag not in _VOID and tag != "html":
            self._style = False
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        # A style sheet is text as it stands; it cannot end early, since "<" ends it here as anywhere.
        self.parts.append(data.replace("<", "") if self._style else escape(neutralised(data), quote=False))
