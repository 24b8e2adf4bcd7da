"""The canonical text of a record: one record one text, and the text read back is the record."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from uuid import UUID

import pytest
from builders import MORNING, record
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.history import canonical, digest, note_digest, place, read
from workflows.engine.records import Promise, Record, Via
from workflows.engine.states import State, Verb


class Half(Enum):
    HALF = 0.5


words = st.text(st.characters(codec="utf-8")).map(lambda text: unicodedata.normalize("NFC", text))
values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words
facts = st.dictionaries(
    words, st.recursive(values, lambda v: st.lists(v) | st.dictionaries(words, v), max_leaves=5)
)
entries = st.builds(
    Record,
    assignment=st.none() | words,
    verb=st.sampled_from(Verb),
    before=st.none() | st.sampled_from(State),
    after=st.none() | st.sampled_from(State),
    as_of=st.dates(),
    now=st.datetimes(timezones=st.just(UTC)),
    by=words,
    on_behalf_of=st.none() | words,
    via=st.none() | st.sampled_from(Via),
    facts=facts,
    note=st.none(),
)


@given(entries, st.integers(1, 2**63 - 1), words)
def test_the_text_read_back_is_the_record(entry: Record, sequence: int, chain: str) -> None:
    text = canonical(chain, sequence, entry)
    assert read(text) == entry
    assert place(text) == (chain, sequence, None)
    assert canonical(chain, sequence, read(text)) == text


def test_the_text_is_sorted_compact_and_leaves_out_what_is_empty() -> None:
    entry = record("gifts/vhxh", Verb.START, facts={"z": 1, "a": "quà"})
    assert canonical("kim-thanh/p", 7, entry) == (
        '{"after":"started","as_of":"2026-06-10","assignment":"gifts/vhxh","before":"open","by":"round",'
        '"chain":"kim-thanh/p","facts":{"a":"quà","z":1},"now":"2026-06-10T00:00:00+00:00","sequence":7,'
        '"verb":"start"}'
    )


@given(facts)
def test_the_text_is_what_the_standard_library_would_write(said: dict[str, object]) -> None:
    """Texts are kept for years: the library that writes them may be exchanged, the text may not change."""
    text = canonical("c", 1, record("a/b", Verb.START, facts={"said": said}))
    whole = json.loads(text)
    assert whole["facts"] == {"said": said}
    assert text == json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def test_one_instant_has_one_text_in_every_zone() -> None:
    here = MORNING.astimezone(timezone(timedelta(hours=7)))
    assert canonical("c", 1, record(now=here)) == canonical("c", 1, record(now=MORNING))


def test_one_word_has_one_text_on_every_keyboard() -> None:
    typed = unicodedata.normalize("NFD", "Thôn Bảy")
    assert typed != "Thôn Bảy"
    assert canonical("c", 1, record(by=typed)) == canonical("c", 1, record(by="Thôn Bảy"))
    assert note_digest(b"salt", typed) == note_digest(b"salt", "Thôn Bảy")


def test_the_digest_binds_text_and_place() -> None:
    text = canonical("c", 1, record())
    assert len({digest("", text), digest("a", text), digest("", text + " ")}) == 3


def test_a_note_enters_by_its_digest_only() -> None:
    found = canonical("c", 1, record(note="tên cháu"), note_digest(b"salt", "tên cháu"))
    assert "tên cháu" not in found
    assert json.loads(found)["note"] == note_digest(b"salt", "tên cháu") != note_digest(b"pepper", "tên cháu")


@pytest.mark.parametrize(
    "bad",
    [
        {"x": object()},
        {"x": datetime(2026, 6, 1, tzinfo=UTC)},
        {"x": float("nan")},
        {"x": [{"y": 0.5}]},
        {"x": 2**64},
        {"x": UUID(int=1)},
        {"x": Half.HALF},
        {"x": Promise(date(2026, 6, 1), date(2026, 6, 1), 0)},
        {1: "x"},
    ],
)
def test_facts_that_json_does_not_know_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical("c", 1, record(facts=bad))
