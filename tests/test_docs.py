"""The commands that README and the clerk's guide show are run, and print what is shown."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from workflows.cli.main import run

ROOT = Path(__file__).parents[1]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Shown(NamedTuple):
    """One command of a document and the output shown for it, `...` standing for what was left out."""

    command: str
    output: tuple[str, ...]


def shown_in(document: Path) -> Iterator[Shown]:
    """Every command of the document's console blocks, in order."""
    for block in CONSOLE.findall(document.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *output = part.rstrip("\n").split("\n")
            yield Shown(command, tuple(output))


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.prefect
@pytest.mark.parametrize(("document", "language"), [("README.md", "en"), ("docs/huong_dan.md", "vi")])
def test_commands_print_what_is_shown(
    document: str,
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DONDOC_LANG", language)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(ROOT)
    commands = list(shown_in(ROOT / document))
    assert len(commands) >= 6
    for shown in commands:
        words = shlex.split(shown.command)
        assert words[0] == "dondoc"
        code = run(words[1:], ROOT)
        printed = plain(capsys.readouterr().out)
        assert code == 0, shown.command
        for line in shown.output:
            for piece in line.split("..."):
                assert plain(piece) in printed, f"{shown.command}: {piece}"
