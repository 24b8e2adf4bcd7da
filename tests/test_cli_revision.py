"""A task under another id: asked about, never dropped and made anew in silence."""

import io
import sys
from pathlib import Path

import pytest
from cli_cases import PLAN, Office, open_office

from workflows.cli import consent

RENAMED = PLAN.replace("  survey:", "  hazards:").replace("task: survey", "task: hazards")
REVISED = ["--as-of", "2026-06-02"]


@pytest.fixture
def published(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    office = open_office(tmp_path, capsys, monkeypatch)
    office.publish()
    office.open_work()
    office.call("task", "start", "survey/thon-1", "--by", "thon-1", "--as-of", "2026-06-01")
    office.write(RENAMED)
    return office


def answer(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr(consent, "asks_people", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{word}\n" for word in answers)))


def names(office: Office) -> set[str]:
    return {row["id"] for row in office.standing()["assignments"] if row["standing"] != "cancelled"}


def test_without_a_terminal_nothing_happens(published: Office) -> None:
    before = published.standing()
    code, out, err = published.call("publish", str(published.plan), *REVISED)
    assert (code, out) == (1, "")
    assert "task `survey` is gone, and `hazards` looks like it: Rà soát" in err
    assert "write `was: survey` under `hazards`" in err
    assert published.standing() == before


def test_a_yes_on_the_terminal_keeps_the_work(published: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y", "y")
    code, out, err = published.call("publish", str(published.plan), *REVISED)
    assert code == 0
    assert "Is it the same work, with its progress and history? (y/n)" in err
    assert "survey/thon-1 → hazards/thon-1" in out
    assert names(published) >= {"hazards/thon-1"}
    assert published.assignment("hazards/thon-1")["state"] == "started"


def test_once_renamed_the_file_may_go_without_was(published: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y", "y")
    published.call("publish", str(published.plan), *REVISED)
    monkeypatch.setattr(consent, "asks_people", lambda: False)
    code, _, err = published.call("publish", str(published.plan), "--yes", *REVISED)
    assert (code, err) == (0, "")
    assert published.assignment("hazards/thon-1")["state"] == "started"


def test_a_no_makes_them_different_tasks(published: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "n", "y")
    code, out, _ = published.call("publish", str(published.plan), *REVISED)
    assert code == 0
    assert "No longer in the plan" in out
    assert "survey/thon-1" not in names(published)
    assert published.assignment("hazards/thon-1")["state"] == "waiting"


def test_yes_takes_the_plan_at_its_word_and_says_so(published: Office) -> None:
    code, out, err = published.call("publish", str(published.plan), "--yes", *REVISED)
    assert code == 0
    assert "task `survey` is gone" in err
    assert "No longer in the plan" in out


def test_what_each_unit_gains_loses_and_keeps_is_shown(published: Office) -> None:
    _, out, _ = published.call("publish", str(published.plan), "--yes", *REVISED)
    [row] = [line.split() for line in out.splitlines() if line.split()[:2] == ["Thôn", "1"]]
    # Gains hazards, loses survey, keeps signs.
    assert row[2:5] == ["1", "1", "1"]
