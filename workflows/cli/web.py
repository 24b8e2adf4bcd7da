"""`dondoc web`: serve the window alone."""

from contextlib import closing
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from web.app import create_app
from web.server import listen, serve
from workflows.cli import output
from workflows.cli.parameters import Proxies, RootPath, check_proxies
from workflows.cli.session import Session
from workflows.texts import N_


def web(
    context: typer.Context,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help=N_("The address to listen on."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help=N_("The port; 0 takes a free one."))
    ] = 8000,
    root_path: RootPath = "",
    proxy: Proxies = None,
) -> None:
    """Serve the window until stopped."""
    session = Session.of(context)
    check_proxies(proxy or ())
    app = create_app(session.settings, clock=session.now)
    with closing(listen(host, port)) as listening:
        bound = listening.getsockname()[1]
        shown = f"http://{f'[{host}]' if ':' in host else host}:{bound}{root_path}"
        output.say(Phrase("The window: {address} (stop with Ctrl-C)", {"address": shown}), session.translate)
        serve(app, listening, root_path=root_path, proxies=proxy or ())
