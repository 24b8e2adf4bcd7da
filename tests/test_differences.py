"""What changed between two plans, as people would say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_definitions.differences import Difference, Subject, differences
from plan_definitions.load import load_plan
from plan_definitions.schedule import Schedule

UNITS = """
office: xa-mau
roles: {standing_office: office, deputy_chair: deputy, chair: deputy}
units:
  office: {name: Phòng Văn hóa, short: Phòng VH, contacts: [{id: a, title: Trưởng phòng, channel: paper}]}
  police: {name: Công an xã, contacts: [{id: b, title: Trưởng Công an, channel: phone, phone: "091"}]}
  deputy: {name: Phó Chủ tịch, contacts: [{id: c, title: Phó Chủ tịch, channel: paper}]}
"""
PLAN = """
format: 1
id: ke-hoach
title: Kế hoạch mẫu
units: units.yaml
calendar: calendar.yaml
anchors: {opens: 2026-06-01}
ladders:
  default: {remind: [on the day], escalate: [{after: 1 working day, to: standing_office}]}
tasks:
  list:
    title: Lập danh sách
    lead: office
    with: [police]
    due: opens
    indicators: {found: {title: Số em, target: 55, unit: trẻ}}
  gifts:
    title: Trao quà
    lead: office
    due: opens + 5 working days
    after: [list]
    budget:
      - {item: Tiền mặt, quantity: 90, unit_price: 300000, source: commune}
  weekly:
    title: Điểm tin
    lead: police
    repeat: every friday from opens to opens + 2 weeks
"""


def plan(folder: Path, *changes: tuple[str, str], units: str = UNITS) -> Schedule:
    text = PLAN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    (folder / "units.yaml").write_text(units, encoding="utf-8")
    (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    loaded = load_plan(folder / "plan.yaml")
    assert loaded.schedule is not None, [(d.code, d.place) for d in loaded.diagnostics]
    return loaded.schedule


def said(found: tuple[Difference, ...]) -> list[tuple[str, str, str]]:
    return [(each.subject.value, each.what, each.text.say(str)) for each in found]


def test_equal_plans_differ_in_nothing(tmp_path: Path) -> None:
    moved_about = (
        "    lead: office\n    due: opens + 5",
        "    # ghi chú\n    lead: office\n    due: opens + 5",
    )
    assert differences(plan(tmp_path / "a"), plan(tmp_path / "b", moved_about)) == ()


CHANGES = [
    (
        ("title: Kế hoạch mẫu", "title: Kế hoạch khác"),
        ("plan", "title", "`title`: Kế hoạch mẫu → Kế hoạch khác"),
    ),
    (
        ("due: opens + 5 working days", "due: opens + 7 working days"),
        ("date", "tasks.gifts.due", "`due`: 2026-06-08 → 2026-06-10"),
    ),
    (("    with: [police]\n", ""), ("owner", "tasks.list.with", "`with`: Công an xã leaves")),
    (
        ("    with: [police]\n", "    with: [police, deputy]\n"),
        ("owner", "tasks.list.with", "`with`: Phó Chủ tịch joins"),
    ),
    (
        ("    lead: office\n    due: opens + 5", "    lead: police\n    due: opens + 5"),
        ("owner", "tasks.gifts.lead", "`lead`: Công an xã in place of Phòng VH"),
    ),
    (
        ("unit_price: 300000", "unit_price: 350000"),
        ("money", "tasks.gifts.budget", "Tiền mặt: 90 × 300000 = 27000000 → 90 × 350000 = 31500000 đồng"),
    ),
    (
        ("target: 55", "target: 60"),
        ("count", "tasks.list.indicators.found", "`found`: Số em: 55 trẻ → Số em: 60 trẻ"),
    ),
    (
        ("    after: [list]", "    after: [{task: list, lag: 2 days}]"),
        ("order", "tasks.gifts.after", "`after`: list → list + 2 days"),
    ),
    (
        ("remind: [on the day]", "remind: [1 working day before]"),
        ("rule", "ladders.default", "`default`: -0; +1 standing_office → -1; +1 standing_office"),
    ),
    (
        ("opens + 2 weeks", "opens + 1 week"),
        ("date", "tasks.weekly.repeat", "`repeat`: 2026-06-05, 2026-06-12 → 2026-06-05"),
    ),
    (
        ("  gifts:", "  presents:"),
        ("task", "tasks.presents", "a new task for Phòng VH, due 2026-06-08"),
    ),
    (
        ("  gifts:\n", "  presents:\n    was: gifts\n"),
        ("task", "tasks.presents", "`gifts` is now called `presents`"),
    ),
    (
        (
            "    lead: office\n    due: opens + 5",
            "    lead: office\n    evidence: required\n    due: opens + 5",
        ),
        ("rule", "tasks.gifts.evidence", "`evidence`: none → required"),
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=lambda value: value[1][:40])
def test_a_change_is_told(tmp_path: Path, change: tuple[str, str], expected: tuple[str, str, str]) -> None:
    found = said(differences(plan(tmp_path / "a"), plan(tmp_path / "b", change)))
    assert expected in found
    others = [each for each in found if each != expected]
    renamed = change[1].strip() == "presents:"
    assert others == ([("task", "tasks.gifts", "the task is gone; Phòng VH had it")] if renamed else [])


def test_the_other_way_round_old_and_new_change_places(tmp_path: Path) -> None:
    first, second = plan(tmp_path / "a"), plan(tmp_path / "b", ("unit_price: 300000", "unit_price: 350000"))
    (there,), (back,) = differences(first, second), differences(second, first)
    assert (there.old, there.new) == (27_000_000, 31_500_000) == (back.new, back.old)


def test_people_of_units_are_told(tmp_path: Path) -> None:
    other = UNITS.replace("title: Trưởng Công an, channel: phone", "title: Phó Công an, channel: zalo")
    found = differences(plan(tmp_path / "a"), plan(tmp_path / "b", units=other))
    assert said(found) == [
        ("unit", "units.police.contacts", "`contacts`: Phó Công an in place of Trưởng Công an"),
        ("unit", "units.police.channel", "`channel`: zalo 091 in place of phone 091"),
    ]


def test_they_come_in_the_order_of_the_subjects(tmp_path: Path) -> None:
    changes = (("2026-06-01", "2026-06-02"), ("title: Trao quà", "title: Trao"), ("target: 55", "target: 5"))
    found = [each.subject for each in differences(plan(tmp_path / "a"), plan(tmp_path / "b", *changes))]
    assert found == sorted(found, key=list(Subject).index)
    assert {Subject.ANCHOR, Subject.TASK, Subject.DATE, Subject.COUNT} <= set(found)
