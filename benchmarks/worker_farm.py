"""Prefect's server on PostgreSQL with workers of a `process` pool: what docs/scale.md tells one to run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from workflows.flows.environment import client_environment, surroundings
from workflows.flows.server import Server, authorization, started_server
from workflows.home import Home

POOL = "dondoc"
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}

WITHOUT_TRIGRAMS = """
from alembic import op
execute = op.execute
op.execute = lambda said, *rest, **named: None if "trgm" in str(said) else execute(said, *rest, **named)
"""
"""Imported by the server before anything else: its migrations leave out the indexes by which its pages search
names. They want the extension pg_trgm, which the PostgreSQL of the tests comes without."""


@dataclass(slots=True)
class Worker:
    """A worker, and the processes of the runs it has taken."""

    name: str
    process: subprocess.Popen[bytes]

    def runs(self, flow_run: str) -> bool:
        """Whether one of its processes runs this flow run."""
        wanted = f"PREFECT__FLOW_RUN_ID={flow_run}".encode()
        return any(wanted in _read(f"/proc/{one}/environ").split(b"\0") for one in self.family())

    def family(self) -> list[int]:
        """Its process and all that came from it, the elder first."""
        parents = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and (stat := _read(folder / "stat")):
                parents[int(folder.name)] = int(stat.rpartition(b")")[2].split()[1])
        found = [self.process.pid]
        for member in found:
            found += [child for child, parent in parents.items() if parent == member]
        return found

    def kill(self) -> None:
        """SIGKILL for it and everything it runs, as when its machine loses power."""
        for member in self.family():
            os.kill(member, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self.process.poll() is None:
            self.kill()


def _read(file: Path | str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError:  # the process has gone
        return b""


@dataclass(slots=True)
class Farm:
    """The server, its deployments by name, and the workers."""

    home: Home
    server: Server
    environment: Mapping[str, str]
    api: httpx.Client
    deployments: dict[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def deploy(self, file: Path, folder: Path, names: str) -> None:
        """The deployments of a `prefect.yaml` whose names begin so, without their schedules."""
        self.post("/work_pools/", name=POOL, type="process")
        for one in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]:
            if not one["name"].startswith(names):
                continue
            flow = self.post("/flows/", name=one["entrypoint"].rpartition(".")[2].replace("_", "-"))
            steps = [{"prefect.deployments.steps.set_working_directory": {"directory": str(folder)}}]
            made = self.post(
                "/deployments/", name=one["name"], flow_id=flow["id"], entrypoint=one["entrypoint"],
                parameters=one["parameters"], work_pool_name=one["work_pool"]["name"],
                pull_steps=steps, concurrency_limit=one.get("concurrency_limit"),
            )  # fmt: skip
            self.deployments[one["name"]] = made["id"]

    def start_worker(self, name: str) -> Worker:
        """A worker that takes one run at a time."""
        command = [sys.executable, "-m", "prefect", "worker", "start", "--name", name]
        command += ["--pool", POOL, "--type", "process", "--limit", "1"]
        with (self.home.path / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=self.home.path, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.workers.append(Worker(name, process))
        return self.workers[-1]

    def run(self, deployment: str, **parameters: object) -> str:
        """Ask for a run of a deployment now; its id."""
        path = f"/deployments/{self.deployments[deployment]}/create_flow_run"
        return str(self.post(path, parameters=parameters, state={"type": "SCHEDULED"})["id"])

    def state(self, flow_run: str) -> str:
        """The type of a run's state."""
        said = self.api.get(f"/flow_runs/{flow_run}")
        return str(said.raise_for_status().json()["state_type"])

    def wait_for_end(self, flow_run: str, seconds: float) -> str:
        """The state in which a run ended."""
        wait_until(lambda: self.state(flow_run) in FINAL, seconds)
        return self.state(flow_run)

    def post(self, path: str, **said: object) -> Any:
        """What the server answers to a request that must succeed."""
        return self.api.post(path, json=said).raise_for_status().json()


def wait_until(so: Callable[[], bool], seconds: float) -> None:
    """Look until something is so. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


@contextmanager
def running_farm(folder: Path, database: str, prefect_database: str) -> Iterator[Farm]:
    """A server that is up, for workers of the office database at one address; its own stands at another."""
    home = Home.create(folder / "home")
    (folder / "sitecustomize.py").write_text(WITHOUT_TRIGRAMS, encoding="utf-8")
    own = {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": prefect_database.replace(
            "postgresql:", "postgresql+asyncpg:"
        ),
        "PYTHONPATH": str(folder),
    }
    with ExitStack() as stack:
        with surroundings(own):
            server = stack.enter_context(started_server(home))
        server.wait_until_up()
        environment = {
            **os.environ, **client_environment(home, server.address), "PYTHONSAFEPATH": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "DONDOC_HOME": str(home.path), "DONDOC_DATABASE_URL": database,
        }  # fmt: skip
        headers = {"Authorization": authorization(home)}
        api = stack.enter_context(httpx.Client(base_url=f"{server.address}/api", headers=headers, timeout=60))
        farm = Farm(home, server, environment, api)
        try:
            yield farm
        finally:
            for worker in farm.workers:
                worker.stop()
            server.stop(patience=1.0)  # nobody reads its records any more
