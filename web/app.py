"""The application: routes, static files, headers and failures put together around one window."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.api.app import create_api, mounted
from web.headers import BodyLimit, SafeHeaders
from web.keys import Keys
from web.pages import STATIC
from web.refusals import add_handlers
from web.routers import ROUTERS
from web.window import Demo, Window, print_for_operator
from workflows.home import Home
from workflows.settings import Settings
from workflows.store.database import Database


class LastingFiles(StaticFiles):
    """Style sheet and script: their addresses change with their content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    demo: Demo | None = None,
    tell_operator: Callable[[str], None] = print_for_operator,
) -> FastAPI:
    """The window on the database that the settings name; `clock` tells the instant, with its zone.

    Raises EnvironmentRefused where there is no home or no database.
    """
    home = Home.existing(settings.home)
    window = Window(
        settings=settings,
        database=Database.open(settings.database, create=False),
        keys=Keys(settings.signing_key(home)),
        clock=clock,
        demo=demo,
        tell_operator=tell_operator,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        window.database.close()

    app = FastAPI(title="Đôn Đốc", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.window = window
    for router in ROUTERS:
        app.include_router(router)
    app.state.api = create_api(window)
    app.router.routes.append(mounted(app.state.api))
    app.mount("/static", LastingFiles(directory=STATIC), name="static")
    add_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SafeHeaders)
    return app
