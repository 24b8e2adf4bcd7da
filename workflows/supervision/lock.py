"""One `dondoc up` for a home, and what others may know of it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused
from workflows.home import Home

_LOCK, _NOTE = "up.lock", "up.json"


@dataclass(frozen=True, slots=True)
class Running:
    """A supervisor at work: its process, and where its window and its Prefect server answer."""

    process_id: int
    window: str
    prefect: str | None = None


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home for one supervisor. Raises EnvironmentRefused where another one holds it.

    The kernel lets go of the lock with the process, however it ends: there is nothing to clean up.
    """
    handle = os.open(home.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if not _take(handle):
            raise _refusal(home)
        try:
            yield
        finally:
            (home.path / _NOTE).unlink(missing_ok=True)
    finally:
        os.close(handle)


def is_running(home: Home) -> bool:
    """Whether a supervisor holds the home."""
    try:
        handle = os.open(home.path / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _take(handle)
    finally:
        os.close(handle)


def leave_note(home: Home, running: Running) -> None:
    """Tell other processes of the home where everything is."""
    unfinished = home.path / f".{_NOTE}"
    unfinished.write_text(json.dumps(asdict(running)), encoding="utf-8")
    unfinished.replace(home.path / _NOTE)


def read_note(home: Home) -> Running | None:
    """What the supervisor that holds the home has left; None where there is none."""
    try:
        return Running(**json.loads((home.path / _NOTE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refusal(home: Home) -> EnvironmentRefused:
    note = read_note(home)
    return EnvironmentRefused(
        "`dondoc up` already runs for {home} (process {process})",
        Phrase("Stop that one first, or leave it at work: one is enough."),
        home=home.path,
        process=note.process_id if note is not None else "?",
    )
