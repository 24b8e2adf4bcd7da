"""How diagnostics are printed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from plan_definitions.diagnostics import (
    Diagnostic,
    Phrase,
    Severity,
    nearest_name,
    render,
    render_concise,
    rows,
)
from plan_definitions.source import Place

VIETNAMESE = {
    "unknown task `{name}`": "nhiệm vụ `{name}` không có trong kế hoạch",
    "did you mean `{name}` (line {line})?": "có phải `{name}` (dòng {line})?",
    "help": "gợi ý",
}


def translate(message_id: str) -> str:
    return VIETNAMESE.get(message_id, message_id)


def mistake(line: int = 41, column: int = 13, end_column: int = 21) -> Diagnostic:
    return Diagnostic(
        "unknown-task",
        Severity.ERROR,
        Place("kim_thanh/plan.yaml", line, column, end_column),
        Phrase("unknown task `{name}`", {"name": "gift-lst"}),
        Phrase("did you mean `{name}` (line {line})?", {"name": "gift-list", "line": 30}),
    )


def test_the_layout_of_the_language() -> None:
    source = "\n" * 40 + "    after: [gift-lst]\n"
    assert render([mistake()], {"kim_thanh/plan.yaml": source}, translate).splitlines() == [
        "kim_thanh/plan.yaml:41:13: error[unknown-task]: nhiệm vụ `gift-lst` không có trong kế hoạch",
        "  41 |     after: [gift-lst]",
        "     |             ^^^^^^^^",
        "  gợi ý: có phải `gift-list` (dòng 30)?",
    ]


def test_concise_is_the_first_line_only() -> None:
    assert render_concise([mistake(), mistake(3)], str).splitlines() == [
        "kim_thanh/plan.yaml:41:13: error[unknown-task]: unknown task `gift-lst`",
        "kim_thanh/plan.yaml:3:13: error[unknown-task]: unknown task `gift-lst`",
    ]


def test_rows_are_json() -> None:
    warning = Diagnostic("later", Severity.WARNING, Place("p", 1, 2, 3), Phrase("late"))
    assert json.loads(json.dumps(rows([mistake(), warning], translate))) == [
        {
            "file": "kim_thanh/plan.yaml",
            "line": 41,
            "column": 13,
            "severity": "error",
            "code": "unknown-task",
            "message": "nhiệm vụ `gift-lst` không có trong kế hoạch",
            "help": "có phải `gift-list` (dòng 30)?",
        },
        {
            "file": "p",
            "line": 1,
            "column": 2,
            "severity": "warning",
            "code": "later",
            "message": "late",
            "help": None,
        },
    ]


def test_carets_stand_under_the_word_whatever_stands_before_it() -> None:
    # Decomposed letters fill no cell of their own, East Asian ones fill two.
    line = "a: [e\u0302, 漢, gift-lst]"
    column = line.index("gift-lst") + 1
    shown = render([mistake(1, column, column + 8)], {"kim_thanh/plan.yaml": line}, str).splitlines()
    assert shown[1] == "  1 | " + line
    assert shown[2] == "    | " + " " * len("a: [e, hh, ") + "^" * 8


def test_a_very_long_line_is_shown_around_the_mistake() -> None:
    line = "x" * 5_000 + "gift-lst" + "y" * 5_000
    _, source, carets, _ = render([mistake(1, 5_001, 5_009)], {"kim_thanh/plan.yaml": line}, str).splitlines()
    assert len(source) < 140
    assert source[carets.index("^") : carets.rindex("^") + 1] == "gift-lst"
    assert source.endswith("…")


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    shown = render([mistake(1, 1, 2)], {"kim_thanh/plan.yaml": "\x1b[2Ja\u202eb"}, str)
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_phrases_may_hold_phrases() -> None:
    inner = Phrase("did you mean `{name}` (line {line})?", {"name": "a", "line": 1})
    assert Phrase("first; {second}", {"second": inner}).say(translate) == "first; có phải `a` (dòng 1)?"


def test_the_nearest_name() -> None:
    assert nearest_name("gift-lst", ["gifts", "gift-list", "hall"]) == "gift-list"
    assert nearest_name("qqq", ["gifts", "gift-list"]) is None


@given(st.text(max_size=300), st.integers(1, 400), st.integers(1, 60))
def test_any_place_in_any_text_can_be_shown(text: str, column: int, width: int) -> None:
    shown = render([mistake(1, column, column + width)], {"kim_thanh/plan.yaml": text}, str)
    assert all(line.isprintable() for line in shown.split("\n"))
