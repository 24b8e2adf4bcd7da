"""Prefect's server is started locked, offline and on loopback, and leaves no process behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from workflows.errors import EnvironmentRefused
from workflows.flows.environment import client_environment, prefect_folder, surroundings
from workflows.flows.server import (
    Server,
    announced_address,
    answers,
    authorization,
    running_server,
    server_log,
    started_server,
)
from workflows.home import Home

pytestmark = pytest.mark.prefect

SCHEDULED_FLOW = """
from datetime import UTC, datetime, timedelta
import time
import prefect
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.flow_engine import run_flow

@prefect.flow
def tick():
    return prefect.context.FlowRunContext.get().flow_run.auto_scheduled

often = IntervalSchedule(interval=timedelta(seconds=2))
with get_client(sync_client=True) as client:
    deployment = client.create_deployment(
        flow_id=client.create_flow(tick), name="often", schedules=[DeploymentScheduleCreate(schedule=often)],
    )
    due = []
    while not due:
        time.sleep(0.2)
        due = client.get_scheduled_flow_runs_for_deployments([deployment], datetime.now(UTC))
    print(run_flow(tick, flow_run=due[0]))
    print(client.read_flow_run(due[0].id).state.type.value)
"""

TRIVIAL_FLOW = """
import prefect

@prefect.task
def one():
    return 1

@prefect.flow
def two():
    prefect.get_run_logger().info("said to the server only")
    return one() + 1

print(two())
"""


def status(server: Server, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> int:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(f"{server.address}{path}", data, dict(headers or {})), timeout=30) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def ask(server: Server, path: str) -> dict[str, object]:
    request = Request(f"{server.address}{path}", headers={"Authorization": authorization(server.home)})
    with urlopen(request, timeout=30) as response:
        answer: dict[str, object] = json.load(response)
        return answer


def run_against(home: Home, program: str) -> subprocess.CompletedProcess[str]:
    """A program that runs flows, as the command does: in the surroundings of `running_server`."""
    whole = (
        "import sys\nfrom pathlib import Path\nfrom workflows.home import Home\n"
        "from workflows.flows.server import running_server\n"
        "with running_server(Home.existing(Path(sys.argv[1]))):\n"
        f"    exec({program!r}, {{'__name__': 'flows'}})\n"
    )
    return subprocess.run(
        [sys.executable, "-c", whole, str(home.path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def gone(process_id: int, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_nobody_gets_in_without_the_secret(prefect_server: Server) -> None:
    wrong = {"Authorization": "Basic ZG9uZG9jOndyb25n"}
    assert status(prefect_server, "/api/flow_runs/filter", {}) == 401
    assert status(prefect_server, "/api/flow_runs/filter", {}, wrong) == 401
    assert status(prefect_server, "/api/admin/version") == 401
    allowed = {"Authorization": authorization(prefect_server.home), "Content-Type": "application/json"}
    assert status(prefect_server, "/api/flow_runs/filter", {}, allowed) == 200


def test_a_page_of_another_origin_cannot_post(prefect_server: Server) -> None:
    # A "simple" request, which a browser sends without asking first.
    headers = {"Origin": "https://elsewhere.example", "Content-Type": "text/plain"}
    assert status(prefect_server, "/api/flows/", {"name": "planted"}, headers) == 401


def test_a_page_of_another_origin_gets_no_leave_to_ask(prefect_server: Server) -> None:
    headers = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    request = Request(f"{prefect_server.address}/api/flows/", headers=headers, method="OPTIONS")
    with pytest.raises(HTTPError) as refused, urlopen(request, timeout=30):
        pass
    assert "Access-Control-Allow-Origin" not in refused.value.headers


def test_it_listens_on_loopback_only(prefect_server: Server) -> None:
    port = int(prefect_server.address.rsplit(":", 1)[1])
    with socket.socket() as elsewhere:
        # Every other address of this machine, such as 127.0.0.2, must still be free.
        elsewhere.bind(("127.0.0.2", port))


def test_nothing_is_reported_to_anyone(prefect_server: Server) -> None:
    settings = ask(prefect_server, "/api/admin/settings")
    assert settings["server"]["analytics_enabled"] is False  # type: ignore[index]
    assert settings["server"]["ui"]["enabled"] is False  # type: ignore[index]
    assert settings["cloud"]["enable_orchestration_telemetry"] is False  # type: ignore[index]
    assert settings["telemetry"]["enable_resource_metrics"] is False  # type: ignore[index]
    assert settings["home"] == str(prefect_folder(prefect_server.home))


def test_only_the_owner_reads_its_files(prefect_server: Server) -> None:
    assert prefect_folder(prefect_server.home).stat().st_mode & 0o077 == 0
    assert (prefect_server.home.path / "prefect_auth").stat().st_mode & 0o077 == 0


def test_a_flow_runs_quietly_against_the_server_that_is_up(prefect_server: Server) -> None:
    done = run_against(prefect_server.home, TRIVIAL_FLOW)
    assert (done.stdout, done.stderr) == ("2\n", "")
    assert prefect_server.alive


def test_a_scheduled_run_starts(prefect_server: Server) -> None:
    # Under SQLAlchemy 2.1 the scheduler fails while the server reports healthy: see pyproject.toml.
    done = run_against(prefect_server.home, SCHEDULED_FLOW)
    assert (done.stdout.split(), done.stderr) == (["True", "COMPLETED"], "")


def test_a_stranger_on_the_port_is_not_taken_for_ours(prefect_server: Server, tmp_path: Path) -> None:
    stranger = Home.create(tmp_path / "home")
    assert answers(prefect_server.home, prefect_server.address)
    assert not answers(stranger, prefect_server.address)


def test_an_address_left_by_a_dead_server_is_not_believed(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    prefect_folder(home).mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    (prefect_folder(home) / "address.json").write_text(json.dumps({"address": address}))
    assert announced_address(home) == address
    assert not answers(home, address)


def test_a_taken_port_is_refused_in_one_sentence(prefect_server: Server, tmp_path: Path) -> None:
    home, port = Home.create(tmp_path / "home"), int(prefect_server.address.rsplit(":", 1)[1])
    with pytest.raises(EnvironmentRefused, match="cannot be opened"), started_server(home, port=port):
        pass


def test_a_server_that_cannot_start_is_refused_and_says_where_to_look(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    prefect_folder(home).mkdir()
    (prefect_folder(home) / "prefect.db").write_text("no database")
    with pytest.raises(EnvironmentRefused) as refused, running_server(home):
        pass
    assert str(server_log(home)) in refused.value.say(lambda text: text)
    assert "file is not a database" in server_log(home).read_text()


def test_a_failing_block_leaves_no_server(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with pytest.raises(ZeroDivisionError), started_server(home) as server:
        1 / 0  # noqa: B018
    assert not server.alive


def test_a_killed_parent_leaves_no_server(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom workflows.home import Home\n"
        "from workflows.flows.server import started_server\n"
        "with started_server(Home.create(Path(sys.argv[1]))) as server:\n"
        "    print(server.process.pid, flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "home")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server_id = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert gone(server_id, within=120)


def test_surroundings_hide_what_was_set_before_and_bring_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home.create(tmp_path / "home")
    monkeypatch.setenv("PREFECT_API_KEY", "of somebody's cloud")
    monkeypatch.setenv("PREFECT_API_URL", "https://cloud.example/api")
    with surroundings(client_environment(home, "http://127.0.0.1:4200")):
        assert "PREFECT_API_KEY" not in os.environ
        assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
        assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_API_KEY"] == "of somebody's cloud"
    assert os.environ["PREFECT_API_URL"] == "https://cloud.example/api"
