"""The clock's sign of life: a file that it touches while it gets on, for whoever watches it from outside.

A process may be there and do nothing: it waits for an answer that never comes, or was stopped. Its parent
sees only that it lives; that the file is no longer touched tells the rest.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workflows.home import Home

SILENT_SECONDS = 20 * 60.0
"""Longer than anything between two beats takes: a batch of a round, a letter to the slowest mail server."""

_SECONDS_BETWEEN_BEATS = 10.0


@dataclass(slots=True)
class Pulse:
    """Touches the home's file, not more often than it is worth."""

    home: Home
    _last: float | None = None

    def beat(self) -> None:
        """Say that work goes on; a disk that cannot take it is no reason to stop working."""
        now = time.monotonic()
        if self._last is not None and now - self._last < _SECONDS_BETWEEN_BEATS:
            return
        self._last = now
        with suppress(OSError):
            _file(self.home).touch(mode=0o600)


def last_beat(home: Home) -> float | None:
    """When the clock of a home last gave a sign of life (as `time.time`); None where it never did."""
    try:
        return _file(home).stat().st_mtime
    except OSError:
        return None


def is_silent(home: Home) -> bool:
    """Whether a clock that should run has said nothing for too long."""
    heard = last_beat(home)
    return heard is None or time.time() - heard > SILENT_SECONDS


def _file(home: Home) -> Path:
    return home.path / "clock.pulse"
