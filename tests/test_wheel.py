"""The wheel holds everything: installed in a clean environment, the command works from an empty folder."""

import json
import mailbox
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("plan_definitions", "workflows", "notifications", "web")
PLAN = "plan_definitions/kim_thanh/thang_hanh_dong_vi_tre_em_2026.yaml"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as an installer builds it, with the backend of the lock and without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    [built] = folder.glob("dondoc-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment with the wheel in it.

    The libraries are those of the environment that runs the tests: its folder is put on the path by a `.pth`
    file, whose own `.pth` files (that of our editable installation) Python then leaves alone.
    """
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(folder, with_pip=False)
    uv = Path(sysconfig.get_path("scripts")) / "uv"
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--offline",
        "--no-deps",
        "--python",
        folder / "bin/python",
        wheel,
    ]
    subprocess.run(command, check=True, capture_output=True)
    [libraries] = folder.glob("lib/python*/site-packages")
    (libraries / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def call(
    environment: Path, folder: Path, program: str, *arguments: str, timeout: int = 120, **variables: str
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
    return subprocess.run(
        [environment / "bin" / program, *arguments],
        cwd=folder, env={**inherited, "PYTHONSAFEPATH": "1", **variables}, capture_output=True, text=True,
        check=False, timeout=timeout,
    )  # fmt: skip


def files_of_rooms() -> Iterator[str]:
    """Everything in the rooms that is not made by running them."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".tmp":
                yield str(path.relative_to(ROOT))


def test_everything_in_the_rooms_is_in_the_wheel(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        packed = set(opened.namelist())
    assert set(files_of_rooms()) <= packed
    catalogues = {name for name in packed if name.endswith(".po")}
    assert catalogues
    assert {name.removesuffix(".po") + ".mo" for name in catalogues} <= packed
    assert PLAN in packed
    assert "workflows/py.typed" in packed


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        rooms = {name.split("/")[0] for name in opened.namelist()}
        [metadata] = [name for name in opened.namelist() if name.endswith("/METADATA")]
        text = opened.read(metadata).decode()
    assert {room for room in rooms if not room.endswith(".dist-info")} == set(ROOMS)
    assert "License-Expression: Apache-2.0" in text


def test_the_installed_command_answers_in_vietnamese(environment: Path, tmp_path: Path) -> None:
    done = call(environment, tmp_path, "dondoc", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Cách dùng: dondoc")


def test_the_installed_code_is_the_wheels_own(environment: Path, tmp_path: Path) -> None:
    done = call(environment, tmp_path, "python", "-c", "import workflows; print(workflows.__file__)")
    assert done.stdout.startswith(str(environment))


def test_the_shipped_plan_is_sound_where_it_is_installed(environment: Path, tmp_path: Path) -> None:
    [libraries] = environment.glob("lib/python*/site-packages")
    done = call(environment, tmp_path, "dondoc", "check", str(libraries / PLAN))
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.prefect
def test_the_demo_publishes_plays_and_delivers_from_an_empty_folder(
    environment: Path, tmp_path: Path
) -> None:
    demo = ("demo", "--as-of", "2026-05-13", "--no-serve", "--json")
    done = call(environment, tmp_path, "dondoc", *demo, timeout=280, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert set(shown) == {"home", "round", "delivered", "inbox", "address"}
    assert set(shown["round"]) == {"as_of", "opened", "reminded", "escalated", "letters"}
    assert set(shown["delivered"]) == {"sent", "deferred", "dead", "left"}
    assert (shown["address"], shown["delivered"]["left"]) == (None, 0)
    assert shown["round"]["letters"] == shown["delivered"]["sent"] > 0
    home = Path(shown["home"])
    assert Path(shown["inbox"]).parent == home
    assert len(mailbox.Maildir(shown["inbox"], create=False)) > shown["delivered"]["sent"]
    assert set(tmp_path.iterdir()) == {home}
