"""`dondoc publish` and `close`: nothing by halves, and a revision is shown before it happens."""

import io
import sys
from pathlib import Path

import pytest
from cli_cases import PLAN, Office, open_office

from workflows.cli import consent

LATER = PLAN.replace("due: 2026-06-08", "due: 2026-06-09")
WITHOUT_SIGNS = PLAN[: PLAN.index("  signs:")]
RENAMED = PLAN.replace("  survey:", "  hazards:\n    was: survey").replace("task: survey", "task: hazards")


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(tmp_path, capsys, monkeypatch)


@pytest.fixture
def published(office: Office) -> Office:
    office.publish()
    return office


def test_the_first_publication_goes_straight_in(office: Office) -> None:
    assert office.publish() == {
        "plan": "ke-hoach", "revision": 1, "created": 5, "changed": 0, "removed": 0, "unchanged": 0,
    }  # fmt: skip
    assert len(office.document("outbox")) == 3


def test_a_wrong_plan_is_told_in_full_and_stores_nothing(office: Office) -> None:
    office.write(PLAN.replace("lead: vhxh", "lead: vhxx").replace("due: opens\n", "due: openz\n"))
    code, out, err = office.call("publish", str(office.plan))
    assert (code, out) == (1, "")
    assert "error[unknown-unit]" in err
    assert "error[unknown-anchor]" in err
    assert not office.home.exists()


def test_a_missing_plan_file_is_wrong_use(office: Office) -> None:
    code, out, err = office.call("publish", "no-such-plan.yaml")
    assert (code, out) == (2, "")
    assert "no-such-plan.yaml" in err


def test_the_same_plan_again_changes_nothing_and_says_so(published: Office) -> None:
    before = published.standing()
    code, out, _ = published.call("publish", str(published.plan), "--as-of", "2026-06-02")
    assert (code, out) == (0, "Nothing changes: this is revision 1 as it was published.\n")
    assert published.publish() == {
        "plan": "ke-hoach", "revision": 1, "created": 0, "changed": 0, "removed": 0, "unchanged": 5,
    }  # fmt: skip
    assert published.standing() == before


def test_a_revision_without_a_terminal_needs_yes(published: Office) -> None:
    before = published.standing()
    published.write(LATER)
    code, out, err = published.call("publish", str(published.plan), "--as-of", "2026-06-02")
    assert code == 1
    assert "guide/vhxh  Mon 8 June → Tue 9 June" in out
    assert err.endswith("Nothing was changed. Add --yes to publish this revision.\n")
    assert published.standing() == before


def test_a_revision_of_the_rules_says_which(published: Office) -> None:
    stricter = PLAN.replace("    none_allowed: true\n", "    accept: deputy_chair\n", 1)
    published.write(stricter)
    code, out, _ = published.call("publish", str(published.plan), "--as-of", "2026-06-02")
    assert code == 1
    assert "No assignment is new, gone or gets another date." in out
    assert "Who leads, helps, accepts:\n  Rà soát\n" in out
    assert "Rules:\n  Rà soát\n" in out
    # Beside work that is new, gone or moved, the rules are told as well.
    retitled = stricter.replace("title: Rà soát", "title: Rà soát lại").replace(
        "    start: issued\n    due: opens\n", "    start: 2026-06-03\n    due: opens\n"
    )
    published.write(retitled.replace("due: 2026-06-08", "due: 2026-06-09"))
    out = published.call("publish", str(published.plan), "--as-of", "2026-06-02")[1]
    assert "guide/vhxh  Mon 8 June → Tue 9 June" in out
    for heading in ("Tasks", "Dates", "Rules"):
        assert f"\n{heading}:\n  Rà soát lại\n" in out
    assert out.count("Soạn hướng dẫn") == 0, "its new due date is told once, in the list of dates"


def test_with_yes_a_revision_keeps_progress_and_tells_what_changed(published: Office) -> None:
    published.call("task", "start", "survey/thon-1", "--by", "thon-1", "--as-of", "2026-06-01")
    published.write(WITHOUT_SIGNS)
    code, out, err = published.call("publish", str(published.plan), "--yes", "--as-of", "2026-06-02")
    assert (code, err) == (0, "")
    assert "No longer in the plan (unfinished work is cancelled) (2):" in out
    assert "Assignments: 0 new, 0 changed, 2 removed, 3 unchanged." in out
    standing = published.standing()
    assert standing["counts"]["not_due"] == 3


def test_a_revision_is_told_with_whoever_decided_it(published: Office) -> None:
    published.write(LATER)
    refused = published.call("publish", str(published.plan), "--by", "thon-1", "--yes")
    assert (refused[0], refused[2]) == (1, "that is for the standing office to decide, not for `thon-1`\n")
    published.document("publish", str(published.plan), "--by", "vhxh/a", "--yes", "--as-of", "2026-06-02")
    told = [(record["verb"], record["by"]) for record in published.document("history", "guide/vhxh")]
    assert told == [("create", "publish"), ("revise", "vhxh/a")]


def test_a_rename_keeps_its_assignments(published: Office) -> None:
    published.write(RENAMED)
    code, out, _ = published.call("publish", str(published.plan), "--yes", "--as-of", "2026-06-02")
    assert code == 0
    assert "survey/thon-1 → hazards/thon-1" in out
    assert {row["id"] for row in published.standing()["assignments"]} >= {"hazards/thon-1", "hazards/thon-2"}


@pytest.mark.parametrize(
    ("answer", "code", "due"), [("y\n", 0, "2026-06-09"), ("n\n", 1, "2026-06-08"), ("", 1, "2026-06-08")]
)
def test_on_a_terminal_it_asks(
    published: Office, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, due: str
) -> None:
    published.write(LATER)
    monkeypatch.setattr(consent, "asks_people", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    found, _, err = published.call("publish", str(published.plan), "--as-of", "2026-06-02")
    assert found == code
    assert "Publish this revision? (y/n)" in err
    assert published.assignment("guide/vhxh")["due"] == due


def test_work_already_past_due_is_listed(office: Office) -> None:
    code, out, _ = office.call("publish", str(office.plan), "--as-of", "2026-06-09")
    assert code == 0
    assert "Due before publication: 1." in out
    assert "8 June 2026  guide/vhxh" in out


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("y\n", 0)])
def test_a_first_publication_of_what_is_past_asks_on_a_terminal(
    office: Office, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(consent, "asks_people", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    found, _, err = office.call("publish", str(office.plan), "--as-of", "2026-06-09")
    assert found == code
    assert "Due before today: 1 of 5 assignments.\nPublish this plan all the same? (y/n)" in err
    assert office.call("status")[0] == code


def test_much_that_is_past_is_told_by_task(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.cli.publish._NAMED", 2)
    office.write(PLAN.replace("opens: 2026-06-10", "opens: 2026-06-05"))
    _, out, _ = office.call("publish", str(office.plan), "--as-of", "2026-06-09")
    assert "  5 June 2026  Rà soát (2)\n" in out
    assert "  8 June 2026  Soạn hướng dẫn\n" in out


def test_closing_ends_the_plan_once(published: Office) -> None:
    assert published.document("close", "ke-hoach") == {"plan": "ke-hoach", "unfinished": 5, "letters": 5}
    code, out, err = published.call("close", "ke-hoach")
    assert (code, out, err) == (1, "", "the plan `ke-hoach` is closed already\n")


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("", 1), ("y\n", 0)])
def test_closing_asks_on_a_terminal(
    published: Office, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(consent, "asks_people", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    found, out, err = published.call("close", "ke-hoach")
    assert found == code
    assert "without a result 5." in err
    assert "Close this plan? (y/n)" in err
    assert out.startswith("Closed: ") == (code == 0)
    # Whoever says so beforehand is not asked; what was not closed can be.
    assert published.call("close", "ke-hoach", "--yes")[0] == (1 if code == 0 else 0)


def test_a_plan_may_be_closed_by_its_file(published: Office) -> None:
    assert published.document("close", "plan.yaml")["plan"] == "ke-hoach"


def test_a_closed_plan_is_not_published_again(published: Office) -> None:
    published.call("close", "ke-hoach")
    code, _, err = published.call("publish", str(published.plan), "--yes")
    assert code == 1
    assert "is closed" in err


def test_an_unknown_plan_is_not_closed(published: Office) -> None:
    code, out, err = published.call("close", "ke-hoac")
    assert (code, out) == (1, "")
    assert "did you mean `ke-hoach`?" in err
