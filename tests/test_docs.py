"""The commands that README and the clerk's guide show are run, and print what is shown."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from workflows.cli.main import run
from workflows.flows.server import Server

ROOT = Path(__file__).parents[1]
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.*-]*/[\w./*-]*|[\w*-]+\.(?:py|toml|lock|md|yaml|po)")
PLACEHOLDER = re.compile(r"(?<![A-Z_])(?:CODE|VERB)(?![A-Z_])")
MADE_BY_USE = ("./.dondoc", "dondoc.toml", ".venv/")
"""What stands in a working folder, and not in the sources."""

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


def paths_in(document: Path) -> set[str]:
    """Every path in back quotes, also inside a command; a word to be filled in becomes `*`."""
    prose = FENCED.sub("", document.read_text(encoding="utf-8"))
    words = [word for quoted in QUOTED.findall(prose) for word in quoted.split()]
    return {
        PLACEHOLDER.sub("*", word)
        for word in words
        if PATH.fullmatch(word) and not word.startswith(MADE_BY_USE)
    }


@pytest.mark.parametrize(("document", "at_least"), [("README.md", 9), ("CONTRIBUTING.md", 35)])
def test_every_path_that_is_named_exists(document: str, at_least: int) -> None:
    paths = paths_in(ROOT / document)

    assert len(paths) >= at_least
    assert [path for path in sorted(paths) if not any(ROOT.glob(path))] == []


def test_paths_are_told_from_other_words(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "`web/forms.py`, `make test`, `a.b`, `https://a.b/c.py`, `sqlite:///FILE`, `cli/VERB.py`, "
        "`model.py`, `.venv/bin/pytest tests/test_x.py`, `DONDOC_HOME`\n```console\n$ `none/such.py`\n```\n",
        encoding="utf-8",
    )

    assert paths_in(document) == {"web/forms.py", "cli/*.py", "model.py", "tests/test_x.py"}


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
    prefect_server: Server,
) -> None:
    # A home in which a server runs already, as under `dondoc up`: starting one for each round takes long.
    monkeypatch.setenv("DONDOC_HOME", str(prefect_server.home.path))
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"sqlite:///{tmp_path / 'dondoc.db'}")
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
