"""What `make lint` says of the locks: a known vulnerability fails, and nobody to ask is said aloud."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

PROGRAM = Path(__file__).parent.parent / ".ci" / "audit_locks.py"
LOCK = f"""good==1.0 \\
    --hash=sha256:{"0" * 64}
bad==2.0 ; python_version >= "3.11" \\
    --hash=sha256:{"1" * 64}
"""


class VulnerabilityService(BaseHTTPRequestHandler):
    """Answers as OSV does: `known` are the vulnerabilities by package, an empty object is a clean bill."""

    known: dict[str, Any]

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked["package"]["name"]
        found = {"vulns": [self.known[name]]} if name in self.known else {}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_words: object) -> None:
        """Nothing: the test looks at what the program prints."""


@pytest.fixture
def service() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), VulnerabilityService) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def audited(folder: Path, lock: str = LOCK, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program on a lock, with pip-audit told by its own variables whom to ask."""
    file = folder / "requirements.lock"
    file.write_text(lock, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(PROGRAM), str(file)],
        env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def asking(service: str) -> dict[str, str]:
    return {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": service}


def test_locks_without_a_known_vulnerability_pass(
    tmp_path: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VulnerabilityService, "known", {}, raising=False)
    done = audited(tmp_path, **asking(service))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "pip-audit: 2 locked packages looked up, 0 known vulnerabilities\n"


def test_a_known_vulnerability_fails_and_is_named(
    tmp_path: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = {"name": "bad", "ecosystem": "PyPI"}
    mended = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}
    vulnerability = {"id": "PYSEC-1", "summary": "no", "affected": [{"package": package, "ranges": [mended]}]}
    monkeypatch.setattr(VulnerabilityService, "known", {"bad": vulnerability}, raising=False)
    done = audited(tmp_path, **asking(service))
    assert done.returncode == 1
    assert done.stderr == "pip-audit: bad 2.0: PYSEC-1, mended in 2.1\n"


def test_a_service_that_does_not_answer_is_said_aloud_and_stops_nobody(tmp_path: Path) -> None:
    done = audited(tmp_path, **asking("http://127.0.0.1:9/v1/query"))
    assert done.returncode == 0
    [line] = done.stderr.splitlines()
    assert line.startswith("pip-audit: NOT AUDITED: 2 of 2 locked packages (")


def test_a_service_that_knows_no_package_is_said_aloud_in_one_line(tmp_path: Path) -> None:
    """As pip-audit words it where an index holds no vulnerability data."""
    words = "Dependency not found on PyPI and could not be audited"
    packages = [{"name": name, "skip_reason": f"{words}: {name}"} for name in ("good", "bad")]
    (tmp_path / "pip_audit.py").write_text(f"print('''{json.dumps({'dependencies': packages})}''')")
    done = audited(tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"pip-audit: NOT AUDITED: 2 of 2 locked packages ({words}: good)\n"


def test_a_lock_without_hashes_fails(tmp_path: Path, service: str) -> None:
    done = audited(tmp_path, "good==1.0\n", **asking(service))
    assert done.returncode == 1
    assert "hash" in done.stderr
