"""The parts of a running office: child processes, each started again when it dies, ever more slowly."""

import os
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

from plan_definitions.diagnostics import Phrase
from workflows.children import PIPE, STDOUT, Process, start_module

FIRST_REST, LONGEST_REST = 1.0, 60.0
"""Seconds before a part that died is started again; doubled with each death in a row."""

STEADY_SECONDS = 300.0
"""A part that has lived this long starts with a clean slate."""


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
    process = start_module(
        module, argument, folder=folder, environment=os.environ, inherited=inherited,
        out=None if shown else PIPE, err=PIPE if shown else STDOUT,
    )  # fmt: skip
    said = process.stderr if shown else process.stdout
    if said is not None:
        Thread(target=_copy_lines, args=(said, to_log), daemon=True).start()
    return process


def _copy_lines(said: IO[bytes], to_log: Callable[[str], None]) -> None:
    with said:
        for line in said:
            to_log(line.decode("utf-8", "replace").rstrip())
