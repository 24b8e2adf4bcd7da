"""Next year's plan from this year's: what moves, what stays byte for byte, what the clerk is told."""

from __future__ import annotations

import difflib
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import plan_definitions
from plan_definitions.diagnostics import Severity
from plan_definitions.load import load_plan
from plan_definitions.next_year import Copy, Shift, copy_plan, nearest_workable, plan_year, write
from plan_definitions.schedule import Schedule
from plan_definitions.text_edits import EditableYaml
from plan_definitions.year_table import Row, YearTable

PLAN = Path(plan_definitions.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"
GOOD = Path(__file__).parent / "plans" / "good"

UNITS = """
office: xa-mau
roles: {standing_office: vhxh, deputy_chair: vhxh, chair: vhxh}
units:
  vhxh: {name: Phòng Văn hóa, contacts: [{id: a, title: Trưởng phòng, channel: paper}]}
"""
SMALL = """\
# Ghi chú đầu tệp,   giữ nguyên cả khoảng trắng.
format: 1
id: ke-hoach-2024   # mã
title: "Kế hoạch năm 2024, theo văn bản ngày 30/4/2024"
units:   units.yaml
calendar: calendar.yaml
anchors:
    opens:   2024-02-29    # năm nhuận
    closes: '2024-04-01'
ladders: {default: {remind: [on the day]}}
tasks:
  talk: &unused
    title: Nói chuyện năm 2024
    lead: vhxh
    due:   opens + 3 working days
  fixed:
    title: Việc có ngày riêng
    lead: vhxh
    due: 2024-03-15 + 1 week
  weekly:
    <<: {lead: vhxh}
    title: >-
      Điểm tin
      tuần
    repeat: every monday from 2024-03-04 to closes
"""


def schedule_of(path: Path) -> Schedule:
    loaded = load_plan(path)
    assert loaded.schedule is not None, [d.code for d in loaded.diagnostics]
    return loaded.schedule


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "units.yaml").write_text(UNITS, encoding="utf-8")
    (tmp_path / "calendar.yaml").write_text("vouched: [2024]\n", encoding="utf-8")
    (tmp_path / "old.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path / "old.yaml"


def copied(path: Path, target: Path, year: int | None = None, **anchors: date) -> Copy:
    old = schedule_of(path)
    named = {name.replace("_", "-"): day for name, day in anchors.items()}
    return copy_plan(path, old, target, year or plan_year(old) + 1, named)


def table(path: Path, copy: Copy, lateness: dict[str, int] | None = None) -> dict[str, Row]:
    assert copy.loaded.schedule is not None
    rows = YearTable(schedule_of(path), copy.loaded.schedule, copy, lateness or {}).rows()
    return {row.what: row for row in rows}


def notes(row: Row) -> str:
    return "; ".join(note.say(str) for note in row.notes)


def changed_lines(old: str, new: str) -> list[str]:
    return [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "-+"]


def test_only_what_moves_differs_in_the_real_plan() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"))
    new = copy.files[copy.path].decode()
    assert changed_lines(PLAN.read_text("utf-8"), new)[1::2] == [
        "+ id: thang-hanh-dong-vi-tre-em-2027",
        "+ title: Triển khai Tháng hành động vì trẻ em năm 2027",
        "+ clauses: dieu_khoan_2027.yaml",
        '+   issued: 2027-05-11 # GIẢ ĐỊNH: văn bản chỉ ghi "tháng 5 năm 2026"; sửa theo ngày ký',
        "+   school-ends: 2027-05-29 # GIẢ ĐỊNH: ngày cuối còn gặp được học sinh ở trường; hỏi lịch bế giảng",
        (
            "+   launch: 2027-06-01 # mục II.3: ngày Lễ phát động"
            " (tách khỏi opens vì Lễ có năm dời sang ngày khác)"
        ),
        "+   opens: 2027-06-01 # mục II.1: ngày đầu của Tháng",
        "+   closes: 2027-06-30 # mục II.1: ngày cuối của Tháng",
        "+   city-report: 2027-07-08 # GIẢ ĐỊNH: sửa theo hạn báo cáo ghi trong kế hoạch của UBND thành phố",
    ]


def test_the_real_copy_passes_the_check_and_keeps_the_calendar_as_it_is() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"))
    assert [(d.code, d.severity) for d in copy.loaded.diagnostics] == [("unvouched-year", Severity.WARNING)]
    assert PLAN.with_name("calendar.yaml") not in copy.files


def test_the_small_plan_moves_everywhere_a_year_stands(small: Path) -> None:
    copy = copied(small, small.with_name("new.yaml"))
    expected = (
        SMALL.replace("ke-hoach-2024", "ke-hoach-2025")
        .replace("Kế hoạch năm 2024", "Kế hoạch năm 2025")
        .replace("Nói chuyện năm 2024", "Nói chuyện năm 2025")
        .replace("2024-02-29", "2025-02-28")
        .replace("'2024-04-01'", "'2025-04-01'")
        .replace("2024-03-15", "2025-03-15")
        .replace("2024-03-04", "2025-03-04")
    )
    assert copy.files[copy.path].decode() == expected
    assert copy.loaded.schedule is not None


def test_line_ends_and_byte_order_mark_stay(small: Path) -> None:
    marked = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    small.write_bytes(marked)
    copy = copied(small, small.with_name("new.yaml"))
    new = copy.files[copy.path]
    assert new.startswith(b"\xef\xbb\xbf# Ghi")
    assert new.count(b"\r\n") == marked.count(b"\n") == new.count(b"\n")
    assert copy.loaded.schedule is not None


def test_comments_live_on_for_another_reader_too() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"))

    def comments(text: str) -> list[str]:
        return re.findall(r"#.*", text)

    round_trip: Any = YAML()
    round_trip.preserve_quotes, round_trip.width = True, 4096
    round_trip.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    round_trip.dump(round_trip.load(copy.files[copy.path].decode()), out)
    assert comments(out.getvalue()) == comments(PLAN.read_text("utf-8"))


def test_every_resolved_date_is_in_the_table() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"))
    rows, old, new = table(PLAN, copy), schedule_of(PLAN), copy.loaded.schedule
    assert new is not None
    for name, task in old.tasks.items():
        if task.repeats:
            turns = [row for what, row in rows.items() if what.startswith(f"tasks.{name}.due/")]
            days = sorted({held.due for held in new.tasks[name].assignments if held.due})
            assert [row.new for row in turns if row.new] == days
        else:
            assert (rows[f"tasks.{name}.due"].old, rows[f"tasks.{name}.due"].new) == (
                task.due,
                new.tasks[name].due,
            )
            assert rows[f"tasks.{name}.start"].new == new.tasks[name].start
    assert rows["anchors.launch"] == Row("anchors.launch", date(2026, 6, 1), date(2027, 6, 1))


def test_the_table_says_what_wants_a_look() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"))
    rows = table(PLAN, copy, {"hazard-signs": 4})
    assert notes(rows["anchors.school-ends"]) == "a day off (weekend)"
    assert "2027-05-29 is a day off (weekend)" in notes(rows["tasks.school-talks.due"])
    assert rows["tasks.school-talks.due"].new == date(2027, 5, 28)
    assert notes(rows["tasks.hazard-signs.due"]) == "last year 4 working days late: start earlier"
    assert notes(rows["tasks.broadcasts.due/5"]) == "one occurrence more"
    assert "2027" in notes(rows["calendar"])
    for what in ("theme", "document.based_on", "document.signer", "document.venue", "units", "clauses"):
        assert rows[what].notes, what
    assert rows["tasks.gift-prepare.budget"].notes
    assert rows["tasks.gift-list.indicators.disabled.target"].new == 35
    assert notes(rows["line 60"]) == "still names 2026"


def test_small_plan_notes(small: Path) -> None:
    rows = table(small, copied(small, small.with_name("new.yaml")))
    assert notes(rows["anchors.opens"]).startswith("there is no 29 February that year")
    assert "fixed date" in notes(rows["tasks.fixed.due"])
    assert "fixed date" in notes(rows["tasks.weekly.due/1"])
    assert rows["tasks.talk.title"].new == "Nói chuyện năm 2025"
    assert "line 4" not in rows, "the title moved; only comments and untouched values are left over"


def test_an_id_without_a_year_gets_one() -> None:
    copy = copied(GOOD / "everything.yaml", GOOD / "next.yaml")
    assert copy.loaded.schedule is not None
    assert copy.loaded.schedule.id == "moi-cach-viet-2027"
    rows = table(GOOD / "everything.yaml", copy)
    assert "names no year" in notes(rows["title"])
    assert "delete it" in notes(rows["tasks.guide.was"])


def test_a_later_signature_is_told_where_it_hurts() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"), issued=date(2027, 5, 14))
    rows = table(PLAN, copy)
    assert "12 working days to `launch`, last year 15" in notes(rows["anchors.issued"])
    assert "set by hand" in notes(rows["anchors.issued"])
    assert "had no day to spare in 15 working days and now has 12" in notes(rows["critical"])
    assert "2 working days to do it, last year 4" in notes(rows["tasks.gift-prepare.due"])


def test_a_signature_too_late_is_refused_and_a_day_offered() -> None:
    copy = copied(PLAN, PLAN.with_name("next.yaml"), issued=date(2027, 5, 20))
    assert copy.loaded.schedule is None
    assert {d.code for d in copy.loaded.diagnostics} >= {"due-before-start", "due-before-predecessor"}
    assert nearest_workable(copy, "issued") == date(2027, 5, 14)


def test_shared_files_go_along_and_those_in_place_stay(tmp_path: Path) -> None:
    (tmp_path / "units.yaml").write_bytes(PLAN.with_name("units.yaml").read_bytes() + b"# noi nay\n")
    copy = copied(PLAN, tmp_path / "new.yaml")
    assert set(copy.files) == {tmp_path / n for n in ("new.yaml", "calendar.yaml", "dieu_khoan_2027.yaml")}
    rows = table(PLAN, copy)
    assert "copied as it stands" in notes(rows["clauses"])
    write(copy)
    assert schedule_of(tmp_path / "new.yaml").id == "thang-hanh-dong-vi-tre-em-2027"
    assert (tmp_path / "units.yaml").read_bytes().endswith(b"# noi nay\n")


def test_a_clause_list_that_is_there_already_is_used(tmp_path: Path) -> None:
    (tmp_path / "dieu_khoan_2027.yaml").write_bytes(PLAN.with_name("dieu_khoan_2026.yaml").read_bytes())
    copy = copied(PLAN, tmp_path / "new.yaml")
    assert "is there already" in notes(table(PLAN, copy)["clauses"])


def test_nothing_is_written_over(small: Path) -> None:
    target = small.with_name("new.yaml")
    copy = copied(small, target)
    target.write_text("của tôi", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write(copy)
    assert target.read_text("utf-8") == "của tôi"


def test_an_anchor_that_does_not_exist_is_refused(small: Path) -> None:
    with pytest.raises(KeyError, match="opened"):
        copied(small, small.with_name("new.yaml"), opened=date(2025, 1, 1))


def test_two_years_on_and_over_the_new_year() -> None:
    shift = Shift(2, frozenset({2026, 2027}), {})
    assert shift.text("năm học 2026-2027, số 12026, ngày 30/4/2026") == (
        "năm học 2028-2029, số 12026, ngày 30/4/2026"
    )
    assert shift.dates("every friday from 2026-09-01 to 2027-05-31") == (
        "every friday from 2028-09-01 to 2029-05-31"
    )


@given(st.dates(date(2001, 1, 1), date(2090, 12, 31)), st.integers(1, 9))
def test_an_anchor_keeps_its_day_and_month_or_is_the_last_of_february(day: date, years: int) -> None:
    moved = Shift(years, frozenset(), {}).day(day)
    assert moved.year == day.year + years
    assert (moved.month, moved.day) == (day.month, day.day) or (day.month, day.day, moved.day) == (2, 29, 28)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)


@settings(max_examples=60)
@given(_TEXTS, st.lists(st.sampled_from(["  # ghi chú", "", "   "]), min_size=1, max_size=4))
def test_what_is_not_rewritten_keeps_its_bytes(comment: str, blanks: list[str]) -> None:
    text = f"a: 2024-02-01 # {comment}\n" + "\n".join(blanks) + "\nb: {c: 'x', d: \"2024\"}   \n"
    edits = EditableYaml(text)
    edits.rewrite(("a",), lambda old: old.replace("2024", "2025"))
    assert edits.edited() == text.replace("a: 2024", "a: 2025")


def test_a_value_that_two_places_share_is_rewritten_once() -> None:
    edits = EditableYaml("a: &day 2026-06-01\nb: *day\nc: {<<: {d: 2026-06-02}}\n")
    for path in (("a",), ("b",), ("c", "d")):
        edits.rewrite(path, lambda old: old.replace("-06-", "-07-"))
    assert edits.edited() == "a: &day 2026-07-01\nb: *day\nc: {<<: {d: 2026-07-02}}\n"
    with pytest.raises(KeyError, match=r"c\.x"):
        edits.rewrite(("c", "x"), str)
