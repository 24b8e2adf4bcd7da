"""The forms a value may have in a plan file: text, identifier, amount, choice, date, list, record.

A form reads one node into a value of the model, or reports what is wrong with it and raises `Unreadable`.
It also carries its JSON Schema, so that editors are told by the same table that the reader obeys.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

import yaml

from plan_definitions.diagnostics import Phrase, Report, did_you_mean
from plan_definitions.model import Name
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Node, ScalarNode

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

Schema = Mapping[str, Any]
"""A piece of JSON Schema."""

MAX_AMOUNT = 10**15
"""No count or sum in đồng of a commune comes near; databases hold it without loss."""

MAX_IDENTIFIER = 80
YEARS = range(2000, 2101)
"""Years a plan may name; the lunar calendar behind Tết is not known beyond."""


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """One way to write a value: how it is read, and its JSON Schema."""

    read: Callable[[Node, Report], T]
    schema: Schema = field(default_factory=dict)


def scalar(node: Node, report: Report) -> ScalarNode:
    """The node itself where it is a single value with something in it."""
    if not isinstance(node, ScalarNode):
        message = Phrase("one value is expected here, not a list or a mapping")
        raise report.refuse("wrong-shape", node.place, message)
    if not node.text or (node.plain and node.text in ("~", "null", "Null", "NULL")):
        message = Phrase("nothing stands here")
        mend = Phrase("write a value, or remove the key")
        raise report.refuse("empty-value", node.place, message, mend)
    return node


# Control characters, line and paragraph separators, direction overrides, byte order mark.
_FORBIDDEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# What a plain `on`, `12:30` or `0123` becomes in other YAML programs, as PyYAML itself knows it.
_OTHER_TYPES = yaml.SafeLoader.yaml_implicit_resolvers
_TYPE_NAMES = {
    "tag:yaml.org,2002:bool": Phrase("yes or no"),
    "tag:yaml.org,2002:int": Phrase("a number"),
    "tag:yaml.org,2002:float": Phrase("a number"),
    "tag:yaml.org,2002:timestamp": Phrase("a date"),
}
_OWN_SIGN = Phrase("a sign of its own")


def _clean_text(node: ScalarNode, report: Report) -> str:
    """The text in NFC, without blanks around it; control characters are refused."""
    text = node.text
    if text.isascii() and text.isprintable():
        return text.strip()
    found = _FORBIDDEN.search(text)
    if found:
        message = Phrase("the text holds a control character (U+{code})", {"code": f"{ord(found[0]):04X}"})
        raise report.refuse("control-character", node.place, message, Phrase("delete it"))
    text = text.strip()
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def read_text(node: Node, report: Report) -> str:
    """A text on one line; a plain word that YAML takes for another type must stand in quotes."""
    found = scalar(node, report)
    if found.plain:
        for tag, pattern in _OTHER_TYPES.get(found.text[0], ()):
            if pattern.match(found.text):
                values = {"text": found.text, "type": _TYPE_NAMES.get(tag, _OWN_SIGN)}
                message = Phrase("`{text}` is a text here, but YAML reads it as {type}", values)
                mend = Phrase('put it in quotes: "{text}"', {"text": found.text})
                raise report.refuse("not-text", found.place, message, mend)
    return _one_line(found, report)


def read_label(node: Node, report: Report) -> str:
    """A text on one line that may look like a number or a date, kept as written: a dispatch number."""
    return _one_line(scalar(node, report), report)


def read_long_text(node: Node, report: Report) -> str:
    """A text that may run over several lines."""
    found = scalar(node, report)
    return _filled(found, _clean_text(found, report), report)


def _one_line(node: ScalarNode, report: Report) -> str:
    text = _filled(node, _clean_text(node, report), report)
    if "\n" in text or "\t" in text:
        message = Phrase("this text must stand on one line, without tabs")
        raise report.refuse("text-not-one-line", node.place, message)
    return text


def _filled(node: ScalarNode, text: str, report: Report) -> str:
    if not text:
        message = Phrase("nothing stands here")
        raise report.refuse("empty-value", node.place, message, Phrase("write a value, or remove the key"))
    return text


_IDENTIFIER = re.compile(r"(?=[0-9-]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*")
_IDENTIFIER_SCHEMA = {
    "type": "string",
    "pattern": "^(?=[0-9-]*[a-z])[a-z0-9]+(-[a-z0-9]+)*$",
    "maxLength": MAX_IDENTIFIER,
}
_CLAUSE = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")


def read_identifier(node: Node, report: Report) -> str:
    """Lower-case ASCII words joined by `-`, with a letter among them, at most 80 characters."""
    text = read_text(node, report)
    if _IDENTIFIER.fullmatch(text) and len(text) <= MAX_IDENTIFIER:
        return text
    proposal = _as_identifier(text)
    message = Phrase("`{text}` is no identifier: lower-case ASCII words joined by `-`", {"text": text})
    mend = Phrase("did you mean `{name}`?", {"name": proposal}) if proposal else None
    raise report.refuse("identifier", node.place, message, mend)


def _as_identifier(text: str) -> str:
    """A text as an identifier: without diacritics, in lower case, everything else a `-`."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:MAX_IDENTIFIER].rstrip("-")


def read_clause_id(node: Node, report: Report) -> str:
    """The number of a clause as the document counts it: `V.1.3`, `END.1`."""
    text = read_text(node, report)
    if not _CLAUSE.fullmatch(text):
        message = Phrase("`{text}` is no clause number such as `V.1.3`", {"text": text})
        raise report.refuse("clause-number", node.place, message)
    return text


def read_name(node: Node, report: Report) -> Name:
    """A word that refers to something defined elsewhere; whether it exists is checked later."""
    return Name(read_text(node, report), node.place)


_AMOUNT = re.compile("0|[1-9][0-9]*")
# Digits with the marks that people and other programs put between them.
_GROUPED = re.compile(r"[0-9]+(?:[ ._,\u00a0][0-9]{3})+|0[0-9]+")


def read_amount(node: Node, report: Report) -> int:
    """A whole number, zero or more, in digits only."""
    found = scalar(node, report)
    text = found.text
    # The length keeps int() from being asked for a million digits.
    short = len(text) <= len(str(MAX_AMOUNT))
    if found.plain and short and _AMOUNT.fullmatch(text) and int(text) <= MAX_AMOUNT:
        return int(text)
    raise _not_an_amount(found, report)


def _not_an_amount(node: ScalarNode, report: Report) -> Exception:
    text = node.text.strip()
    shown = {"text": text[:40]}
    digits = re.sub("[ ._,\u00a0]", "", text).lstrip("0") or "0"
    if text.startswith("-") and _AMOUNT.fullmatch(text[1:]):
        return report.refuse("negative", node.place, Phrase("`{text}` is below zero", shown))
    if _AMOUNT.fullmatch(text) and len(text) >= len(str(MAX_AMOUNT)):
        return report.refuse("amount-too-large", node.place, Phrase("`{text}` is too large", shown))
    message = Phrase("`{text}` is no whole number in plain digits", shown)
    meant = _AMOUNT.fullmatch(text) or (_GROUPED.fullmatch(text) and len(digits) <= len(str(MAX_AMOUNT)))
    mend = Phrase("did you mean {number}?", {"number": digits}) if meant else None
    return report.refuse("amount", node.place, message, mend)


_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})
_FLAGS_MEANT = {
    "có": "true",
    "đúng": "true",
    "x": "true",
    "1": "true",
    "không": "false",
    "sai": "false",
    "0": "false",
}


def read_flag(node: Node, report: Report) -> bool:
    """`true` or `false`, or the other words YAML has for them."""
    text = scalar(node, report).text
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    message = Phrase("`{text}` is neither `true` nor `false`", {"text": text[:40]})
    meant = _FLAGS_MEANT.get(unicodedata.normalize("NFC", word))
    mend = None if meant is None else Phrase("did you mean `{name}`?", {"name": meant})
    raise report.refuse("flag", node.place, message, mend)


_ISO = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})")


def read_date(node: Node, report: Report) -> date:
    """A day in ISO form, `2026-06-01`."""
    return parse_date(scalar(node, report).text, node.place, report)


def parse_date(text: str, place: Place, report: Report) -> date:
    """The day an ISO text names; other ways to write a day are refused with the ISO form as help."""
    found = _ISO.fullmatch(text)
    if found:
        return _day(text, int(found[1]), int(found[2]), int(found[3]), place, report)
    message = Phrase("`{text}` is no date in the form 2026-06-01", {"text": text[:40]})
    meant = date_meant(text)
    mend = Phrase("did you mean {date}?", {"date": meant.isoformat()}) if meant else None
    raise report.refuse("date-form", place, message, mend)


def date_meant(text: str) -> date | None:
    """The day that `01/6/2026` or `2026-6-1` means, or None."""
    found = _DAY_FIRST.fullmatch(text)
    parts = found.groups()[::-1] if found else None
    if parts is None and (found := _YEAR_FIRST.fullmatch(text)):
        parts = found.groups()
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


def _day(text: str, year: int, month: int, day: int, place: Place, report: Report) -> date:
    try:
        result = date(year, month, day)
    except ValueError:
        message = Phrase("the day {text} does not exist", {"text": text})
        raise report.refuse("no-such-date", place, message) from None
    if year not in YEARS:
        message = Phrase("the year {year} cannot be meant", {"year": year})
        raise report.refuse("no-such-date", place, message)
    return result


TEXT = Form(read_text, {"type": "string", "minLength": 1})
LABEL = Form(read_label, {"type": ["string", "integer"]})
LONG_TEXT = Form(read_long_text, {"type": "string", "minLength": 1})
IDENTIFIER = Form(read_identifier, _IDENTIFIER_SCHEMA)
NAME = Form(read_name, {"type": "string", "minLength": 1})
AMOUNT = Form(read_amount, {"type": "integer", "minimum": 0, "maximum": MAX_AMOUNT})
FLAG = Form(
    read_flag,
    {
        "anyOf": [
            {"type": "boolean"},
            {"type": "string", "pattern": "^([Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff])$"},
        ]
    },
)
DATE = Form(read_date, {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})


def choice(kind: type[E]) -> Form[E]:
    """One of the words of an enumeration."""
    words = {member.value: member for member in kind}

    def read(node: Node, report: Report) -> E:
        text = scalar(node, report).text
        member = words.get(text)
        if member is None:
            values = {"text": text[:40], "words": ", ".join(words)}
            message = Phrase("`{text}` is none of: {words}", values)
            raise report.refuse("unknown-word", node.place, message, did_you_mean(text, words))
        return member

    return Form(read, {"enum": list(words)})
