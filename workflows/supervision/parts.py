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
    """One part: what it is called, how it is started, and how it has fared.

    `last_sign` tells its last sign of life, whatever that is; a part that lives and gives no new one within
    `patience` seconds hangs, and is ended.
    """

    name: Phrase
    start: Callable[[], Process]
    last_sign: Callable[[], object] | None = None
    patience: float = 0.0
    process: Process | None = None
    deaths: int = 0
    _started: float = 0.0
    _heard: tuple[object, float] = (None, 0.0)
    _start_at: float = field(default=0.0)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> Phrase | None:
        """Start it where it does not run and its rest is over; what there is to tell, if anything.

        Raises EnvironmentRefused where it cannot be started.
        """
        if self.process is not None:
            return self._listen(self.process) if self.alive else self._mourn(self.process)
        if time.monotonic() < self._start_at:
            return None
        self._started = time.monotonic()
        self._heard = (None, self._started)
        self.process = self.start()
        return Phrase("{part}: started again", {"part": self.name}) if self.deaths else None

    def rest(self) -> float:
        """Let it rest before its next start; for how many seconds."""
        seconds = min(FIRST_REST * 2.0**self.deaths, LONGEST_REST)
        self.deaths += 1
        self._start_at = time.monotonic() + seconds
        return seconds

    def _listen(self, process: Process) -> Phrase | None:
        """End a part that hangs; what it was doing is taken up again by the next one, as after any kill."""
        if self.last_sign is None:
            return None
        sign, now = self.last_sign(), time.monotonic()
        if sign != self._heard[0]:
            self._heard = (sign, now)
        silent = now - self._heard[1]
        if silent <= self.patience:
            return None
        process.kill()
        process.wait()
        self._bury(process)
        values = {"part": self.name, "minutes": round(silent / 60), "seconds": round(self.rest())}
        return Phrase(
            "{part} gave no sign of life for {minutes} minutes; it was ended and is started again in "
            "{seconds} s",
            values,
        )

    def _bury(self, process: Process) -> None:
        self.process = None
        if process.stdin is not None:
            process.stdin.close()

    def _mourn(self, process: Process) -> Phrase:
        self._bury(process)
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
