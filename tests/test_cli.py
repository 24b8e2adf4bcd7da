"""The command: results on stdout, mistakes on stderr, the promised exit codes, both languages."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

from workflows.cli import check, main
from workflows.cli.main import run
from workflows.cli.parameters import mounted_path
from workflows.cli.verbs import VERBS
from workflows.errors import EnvironmentRefused

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "plan_definitions/kim_thanh/thang_hanh_dong_vi_tre_em_2026.yaml"

pytestmark = pytest.mark.usefixtures("no_settings_from_outside")

UNITS = """
office: xa-mau
name: UBND xã Mẫu
roles: {standing_office: vhxh, deputy_chair: vhxh, chair: vhxh}
units:
  vhxh: {name: Phòng Văn hóa, contacts: [{id: a, title: Trưởng phòng, channel: paper}]}
"""
BROKEN = """
format: 1
id: ke-hoach
title: Kế hoạch [mẫu]
units: units.yaml
calendar: calendar.yaml
anchors: {opens: 2026-06-01}
ladders: {default: {remind: [on the day]}}
tasks:
  talk:
    title: Nói chuyện
    lead: vhxx
    due: opens
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "units.yaml").write_text(UNITS, encoding="utf-8")
    (tmp_path / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(BROKEN, encoding="utf-8")
    return tmp_path / "plan.yaml"


class Call:
    """One call of the command and what came of it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys, self._folder = capsys, folder

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = run(arguments, self._folder)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    return Call(capsys, tmp_path)


def test_check_finds_the_real_plan_sound(call: Call) -> None:
    code, out, err = call("--lang", "en", "check", str(PLAN))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("The plan is sound. Tasks: 69; assignments: 218;")


def test_check_shows_each_mistake_where_it_stands(call: Call, broken: Path) -> None:
    code, out, err = call("check", str(broken), "--lang", "en")
    assert (code, err) == (1, "")
    assert f"{broken}:12:11: error[unknown-unit]: " in out
    assert "  12 |     lead: vhxx\n     |           ^^^^" in out
    assert "did you mean `vhxh`" in out
    assert out.splitlines()[-1].startswith("The plan is refused. Errors: 1;")


def test_check_concise_prints_one_line_a_mistake(call: Call, broken: Path) -> None:
    code, out, _ = call("check", "--concise", str(broken))
    assert code == 1
    assert [line.split(": ")[1] for line in out.splitlines()] == ["error[unknown-unit]"]


def test_check_as_json_is_one_document_with_the_promised_keys(call: Call, broken: Path) -> None:
    code, out, err = call("check", str(broken), "--json")
    [row] = json.loads(out)
    assert (code, err) == (1, "")
    assert set(row) == {"file", "line", "column", "severity", "code", "message", "help"}
    assert (row["line"], row["column"], row["code"]) == (12, 11, "unknown-unit")


def test_a_missing_file_is_wrong_use(call: Call) -> None:
    code, out, err = call("--lang", "en", "check", "nowhere.yaml")
    assert (code, out) == (2, "")
    assert err == "the plan file nowhere.yaml cannot be opened: there is no such file or folder\n"


def test_show_as_json_has_the_promised_shape(call: Call) -> None:
    code, out, err = call("show", str(PLAN), "--json")
    plan = json.loads(out)
    assert (code, err) == (0, "")
    assert set(plan) == {"plan", "title", "anchors", "units", "tasks", "budget", "clauses"}
    assert plan["anchors"]["launch"] == "2026-06-01"
    assert plan["budget"] == {"total": 31_500_000, "by_source": {"commune": 31_500_000}}
    assert plan["clauses"]["missing"] == []
    assert "V.6.2" in plan["clauses"]["covered"]
    tasks = {task["id"]: task for task in plan["tasks"]}
    signs = tasks["hazard-signs"]
    assert (signs["lead"], signs["with"], signs["after"]) == (
        {"each": "villages"},
        ["police"],
        ["hazard-survey"],
    )
    assert (signs["start"], signs["due"]) == ("2026-05-28", "2026-06-08")
    assert {held["id"].split("/")[0] for held in signs["assignments"]} == {"hazard-signs"}
    assert all(set(held) == {"id", "unit", "start", "due"} for held in signs["assignments"])
    assert tasks["gift-list"]["lead"] == "vhxh"


def test_show_for_one_unit_shows_what_it_leads_and_helps(call: Call) -> None:
    _, out, _ = call("show", str(PLAN), "--unit", "police", "--json")
    tasks = {task["id"]: task for task in json.loads(out)["tasks"]}
    assert [held["unit"] for held in tasks["hazard-check"]["assignments"]] == ["police"]
    assert tasks["hazard-signs"]["assignments"] == []  # helps only
    assert "gift-list" not in tasks


def test_show_as_a_table_names_people_dates_and_money(call: Call) -> None:
    code, out, _ = call("show", str(PLAN))
    assert code == 0
    assert "thứ Hai, 08/6" in out
    assert "Phòng VH-XH" in out
    assert "04 × 05/6-26/6" in out
    assert "31.500.000 đồng" in out


def test_show_refuses_a_plan_with_mistakes_on_stderr(call: Call, broken: Path) -> None:
    code, out, err = call("show", str(broken))
    assert (code, out) == (1, "")
    assert "error[unknown-unit]" in err
    assert "^^^^" in err


def test_show_of_an_unknown_unit_suggests_one(call: Call) -> None:
    code, out, err = call("--lang", "en", "show", str(PLAN), "--unit", "polce")
    assert (code, out, err) == (1, "", "there is no unit `polce`\ndid you mean `police`?\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["shw"], "did you mean `show`?"),
        (["help"], "there is no verb help\n`dondoc --help` says more."),
        (["token", "xyzzy"], "there is no verb xyzzy\n`dondoc token --help` says more."),
        (["check"], "Error: PLAN is missing"),
        (["check", "plan.yaml", "--jsn"], "there is no option --jsn; did you mean `--json`?"),
        (["check", "a.yaml", "b.yaml"], "Error: more was given than is taken: b.yaml"),
        (["outbox", "show", "zzz"], "Error: ID must be a whole number from 1 to 2147483647"),
        (["outbox", "retry", "9" * 30], "Error: ID must be a whole number from 1 to 2147483647"),
        (["erase", "a/b", "9" * 30], "Error: RECORD must be a whole number from 1 to 2147483647"),
        (["token", "revok", "x"], "there is no verb revok\ndid you mean `revoke`?"),
        (["rehearse", "plan.yaml", "-o", "x", "--late", "3"], "Error: --late must be a number from 0 to 1"),
        (["up", "--port", "99999"], "Error: --port must be a whole number from 0 to 65535"),
        (["up", "--proxy", "10.0.0.300"], "`10.0.0.300` is no address of a proxy"),
        (["web", "--proxy", "::1", "--proxy", "proxy"], "`proxy` is no address of a proxy"),
        (["web", "--root-path", "dondoc"], "is no path of the window\nwrite what comes after the host"),
        (["up", "--root-path", "//dondoc"], "`//dondoc` is no path of the window"),
        (["up", "--root-path", "https://xa.example/dondoc"], "is no path of the window"),
        (["graph", "plan.yaml", "--format", "png"], "Error: --format must be one of: svg, mermaid, dot"),
        (["graph", "plan.yaml", "--format"], "Error: --format wants a value"),
        (["check", "plan.yaml", "--json=yes"], "Error: --json takes no value"),
        (["status", "--as-of", "10/6/2026"], "Error: --as-of must be a date like 2026-06-10"),
    ],
)
def test_wrong_use_is_explained_on_stderr(call: Call, arguments: list[str], sentence: str) -> None:
    code, out, err = call("--lang", "en", *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("written", "meant"), [("", ""), ("/", ""), ("/dondoc", "/dondoc"), ("/xa/dondoc/", "/xa/dondoc")]
)
def test_a_mounted_path_ends_without_a_slash(written: str, meant: str) -> None:
    assert mounted_path(written) == meant


@pytest.mark.parametrize(
    ("words", "named"), [(["--lang", "fr"], "fr"), (["--lang"], '""'), (["--lang="], '""')]
)
def test_a_language_that_is_none_is_refused(call: Call, words: list[str], named: str) -> None:
    assert call("schema", *words) == (2, "", f"không có ngôn ngữ {named}: chọn vi hoặc en\n")


def test_what_stands_for_a_value_is_in_the_language_too(call: Call) -> None:
    code, out, err = call("outbox", "show", "zzz")
    assert (code, out) == (2, "")
    assert "Cách dùng: dondoc outbox show [TÙY_CHỌN] SỐ\nLỗi: SỐ phải là một số nguyên" in err
    assert "Lỗi: --as-of: không có ngày 2026-02-30" in call("status", "--as-of", "2026-02-30")[2]
    shown = call("task", "--help")[1]
    assert "  --by AI " in shown
    assert "  --figure TÊN=N " in shown
    for verb in VERBS:
        words = set(re.findall(r"(?<![\w_])[A-Z]{3,}(?![\w_])", call(*verb.split(), "--help")[1]))
        assert words <= NAMES_OF_THINGS, verb


NAMES_OF_THINGS = frozenset({"JSON", "SVG", "DOT", "HTML", "CSV", "UBND", "SIGTERM", "API", "PDF"})
"""Words in capitals that are the same in every language."""


def test_a_language_that_does_not_exist_is_wrong_use(call: Call) -> None:
    code, _, err = call("--lang", "fr", "check", "plan.yaml")
    assert code == 2
    assert "fr" in err


def test_the_language_may_stand_anywhere_in_the_environment_or_in_the_file(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vietnamese = call("--help")[1]
    assert call("--lang=vi", "--help")[1] == vietnamese
    english = call("--help", "--lang", "en")[1]
    assert english.startswith("Usage: dondoc")
    assert vietnamese != english
    (tmp_path / "dondoc.toml").write_text('lang = "en"\n')
    assert call("--help")[1] == english
    monkeypatch.setenv("DONDOC_LANG", "vi")
    assert call("--help")[1] == vietnamese


def test_help_is_given_whatever_is_wrong_with_the_settings(call: Call, tmp_path: Path) -> None:
    sound = call("check", "--help")
    (tmp_path / "dondoc.toml").write_text("smtp_host = \n")
    assert call("check", "--help") == sound
    assert call("status")[0] == 2


def test_the_version_is_that_of_the_package(call: Call) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert call("--version") == (0, f"dondoc {declared}\n", "")


@pytest.mark.parametrize("verb", [[], ["check"], ["outbox"], ["outbox", "show"]])
def test_help_has_a_short_option(call: Call, verb: list[str]) -> None:
    assert call(*verb, "-h") == call(*verb, "--help")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example_in_both_languages(call: Call, verb: str) -> None:
    code, english, _ = call(*verb.split(), "--help", "--lang", "en")
    _, vietnamese, _ = call(*verb.split(), "--help", "--lang", "vi")
    assert code == 0
    for text, words in ((english, "Example:\n"), (vietnamese, "Ví dụ:\n")):
        assert f"{words}  dondoc {verb}" in text
    shared = set(english.split("\n")) & set(vietnamese.split("\n"))
    assert not [line for line in shared if line.endswith(".")], "sentences left untranslated"


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (EnvironmentRefused("there is no home at {path}", path="X"), 3, "there is no home at X\n"),
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(13, "Permission denied", "X"), 3, "X may not be read or written\nLook at its owner"),
        (typer.Exit(1), 1, ""),
        (ZeroDivisionError("by zero"), 70, "ZeroDivisionError: by zero"),
    ],
)
def test_failures_become_exit_codes(
    call: Call, monkeypatch: pytest.MonkeyPatch, failure: BaseException, code: int, said: str
) -> None:
    def fail(_: Path) -> None:
        raise failure

    monkeypatch.setattr(check, "read_plan_file", fail)
    found, out, err = call("--lang", "en", "check", "plan.yaml")
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_debug_shows_where_a_failure_comes_from(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(check, "read_plan_file", fail)
    with pytest.raises(ZeroDivisionError):
        call("check", "plan.yaml", "--debug")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["check", str(PLAN)], ["show", "--json", str(PLAN)]]
)
def test_what_needs_no_machinery_imports_none(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom workflows.cli.main import run\n"
        "code = run(sys.argv[1:], Path.cwd())\n"
        "heavy = {'prefect', 'sqlalchemy', 'pydantic_settings', 'fastapi', 'yagmail'} & set(sys.modules)\n"
        "print(*sorted(heavy), file=sys.stderr, end='')\nsys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_entry_point_writes_vietnamese_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    program = "from workflows.cli.entry import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "show", str(PLAN)],
        capture_output=True, env=environment, cwd=tmp_path, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Trạm Y tế" in done.stdout.decode()


@pytest.mark.parametrize("imported", ["workflows.cli.main", "typer", "workflows.cli.check"])
def test_an_interruption_while_modules_are_imported_shows_no_traceback(imported: str) -> None:
    program = f"""
import os, signal, sys
from workflows.cli.entry import main

class Interruption:
    def find_spec(self, name, *_):
        if name == {imported!r}:
            os.kill(os.getpid(), signal.SIGINT)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interruption())
main()
"""
    command = [sys.executable, "-c", program, "check", str(PLAN)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_the_entry_point_itself_imports_nothing() -> None:
    program = "import sys; old = {*sys.modules}; import workflows.cli.entry; print(*{*sys.modules} - old)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert set(done.stdout.split()) == {"workflows", "workflows.cli", "workflows.cli.entry"}


def test_common_options_end_where_arguments_begin() -> None:
    assert main._common(["--lang", "en", "check", "--", "--debug"], Path()).rest == ["check", "--", "--debug"]
