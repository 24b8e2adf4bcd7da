"""The two languages people read, and how dates, counts, money and clauses are written in them.

Message ids are English; Vietnamese, the default, lives in `workflows/locales`. Conventions for Vietnamese
follow Decree 30/2020/NĐ-CP: days always take two digits, months only January and February, counts under
ten are written 01, 02.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from plan_definitions.model import Clause

Translate = Callable[[str], str]
"""From an English message id to the sentence in some language; unknown ids come back as they are."""

TranslatePlural = Callable[[str, str, int], str]
"""From an English singular and plural and a number to the form for that number."""

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

LOCALES = Path(__file__).parent / "locales"


class Language(StrEnum):
    """What people may read; Vietnamese is the default everywhere."""

    VI = "vi"
    EN = "en"


def N_(message_id: str) -> str:  # noqa: N802 - the customary gettext mark
    """Mark a message id for translation where it is defined; it is translated where it is said."""
    return message_id


@cache
def catalogue(language: Language) -> NullTranslations:
    """All domains of a language as one gettext catalogue; English is the message ids themselves.

    Raises FileNotFoundError when the catalogues were never compiled (`make catalogues`).
    """
    if language is Language.EN:
        return NullTranslations()
    found: list[GNUTranslations] = []
    for source in sorted((LOCALES / language.value / "LC_MESSAGES").glob("*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists():
            raise FileNotFoundError(
                f"{compiled} is missing: compile the message catalogues (make catalogues)"
            )
        with compiled.open("rb") as stream:
            found.append(GNUTranslations(stream))
    for other in found[1:]:
        found[0].add_fallback(other)
    return found[0]


def translator(language: Language) -> Translate:
    """The gettext function of a language."""
    return catalogue(language).gettext


def plural_translator(language: Language) -> TranslatePlural:
    """The ngettext function of a language; Vietnamese has one form, English two."""
    return catalogue(language).ngettext


_WEEKDAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ONE_DIGIT = 10
_TWO_DIGIT_MONTHS = 2


def weekday(day: date, language: Language) -> str:
    """`thứ Hai`, `Monday`."""
    return (_WEEKDAYS_VI if language is Language.VI else _WEEKDAYS_EN)[day.weekday()]


def weekday_initials(day: date, language: Language) -> str:
    """`T2` ... `T7`, `CN`; `Mo` ... `Su`."""
    if language is Language.EN:
        return _WEEKDAYS_EN[day.weekday()][:2]
    sunday = len(_WEEKDAYS_VI) - 1
    return "CN" if day.weekday() == sunday else f"T{day.weekday() + 2}"


def _day_and_month(day: date) -> str:
    month = f"{day.month:02d}" if day.month <= _TWO_DIGIT_MONTHS else str(day.month)
    return f"{day.day:02d}/{month}"


def day_month(day: date, language: Language) -> str:
    """`08/6`, `8 June`: for a date whose year is plain and whose weekday does not matter."""
    if language is Language.VI:
        return _day_and_month(day)
    return f"{day.day} {_MONTHS_EN[day.month - 1]}"


def date_numeric(day: date, language: Language) -> str:
    """`01/6/2026`, `1 June 2026`."""
    return f"{day_month(day, language)}{'/' if language is Language.VI else ' '}{day.year}"


@cache
def date_short(day: date, language: Language) -> str:
    """`thứ Sáu, 12/6`, `Fri 12 June`."""
    if language is Language.VI:
        return f"{_WEEKDAYS_VI[day.weekday()]}, {_day_and_month(day)}"
    return f"{_WEEKDAYS_EN[day.weekday()][:3]} {day_month(day, language)}"


@cache
def date_long(day: date, language: Language) -> str:
    """`thứ Hai, 01/6/2026`, `Monday, 1 June 2026`."""
    return f"{weekday(day, language)}, {date_numeric(day, language)}"


def instant(moment: datetime, language: Language) -> str:
    """`08:15, 10/6/2026` in local time. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = moment.astimezone(LOCAL_ZONE)
    return f"{local:%H:%M}, {date_numeric(local.date(), language)}"


def count(number_of: int, language: Language) -> str:
    """A count in a sentence: `02` under ten in Vietnamese (0 stays 0), else as `number`."""
    if language is Language.VI and 0 < number_of < _ONE_DIGIT:
        return f"0{number_of}"
    return number(number_of, language)


def number(value: int, language: Language) -> str:
    """`1.250` in Vietnamese, `1,250` in English."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if language is Language.VI else grouped


def money(amount: int, language: Language) -> str:
    """An amount in đồng: `31.500.000 đồng`, `VND 31,500,000`."""
    if language is Language.VI:
        return f"{number(amount, language)} đồng"
    return f"VND {number(amount, language)}"


STANDING_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "not_due": N_("Not due yet"),
        "waiting_for_others": N_("Waiting for others"),
        "in_progress": N_("In progress (in time)"),
        "due_soon": N_("Due soon"),
        "overdue": N_("Overdue"),
        "awaiting_check": N_("Awaiting confirmation"),
        "done_on_time": N_("Done on time"),
        "done_late": N_("Done late"),
        "ongoing": N_("Ongoing"),
        "cancelled": N_("Cancelled"),
    }
)
"""Message ids of the standings people are shown, by the value of `workflows.engine.states.Standing`."""


def standing_label(standing: str, language: Language) -> str:
    """The words for a standing. Raises KeyError for one that does not exist."""
    return translator(language)(STANDING_LABELS[standing])


_SECTION = re.compile(r"(?P<section>[IVXLC]+(?:\.\d+)?)(?:\.(?P<item>\d+))?(?:\.(?P<point>\d+))?")
_ORDINALS_VI = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_ORDINALS_EN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def _ordinal(position: int, language: Language) -> str:
    if language is Language.VI:
        return f"thứ {_ORDINALS_VI[position - 1]}" if position <= len(_ORDINALS_VI) else f"thứ {position}"
    return _ORDINALS_EN[position - 1] if position <= len(_ORDINALS_EN) else f"no. {position}"


@cache
def _cite_by_number(clause_id: str, language: Language) -> str:
    vietnamese = language is Language.VI
    found = _SECTION.fullmatch(clause_id)
    if found is None:
        return f"mục {clause_id}" if vietnamese else f"section {clause_id}"
    parts = [f"mục {found['section']}" if vietnamese else f"section {found['section']}"]
    for group, name_vi, name_en in (("item", "ý", "item"), ("point", "điểm", "point")):
        if found[group] is not None:
            place = _ordinal(int(found[group]), language)
            parts.append(f"{name_vi} {place}" if vietnamese else f"{place} {name_en}")
    return ", ".join(parts)


def cite(clause_id: str, clause: Clause | None, language: Language) -> str:
    """A clause as people quote it: `mục V.6, ý thứ hai` for V.6.2; the clause's own `cite` wins.

    A clause's own words are Vietnamese, so an English text cites by number.
    """
    if clause is not None and clause.cite is not None and language is Language.VI:
        return clause.cite
    return _cite_by_number(clause_id, language)
