"""The history as a chain: the stored text of a record, and the digests that bind it to the one before.

The text is canonical: JSON with sorted keys and no spaces, empty fields left out, numbers whole, normalised
to NFC, dates as ISO text, instants as ISO text in UTC. The same record therefore always has the same text,
and the text read back is the record. Free text is not in it, only its salted digest, so that it can be
erased.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from workflows.engine.records import Record, Via
from workflows.engine.states import State, Verb

FIRST_DIGEST = "0" * 64
"""What stands before the first record of a chain."""


class Place(NamedTuple):
    """The chain and the number in it that a text was written for, and the digest of its free text."""

    chain: str | None
    sequence: int | None
    note_digest: str | None


def canonical(chain: str, sequence: int, record: Record, note_digest: str | None = None) -> str:
    """The text under which `record` is stored as entry `sequence` (from 1) of `chain`.

    `chain` names the plan as `office/plan`: a record cannot be moved to another chain or place unseen.
    Raises ValueError for a naive instant, TypeError where `facts` hold what JSON does not know, or a
    fraction, which has more than one spelling.
    """
    if record.now.tzinfo is None:
        raise ValueError("an instant without a time zone")
    if not all(type(value) is str or _is_plain(value) for value in record.facts.values()):
        raise TypeError("a record holds text, whole numbers, and lists and mappings of them")
    content = {
        "after": record.after,
        "as_of": record.as_of.isoformat(),
        "assignment": record.assignment,
        "before": record.before,
        "by": record.by,
        "chain": chain,
        "facts": dict(record.facts) or None,
        "note": note_digest,
        "now": _in_utc(record.now),
        "on_behalf_of": record.on_behalf_of,
        "sequence": sequence,
        "verb": record.verb,
        "via": record.via,
    }
    known = {name: value for name, value in content.items() if value is not None}
    return normal(orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode())


def _is_plain(value: object) -> bool:
    """Whether a value has one spelling and is read back as it was."""
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int)


@lru_cache(maxsize=8)
def _in_utc(moment: datetime) -> str:
    # A round gives thousands of records one instant.
    return moment.astimezone(UTC).isoformat()


def read(text: str, note: str | None = None) -> Record:
    """The record that a canonical text holds, with its free text given back where it still exists."""
    content: dict[str, Any] = json.loads(text)
    before, after, via = content.get("before"), content.get("after"), content.get("via")
    return Record(
        assignment=content.get("assignment"),
        verb=Verb(content["verb"]),
        before=None if before is None else State(before),
        after=None if after is None else State(after),
        as_of=date.fromisoformat(content["as_of"]),
        now=datetime.fromisoformat(content["now"]),
        by=content["by"],
        on_behalf_of=content.get("on_behalf_of"),
        via=None if via is None else Via(via),
        facts=content.get("facts", {}),
        note=note,
    )


def digest(previous: str, text: str) -> str:
    """The digest (SHA-256, hex) of a canonical text, bound to the digest of the record before it."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def note_digest(salt: bytes, note: str) -> str:
    """The digest of a free text; without its salt nobody can try out guesses against it."""
    return hashlib.sha256(salt + normal(note).encode()).hexdigest()


def place(text: str) -> Place:
    """Where a canonical text says it stands. Raises ValueError where it is none."""
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("not a record")  # noqa: TRY004 - one error for whatever is no record
    return Place(content.get("chain"), content.get("sequence"), content.get("note"))


def normal(text: str) -> str:
    """The text in NFC: one spelling for `ế`, however a keyboard composed it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
