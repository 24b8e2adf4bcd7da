"""`dondoc task`: every move a sentence, and whatever is refused changes nothing."""

from pathlib import Path

import pytest
from cli_cases import Office, open_office

FILE = b"%PDF-1.4\nbien ban\n"
KEYS = {
    "id", "title", "unit", "state", "standing", "due", "original_due", "days_late", "rung", "obstacle",
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    office = open_office(tmp_path, capsys, monkeypatch)
    office.publish()
    office.open_work()
    (tmp_path / "bien-ban.pdf").write_bytes(FILE)
    (tmp_path / "chu.txt").write_text("không phải minh chứng")
    return office


def kept(office: Office) -> list[Path]:
    return sorted((office.home / "evidence").glob("*"))


def test_a_report_with_figures_and_a_file_is_kept(office: Office) -> None:
    row = office.document(
        "task", "submit", "survey/thon-1", "--by", "thon-1", "--file", "bien-ban.pdf",
        "--figure", "hazards=3", "--date", "2026-06-09",
    )  # fmt: skip
    assert set(row) == KEYS
    assert (row["state"], row["standing"]) == ("done", "done_on_time")
    assert [file.read_bytes() for file in kept(office)] == [FILE]
    (record,) = [r for r in office.document("history", "survey/thon-1") if r["verb"] == "submit"]
    assert record["facts"] == {"done_on": "2026-06-09", "figures": {"hazards": 3}, "files": 1}


def test_the_office_records_what_a_unit_said_on_the_telephone(office: Office) -> None:
    row = office.document(
        "task", "submit", "survey/thon-2", "--by", "vhxh", "--none",
        "--via", "phone", "--said-by", "Trưởng Thôn 2",
    )  # fmt: skip
    assert row["state"] == "done"
    record = office.document("history", "survey/thon-2")[-1]
    assert (record["by"], record["on_behalf_of"], record["via"]) == ("vhxh", "thon-2", "phone")
    assert record["facts"]["said_by"] == "Trưởng Thôn 2"


def test_evidence_may_follow_and_an_accepter_checks(office: Office) -> None:
    late = office.document("task", "submit", "guide/vhxh", "--by", "vhxh", "--later")
    assert late["standing"] == "awaiting_check"
    code, _, err = office.call("task", "accept", "guide/vhxh", "--by", "pct")
    assert (code, err) == (1, "evidence for `guide/vhxh` has not come yet\n")
    office.document("task", "evidence", "guide/vhxh", "--by", "vhxh", "--document", "12/BC, 10/6/2026")
    assert office.document("task", "accept", "guide/vhxh", "--by", "deputy_chair")["state"] == "done"


def test_an_obstacle_an_extension_and_its_grant(office: Office) -> None:
    stuck = office.document(
        "task", "obstacle", "survey/thon-1", "--by", "thon-1", "--note", "thiếu biển", "--waits-for", "vhxh"
    )
    assert stuck["obstacle"] is True
    office.document("task", "extend", "survey/thon-1", "--by", "d", "--date", "2026-06-12", "--note", "mưa")
    granted = office.document("task", "grant", "survey/thon-1", "--by", "pct")
    assert (granted["due"], granted["original_due"]) == ("2026-06-12", "2026-06-10")


def test_a_move_is_printed_as_a_row_for_people(office: Office) -> None:
    code, out, err = office.call("task", "start", "survey/thon-1", "--by", "thon-1")
    assert (code, err) == (0, "")
    assert "survey/thon-1" in out
    assert "Wed 10 June" in out


REFUSED = {
    "unknown assignment": (("start", "survey/thon-9", "--by", "thon-1"), 1, "did you mean `survey/thon-"),
    "unknown person": (("start", "survey/thon-1", "--by", "thon1"), 1, "did you mean `thon-1`?"),
    "somebody else's work": (("start", "survey/thon-1", "--by", "thon-2"), 1, "is not for `thon-2`"),
    "illegal move": (("accept", "survey/thon-1", "--by", "vhxh"), 1, "is possible only from"),
    "without a reason": (("obstacle", "survey/thon-1", "--by", "thon-1"), 1, "needs a reason"),
    "without evidence": (("submit", "survey/thon-1", "--by", "thon-1"), 1, "needs a file as evidence"),
    "no such figure": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--none", "--figure", "hazard=1"), 1,
        "it counts: hazards",
    ),
    "figure below zero": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--none", "--figure", "hazards=-1"), 1, "below zero",
    ),
    "figure of a hundred digits": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--none", "--figure", f"hazards={'9' * 100}"), 1,
        "is too large",
    ),
    "figure longer than any number": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--none", "--figure", f"hazards={'9' * 5000}"), 2,
        "write NAME=N with a whole number",
    ),
    "done tomorrow": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--none", "--date", "2026-06-11"), 1,
        "has not come yet",
    ),
    "more time until yesterday": (
        ("extend", "survey/thon-1", "--by", "thon-1", "--note", "mưa", "--date", "2026-06-09"), 1,
        "ask for a day after 2026-06-10",
    ),
    "a promise for yesterday": (
        ("promise", "survey/thon-1", "--by", "thon-1", "--date", "2026-06-09"), 1,
        "promise a day from today",
    ),
    "for another without saying how": (
        ("start", "survey/thon-1", "--by", "vhxh", "--on-behalf-of", "thon-1"), 1,
        "say how its word came",
    ),
    "a link's word without the link": (
        ("start", "survey/thon-1", "--by", "vhxh", "--on-behalf-of", "thon-1", "--via", "link"), 2,
        "--via must be one of: phone, zalo, paper, meeting",
    ),
    "reassigned to nobody": (
        ("reassign", "survey/thon-1", "--by", "vhxh", "--note", "nhầm", "--to", "thon-9"), 1,
        "`thon-9` is not one",
    ),
    "unknown plan": (
        ("start", "survey/thon-1", "--by", "thon-1", "--plan", "ke-hoac"), 1, "did you mean `ke-hoach`?",
    ),
    "file of no known kind": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--file", "chu.txt"), 1, "chu.txt is no PDF",
    ),
    "missing file": (("submit", "survey/thon-1", "--by", "thon-1", "--file", "khong.pdf"), 2, "khong.pdf"),
    "unknown move": (("sumbit", "survey/thon-1", "--by", "thon-1"), 2, "did you mean `submit`?"),
    "option that does not belong": (
        ("start", "survey/thon-1", "--by", "thon-1", "--date", "2026-06-12"), 2,
        "--date does not go with `start`",
    ),
    "figure without a number": (
        ("submit", "survey/thon-1", "--by", "thon-1", "--none", "--figure", "hazards"), 2, "is no figure",
    ),
    "dispatch without a date": (
        ("submit", "guide/vhxh", "--by", "vhxh", "--document", "12/BC"), 2, "is no number and date",
    ),
    "dispatch of a day that does not exist": (
        ("submit", "guide/vhxh", "--by", "vhxh", "--document", "12/BC, 30/2/2026"), 2,
        "is no number and date",
    ),
    "no name given": (("start", "survey/thon-1"), 2, "--by is missing"),
    "no such date": (
        ("start", "survey/thon-1", "--by", "thon-1", "--as-of", "2026-02-30"), 2,
        "--as-of: there is no day 2026-02-30",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why_and_changes_nothing(office: Office, case: str) -> None:
    arguments, code, sentence = REFUSED[case]
    before, letters = office.standing(), office.document("outbox")
    found, out, err = office.call("task", *arguments)
    assert (found, out) == (code, "")
    assert sentence in err
    assert "Traceback" not in err
    assert (office.standing(), office.document("outbox"), kept(office)) == (before, letters, [])


def test_nothing_is_decided_on_a_day_to_come(office: Office) -> None:
    before = office.standing()
    for asked in (
        ("publish", str(office.plan)),
        ("task", "submit", "guide/vhxh", "--by", "vhxh"),
        ("close", str(office.plan)),
    ):
        code, _, err = office.call(*asked, "--as-of", "2026-06-11")
        assert (code, err) == (1, "nothing can be done as on 2026-06-11: that day has not come yet\n")
    assert office.standing() == before


def test_a_file_is_thrown_away_when_its_report_is_refused(office: Office) -> None:
    code, _, err = office.call("task", "submit", "survey/thon-1", "--by", "thon-2", "--file", "bien-ban.pdf")
    assert code == 1, err
    assert kept(office) == []
    assert (office.folder / "bien-ban.pdf").read_bytes() == FILE


def test_a_refusal_is_wholly_vietnamese(office: Office) -> None:
    _, _, err = office.call("task", "accept", "survey/thon-1", "--by", "vhxh", language="vi")
    assert err == "`survey/thon-1` đang ở trạng thái đã mở; chỉ xác nhận được khi: đã báo xong\n"
