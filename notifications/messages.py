"""From a letter to what is mailed: subject, preview, text, HTML and calendar.

Templates are compiled once per process. HTML is escaped everywhere; a missing value is an error, never an
empty place.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from notifications import calendar_events
from notifications.calendar_events import DueDate
from notifications.letters import Letter, Links
from notifications.sections import MOST_NAMED
from notifications.speech import speech
from notifications.wording import items
from notifications.wording.pages import headline, page
from notifications.wording.zalo import zalo_text
from workflows.engine.states import Standing

__all__ = ["HTML_LIMIT", "Rendered", "headline", "render", "zalo_text"]

HTML_LIMIT = 100_000
"""Bytes of HTML: Gmail clips a letter at 102 KB, and with it the closing lines."""

ROW_LIMITS = (MOST_NAMED, 40, 25, 12, 6, 3)
"""How many rows are shown; the next smaller number is tried while a letter is too big."""

_MOST_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in its language. `calendar` is an iCalendar file where the letter brings new dates."""

    subject: str
    preview: str
    text: str
    html: str
    calendar: bytes | None


@cache
def _templates() -> tuple[Template, Template]:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # Everything but plain text is escaped, whatever a template is called.
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
    )
    return environment.get_template("letter.html"), environment.get_template("letter.txt")


def render(letter: Letter, links: Links | None) -> Rendered:
    """The letter with its words and links; `links` None where no public address exists.

    Raises jinja2.UndefinedError, KeyError or ValueError for a letter that lacks what its kind needs.
    """
    html_template, text_template = _templates()
    for limit in ROW_LIMITS:
        shown = page(letter, links, limit)
        html = html_template.render(page=shown)
        if len(html) < HTML_LIMIT // 3 or len(html.encode()) < HTML_LIMIT:
            break
    return Rendered(
        subject=shown.subject,
        preview=shown.preview,
        text=text_template.render(page=shown),
        html=html,
        calendar=_calendar(letter),
    )


def _calendar(letter: Letter) -> bytes | None:
    dates = {
        (item.plan, item.assignment): DueDate(
            uid=calendar_events.uid(letter.sender.office, item.plan, item.assignment),
            summary=items.title(item, speech(letter.language)),
            due=item.due,
            cancelled=item.standing is Standing.CANCELLED,
        )
        for item in letter.items
        if item.new_date and item.due is not None
    }
    if not dates:
        return None
    return calendar_events.publish(list(dates.values())[:_MOST_EVENTS], letter.as_of)
