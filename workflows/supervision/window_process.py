"""The window as a child process: `python -m workflows.supervision.window_process TASK` (JSON, see `Task`).

It serves on a listening socket inherited from its parent, so that browsers wait instead of being refused
while it is started again. Sign-in links that no mail can carry go to standard output, which is the
operator's terminal and no log.
"""

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from web.app import create_app
from web.server import serve
from workflows.children import stop_with_parent
from workflows.settings import read_settings


@dataclass(frozen=True, slots=True)
class Task:
    """What the parent tells a window; `ahead_seconds` is how far its time is ahead of the real one."""

    folder: str
    socket: int
    root_path: str = ""
    proxies: tuple[str, ...] = ()
    ahead_seconds: float = 0.0

    def to_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def main() -> None:
    """Serve until the parent says stop."""
    stop_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    task = Task(**json.loads(sys.argv[1]))
    ahead = timedelta(seconds=task.ahead_seconds)
    app = create_app(
        read_settings(Path(task.folder)),
        clock=lambda: datetime.now(UTC) + ahead,
        tell_operator=lambda text: print(text, flush=True),
    )
    with suppress(KeyboardInterrupt):
        serve(app, socket.socket(fileno=task.socket), root_path=task.root_path, proxies=tuple(task.proxies))


if __name__ == "__main__":
    main()
