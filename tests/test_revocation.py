"""Links end when their contact leaves, moves or is told so; a free text is erased and the history holds."""

from contextlib import closing
from pathlib import Path

import pytest
from cli_cases import FIRST_DAY, PLAN, UNITS, Office, open_office

from workflows.store.database import Database

EXTRA = "{id: x, title: Phó Trưởng Thôn 1, channel: mail, email: pho1@xa.example}"
SECRET = "Nguyễn Thị B, lớp 3A"


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    opened = open_office(tmp_path, capsys, monkeypatch)
    opened.publish()
    opened.open_work(FIRST_DAY)
    return opened


def versions(office: Office, *contacts: str) -> list[int]:
    url = f"sqlite:///{office.home / 'dondoc.db'}"
    with closing(Database.open(url, create=False)) as database, database.read() as transaction:
        return [transaction.tokens.version("xa-mau", contact) for contact in contacts]


def publish_units(office: Office, units: str) -> str:
    """Publish a revision in which only units.yaml differs; what is said."""
    (office.folder / "units.yaml").write_text(units, encoding="utf-8")
    code, out, err = office.call("publish", str(office.plan), "--yes")
    assert code == 0, err
    return out


def last_record(office: Office) -> tuple[str, str, dict[str, object]]:
    url = f"sqlite:///{office.home / 'dondoc.db'}"
    with closing(Database.open(url, create=False)) as database, database.read() as transaction:
        (plan,) = transaction.plans.headings()
        *_, last = transaction.history.of_plan(plan.number)
    return last.record.verb, last.record.by, dict(last.record.facts)


def test_the_links_of_a_contact_end(office: Office) -> None:
    code, out, _ = office.call("revoke", "thon-1/d")
    assert (code, out) == (0, "Ended: every link sent to thon-1/d so far.\n")
    assert versions(office, "thon-1/d", "thon-2/e") == [2, 1]
    assert last_record(office) == ("revoke", "standing_office", {"contacts": ["thon-1/d"]})
    assert office.document("audit")["broken_at"] is None


def test_a_unit_stands_for_all_of_its_contacts(office: Office) -> None:
    publish_units(office, UNITS.replace("email: t1@xa.example}]", f"email: t1@xa.example}}, {EXTRA}]"))
    assert office.document("revoke", "thon-1") == {"contacts": ["thon-1/d", "thon-1/x"]}
    assert versions(office, "thon-1/d", "thon-1/x") == [2, 2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("revoke", "thon-9"), "there is no unit or contact `thon-9`"),
        (("revoke", "thon-2", "--by", "thon-1"), "for the standing office to decide, not for `thon-1`"),
        (("erase", "guide/vhxh", "1", "--by", "pct"), "for the standing office to decide, not for `pct`"),
        (("erase", "guide/vhxh", "1"), "record 1 of `guide/vhxh` has no free text"),
        (("erase", "guide/nobody", "1"), "guide/nobody"),
    ],
)
def test_what_cannot_be_taken_back_changes_nothing(
    office: Office, arguments: tuple[str, ...], said: str
) -> None:
    before = office.document("audit")
    code, out, err = office.call(*arguments)
    assert (code, out) == (1, "")
    assert said in err
    assert office.document("audit") == before
    assert versions(office, "thon-1/d", "thon-2/e") == [1, 1]


@pytest.mark.parametrize(
    ("old", "new", "ended"),
    [
        ("email: t1@xa.example", "email: moi@xa.example", ["thon-1/d"]),
        ("id: d, title: Trưởng Thôn 1", "id: n, title: Trưởng Thôn 1", ["thon-1/d"]),
        ('phone: "0000 000 032"', 'phone: "0000 000 033"', ["thon-2/e"]),
        ("title: Trưởng Thôn 1", "title: Trưởng thôn", []),
        ("email: t1@xa.example", 'email: t1@xa.example, phone: "0000 000 031"', []),
    ],
    ids=["another address", "another person", "another number", "another title", "a number beside"],
)
def test_publishing_ends_the_links_of_whoever_left_or_moved(
    office: Office, old: str, new: str, ended: list[str]
) -> None:
    said = publish_units(office, UNITS.replace(old, new))
    assert ("so that the links they hold end: " + ", ".join(ended) in said) is bool(ended)
    assert versions(office, "thon-1/d", "thon-2/e") == [
        1 + ("thon-1/d" in ended), 1 + ("thon-2/e" in ended)
    ]  # fmt: skip
    assert office.document("audit")["broken_at"] is None


def test_a_second_plan_of_the_office_ends_them_too(office: Office) -> None:
    (office.folder / "units.yaml").write_text(UNITS.replace("t1@xa", "moi@xa"), encoding="utf-8")
    office.write(PLAN.replace("id: ke-hoach", "id: ke-hoach-2"))
    office.publish()
    assert versions(office, "thon-1/d") == [2]


def test_a_free_text_is_erased_for_good_and_the_history_is_whole(office: Office) -> None:
    office.document("task", "obstacle", "guide/vhxh", "--by", "vhxh", "--note", SECRET)
    [told] = [one for one in office.document("history", "guide/vhxh") if one["note"]]
    records = office.document("audit")["records"]
    code, shown, _ = office.call("history", "guide/vhxh")
    assert (code, "Nguyễn" in shown) == (0, True)
    assert office.document("erase", "guide/vhxh", str(told["sequence"])) == {
        "assignment": "guide/vhxh", "record": told["sequence"]
    }  # fmt: skip
    after = office.document("history", "guide/vhxh")
    assert [one["note"] for one in after] == [None] * len(after)
    assert (after[-1]["verb"], after[-1]["facts"]) == ("erase", {"record": told["sequence"]})
    assert office.document("audit") == {"records": records + 1, "broken_at": None}
    stored = b"".join(file.read_bytes() for file in office.home.glob("dondoc.db*"))
    assert SECRET.encode() not in stored
    code, _, err = office.call("erase", "guide/vhxh", str(told["sequence"]))
    assert (code, "has no free text" in err) == (1, True)
