"""Loading a plan from its files."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from plan_definitions import source
from plan_definitions.load import LoadedPlan, load_plan
from plan_definitions.references import MAX_SUGGESTIONS

PLANS = Path(__file__).parent / "plans"
GOOD = sorted(
    path for path in (PLANS / "good").glob("*.yaml") if "tasks:" in path.read_text(encoding="utf-8")
)
KIM_THANH = Path(source.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"

PLAN = """\
format: 1
id: ke-hoach
title: Kế hoạch
units: units.yaml
calendar: calendar.yaml
anchors: {opens: 2026-06-01}
ladders: {default: {remind: [on the day]}}
tasks:
  survey:
    title: Rà soát
    lead: vhxh
    due: opens + 3 working days
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small good plan and its shared files."""
    for name in ("units.yaml", "calendar.yaml"):
        shutil.copy(PLANS / "good" / name, tmp_path)
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def codes(loaded: LoadedPlan) -> list[str]:
    return [diagnostic.code for diagnostic in loaded.diagnostics]


def write(folder: Path, text: str) -> LoadedPlan:
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    return load_plan(folder / "plan.yaml")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_plans_load_without_a_word(path: Path) -> None:
    loaded = load_plan(path)
    assert codes(loaded) == []
    assert loaded.definition is not None
    assert loaded.schedule is not None
    assert list(loaded.schedule.tasks) == list(loaded.definition.tasks)


def test_the_shipped_plan_loads() -> None:
    loaded = load_plan(KIM_THANH)
    assert codes(loaded) == []
    assert loaded.definition is not None
    assert len(loaded.definition.tasks) == 69
    assert loaded.definition.clauses is not None


def test_sources_are_named_as_they_are_shown(folder: Path) -> None:
    loaded = load_plan(folder / "plan.yaml")
    names = [str(folder / name) for name in ("plan.yaml", "units.yaml", "calendar.yaml")]
    assert list(loaded.sources) == names
    assert loaded.sources[names[0]] == PLAN


def test_a_byte_order_mark_is_no_mistake_and_moves_no_column(folder: Path) -> None:
    (folder / "plan.yaml").write_bytes(b"\xef\xbb\xbf" + PLAN.replace("format: 1", "formt: 1").encode())
    (mistake,) = load_plan(folder / "plan.yaml").diagnostics
    assert (mistake.code, mistake.place.line, mistake.place.column) == ("unknown-key", 1, 1)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems(folder: Path, ends: str) -> None:
    broken = PLAN.replace("lead: vhxh", "laed: vhxh")
    (folder / "plan.yaml").write_bytes(broken.replace("\n", ends).encode())
    (mistake,) = load_plan(folder / "plan.yaml").diagnostics
    assert (mistake.code, mistake.place.line) == ("unknown-key", 11)


def test_a_utf_16_file_is_named_as_such(folder: Path) -> None:
    (folder / "plan.yaml").write_bytes("\ufefftitle: Kế hoạch".encode("utf-16-le"))
    (mistake,) = load_plan(folder / "plan.yaml").diagnostics
    assert mistake.code == "not-utf-8"
    assert mistake.help is not None
    assert "UTF-16" in mistake.help.say(str)


def test_a_file_too_large_is_not_parsed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 100)
    assert codes(load_plan(folder / "plan.yaml")) == ["too-large"]


def test_a_missing_plan_is_the_caller_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_plan(tmp_path / "plan.yaml")


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        load_plan(tmp_path)


def test_a_link_that_leaves_the_folder_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "units.yaml"
    shutil.move(folder / "units.yaml", outside)
    (folder / "units.yaml").symlink_to(outside)
    assert codes(load_plan(folder / "plan.yaml")) == ["path-outside"]


def test_links_in_a_circle_are_refused(folder: Path) -> None:
    (folder / "units.yaml").unlink()
    (folder / "units.yaml").symlink_to(folder / "units.yaml")
    assert codes(load_plan(folder / "plan.yaml")) in (["missing-file"], ["unreadable-file"])


@pytest.mark.parametrize("name", ["x" * 5_000, '"a\\0b"'])
def test_a_name_that_no_file_can_have(folder: Path, name: str) -> None:
    (only,) = codes(write(folder, PLAN.replace("units.yaml", name)))
    assert only in {"missing-file", "unreadable-file", "control-character"}


def test_mistakes_of_all_files_come_in_one_run_in_order(folder: Path) -> None:
    (folder / "units.yaml").write_text("office: x\nunits: {a: {name: A}}\nrolls: {}\n", encoding="utf-8")
    (folder / "calendar.yaml").write_text("vouched: [26]\n", encoding="utf-8")
    loaded = write(folder, PLAN.replace("due: opens", "evidence: maybe\n    due: opens"))
    assert [(Path(d.place.file).name, d.code) for d in loaded.diagnostics] == [
        ("plan.yaml", "unknown-word"),
        ("units.yaml", "unknown-key"),
        ("calendar.yaml", "no-such-date"),
    ]


# --- no follow-on noise ----------------------------------------------------------------------------------

SUCCESSOR = """\
  signs:
    title: Cắm biển
    lead: vhxh
    start: survey + 1 day
    due: survey + 2 working days
    after: [survey]
"""


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ("due: opens + 3 working days", "due: 30/02/2026", "date-form"),
        ("due: opens + 3 working days", "due: opens + three days", "date-expression"),
        ("title: Rà soát", "title: on", "not-text"),
        ("lead: vhxh", "lead: [vhxh]", "wrong-shape"),
        ("lead: vhxh", "laed: vhxh", "unknown-key"),
        ("{opens: 2026-06-01}", "{opens: 2026-06-31}", "no-such-date"),
        ("remind: [on the day]", "remind: [sometimes]", "reminder"),
        ("units: units.yaml", "units: unit.yaml", "missing-file"),
    ],
)
def test_one_mistake_is_told_once_however_much_depends_on_it(
    folder: Path, good: str, bad: str, code: str
) -> None:
    assert codes(write(folder, PLAN + SUCCESSOR)) == []
    assert codes(write(folder, PLAN.replace(good, bad) + SUCCESSOR)) == [code]


def test_a_broken_unit_is_told_once(folder: Path) -> None:
    units = (folder / "units.yaml").read_text(encoding="utf-8")
    broken = units.replace("channel: zalo", "channel: zlo")
    (folder / "units.yaml").write_text(broken, encoding="utf-8")
    everyone = PLAN.replace("lead: vhxh", "lead: {each: villages}\n    complete_when: 3")
    assert codes(write(folder, everyone)) == ["unknown-word"]


def test_a_unit_with_an_unusable_id_is_told_once(folder: Path) -> None:
    units = (folder / "units.yaml").read_text(encoding="utf-8").replace("thon-1", "Thon_1")
    (folder / "units.yaml").write_text(
        units.replace("id: truong-Thon_1", "id: truong-thon"), encoding="utf-8"
    )
    everyone = PLAN.replace("lead: vhxh", "lead: {each: villages}\n    with: [Thon_1]")
    assert codes(write(folder, everyone)) == ["identifier"]


def test_an_unknown_unit_is_told_once_with_all_its_lines(folder: Path) -> None:
    units = (folder / "units.yaml").read_text(encoding="utf-8").replace("copy_to: front", "copy_to: frnt")
    (folder / "units.yaml").write_text(units.replace("via: thon-2", "via: frnt"), encoding="utf-8")
    (mistake,) = write(folder, PLAN).diagnostics
    assert mistake.code == "unknown-unit"
    assert mistake.help is not None
    assert mistake.help.say(str) == "did you mean `front` (line 23)?; also on line 39"


def test_a_file_of_rubbish_is_not_searched_for_what_each_word_may_mean(folder: Path) -> None:
    members = ", ".join(f"thon-{n}x" for n in range(10, 10 + 3 * MAX_SUGGESTIONS))
    with (folder / "units.yaml").open("a", encoding="utf-8") as units:
        units.write(f"  rubbish: [{members}]\n")
    loaded = load_plan(folder / "plan.yaml")
    assert codes(loaded) == ["unknown-unit"] * 3 * MAX_SUGGESTIONS
    assert sum(diagnostic.help is not None for diagnostic in loaded.diagnostics) == MAX_SUGGESTIONS


def test_the_collector_is_left_as_it_was(folder: Path) -> None:
    assert gc.isenabled()
    load_plan(folder / "plan.yaml")
    assert gc.isenabled()
    gc.disable()
    try:
        load_plan(folder / "plan.yaml")
        assert not gc.isenabled()
    finally:
        gc.enable()
