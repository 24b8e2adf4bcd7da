"""Whatever stands in a plan file: a plan or reasons, never an exception, never half a plan."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plan_definitions import source
from plan_definitions.diagnostics import Severity, render
from plan_definitions.load import load_plan

KIM_THANH = Path(source.__file__).parent / "kim_thanh"
GOOD = Path(__file__).parent / "plans" / "good"
SHIPPED = "thang_hanh_dong_vi_tre_em_2026.yaml"
SMALL = "everything.yaml"

# FUZZ_EXAMPLES=5000 makes the long run. Each example writes its file anew in the one folder of its test.
fuzz = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")),
    deadline=2_000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy of the shipped plan with its shared files."""
    return Path(shutil.copytree(KIM_THANH, tmp_path / "plan"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small plan that uses every key."""
    return Path(shutil.copytree(GOOD, tmp_path / "plan"))


def check(folder: Path, plan: str, file: str, data: bytes) -> None:
    """Load a plan of which one file was replaced; hold what every load must hold."""
    (folder / file).write_bytes(data)
    loaded = load_plan(folder / plan)
    refused = any(d.severity is Severity.ERROR for d in loaded.diagnostics)
    assert (loaded.definition is None, loaded.schedule is None) == (refused, refused)
    for diagnostic in loaded.diagnostics:
        place = diagnostic.place
        text = loaded.sources[place.file]
        # A file that is not text is not kept, and has no lines to point at.
        if text:
            lines = source.split_lines(text)
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
    shown = render(loaded.diagnostics, loaded.sources, str)
    assert all(line.isprintable() for line in shown.split("\n"))


def written(folder: Path, file: str) -> str:
    return (folder / file).read_text(encoding="utf-8")


@fuzz
@given(st.binary(max_size=200))
def test_arbitrary_bytes(small: Path, data: bytes) -> None:
    check(small, SMALL, SMALL, data)


KEYS = "format id title units calendar anchors tasks ladders lead each due start after repeat"
SIGNS = (
    "[ ] { } : - , & * << ! ' # | > ~ 1 -5 0123 300.000 2026-02-30 01/6/2026 on all 80% x y é launch opens"
)
BLANKS = ["", "\n", "\n ", "\n  ", "\t", "\x85", '"']
WORDS = st.sampled_from([*KEYS.split(), *SIGNS.split(), *BLANKS])


@fuzz
@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_arbitrary_yaml(small: Path, text: str) -> None:
    check(small, SMALL, SMALL, text.encode())


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """A text after a few accidents: lines dropped, doubled, swapped, words renamed, the end cut off."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, len(lines) - 1))
        second = draw(st.integers(0, len(lines) - 1))
        accident = draw(st.sampled_from(["drop", "double", "swap", "indent", "word", "sign", "cut"]))
        if accident == "drop" and len(lines) > 1:
            del lines[first]
        elif accident == "double":
            lines.insert(second, lines[first])
        elif accident == "swap":
            lines[first], lines[second] = lines[second], lines[first]
        elif accident == "indent":
            lines[first] = draw(st.sampled_from(["  ", " ", "\t"])) + lines[first]
        elif accident == "word":
            words = lines[first].split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
            lines[first] = " ".join(words)
        elif accident == "sign":
            at = draw(st.integers(0, len(lines[first])))
            lines[first] = lines[first][:at] + draw(st.characters(codec="utf-8")) + lines[first][at:]
        else:
            lines = lines[: first + 1]
            lines[-1] = lines[-1][: draw(st.integers(0, len(lines[-1])))]
    return "\n".join(lines)


@fuzz
@given(mutations(written(KIM_THANH, SHIPPED)))
def test_accidents_with_the_shipped_plan(shipped: Path, text: str) -> None:
    check(shipped, SHIPPED, SHIPPED, text.encode())


@fuzz
@given(mutations(written(GOOD, SMALL)))
def test_accidents_with_every_key(small: Path, text: str) -> None:
    check(small, SMALL, SMALL, text.encode())


@fuzz
@given(mutations(written(GOOD, "units.yaml")))
def test_accidents_with_the_units(small: Path, text: str) -> None:
    check(small, SMALL, "units.yaml", text.encode())


@fuzz
@given(mutations(written(GOOD, "calendar.yaml")))
def test_accidents_with_the_calendar(small: Path, text: str) -> None:
    check(small, SMALL, "calendar.yaml", text.encode())


@fuzz
@given(mutations(written(GOOD, "clauses.yaml")))
def test_accidents_with_the_clauses(small: Path, text: str) -> None:
    check(small, SMALL, "clauses.yaml", text.encode())
