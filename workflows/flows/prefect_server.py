"""The Prefect server as a child process: `python -m workflows.flows.prefect_server SOCKET`.

It serves on a listening socket inherited from its parent, so that no port is lost between choosing and
opening it, and stops when its standard input ends: even a parent that is killed leaves no server behind.
"""

import os
import socket
import sys

import uvicorn

from workflows.children import stop_with_parent

_SECONDS_FOR_OPEN_REQUESTS = 3


class StoppableServer(uvicorn.Server):
    """A server that another thread may stop at any moment of its life."""

    def __init__(self) -> None:
        config = uvicorn.Config(
            "prefect.server.api.server:create_app",
            factory=True,
            lifespan="on",
            log_level="warning",
            timeout_graceful_shutdown=_SECONDS_FOR_OPEN_REQUESTS,
        )
        super().__init__(config)

    def stop(self) -> None:
        """Finish what is being answered, then end; while still starting, end at once."""
        self.should_exit = True
        if not self.started:
            # uvicorn looks at should_exit only once it has started, which takes Prefect many seconds.
            os._exit(0)


def main() -> None:
    """Serve on the socket named by the first argument until the parent or a signal says stop."""
    server = StoppableServer()
    # Before Prefect is imported, which takes seconds in which the parent may die as well.
    stop_with_parent(server.stop)
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
