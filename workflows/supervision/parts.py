"""The parts of a running office: child processes, each started again when it dies, ever more slowly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

from plan_definitions.diagnostics import Phrase

FIRST_REST, LONGEST_REST = 1.0, 60.0
"""Seconds before a part that died is started again; doubled with each death in a row."""

STEADY_SECONDS = 300.0
"""A part that has lived this long starts with a clean slate."""

Process = subprocess.Popen[bytes]


@dataclass(slots=True)
class Part:
    """One part: what it is called, how it is started, and how it has fared."""

    name: Phrase
    start: Callable[[], Process]
    process: Process | None = None
    deaths: int = 0
    _started: float = 0.0
    _start_at: float = field(default=0.0)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> Phrase | None:
        """Start it where it does not run and its rest is over; what there is to tell, if anything.

        Raises EnvironmentRefused where it cannot be started.
        """
        if self.alive:
            return None
        if self.process is not None:
            return self._mourn(self.process)
        if time.monotonic() < self._start_at:
            return None
        self._started = time.monotonic()
        self.process = self.start()
        return Phrase("{part}: started again", {"part": self.name}) if self.deaths else None

    def rest(self) -> float:
        """Let it rest before its next start; for how many seconds."""
        seconds = min(FIRST_REST * 2.0**self.deaths, LONGEST_REST)
        self.deaths += 1
        self._start_at = time.monotonic() + seconds
        return seconds

    def _mourn(self, process: Process) -> Phrase:
        self.process = None
        if process.stdin is not None:
            process.stdin.close()
        if time.monotonic() - self._started > STEADY_SECONDS:
            self.deaths = 0
        values = {"part": self.name, "code": process.returncode, "seconds": round(self.rest())}
        return Phrase("{part} ended by itself (exit {code}); it is started again in {seconds} s", values)


def start_child(
    module: str,
    argument: str,
    *,
    folder: Path,
    to_log: Callable[[str], None],
    inherited: Collection[int] = (),
    shown: bool = False,
) -> Process:
    """Start one of our modules with an argument in a folder, what it says going to the log line by line.

    With `shown` its standard output stays the terminal's: for what must be read there and not in a log.
    """
    process = subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
        [sys.executable, "-m", module, argument],
        stdin=subprocess.PIPE,
        stdout=None if shown else subprocess.PIPE,
        stderr=subprocess.PIPE if shown else subprocess.STDOUT,
        cwd=folder,
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
        pass_fds=tuple(inherited),
        # An interrupt at the terminal is for the supervisor, who ends its parts in order.
        start_new_session=True,
    )
    said = process.stderr if shown else process.stdout
    if said is not None:
        Thread(target=_copy_lines, args=(said, to_log), daemon=True).start()
    return process


def _copy_lines(said: IO[bytes], to_log: Callable[[str], None]) -> None:
    with said:
        for line in said:
            to_log(line.decode("utf-8", "replace").rstrip())


def ask_to_end(processes: Collection[Process]) -> None:
    """Tell processes to stop, and return at once."""
    for process in processes:
        if process.stdin is not None:
            process.stdin.close()


def wait_or_insist(processes: Collection[Process], *, patience: float) -> None:
    """Wait for processes that were told to stop: `patience` seconds, then interrupted, then killed.

    An interrupted flow lets go of what it holds; whatever a killed one did is taken up again later.
    """
    for insist in (lambda process: process.send_signal(signal.SIGINT), subprocess.Popen.kill):
        deadline = time.monotonic() + patience
        for process in processes:
            try:
                process.wait(timeout=max(deadline - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                insist(process)
    for process in processes:
        process.wait()
