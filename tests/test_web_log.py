"""What `dondoc web` writes down: every refusal, and nothing that could open the window."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from web_house import SECRET

from workflows.home import Home

STOPPED = 130
COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell's `&` leaves it
from workflows.cli.entry import main
main()
"""


@pytest.fixture
def window(tmp_path: Path, migrated_file: Path) -> Iterator[subprocess.Popen[str]]:
    """`dondoc web` on a free port, with an empty database."""
    home = Home.create(tmp_path / "home")
    (home.path / "dondoc.db").write_bytes(migrated_file.read_bytes())
    surroundings = os.environ | {
        "DONDOC_HOME": str(home.path), "DONDOC_LANG": "en", "DONDOC_SECRET_KEY": SECRET,
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "web", "--port", "0"], cwd=tmp_path, env=surroundings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


def test_refusals_are_written_down_and_tokens_are_not(window: subprocess.Popen[str]) -> None:
    assert window.stdout is not None
    address = window.stdout.readline().split()[2]
    with httpx.Client(base_url=address) as browser:
        answers = [
            browser.get(path).status_code
            for path in (
                "/v/SECRETTOKEN?do=done",
                "/c/SECRETTOKEN.ics",
                "/sign-in/SECRETTOKEN",
                "/no/SECRETTOKEN",
            )
        ]
    window.send_signal(signal.SIGINT)
    said, logged = window.communicate(timeout=30)

    assert answers == [404, 404, 410, 404]
    assert "window refused GET /v/{token} from 127.0.0.1: bad_link" in logged
    assert "window refused GET /c/{token}.ics from 127.0.0.1: bad_link" in logged
    assert "SECRETTOKEN" not in said + logged
    assert SECRET not in said + logged
    assert window.returncode == STOPPED
