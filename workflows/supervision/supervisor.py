"""`dondoc up`: Prefect's server, the clock and the window as children of one process that outlives them."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import IO

from plan_definitions.diagnostics import Phrase
from web.server import listen
from workflows.children import Process, ask_to_end, wait_or_insist
from workflows.errors import EnvironmentRefused
from workflows.flows import clockwork
from workflows.flows.due import next_round
from workflows.flows.pulse import SILENT_SECONDS, last_beat
from workflows.flows.server import Server, start_server
from workflows.garbage import FOR_DAYS, few_collections
from workflows.home import Home
from workflows.settings import Settings
from workflows.supervision import window_process
from workflows.supervision.inspection import window_answers
from workflows.supervision.journal import Journal, secrets_of
from workflows.supervision.lock import Running, leave_note, only_one
from workflows.supervision.parts import Part, start_child
from workflows.supervision.watch import Watch
from workflows.texts import Language, instant, translator

TICK_SECONDS = 0.25
PATIENCE, SERVERS_PATIENCE = 3.0, 1.2
"""Seconds a part may take to end, and once more after it was interrupted: all over within ten."""

JUMP_SECONDS = 120.0
"""A clock that moved this far against the machine's own steady one was set, or the machine slept."""

_SECONDS_FOR_AN_ANSWER = 1.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What one `dondoc up` is asked to run; `ahead` moves its clock, for tests."""

    settings: Settings
    folder: Path
    language: Language
    host: str = "127.0.0.1"
    port: int = 8000
    root_path: str = ""
    proxies: tuple[str, ...] = ()
    prefect_port: int = 0
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """This instant, on the clock of this run."""
        return datetime.now(UTC) + self.ahead


def run_office(setup: Setup, stopping: Event, terminal: IO[str]) -> None:
    """Run everything an office needs until `stopping` is set.

    Raises EnvironmentRefused where the home is taken, or a port, or a setting that no letter may leave with.
    """
    home = Home.create(setup.settings.home)
    with (
        few_collections(FOR_DAYS),
        only_one(home),
        closing(listen(setup.host, setup.port)) as listening,
        closing(Journal(home, secrets_of(setup.settings, home), terminal)) as journal,
    ):
        Supervisor(setup, home, listening, journal, stopping).run()


@dataclass(slots=True)
class Supervisor:
    """One running office. Every quarter of a second it looks whether all of it lives."""

    setup: Setup
    home: Home
    listening: socket.socket
    journal: Journal
    stopping: Event
    _server: Server | None = None
    _announced: bool = False
    _window_up: bool = False
    _ready: bool = False
    _offset: float = field(default_factory=lambda: time.time() - time.monotonic())
    _parts: list[Part] = field(default_factory=list)

    def run(self) -> None:
        """Start the parts, look after them, and end them in order whatever happens."""
        self._tell(Phrase("Đôn Đốc is starting. Its log: {path}", {"path": self.journal.path}))
        self._parts = [
            Part(Phrase("Prefect's server"), self._start_server),
            Part(Phrase("the clock"), self._start_clock, lambda: last_beat(self.home), SILENT_SECONDS),
            Part(Phrase("the window"), self._start_window),
        ]
        watch = Watch(self.setup.settings, self.setup.folder, self.setup.now, self._tell)
        try:
            while not self.stopping.wait(TICK_SECONDS):
                self._keep_alive()
                self._look_whether_up()
                self._look_at_clock()
                watch.look(ready=self._ready)
        finally:
            self._end()

    def _keep_alive(self) -> None:
        for part in self._parts:
            try:
                said = part.keep_alive()
            except (EnvironmentRefused, OSError) as error:
                if not part.deaths:
                    raise  # at the first start: nothing runs yet that would be lost
                reason = error.say(self._translate) if isinstance(error, EnvironmentRefused) else str(error)
                values = {"part": part.name, "reason": reason, "seconds": round(part.rest())}
                said = Phrase("{part} cannot be started: {reason}; again in {seconds} s", values)
            if said is not None:
                self._tell(said)

    def _look_whether_up(self) -> None:
        """Say once of each part that it is up; tell other processes where Prefect's server answers."""
        if not self._window_up and window_answers(self._window_address(), _SECONDS_FOR_AN_ANSWER):
            self._window_up = True
            self._tell(Phrase("Window: {address}", {"address": self._shown_address()}))
        if self._server is not None and not self._announced and self._server.answers:
            try:
                self._server.announce()
                leave_note(self.home, self._running(self._server.address))
            except OSError as error:  # the disk is full: again at the next look
                self.journal.note(str(error))
                return
            self._announced = True
            values = {"address": self._server.address, "file": self.home.path / "prefect_auth"}
            said = Phrase("Prefect: {address} (its pages ask for dondoc:PASSWORD, kept in {file})", values)
            self._tell(said)
        if self._window_up and self._announced and not self._ready:
            self._ready = True
            moment = next_round(self.setup.now())
            values = {"instant": instant(moment, self.setup.language)}
            self._tell(Phrase("Ready. Next round: {instant}. Stop with Ctrl-C.", values))

    def _start_server(self) -> Process:
        self._announced = False
        self._server = start_server(self.home, port=self.setup.prefect_port, pages=True)
        leave_note(self.home, self._running(None))
        return self._server.process

    def _start_clock(self) -> Process:
        task = clockwork.Task(
            str(self.setup.folder), self.setup.language.value, self.setup.ahead.total_seconds()
        )
        return start_child(
            "workflows.flows.clockwork", task.to_json(), folder=self.setup.folder, to_log=self.journal.tell
        )

    def _start_window(self) -> Process:
        task = window_process.Task(
            folder=str(self.setup.folder),
            socket=self.listening.fileno(),
            root_path=self.setup.root_path,
            proxies=self.setup.proxies,
            ahead_seconds=self.setup.ahead.total_seconds(),
        )
        return start_child(
            "workflows.supervision.window_process", task.to_json(), folder=self.setup.folder,
            inherited=[self.listening.fileno()], to_log=self.journal.note, shown=True,
        )  # fmt: skip

    def _end(self) -> None:
        """Clock and window first: what a flow has to say goes to Prefect's server."""
        self._tell(Phrase("Stopping."))
        *_, clock, window = self._parts
        ending = [part.process for part in (clock, window) if part.process is not None]
        ask_to_end(ending)
        wait_or_insist(ending, patience=PATIENCE)
        if self._server is not None:
            self._server.stop(SERVERS_PATIENCE)
        self._tell(Phrase("Stopped."))

    def _running(self, prefect: str | None) -> Running:
        return Running(os.getpid(), self._window_address(), prefect)

    def _window_address(self) -> str:
        host, port = self.listening.getsockname()[:2]
        if ip_address(host).is_unspecified:  # listens everywhere, and is reached from here on loopback
            host = "::1" if ":" in host else "127.0.0.1"
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def _shown_address(self) -> str:
        return f"{self._window_address()}{self.setup.root_path.rstrip('/')}"

    def _look_at_clock(self) -> None:
        """Say that the clock was set or the machine slept; due times follow the clock by themselves."""
        jump = time.time() - time.monotonic() - self._offset
        if abs(jump) >= JUMP_SECONDS:
            self._offset += jump
            self._tell(Phrase("The machine's clock jumped by {seconds} s.", {"seconds": round(jump)}))

    @property
    def _translate(self) -> Callable[[str], str]:
        return translator(self.setup.language)

    def _tell(self, phrase: Phrase) -> None:
        self.journal.tell(phrase.say(self._translate))
