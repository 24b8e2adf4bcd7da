"""The forms of the language: each construct that language.md shows, and how near misses are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_definitions.diagnostics import Report, Unreadable
from plan_definitions.expressions import (
    AWAY,
    DATE_EXPRESSION,
    LAG,
    REMINDER,
    REPEAT,
    THRESHOLD,
    WORKING_DAYS,
)
from plan_definitions.forms import (
    AMOUNT,
    DATE,
    FLAG,
    IDENTIFIER,
    LABEL,
    LONG_TEXT,
    MAX_AMOUNT,
    TEXT,
    YEARS,
    Form,
)
from plan_definitions.load import PlanFiles
from plan_definitions.model import (
    Away,
    BudgetLine,
    Dependency,
    Evidence,
    Indicator,
    Kind,
    Ladder,
    Lead,
    Manner,
    Name,
    Offset,
    PlanDefinition,
    Repeat,
    Roll,
    Rung,
    Step,
    TaskDefinition,
    Threshold,
)
from plan_definitions.read import read_plan
from plan_definitions.source import Place, SourceFile
from plan_definitions.working_days import FIRST_YEAR, LAST_YEAR
from plan_definitions.yaml_nodes import read_nodes

GOOD = Path(__file__).parent / "plans" / "good"


def read(form: Form[Any], text: str) -> tuple[Any, list[str], str | None]:
    """The value of a text, the codes of what is refused, and the help of the first refusal."""
    report = Report()
    node = read_nodes(SourceFile("f", text), report)
    assert node is not None
    try:
        value = form.read(node, report)
    except Unreadable:
        value = None
    helps = [d.help.say(str) for d in report.diagnostics if d.help]
    return value, [d.code for d in report.diagnostics], helps[0] if helps else None


def definition(name: str) -> PlanDefinition:
    report = Report()
    files = PlanFiles(GOOD / name)
    nodes = files.plan_nodes(report)
    assert nodes is not None
    result = read_plan(nodes, files, report)
    assert report.diagnostics == []
    assert result is not None
    return result


def place(line: int, column: int, end_column: int) -> Place:
    return Place("f", line, column, end_column)


def words(names: tuple[Name, ...]) -> list[str]:
    return [name.text for name in names]


# --- single values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (TEXT, "Rà soát", "Rà soát"),
        (TEXT, "'on'", "on"),
        (TEXT, '"12:30"', "12:30"),
        (TEXT, "  thừa  chỗ ", "thừa  chỗ"),
        (TEXT, "Ra\u0300", "Rà"),
        (LABEL, "157", "157"),
        (LONG_TEXT, "|\n  một\n  hai\n", "một\nhai"),
        (IDENTIFIER, "gift-list", "gift-list"),
        (IDENTIFIER, "a2-30", "a2-30"),
        (AMOUNT, "0", 0),
        (AMOUNT, "300000", 300_000),
        (AMOUNT, str(MAX_AMOUNT), MAX_AMOUNT),
        (FLAG, "true", True),
        (FLAG, "no", False),
        (DATE, "2026-06-01", date(2026, 6, 1)),
        (DATE, "'2028-02-29'", date(2028, 2, 29)),
        (LAG, "1 working day", Offset(1, Step.WORKING_DAY)),
        (LAG, "2 weeks", Offset(2, Step.WEEK)),
        (WORKING_DAYS, "3 working days", 3),
        (REMINDER, "on the day", 0),
        (REMINDER, "1 working day before", 1),
        (THRESHOLD, "all", Threshold()),
        (THRESHOLD, "80%", Threshold(percent=80)),
        (THRESHOLD, "12", Threshold(count=12)),
        (AWAY, "2026-06-08..2026-06-12", Away(date(2026, 6, 8), date(2026, 6, 12))),
        (AWAY, "2026-06-08", Away(date(2026, 6, 8), date(2026, 6, 8))),
    ],
)
def test_values(form: Form[Any], text: str, value: object) -> None:
    assert read(form, text) == (value, [], None)


@pytest.mark.parametrize(
    ("form", "text", "code", "mend"),
    [
        (TEXT, "on", "not-text", 'put it in quotes: "on"'),
        (TEXT, "Yes", "not-text", 'put it in quotes: "Yes"'),
        (TEXT, "12:30", "not-text", 'put it in quotes: "12:30"'),
        (TEXT, "2026-06-01", "not-text", 'put it in quotes: "2026-06-01"'),
        (TEXT, "1.5", "not-text", 'put it in quotes: "1.5"'),
        (TEXT, "~", "empty-value", "write a value, or remove the key"),
        (TEXT, "''", "empty-value", "write a value, or remove the key"),
        (TEXT, "[a]", "wrong-shape", None),
        (TEXT, '"a\\tb"', "text-not-one-line", None),
        (TEXT, '"a\\u2028b"', "control-character", "delete it"),
        (TEXT, '"a\\0b"', "control-character", "delete it"),
        (IDENTIFIER, "Gift List", "identifier", "did you mean `gift-list`?"),
        (IDENTIFIER, "Rà_soát điểm", "identifier", "did you mean `ra-soat-diem`?"),
        (IDENTIFIER, "-a", "identifier", "did you mean `a`?"),
        (IDENTIFIER, "'2026-06-01'", "identifier", "did you mean `2026-06-01`?"),
        (AMOUNT, "300.000", "amount", "did you mean 300000?"),
        (AMOUNT, "31.500.000", "amount", "did you mean 31500000?"),
        (AMOUNT, "300,000", "amount", "did you mean 300000?"),
        (AMOUNT, "0123", "amount", "did you mean 123?"),
        (AMOUNT, "'55'", "amount", "did you mean 55?"),
        (AMOUNT, "1.5", "amount", None),
        (AMOUNT, "0x1F", "amount", None),
        (AMOUNT, "1_000", "amount", "did you mean 1000?"),
        (AMOUNT, "٣", "amount", None),
        (AMOUNT, "-5", "negative", None),
        (AMOUNT, str(MAX_AMOUNT + 1), "amount-too-large", None),
        (AMOUNT, "9" * 5_000, "amount-too-large", None),
        (FLAG, "maybe", "flag", None),
        (DATE, "2026-02-30", "no-such-date", None),
        (DATE, "2027-02-29", "no-such-date", None),
        (DATE, "2026-13-01", "no-such-date", None),
        (DATE, "0001-01-01", "no-such-date", None),
        (DATE, "01/6/2026", "date-form", "did you mean 2026-06-01?"),
        (DATE, "1-6-2026", "date-form", "did you mean 2026-06-01?"),
        (DATE, "2026/6/1", "date-form", "did you mean 2026-06-01?"),
        (DATE, "30/02/2026", "date-form", None),
        (DATE, "2026-06-01T07:00", "date-form", None),
        (DATE, "hôm nay", "date-form", None),
        (LAG, "1", "distance", None),
        (LAG, "0 days", "zero-distance", "leave it out"),
        (LAG, "99999 days", "distance-too-large", None),
        (WORKING_DAYS, "3 days", "distance", "did you mean `3 working days`?"),
        (REMINDER, "0 working days before", "zero-distance", "leave it out"),
        (REMINDER, "2 days before", "reminder", None),
        (THRESHOLD, "0%", "threshold", None),
        (THRESHOLD, "101%", "threshold", None),
        (THRESHOLD, "-1", "threshold", None),
        (AWAY, "2026-06-12..2026-06-08", "reversed-dates", None),
        (AWAY, "2026-06-12..", "date-form", None),
        (DATE_EXPRESSION, "x" * 201, "too-long", None),
    ],
)
def test_near_misses(form: Form[Any], text: str, code: str, mend: str | None) -> None:
    assert read(form, text) == (None, [code], mend)


def test_years_are_those_the_calendar_knows() -> None:
    assert (YEARS[0], YEARS[-1]) == (FIRST_YEAR, LAST_YEAR)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_iso_date_is_read(day: date) -> None:
    assert read(DATE, day.isoformat()) == (day, [], None)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.sampled_from("/.-"))
def test_a_date_written_the_vietnamese_way_is_understood_in_the_help(day: date, mark: str) -> None:
    text = f"{day.day}{mark}{day.month}{mark}{day.year}"
    assert read(DATE, text) == (None, ["date-form"], f"did you mean {day.isoformat()}?")


@given(st.integers(1_000, 10**12))
def test_money_written_the_vietnamese_way_is_understood_in_the_help(amount: int) -> None:
    dotted = f"{amount:,}".replace(",", ".")
    assert read(AMOUNT, dotted)[1:] == (["amount"], f"did you mean {amount}?")


# --- sentences -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "base", "offset"),
    [
        ("launch", "launch", None),
        ("2026-06-01", date(2026, 6, 1), None),
        ("launch - 15 working days", "launch", Offset(-15, Step.WORKING_DAY)),
        ("opens + 1 working day", "opens", Offset(1, Step.WORKING_DAY)),
        ("gift-list + 2 weeks", "gift-list", Offset(2, Step.WEEK)),
        ("2026-06-01 - 1 day", date(2026, 6, 1), Offset(-1, Step.DAY)),
        ("opens +3 days", "opens", Offset(3, Step.DAY)),
    ],
)
def test_date_expressions(text: str, base: str | date, offset: Offset | None) -> None:
    value, refused, _ = read(DATE_EXPRESSION, text)
    assert refused == []
    assert (value.base, value.offset, value.place) == (base, offset, place(1, 1, len(text) + 1))


@pytest.mark.parametrize(
    ("text", "code", "mend"),
    [
        ("opens – 7 working days", "date-expression", "did you mean `opens - 7 working days`?"),
        ("opens-7 days", "date-expression", "did you mean `opens - 7 days`?"),
        ("opens + 7workingdays", "date-expression", "did you mean `opens + 7 working days`?"),
        ("opens + 7 Days", "date-expression", "did you mean `opens + 7 days`?"),
        ("01/6/2026 + 7 days", "date-form", "did you mean 2026-06-01?"),
        ("opens + 7 months", "date-expression", None),
        ("7 days after opens", "date-expression", None),
        ("opens + 0 working days", "zero-distance", "leave it out"),
    ],
)
def test_date_expressions_refused(text: str, code: str, mend: str | None) -> None:
    assert read(DATE_EXPRESSION, text) == (None, [code], mend)


@pytest.mark.parametrize(
    ("text", "weekday", "weeks", "month_day"),
    [
        ("every friday from opens to closes", 4, 1, None),
        ("every 2 weeks on monday from opens to closes", 0, 2, None),
        ("every 1 week on sunday, from opens to closes", 6, 1, None),
        ("monthly on day 31, from opens to closes", None, 1, 31),
    ],
)
def test_repeats(text: str, weekday: int | None, weeks: int, month_day: int | None) -> None:
    value, refused, _ = read(REPEAT, text)
    assert refused == []
    assert (value.weekday, value.every_weeks, value.month_day) == (weekday, weeks, month_day)
    assert (value.first.base, value.last.base) == ("opens", "closes")


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_the_bounds_of_a_repeat_have_places_of_their_own(quote: str) -> None:
    sentence = "every friday from opens + 1 day to closes"
    value, _, _ = read(REPEAT, f"{quote}{sentence}{quote}")
    column = 1 + len(quote)
    first = column + sentence.index("opens")
    last = column + sentence.index("closes")
    assert value.first.place == place(1, first, first + len("opens + 1 day"))
    assert value.last.place == place(1, last, last + len("closes"))


# --- whole plans -----------------------------------------------------------------------------------------


def test_a_plan_that_uses_every_key() -> None:
    plan = definition("everything.yaml")
    assert (plan.id, plan.title, plan.theme) == ("moi-cach-viet", "Mọi cách viết", "Trẻ em hạnh phúc")
    assert plan.anchors["closes"] == date(2026, 6, 30)
    assert plan.ladders["default"] == Ladder(
        "default", (2, 0), (Rung(1, ("standing_office",)), Rung(3, ("deputy_chair", "chair")))
    )
    assert plan.ladders["urgent"].urgent
    assert plan.document.number == "12/KH-UBND"
    assert plan.document.signer is not None
    assert plan.document.signer.name == "Nguyễn Văn Tình"
    assert plan.document.recipients == ("city", "archive")


def test_a_task_with_everything_about_it() -> None:
    guide = definition("everything.yaml").tasks["guide"]
    assert guide.note == "Dòng thứ nhất.\nDòng thứ hai."
    assert (words(guide.clauses), words(guide.helpers)) == (["V.1.1"], ["front", "youth"])
    assert guide.start is not None
    assert (guide.start.base, guide.start.offset) == ("issued", None)
    assert (guide.evidence, guide.roll, guide.was) == (Evidence.DOCUMENT, Roll.NEXT, "huong-dan")
    assert guide.accept is not None
    assert guide.accept.text == "deputy_chair"
    assert guide.ladder is not None
    assert guide.ladder.text == "urgent"


def test_a_task_for_every_member() -> None:
    survey = definition("everything.yaml").tasks["survey"]
    assert (survey.lead.name.text, survey.lead.each) == ("villages", True)
    assert survey.complete_when == Threshold(percent=80)
    assert (survey.none_allowed, survey.confidential) == (True, True)
    assert survey.indicators == (
        Indicator("hazards", "Điểm nguy hiểm", None, "điểm"),
        Indicator("signs", "Biển báo", 55, None),
    )


def test_edges_and_money() -> None:
    signs = definition("everything.yaml").tasks["signs"]
    first, second = signs.after
    assert first == Dependency(first.task, Offset(1, Step.WORKING_DAY), same_unit=True)
    assert second == Dependency(second.task, soft=True)
    assert signs.budget == (BudgetLine("Biển báo", 90, 300_000, "commune"),)
    assert signs.budget[0].amount == 27_000_000


def test_kinds() -> None:
    tasks = definition("everything.yaml").tasks
    assert (tasks["ceremony"].kind, tasks["ceremony"].roll) == (Kind.EVENT, Roll.KEEP)
    assert (tasks["watch"].kind, tasks["watch"].due) == (Kind.ONGOING, None)
    assert isinstance(tasks["weekly"].repeat, Repeat)


def test_units_and_groups() -> None:
    office = definition("everything.yaml").office
    assert (office.id, office.place) == ("kim-thanh", "xã Kim Thành")
    assert office.roles["standing_office"] == "vhxh"
    assert office.members("everyone") == ("thon-1", "thon-2", "thon-3", "truong-a", "vhxh")
    assert (office.units["youth"].manner, office.units["youth"].copy_to) == (Manner.REQUEST, "front")
    assert office.units["thon-3"].via == "thon-2"
    first, second = office.units["vhxh"].contacts
    assert (first.substitute, second.id) == ("pho-phong", "pho-phong")
    assert first.away == Away(date(2026, 6, 8), date(2026, 6, 12))


def test_calendar_and_clauses() -> None:
    plan = definition("everything.yaml")
    assert plan.calendar.vouched == (2026,)
    assert plan.calendar.days_off[date(2026, 8, 31)] == "Nghỉ hoán đổi"
    assert plan.calendar.working_days == (date(2026, 1, 10), date(2026, 8, 22))
    assert plan.clauses is not None
    assert (plan.clauses["II.1"].named, plan.clauses["V.1.1"].named) == (False, True)
    assert plan.clauses["V.1.1"].helpers == ("front", "everyone")


def test_macros() -> None:
    tasks = definition("macros.yaml").tasks
    assert tasks["second"].title == "Việc thứ hai"
    assert (tasks["second"].lead, tasks["third"].lead) == (tasks["first"].lead, tasks["first"].lead)
    assert tasks["second"].ladder is not None


def test_what_is_left_out_has_the_values_that_the_language_gives_it() -> None:
    third = definition("macros.yaml").tasks["third"]
    assert third == TaskDefinition("third", "Việc thứ ba", third.lead, third.place, due=third.due)
    assert third.lead == Lead(third.lead.name, each=True)
    assert (third.roll, third.evidence, third.kind) == (Roll.PREVIOUS, Evidence.NONE, Kind.TASK)


def test_names_point_at_the_word_itself() -> None:
    survey = definition("everything.yaml").tasks["survey"]
    lines = (GOOD / "everything.yaml").read_text(encoding="utf-8").splitlines()
    names = [survey.lead.name, *survey.helpers, *survey.clauses, *(d.task for d in survey.after)]
    for name in names:
        line = lines[name.place.line - 1]
        assert line[name.place.column - 1 : name.place.end_column - 1] == name.text
