"""Plans that must be refused: each file names its own mistakes, with line and column.

`# expect: CODE LINE:COLUMN`, or `# expect: CODE FILE LINE:COLUMN` for a mistake in a file that the plan
names, once for each diagnostic and in the order in which they are printed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plan_definitions.diagnostics import Severity, render, render_concise, rows
from plan_definitions.load import load_plan

FOLDER = Path(__file__).parent / "plans" / "bad"
PLANS = sorted(FOLDER.glob("*.yaml"))

_EXPECTATION = re.compile(rb"^# expect: (\S+) (?:(\S+) )?(\d+:\d+)$", re.MULTILINE)


def expectations(path: Path) -> list[tuple[str, str, str]]:
    """(code, file, "line:column") of every diagnostic that a plan asks for."""
    found = _EXPECTATION.findall(path.read_bytes())
    return [(code.decode(), file.decode() or path.name, where.decode()) for code, file, where in found]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_plan_gets_the_diagnostics_it_names_and_no_others(path: Path) -> None:
    loaded = load_plan(path)
    found = [
        (d.code, str(Path(d.place.file).relative_to(FOLDER)), f"{d.place.line}:{d.place.column}")
        for d in loaded.diagnostics
    ]
    assert found == expectations(path)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_nothing_is_half_loaded(path: Path) -> None:
    loaded = load_plan(path)
    refused = any(d.severity is Severity.ERROR for d in loaded.diagnostics)
    assert (loaded.definition is None, loaded.schedule is None) == (refused, refused)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_diagnostics_can_be_printed(path: Path) -> None:
    loaded = load_plan(path)
    shown = render(loaded.diagnostics, loaded.sources, str)
    concise = render_concise(loaded.diagnostics, str)
    assert [row["code"] for row in rows(loaded.diagnostics, str)] == [d.code for d in loaded.diagnostics]
    assert all(line in shown.splitlines() for line in concise.splitlines())


def test_every_plan_expects_something() -> None:
    assert [path.stem for path in PLANS if not expectations(path)] == []
