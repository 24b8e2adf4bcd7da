"""What a child process of `dondoc up` owes its parent: to stop when told, and never to outlive it for long.

The parent holds the child's standard input open. Its end says "stop", whether the parent closed it or died.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from threading import Thread
from types import FrameType

SECONDS_TO_END = 8.0
"""How long a child that was told to stop may take before it goes at once; what it was doing is taken up again
by the next one, as after a kill."""


def stop_with_parent(stop: Callable[[], None]) -> None:
    """Call `stop` from another thread when standard input ends."""
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
