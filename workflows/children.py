"""Child processes, all of them modules of ours: how they are started, and what each side owes the other.

The parent holds the child's standard input open. Its end says "stop", whether the parent closed it or died;
the child never outlives that for long.
"""

import os
import signal
import subprocess  # the one import of it: whoever starts a process comes through here  # nosec B404
import sys
import time
from collections.abc import Callable, Collection, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from types import FrameType, MappingProxyType
from typing import IO, Final
from urllib.parse import urlsplit

Process = subprocess.Popen[bytes]

PIPE, STDOUT = subprocess.PIPE, subprocess.STDOUT

_OPEN: Final = 200
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})

SECONDS_TO_END = 8.0
"""How long a child that was told to stop may take before it goes at once; what it was doing is taken up again
by the next one, as after a kill."""


def start_module(
    module: str,
    argument: str,
    *,
    folder: Path,
    environment: Mapping[str, str],
    inherited: Collection[int] = (),
    out: IO[bytes] | int | None,
    err: IO[bytes] | int | None,
) -> Process:
    """Start one of our modules with an argument in a folder; `inherited` are descriptors it keeps open.

    `out` and `err` are where its words go: a file, PIPE, or None for where this process's own go.
    """
    # No shell, and a module of ours in our own interpreter: bandit asks each caller to make sure of it.
    return subprocess.Popen(  # noqa: S603  # nosec B603
        [sys.executable, "-m", module, argument],
        stdin=PIPE,
        stdout=out,
        stderr=err,
        cwd=folder,
        env={**environment, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
        pass_fds=tuple(inherited),
        # An interrupt at the terminal is for the parent, who ends its children in order.
        start_new_session=True,
    )


def answers(address: str, path: str, *, seconds: float, headers: Mapping[str, str] = _NO_HEADERS) -> bool:
    """Whether a part of an office answers at `address` (http://HOST:PORT) within so many seconds."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=seconds)
    try:
        connection.request("GET", path, headers=dict(headers))
        return connection.getresponse().status == _OPEN
    except (HTTPException, OSError):
        return False
    finally:
        connection.close()


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


def stop_with_parent(stop: Callable[[], None]) -> None:
    """Call `stop` from another thread when standard input ends; an interrupt of the parent's is heeded.

    Where a shell's `&` started the office, every process of it has inherited that interrupts are ignored. An
    insisting parent would then have to kill, and what we hold would wait for its lease to run out.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Thread(target=_wait_and_stop, args=(stop,), daemon=True).start()


def stop_on_termination(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGTERM: a service manager may signal every process of the tree."""

    def told(_number: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, told)


def _wait_and_stop(stop: Callable[[], None]) -> None:
    # Not through sys.stdin: a thread that waits inside its lock crashes the interpreter when that ends first.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop()
    time.sleep(SECONDS_TO_END)
    os._exit(1)
