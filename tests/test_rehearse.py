"""A rehearsal: the whole period in memory, its findings, its files, and the verb."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from plan_definitions.load import load_plan
from plan_definitions.schedule import Schedule
from workflows.cli.main import run
from workflows.operations.rehearsing.rehearsal import ClashKind, Rehearsal
from workflows.operations.rehearsing.rehearsal_book import write_book
from workflows.operations.rehearsing.rehearse import rehearse
from workflows.texts import Language

UNITS = """
office: xa-mau
name: UBND xã Mẫu
roles: {standing_office: vhxh, deputy_chair: pct, chair: ct}
units:
  vhxh: {name: Phòng Văn hóa, contacts: [{id: a, title: Trưởng phòng, channel: mail, email: a@x.example}]}
  pct: {name: Phó Chủ tịch, contacts: [{id: b, title: Phó Chủ tịch, channel: mail, email: b@x.example}]}
  ct: {name: Chủ tịch, contacts: [{id: c, title: Chủ tịch, channel: mail, email: c@x.example}]}
  thon-1: {name: Thôn Một, contacts: [{id: d, title: Trưởng thôn, channel: mail, email: d@x.example}]}
  thon-2: {name: Thôn Hai, contacts: [{id: e, title: Trưởng thôn, channel: zalo, phone: "0912345678"}]}
groups: {villages: [thon-1, thon-2]}
"""
# 6 June 2026 is a Saturday; the ladder of `hush` reminds nobody.
PLAN = """
format: 1
id: mau
title: Kế hoạch <mẫu>
units: units.yaml
calendar: calendar.yaml
anchors: {opens: 2026-06-01, closes: 2026-06-19}
ladders:
  default:
    remind: [2 working days before, on the day]
    escalate:
      - {after: 1 working day, to: standing_office}
      - {after: 2 working days, to: deputy_chair}
  quiet: {}
tasks:
  signs: {title: Cắm biển báo, lead: {each: villages}, due: opens + 9 days}
  list: {title: Lập danh sách, lead: vhxh, due: 2026-06-06, accept: deputy_chair}
  posters: {title: Treo áp phích, lead: vhxh, due: 2026-06-05}
  hall: {title: Chuẩn bị hội trường, lead: vhxh, due: 2026-06-05}
  water: {title: Nước uống, lead: vhxh, due: 2026-06-05, evidence: required}
  fair: {title: Hội chợ, kind: event, lead: thon-1, due: 2026-06-14}
  hush: {title: Việc lặng lẽ, lead: thon-1, due: 2026-06-03, start: 2026-06-02, ladder: quiet}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "units.yaml").write_text(UNITS, encoding="utf-8")
    (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return folder / "plan.yaml"


@pytest.fixture(scope="module")
def schedule(plan: Path) -> Schedule:
    schedule = load_plan(plan).schedule
    assert schedule is not None
    return schedule


def play(schedule: Schedule, *, late: float = 0.0, seed: str = "dondoc") -> Rehearsal:
    last = date(2026, 6, 19)
    return rehearse(schedule, {}, first=date(2026, 6, 1), last=last, late=late, seed=seed)


@pytest.fixture(scope="module")
def on_time(schedule: Schedule) -> Rehearsal:
    return play(schedule)


@pytest.fixture(scope="module")
def all_late(schedule: Schedule) -> Rehearsal:
    return play(schedule, late=1.0)


def test_letters_fall_on_working_days_only(on_time: Rehearsal) -> None:
    assert on_time.working_days == 15
    assert {kept.day.weekday() for kept in on_time.letters} <= {0, 1, 2, 3, 4}
    assert sum(sum(units.values()) for units in on_time.by_unit().values()) == len(on_time.letters)
    assert set(on_time.readers) >= {"vhxh", "thon-1", "thon-2"}


def test_units_that_share_a_mailbox_stand_together(tmp_path: Path, plan: Path) -> None:
    for name in ("plan.yaml", "calendar.yaml"):
        (tmp_path / name).write_text((plan.parent / name).read_text(encoding="utf-8"), encoding="utf-8")
    shared = UNITS.replace('channel: zalo, phone: "0912345678"', "channel: mail, email: d@x.example")
    (tmp_path / "units.yaml").write_text(shared, encoding="utf-8")
    schedule = load_plan(tmp_path / "plan.yaml").schedule
    assert schedule is not None
    played = play(schedule)
    assert "thon-2" not in played.readers
    assert (played.named("thon-1"), played.named("vhxh")) == ("Thôn Một, Thôn Hai", "Phòng Văn hóa")


def test_who_reports_in_time_is_never_reported_upwards(on_time: Rehearsal) -> None:
    assert on_time.escalated() == ()


def test_late_units_are_reported_upwards_and_hear_more(on_time: Rehearsal, all_late: Rehearsal) -> None:
    reported = {(one.task, one.unit, one.to) for one in all_late.escalated()}
    assert {("hall", "vhxh", "pct"), ("signs", "thon-2", "pct")} <= reported
    assert all_late.letter_days()["thon-1"] > on_time.letter_days()["thon-1"]


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_days(schedule: Schedule) -> None:
    first, again = play(schedule, late=0.5), play(schedule, late=0.5)
    assert [kept.data for kept in first.letters] == [kept.data for kept in again.letters]
    other = play(schedule, late=0.5, seed="khac")
    assert [kept.data for kept in first.letters] != [kept.data for kept in other.letters]


def test_deadlines_on_days_off_and_with_each_other(on_time: Rehearsal) -> None:
    found = {(clash.kind, clash.day): clash for clash in on_time.clashes()}
    moved = found[ClashKind.DAY_OFF, date(2026, 6, 6)]
    assert (moved.tasks, moved.due) == (("list",), date(2026, 6, 5))
    kept = found[ClashKind.DAY_OFF, date(2026, 6, 14)]
    assert (kept.tasks, kept.due) == (("fair",), date(2026, 6, 14))
    heavy = found[ClashKind.OVERLOAD, date(2026, 6, 5)]
    assert (heavy.unit, set(heavy.tasks)) == ("vhxh", {"list", "posters", "hall", "water"})
    assert len(found) == 3


def test_the_heaviest_days(on_time: Rehearsal) -> None:
    heaviest = on_time.heaviest_days()
    assert (heaviest["vhxh"].day, heaviest["vhxh"].due) == (date(2026, 6, 5), 4)
    assert on_time.heaviest_day == date(2026, 6, 1)


def test_work_that_no_letter_asks_for_is_named(schedule: Schedule) -> None:
    # Published on a Tuesday, `hush` has no Monday's summary before its due day, and its ladder is silent.
    found = rehearse(schedule, {}, first=date(2026, 6, 2), last=date(2026, 6, 12))
    assert "hush" in found.unreminded()
    assert "signs" not in found.unreminded()


def test_the_book_holds_every_letter(on_time: Rehearsal, tmp_path: Path) -> None:
    index = write_book(on_time, tmp_path / "book", Language.EN)
    page = index.read_text(encoding="utf-8")
    links = re.findall(r'href="(letters/[^"]+)"', page)
    assert all((index.parent / link).is_file() for link in links)
    written = {str(path.relative_to(index.parent)) for path in (tmp_path / "book").rglob("letters/*/*.html")}
    assert written == {link for link in links if link.endswith(".html")}
    assert len(written) == len(on_time.letters)
    assert "Kế hoạch &lt;mẫu&gt;" in page
    assert "<script" not in page


def test_letters_by_mail_are_eml_and_others_text(on_time: Rehearsal, tmp_path: Path) -> None:
    write_book(on_time, tmp_path, Language.VI)
    letters = sorted(tmp_path.glob("letters/*/*-thon-1.eml"))
    message = message_from_bytes(letters[0].read_bytes(), policy=policy.default)
    assert message["To"].addresses[0].addr_spec == "d@x.example"
    assert list(tmp_path.glob("letters/*/*-thon-2.eml")) == []
    assert list(tmp_path.glob("letters/*/*-thon-2.txt"))


def test_a_second_book_leaves_no_letter_of_the_first(
    on_time: Rehearsal, all_late: Rehearsal, tmp_path: Path
) -> None:
    own = tmp_path / "letters" / "2026-06-01" / "ghi chép.txt"
    write_book(all_late, tmp_path, Language.VI)
    own.write_text("của tôi", encoding="utf-8")
    write_book(on_time, tmp_path, Language.VI)
    assert len(list(tmp_path.glob("letters/*/*.html"))) == len(on_time.letters)
    assert own.exists()


def test_the_calendar_for_spreadsheets_adds_up(on_time: Rehearsal, tmp_path: Path) -> None:
    write_book(on_time, tmp_path, Language.VI)
    text = (tmp_path / "calendar.csv").read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[:2] == ["unit", "2026-06-01"]
    assert sum(int(cell) for row in rows for cell in row[1:]) == len(on_time.letters)


def test_the_verb_prints_one_document(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    period = ["--from", "2026-06-01", "--to", "2026-06-12"]
    code = run(["rehearse", str(plan), *period, "-o", str(tmp_path / "book"), "--json"], tmp_path)
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert set(found) == {"days", "heaviest_day", "clashes"}
    assert [day["date"] for day in found["days"]][::11] == ["2026-06-01", "2026-06-12"]
    assert all(day["letters"] == sum(day["by_unit"].values()) for day in found["days"])
    assert found["heaviest_day"] == "2026-06-01"
    assert {clash["what"] for clash in found["clashes"]} == {"day_off", "overload"}
    assert (tmp_path / "book" / "index.html").is_file()


def test_the_verb_says_where_to_look_and_stores_nothing(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book"
    code = run(["--lang", "en", "rehearse", str(plan), "--late", "0.5", "-o", str(book)], tmp_path)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert "The heaviest day of a unit: Phòng Văn hóa, Fri 5 June, due: 4." in out
    assert f"Open {book / 'index.html'} in a browser" in out
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-06-10", "--to", "2026-06-01"], "has no day"),
        (["--late", "2"], "--late"),
        (["--from", "mai"], "--from"),
    ],
)
def test_wrong_use_is_exit_code_2(
    arguments: list[str], said: str, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["--lang", "en", "rehearse", str(plan), *arguments, "-o", str(tmp_path / "b")], tmp_path)
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert said in err
    assert not (tmp_path / "b").exists()


def test_a_folder_that_is_a_file_is_refused(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "book").write_text("", encoding="utf-8")
    code = run(["--lang", "en", "rehearse", str(plan), "-o", str(tmp_path / "book")], tmp_path)
    assert (code, capsys.readouterr().err) == (2, f"{tmp_path / 'book'} is a file; name a folder\n")
