"""Prefect's server, started locked on loopback for as long as it is needed.

Flows run in the process that calls them; the server keeps their runs. `running_server` uses the one that
`dondoc up` runs for the same home, or starts a temporary one.
"""

import json
import socket
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from plan_definitions.diagnostics import Phrase
from workflows import children
from workflows.errors import EnvironmentRefused, system_reason
from workflows.flows.environment import (
    auth_string,
    client_environment,
    prefect_folder,
    server_environment,
    surroundings,
)
from workflows.home import Home

SECONDS_TO_COME_UP = 180
"""A first start builds Prefect's tables: 20 s on a busy small machine."""

_SECONDS_TO_STOP = 10
_SECONDS_FOR_AN_ANSWER = 1.0
_SECONDS_BETWEEN_QUESTIONS = 0.1
_SECONDS_TO_DRAIN = 5.0
_LONGEST_LOG = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A server of ours that answers, or will, at `address` (http://HOST:PORT)."""

    home: Home
    address: str
    process: children.Process

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None

    @property
    def answers(self) -> bool:
        """Whether it is up."""
        return answers(self.home, self.address)

    def announce(self) -> None:
        """Let other processes of the home find it."""
        _address_file(self.home).write_text(json.dumps({"address": self.address}), encoding="utf-8")

    def stop(self, patience: float = _SECONDS_TO_STOP) -> None:
        """Ask it to end, and insist after `patience` seconds, twice."""
        if announced_address(self.home) == self.address:
            _address_file(self.home).unlink(missing_ok=True)
        children.ask_to_end([self.process])
        children.wait_or_insist([self.process], patience=patience)

    def wait_until_up(self) -> None:
        """Return once it answers, and let other processes of the home find it. Raises EnvironmentRefused."""
        deadline = time.monotonic() + SECONDS_TO_COME_UP
        mend = Phrase("Its log says why: {path}", {"path": server_log(self.home)})
        while not self.answers:
            if not self.alive:
                code = self.process.returncode
                raise EnvironmentRefused(
                    "Prefect's server stopped while starting (exit {code})", mend, code=code
                )
            if time.monotonic() > deadline:
                raise EnvironmentRefused(
                    "Prefect's server did not come up within {seconds} s", mend, seconds=SECONDS_TO_COME_UP
                )
            time.sleep(_SECONDS_BETWEEN_QUESTIONS)
        self.announce()


@contextmanager
def running_server(home: Home) -> Iterator[str]:
    """The API URL of a server for flows called inside the block; import Prefect only there.

    Inside, this process's environment points Prefect at that server. Raises EnvironmentRefused when none
    comes up.
    """
    address = announced_address(home)
    if address is not None and answers(home, address):
        with _flows_for_once_at(home, address) as url:
            yield url
        return
    with started_server(home) as server:
        server.wait_until_up()
        with _flows_for_once_at(home, server.address) as url:
            yield url


@contextmanager
def started_server(home: Home, *, port: int = 0, pages: bool = False) -> Iterator[Server]:
    """A server of our own, stopped at the end of the block whatever happens. Raises EnvironmentRefused.

    It comes up while the block does other work; call `wait_until_up` before relying on it. `port` 0 takes a
    free one; `pages` adds Prefect's window.
    """
    server = start_server(home, port=port, pages=pages)
    try:
        yield server
    finally:
        server.stop()


def announced_address(home: Home) -> str | None:
    """The address that a long-running server of this home has left; it may have died since."""
    try:
        return str(json.loads(_address_file(home).read_text(encoding="utf-8"))["address"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def answers(home: Home, address: str) -> bool:
    """Whether a Prefect server that knows this home's auth string answers at `address`."""
    headers = {"Authorization": authorization(home)}
    return children.answers(address, "/api/admin/version", seconds=_SECONDS_FOR_AN_ANSWER, headers=headers)


def authorization(home: Home) -> str:
    """The HTTP header by which the API knows us."""
    return f"Basic {b64encode(auth_string(home).encode()).decode()}"


def server_log(home: Home) -> Path:
    """Where a server writes what it has to say."""
    return prefect_folder(home) / "server.log"


def _address_file(home: Home) -> Path:
    return prefect_folder(home) / "address.json"


@contextmanager
def flows_at(home: Home, address: str) -> Iterator[str]:
    """Inside the block flows run against the server at `address`; its API URL. Import Prefect only there.

    Prefect's background threads go on sending logs and events after it, and serve the next flows at the same
    address; see `hand_in_logs_and_events` for the end.
    """
    with surroundings(client_environment(home, address)):
        yield f"{address}/api"


@contextmanager
def _flows_for_once_at(home: Home, address: str) -> Iterator[str]:
    """The same for a caller whose server may be gone after the block."""
    with flows_at(home, address) as url:
        try:
            yield url
        finally:
            hand_in_logs_and_events()


def hand_in_logs_and_events() -> None:
    """Let Prefect's background threads finish while there is a server to talk to.

    New flows start new ones, and Prefect keeps what the old ones held until the process ends (3.8: 1.7 MB
    each time): what runs for days calls this when its server has changed, and at its end.
    """
    if "prefect.logging.handlers" in sys.modules:
        sys.modules["prefect.logging.handlers"].APILogWorker.drain_all(timeout=_SECONDS_TO_DRAIN)
    if "prefect.events.worker" in sys.modules:
        sys.modules["prefect.events.worker"].EventsWorker.drain_all(timeout=_SECONDS_TO_DRAIN)


def start_server(home: Home, *, port: int = 0, pages: bool = False) -> Server:
    """A server of our own, for a caller that stops it; see `started_server`. Raises EnvironmentRefused."""
    folder = prefect_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    _shorten(server_log(home))
    with _listening_socket(port) as listening, server_log(home).open("ab") as log:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        process = children.start_module(
            "workflows.flows.prefect_server", str(listening.fileno()), folder=folder,
            environment=server_environment(home, address, pages=pages), inherited=[listening.fileno()],
            out=log, err=log,
        )  # fmt: skip
    return Server(home, address, process)


def _shorten(log: Path) -> None:
    """Begin a new log where the old one has grown long; the one before it is kept."""
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))


def _listening_socket(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise EnvironmentRefused(
            "port {port} for Prefect's server cannot be opened: {reason}",
            port=port,
            reason=system_reason(error),
        ) from error
