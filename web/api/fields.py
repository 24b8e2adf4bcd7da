"""The kinds of values that the API takes and gives, each with its bounds and an example."""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field

from web.forms import LONGEST_LINE, LONGEST_NOTE, LONGEST_TITLE, readable

_WORD = r"[a-z0-9]+(-[a-z0-9]+)*"
_LONGEST_WORD = 80
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
"""The days that the API takes: those whose holidays are known, and the working days after them."""

Word = Annotated[str, Field(pattern=f"^{_WORD}$", max_length=_LONGEST_WORD)]
"""The id of a plan, task or unit."""

AssignmentName = Annotated[
    str,
    Field(
        pattern=f"^{_WORD}/{_WORD}(/[1-9][0-9]{{0,3}})?$",
        max_length=2 * _LONGEST_WORD + 6,
        description="`task/unit`, or `task/unit/n` for the n-th turn of what repeats.",
        examples=["hazard-signs/thon-2"],
    ),
]

InPath = Annotated[str, Path(pattern=f"^{_WORD}$", max_length=_LONGEST_WORD)]
"""A `Word` that stands in an address."""


def _known_day(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"a day from {_FIRST} to {_LAST}")
    return day


def _line(text: str) -> str:
    return " ".join(readable(text).split())


Day = Annotated[
    date,
    AfterValidator(_known_day),
    Field(json_schema_extra={"pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9]$"}, examples=["2026-06-10"]),
]
"""A day whose holidays are known."""

Line = Annotated[str, Field(max_length=LONGEST_LINE), AfterValidator(_line)]
"""One line of text."""

Title = Annotated[str, Field(max_length=LONGEST_TITLE), AfterValidator(_line)]
"""Who somebody is, by title and not by name."""

DispatchNumber = Annotated[
    str,
    Field(max_length=LONGEST_TITLE, pattern="[0-9]", examples=["45/BC-UBND"]),
    AfterValidator(_line),
]

Note = Annotated[
    str,
    Field(max_length=LONGEST_NOTE, description="Reason or remark. No children's names."),
    AfterValidator(readable),
]

TurnInPath = Annotated[int, Path(ge=1, le=9999)]
"""Which turn of what repeats."""
