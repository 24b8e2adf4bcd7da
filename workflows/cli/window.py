"""Serving the window from the command."""

import socket
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from web.app import create_app
from web.server import serve
from web.window import Demo
from workflows.operations.mail.lanes import inbox_folder
from workflows.operations.mail.queueing import morning
from workflows.settings import Settings

LOOPBACK, PORT = "127.0.0.1", 8000
"""Where the window of a demo is looked for first; another free port where that one is taken."""


def opened_socket() -> socket.socket:
    """A listening socket on loopback for the window of a demo."""
    try:
        return socket.create_server((LOOPBACK, PORT))
    except OSError:
        return socket.create_server((LOOPBACK, 0))


def address_of(listening: socket.socket) -> str:
    """What to open in a browser."""
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}"


def serve_demo(settings: Settings, listening: socket.socket, day: date) -> None:
    """Serve the window of a demo until interrupted, on the clock of the day shown."""
    app = create_app(settings, clock=simulated_clock(day), demo=Demo(inbox_folder(settings)))
    serve(app, listening)


def simulated_clock(day: date) -> Callable[[], datetime]:
    """Seven o'clock of a day, and from then on real time."""
    begun = time.monotonic()
    return lambda: morning(day) + timedelta(seconds=time.monotonic() - begun)
