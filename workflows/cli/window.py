"""Serving the window from the command."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime, timedelta
from threading import Event, Thread

from web.app import create_app
from web.server import serve
from web.window import Demo
from workflows.errors import EnvironmentRefused
from workflows.operations.mail.deliver import deliver
from workflows.operations.mail.lanes import inbox_folder, lane_of, opened_transport
from workflows.operations.mail.queueing import morning
from workflows.settings import Settings
from workflows.store.database import Database

SECONDS_BETWEEN_LOOKS = 0.5
"""How long a letter of a demo waits for its delivery at most."""

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
    """Serve the window of a demo until interrupted, on the clock of the day shown.

    What is decided there is delivered meanwhile.
    """
    clock = simulated_clock(day)
    app = create_app(settings, clock=clock, demo=Demo(inbox_folder(settings)))
    with delivering(settings, clock):
        serve(app, listening)


@contextmanager
def delivering(settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """Inside the block a thread hands letters over as soon as they are committed."""
    stopping = Event()

    def deliver_what_comes() -> None:
        with (
            closing(Database.open(settings.database, create=False)) as database,
            database.commits() as commits,
            opened_transport(settings) as transport,
        ):
            is_news = True  # something may have been committed before the watch began
            while not stopping.wait(SECONDS_BETWEEN_LOOKS):
                if is_news or commits.seen():
                    is_news = True
                    with suppress(EnvironmentRefused):  # a held database: asked again
                        deliver(database, transport, lane_of(settings), clock)
                        is_news = False

    thread = Thread(target=deliver_what_comes, name="delivery", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def simulated_clock(day: date) -> Callable[[], datetime]:
    """Seven o'clock of a day, and from then on real time."""
    begun = time.monotonic()
    return lambda: morning(day) + timedelta(seconds=time.monotonic() - begun)
