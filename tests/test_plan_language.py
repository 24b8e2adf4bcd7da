"""docs/plan_language.md: every example loads, and every key and word of the language is in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from plan_definitions.model import Channel, Evidence, Kind, Manner, Role, Roll
from plan_definitions.read import DOCUMENT, LADDER, PLAN, RUNG, SIGNER
from plan_definitions.read_calendar import CALENDAR, DAY_OFF
from plan_definitions.read_clauses import CLAUSE, ClauseForm
from plan_definitions.read_tasks import BUDGET_LINE, DEPENDENCY, EACH, INDICATOR, TASK
from plan_definitions.read_units import CONTACT, OFFICE, ROLES, UNIT
from workflows.diagnostics_page import Document

PAGE = Path(__file__).parent.parent / "docs" / "plan_language.md"
RECORDS = (
    PLAN, DOCUMENT, SIGNER, LADDER, RUNG, TASK, EACH, DEPENDENCY, INDICATOR, BUDGET_LINE,
    OFFICE, ROLES, UNIT, CONTACT, CALENDAR, DAY_OFF, CLAUSE,
)  # fmt: skip
CHOICES = (Kind, Roll, Evidence, Manner, Channel, Role, ClauseForm)
FILES = ("plan.yaml", "units.yaml", "calendar.yaml", "clauses.yaml")


@cache
def blocks() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def whole_plan() -> Document:
    return Document("", dict(zip(FILES, blocks(), strict=False)), {})


def test_the_first_examples_are_a_whole_plan() -> None:
    assert [block.splitlines()[0] for block in blocks()[:4]] == [f"# {name}" for name in FILES]
    loaded = whole_plan().load("format: 1\n")
    assert loaded.diagnostics == ()
    assert loaded.schedule is not None


@pytest.mark.parametrize("number", range(4, len(blocks())))
def test_every_other_example_is_a_sound_part_of_it(number: int) -> None:
    loaded = whole_plan().load(blocks()[number])
    assert [(d.code, d.place) for d in loaded.diagnostics] == []
    assert loaded.schedule is not None


def test_every_key_is_in_an_example() -> None:
    written = set(re.findall(r"(?<![\w-])([a-z_]+):", "\n".join(blocks())))
    missing = {key for record in RECORDS for key in record.keys} - written
    assert missing == set()


def test_every_word_of_a_choice_is_told() -> None:
    text = PAGE.read_text(encoding="utf-8")
    words = {member.value for kind in CHOICES for member in kind}
    untold = {word for word in words if not re.search(rf"(?<![\w-]){word}(?![\w-])", text)}
    assert untold == set()
