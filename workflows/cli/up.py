"""`dondoc up`: everything an office needs, until stopped."""

import signal
import sys
from threading import Event
from typing import Annotated

import typer

from workflows.cli.entry import INTERRUPTED
from workflows.cli.parameters import Proxies, RootPath, check_proxies
from workflows.cli.session import Session
from workflows.operations.mail.lanes import lane_of
from workflows.supervision.supervisor import Setup, run_office
from workflows.texts import N_


def up(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help=N_("The address to listen on."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help=N_("The port; 0 takes a free one."))
    ] = 8000,
    root_path: RootPath = "",
    proxy: Proxies = None,
    prefect_port: Annotated[
        int,
        typer.Option(
            "--prefect-port",
            min=0,
            max=65535,
            help=N_("The port of Prefect's own pages; 0 takes a free one."),
        ),
    ] = 0,
) -> None:
    """Run Prefect's server, the daily round, delivery and the window until SIGTERM or Ctrl-C."""
    session = Session.of(context)
    check_proxies(proxy or ())
    with session.database(create=True):
        lane_of(session.settings)  # settings that no letter may leave with are refused before anything starts
    setup = Setup(
        session.settings,
        session.folder,
        session.language,
        host,
        port,
        root_path,
        tuple(proxy or ()),
        prefect_port,
    )
    stopping, interrupted = Event(), Event()

    def stop(number: int, _frame: object) -> None:
        stopping.set()
        if number == signal.SIGINT:
            interrupted.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    run_office(setup, stopping, sys.stdout)
    if interrupted.is_set():
        raise typer.Exit(INTERRUPTED)
