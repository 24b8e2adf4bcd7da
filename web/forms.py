"""Forms as they come back: checked to be ours, each field read with a sentence where it does not fit."""

import hashlib
import re
import unicodedata
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from web.headers import BodyTooLarge
from web.pages import browser_of
from web.refusals import Refused, Why
from web.window import window_of
from workflows.errors import WrongUse

LONGEST_NOTE = 2000
LONGEST_LINE = 200
LONGEST_TITLE = 80
"""Characters of who reports, as people call themselves, and of a dispatch's number."""
MOST_FILES = 6
LARGEST_FIELD = 64 * 1024

_LOCAL_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_NUMBER = re.compile(r"\d+|\d{1,3}(?:[. ]\d{3})+")
"""In Vietnamese a dot parts thousands and a comma begins a fraction, which nothing here has."""
_MOST_DIGITS = 18


class PostedForm:
    """The fields of a form that this window made for this browser."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def line(self, name: str, longest: int = LONGEST_LINE) -> str | None:
        """One line of text; None where nothing was written. Raises WrongUse for too much."""
        found = self.text(name, longest)
        return " ".join(found.split()) if found else None

    def text(self, name: str, longest: int = LONGEST_NOTE) -> str | None:
        """A text with its lines, without control characters; None where nothing was written.

        Raises WrongUse where it is longer than `longest` characters.
        """
        value = self._data.get(name)
        if not isinstance(value, str):
            return None
        kept = readable(value)
        if len(kept) > longest:
            raise WrongUse("please write at most {longest} characters", longest=longest)
        return kept or None

    def choice(self, name: str, *known: str) -> str | None:
        """One of the values that the form offered; None for anything else."""
        value = self._data.get(name)
        return value if isinstance(value, str) and value in known else None

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self._data.get(name))

    def all(self, name: str) -> list[str]:
        """Every value of a field that may stand several times."""
        return [value for value in self._data.getlist(name) if isinstance(value, str)]

    def day(self, name: str) -> date | None:
        """A date, as browsers send it or as people write it (10/6/2026). Raises WrongUse."""
        written = self.line(name)
        if written is None:
            return None
        local = _LOCAL_DATE.fullmatch(written)
        try:
            if local is not None:
                return date(int(local[3]), int(local[2]), int(local[1]))
            return date.fromisoformat(written)
        except ValueError:
            raise WrongUse("{text} is no date; write it like 10/6/2026", text=written[:40]) from None

    def number(self, name: str) -> int | None:
        """A whole number from 0 on, perhaps written 1.250. Raises WrongUse."""
        written = self.line(name)
        if written is None:
            return None
        if not _NUMBER.fullmatch(written):
            raise WrongUse("{text} is no whole number; write it like 1250 or 1.250", text=written[:40])
        digits = re.sub(r"\D", "", written)
        if len(digits) > _MOST_DIGITS:
            raise WrongUse("{text} is too large", text=written[:40])
        return int(digits)

    def numbers(self, prefix: str) -> dict[str, int]:
        """The numbers of all fields whose name begins with `prefix`; empty fields are left out."""
        names = [name for name in self._data if name.startswith(prefix)]
        found = {name.removeprefix(prefix): self.number(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def files(self, name: str) -> list[UploadFile]:
        """The files that were chosen."""
        return [f for f in self._data.getlist(name) if isinstance(f, UploadFile) and f.filename and f.size]

    def once(self, *about: str) -> str:
        """The one-time key of this form, for this sender and subject. Raises Refused where it has none."""
        key = self._data.get("once")
        if not isinstance(key, str) or not key:
            raise Refused(Why.FORM)
        return hashlib.sha256("\n".join((key, *about)).encode()).hexdigest()

    def shown(self) -> dict[str, str]:
        """What was written, to be shown again beside what is wrong with it."""
        return {name: value for name, value in self._data.items() if isinstance(value, str)}


def readable(text: str) -> str:
    """A text in one spelling, without control characters and the space around it; its lines stay."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c == "\n" or _is_shown(c)).strip()


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


async def posted_form(request: Request) -> PostedForm:
    """The form of a POST, once it is known to come from a page of ours in this very browser.

    Raises Refused for a form of another site, or without the token of this browser, or too large.
    """
    if request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        raise Refused(Why.FORM)
    try:
        data = await request.form(max_files=MOST_FILES, max_fields=500, max_part_size=LARGEST_FIELD)
    except BodyTooLarge:
        raise Refused(Why.TOO_LARGE) from None
    except HTTPException:  # more files, fields or text than is taken
        raise Refused(Why.TOO_LARGE) from None
    token = data.get("form_token")
    keys = window_of(request).keys
    if not isinstance(token, str) or not keys.is_form_token(token, browser_of(request)):
        raise Refused(Why.FORM)
    return PostedForm(data)


Posted = Annotated[PostedForm, Depends(posted_form)]
"""What every POST takes as a parameter: without it nothing is accepted."""
