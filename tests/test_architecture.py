"""Rules of the house that import-linter cannot say."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("plan_definitions", "workflows", "notifications", "web")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree: reading them all is most of the work here, and is done once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """The top-level packages that a module imports, wherever in it."""
    return frozenset(_imports(parsed(path)))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]


def test_no_room_speaks_smtp_by_itself() -> None:
    assert [name_of(path) for path in modules(*ROOMS) if "smtplib" in imported(path)] == []


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("prefect", "workflows/flows/"),
        ("sqlalchemy", "workflows/store/"),
        ("alembic", "workflows/store/"),
        ("yagmail", "notifications/transport.py"),
    ],
)
def test_a_library_is_imported_in_its_own_room_only(library: str, home: str) -> None:
    users = [name_of(path) for path in modules(*ROOMS) if library in imported(path)]
    assert users, f"nothing imports {library}: the rule has lost its object"
    assert [user for user in users if not user.startswith(home)] == []


def docstring(path: Path) -> str:
    return ast.get_docstring(parsed(path)) or ""


def test_a_room_says_in_one_sentence_what_it_holds() -> None:
    rooms = [path for path in modules(*ROOMS) if path.name == "__init__.py"]
    said = {name_of(path): docstring(path) for path in rooms}
    assert {name: text for name, text in said.items() if not text.endswith(".") or "\n" in text} == {}


def test_every_module_says_what_it_is() -> None:
    assert [name_of(path) for path in modules(*ROOMS, "tests", "benchmarks") if not docstring(path)] == []


def written_modules() -> list[Path]:
    """Modules of the rooms but for migrations, which list tables and are never edited again."""
    return [path for path in modules(*ROOMS) if "migrations/versions" not in str(path)]


def test_a_module_stays_short() -> None:
    lengths = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in written_modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_a_function_fits_a_screen() -> None:
    lengths = {
        f"{name_of(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in written_modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def locked(file: str) -> dict[str, str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", text, flags=re.MULTILINE))


def test_both_locks_hold_the_same_versions() -> None:
    runtime, everything = locked("requirements.lock"), locked("requirements-dev.lock")
    assert len(runtime) > 50
    assert {name: everything.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_hashes_and_no_place(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []
    assert re.findall(r"://|--index-url|--find-links|@ file|\s/\w+", text) == []


def test_the_build_backend_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [backend] = project["build-system"]["requires"]
    name, version = backend.split("==")
    assert locked("requirements.lock")[name] == version


def test_what_breaks_prefect_stays_out_of_the_lock() -> None:
    versions = locked("requirements.lock")
    assert versions["prefect"].startswith("3.8.")
    assert versions["sqlalchemy"].startswith("2.0.")
    assert tuple(map(int, versions["fastapi"].split("."))) < (0, 151)
