"""What a clerk does with plan files: next-year, diff, graph, schema, and the tables of show."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cli_cases import PLAN, Office, open_office

import plan_definitions

REAL = Path(plan_definitions.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(tmp_path, capsys, monkeypatch)


def test_next_year_of_the_real_plan_passes_the_check(office: Office) -> None:
    new = office.folder / "new" / "2027.yaml"
    rows = {row["what"]: row for row in office.document("next-year", str(REAL), "-o", str(new))}
    assert rows["anchors.launch"] == {
        "what": "anchors.launch", "old": "2026-06-01", "new": "2027-06-01", "note": None,
    }  # fmt: skip
    assert rows["tasks.school-talks.due"]["new"] == "2027-05-28"
    assert "weekend" in rows["tasks.school-talks.due"]["note"]
    assert [found["code"] for found in office.document("check", str(new))] == ["unvouched-year"]


def test_next_year_prints_every_date_with_its_weekday(office: Office) -> None:
    code, out, err = office.call(
        "next-year", str(REAL), "-o", str(office.folder / "new" / "2027.yaml"), language="vi"
    )
    assert code == 0
    assert "thứ Hai, 01/6   thứ Ba, 01/6" in out
    assert "thứ Bảy, 29/5/2027 là ngày nghỉ" in " ".join(out.split())
    assert f"Đã ghi: {office.folder / 'new' / '2027.yaml'}" in out
    assert "dòng 60: issued: 2027-05-11" in out
    assert "warning[unvouched-year]" in err


def test_next_year_learns_from_what_the_store_knows(office: Office) -> None:
    new = office.folder / "new.yaml"
    without = {row["what"]: row for row in office.document("next-year", str(office.plan), "-o", str(new))}
    assert "late" not in without["tasks.guide.due"]["note"]
    new.unlink()
    office.publish()
    office.open_work()
    rows = {row["what"]: row for row in office.document("next-year", str(office.plan), "-o", str(new))}
    assert "last year 2 working days late: start earlier" in rows["tasks.guide.due"]["note"]
    assert rows["tasks.survey.due"]["note"] is None


def test_next_year_before_anything_was_published_makes_no_home(office: Office) -> None:
    office.document("next-year", str(office.plan), "-o", str(office.folder / "new.yaml"))
    assert not office.home.exists()


def test_next_year_takes_dates_by_hand_and_another_year(office: Office) -> None:
    new = office.folder / "new.yaml"
    arguments = ("next-year", str(office.plan), "-o", str(new), "--year", "2028", "--set", "opens=2028-06-15")
    rows = {row["what"]: row for row in office.document(*arguments)}
    assert rows["anchors.opens"]["new"] == "2028-06-15"
    assert rows["anchors.issued"]["new"] == "2028-06-01"
    assert "set by hand" in rows["anchors.opens"]["note"]
    assert "due: 2028-06-08" in new.read_text("utf-8")


def test_a_signature_too_late_writes_nothing_and_offers_a_day(office: Office) -> None:
    code, out, err = office.call("next-year", str(REAL), "-o", "new.yaml", "--set", "issued=2027-05-20")
    assert (code, out) == (1, "")
    assert "error[due-before-start]" in err
    assert "with --set issued=2027-05-14 the dates agree" in err
    assert not (office.folder / "new.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "opened=2027-06-01"], "did you mean `opens`?"),
        (["--set", "opens"], "not ANCHOR=DATE"),
        (["--set", "opens=01/6/2027"], "no date of the form"),
        (["--year", "2026"], "for 2026 already"),
    ],
)
def test_next_year_wrongly_called_says_how(office: Office, arguments: list[str], said: str) -> None:
    target = office.folder / "new.yaml"
    code, out, err = office.call("next-year", str(office.plan), "-o", str(target), *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert not target.exists()


def test_next_year_never_writes_over_a_file(office: Office) -> None:
    code, _, err = office.call("next-year", str(office.plan), "-o", str(office.plan))
    assert code == 2
    assert "nothing was written over it" in err
    assert office.plan.read_text("utf-8") == PLAN


def test_next_year_of_a_broken_plan_is_refused(office: Office) -> None:
    office.write(PLAN.replace("lead: vhxh", "lead: vhxx"))
    code, _, err = office.call("next-year", str(office.plan), "-o", "new.yaml")
    assert code == 1
    assert "error[unknown-unit]" in err


def test_diff_tells_tasks_owners_and_dates(office: Office) -> None:
    later = office.folder / "later.yaml"
    text = PLAN.replace("due: 2026-06-08", "due: 2026-06-09").replace("lead: vhxh", "lead: pct")
    later.write_text(text.replace("accept: deputy_chair", "accept: chair"), encoding="utf-8")
    found = office.document("diff", str(office.plan), str(later))
    assert found == [
        {
            "subject": "owner", "what": "tasks.guide.lead", "title": "Soạn hướng dẫn",
            "old": ["Phòng Văn hóa"], "new": ["Phó Chủ tịch"],
            "text": "`lead`: Phó Chủ tịch in place of Phòng Văn hóa",
        },
        {
            "subject": "owner", "what": "tasks.guide.accept", "title": "Soạn hướng dẫn",
            "old": "deputy_chair", "new": "chair", "text": "`accept`: deputy_chair → chair",
        },
        {
            "subject": "date", "what": "tasks.guide.due", "title": "Soạn hướng dẫn",
            "old": "2026-06-08", "new": "2026-06-09", "text": "`due`: 2026-06-08 → 2026-06-09",
        },
    ]  # fmt: skip
    code, out, _ = office.call("diff", str(office.plan), str(later), language="vi")
    assert code == 0
    assert out.splitlines() == [
        "Chủ trì, phối hợp, xác nhận:",
        "  Soạn hướng dẫn",
        "    `lead`: Phó Chủ tịch thay Phòng Văn hóa",
        "    `accept`: deputy_chair → chair",
        "Ngày:",
        "  Soạn hướng dẫn",
        "    `due`: 08/6/2026 → 09/6/2026",
    ]


def test_equal_plans_are_said_to_be_equal(office: Office) -> None:
    assert office.document("diff", str(office.plan), str(office.plan)) == []
    assert office.call("diff", str(office.plan), str(office.plan))[1] == "The two plans say the same.\n"


@pytest.mark.parametrize(
    ("form", "begins"), [("svg", "<svg "), ("mermaid", "---\ntitle: "), ("dot", 'digraph "Kế hoạch mẫu" {')]
)
def test_graph_prints_or_writes_each_form(office: Office, form: str, begins: str) -> None:
    code, printed, err = office.call("graph", str(office.plan), "--format", form)
    assert (code, err) == (0, "")
    assert printed.startswith(begins)
    assert "Rà soát" in printed
    assert office.call("graph", str(office.plan), "--format", form, "-o", str(office.folder / "g"))[:2] == (
        0,
        "",
    )
    assert (office.folder / "g").read_text("utf-8") == printed


def test_a_graph_names_people_and_days_in_the_language(office: Office) -> None:
    out = office.call("graph", str(office.plan), language="vi")[1]
    texts = ["".join(element.itertext()) for element in ET.fromstring(out).iter()]  # noqa: S314 - ours
    assert "từng đơn vị của villages (02): 2" in texts
    assert "thứ\u00a0Hai,\u00a008/6" in texts


def test_a_graph_that_cannot_be_written_is_told(office: Office) -> None:
    code, _, err = office.call("graph", str(office.plan), "-o", "no/such/folder/g.svg")
    assert code == 2
    assert "no/such/folder/g.svg cannot be written" in err


def test_schema_speaks_the_language_of_the_call(office: Office) -> None:
    vietnamese = json.loads(office.call("schema", language="vi")[1])
    english = json.loads(office.call("schema", "plan")[1])
    assert vietnamese["properties"]["anchors"]["description"].startswith("Các mốc")
    assert english["properties"]["anchors"]["description"].startswith("The dates")
    assert "contacts" in office.call("schema", "units")[1]


def test_show_by_week_lists_each_due_day_in_its_week(office: Office) -> None:
    out = office.call("show", str(REAL), "--by", "week")[1]
    weeks = out.split("\nFrom ")[1:]
    third = next(week for week in weeks if week.startswith("Mon 8 June to Sun 14 June"))
    assert "hazard-signs" in third
    assert "Fri 12 June" in third
    assert "Wed 10 June" in third
    assert "ceremony" not in third
    assert out.count("weekly-report") == 4, "a table for each of its four Fridays"


def test_show_by_unit_holds_what_each_leads(office: Office) -> None:
    code, out, _ = office.call("show", str(office.plan), "--by", "unit")
    assert code == 0
    headings = [line for line in out.splitlines() if line.endswith(")") and not line.startswith(" ")]
    assert headings == ["Phòng Văn hóa (1)", "Thôn 1 (2)", "Thôn 2 (2)"]
    only = office.call("show", str(office.plan), "--by", "unit", "--unit", "thon-2")[1]
    assert "Thôn 2 (2)" in only
    assert "Thôn 1 (" not in only


def test_show_names_the_chain_without_slack(office: Office) -> None:
    out = office.call("show", str(REAL))[1]
    chain = "plan-distribution → launch-plan → emulation-plan → script → hall-setup → rehearsal"
    assert f"The longest such chain: {chain}" in out


def test_json_of_show_is_the_same_however_tables_are_parted(office: Office) -> None:
    plain = office.document("show", str(office.plan))
    assert office.document("show", str(office.plan), "--by", "week") == plain
    assert set(plain) == {"plan", "title", "anchors", "units", "tasks", "budget", "clauses"}
