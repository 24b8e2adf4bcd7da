"""docs/diagnostics.md: in step with the code, and every example does what it shows."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import plan_definitions
from plan_definitions.catalogue import CHAPTERS, rule_of
from plan_definitions.diagnostics import Diagnostic
from workflows.diagnostics_page import PAGE, Document, main
from workflows.texts import Language, translator

CODES = [code for rules in CHAPTERS.values() for code in rules]
MAKERS = frozenset({"error", "warning", "refuse", "_refuse", "Diagnostic", "References"})
"""What makes diagnostics; the code is the first argument."""

PLAN = """# plan.yaml
title: Kế hoạch
anchors:
  opens: 2026-06-01
  closes: 2026-06-30
tasks:
  one: {due: opens}
  two:
    due: closes
"""


@cache
def document() -> Document:
    return Document.read(PAGE.read_text(encoding="utf-8"))


def codes_of(source: str) -> set[str]:
    """The codes of the diagnostics that a module makes."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    found = set[str]()
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        match call.args[0]:
            case ast.Constant(value=str(code)) if name in MAKERS:
                found.add(code)
    return found


def wrong(code: str) -> tuple[Diagnostic, ...]:
    return document().load(document().examples[code].wrong).diagnostics


def test_every_code_of_the_sources_has_a_rule_and_every_rule_a_code() -> None:
    folder = Path(plan_definitions.__file__).parent
    said = set[str]().union(*(codes_of(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")))
    assert "unknown-unit" in said
    assert said == set(CODES)
    assert len(CODES) == len(set(CODES))


def test_the_page_is_in_step_with_the_code() -> None:
    assert main(["check"]) == 0, "run: python -m workflows.diagnostics_page"


@pytest.mark.parametrize("code", CODES)
def test_the_wrong_example_yields_exactly_its_code(code: str) -> None:
    assert [diagnostic.code for diagnostic in wrong(code)] == [code]


@pytest.mark.parametrize("code", CODES)
def test_the_right_example_is_sound(code: str) -> None:
    example = document().examples[code]
    loaded = document().load(example.right)
    assert example.right != example.wrong
    assert (loaded.diagnostics, loaded.schedule is None) == ((), False)


@pytest.mark.parametrize("code", CODES)
def test_it_is_said_in_both_languages(code: str) -> None:
    for diagnostic in wrong(code):
        for phrase in (diagnostic.message, diagnostic.help):
            if phrase is not None:
                vietnamese, english = (phrase.say(translator(language)) for language in Language)
                assert vietnamese != english


@pytest.mark.parametrize("code", CODES)
def test_rules_are_sentences(code: str) -> None:
    rule = next(rules[code] for rules in CHAPTERS.values() if code in rules)
    assert rule_of(rule).endswith((".", ")"))
    assert "\n" not in rule_of(rule)


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("missing-file", "`calendar.yaml`"),
        ("unknown-key", "`evidence`"),
        ("flag", "`true`"),
        ("unknown-word", "`required`"),
        ("identifier", "`ke-hoach-2026`"),
        ("amount", "300000"),
        ("date-form", "2026-06-01"),
        ("date-expression", "`opens + 5 working days`"),
        ("weekday", "`friday`"),
        ("unknown-task", "`survey` (line"),
        ("unknown-unit", "(units.yaml, line"),
        ("unknown-group", "`villages`"),
        ("unknown-role", "`deputy_chair`"),
        ("group-as-lead", "{each: villages}"),
        ("unit-as-group", "lead: vhxh"),
        ("not-text", '"2026"'),
    ],
)
def test_what_is_meant_is_suggested(code: str, mend: str) -> None:
    [diagnostic] = wrong(code)
    assert diagnostic.help is not None
    assert mend in diagnostic.help.say(str)


def test_an_example_takes_the_place_of_what_it_names() -> None:
    page = Document("", {"plan.yaml": PLAN}, {})
    example = "title: Khác\nanchors:\n  closes: 2026-07-01\n  launch: 2026-06-02\nunits: units.yaml\n"
    assert page.files(example)[Path("plan.yaml")].decode() == (
        "anchors:\n  opens: 2026-06-01\n  closes: 2026-07-01\n  launch: 2026-06-02\n"
        "tasks:\n  one: {due: opens}\n  two:\n    due: closes\n"
        "title: Khác\nunits: units.yaml\n"
    )


def test_a_page_without_its_plan_is_no_page() -> None:
    with pytest.raises(ValueError, match="The plan around the examples"):
        Document.read("# Diagnostics\n")
