"""The API as an application of its own, mounted below the window at `/api/v1`."""

import re

from fastapi import Depends, FastAPI
from starlette.routing import Mount

from web.api import acting, reading
from web.api.callers import only_known_parameters
from web.api.documents import ABOUT, EVERYWHERE, add_schemas, name_of_operation
from web.api.problems import add_problem_handlers
from web.headers import LARGEST_BODY as LARGEST_FORM
from web.headers import BodyLimit
from web.window import Window

AT = "/api/v1"
"""Where the API stands; another number when what exists must change."""

LARGEST_BODY = 256 * 1024
"""Bytes of one call: a move with the longest note is a tenth of it. Evidence may weigh what a form may."""


def create_api(window: Window) -> FastAPI:
    """The API on the surroundings of a window.

    It describes itself at `/openapi.json`. A page for people is the window's: the usual ones fetch their
    scripts from elsewhere.
    """
    api = FastAPI(
        title="Đôn Đốc",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        responses=EVERYWHERE,
        dependencies=[Depends(only_known_parameters)],
        generate_unique_id_function=name_of_operation,
    )
    api.state.window = window
    for router in (reading.router, acting.router):
        api.include_router(router)
    add_schemas(api)
    add_problem_handlers(api)
    api.add_middleware(BodyLimit, largest=LARGEST_BODY, but={"evidence": LARGEST_FORM})
    return api


def mounted(api: FastAPI) -> Mount:
    """The API where it stands; it answers for every address below, also one with a line end in it."""
    mount = Mount(AT, api)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount
