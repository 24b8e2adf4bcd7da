"""Serving the window over HTTP, with nothing in any log that could open it."""

import logging
import socket
from collections.abc import Collection

import uvicorn
from fastapi import FastAPI

from workflows.errors import EnvironmentRefused, system_reason
from workflows.garbage import FOR_DAYS, few_collections

STOP_SECONDS = 5
"""How long requests under way may take to end when the window is stopped."""

KEEP_SECONDS = 75
"""How long a connection waits for its next request: longer than proxies keep theirs (nginx: 60), so that none
sends on one that is being closed.
"""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises EnvironmentRefused where it cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise EnvironmentRefused(
            "the window cannot listen on {host}:{port}: {reason}",
            host=host, port=port, reason=system_reason(error),
        ) from error  # fmt: skip
    # Connections inherit it; asyncio sets it on sockets of its own making only. A page goes out as head and
    # body, and the body would wait 40 ms for a browser that takes its time to acknowledge the head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(
    app: FastAPI, listening: socket.socket, *, root_path: str = "", proxies: Collection[str] = ()
) -> None:
    """Serve until interrupted; KeyboardInterrupt is passed on once everything has stopped.

    `root_path` is where a proxy has put the window. Whose headers say where a request came from is named by
    `proxies`; nobody else is believed. Refusals and faults go to standard error, by the pattern of their
    address; there is no access log: the addresses of letters' links are credentials.
    """
    _log_to_standard_error()
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        root_path=root_path.rstrip("/"),
        proxy_headers=bool(proxies),
        forwarded_allow_ips=sorted(proxies),
        timeout_keep_alive=KEEP_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    with few_collections(FOR_DAYS):
        server.run(sockets=[listening])
    if server.started:
        # A shell's `&` has us ignore the interrupt that the server has just ended for and sent on.
        raise KeyboardInterrupt


def _log_to_standard_error() -> None:
    log = logging.getLogger("dondoc.window")
    log.setLevel(logging.INFO)
    if not log.handlers:
        to_standard_error = logging.StreamHandler()
        to_standard_error.setFormatter(
            logging.Formatter("%(asctime)s window %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        )
        log.addHandler(to_standard_error)
