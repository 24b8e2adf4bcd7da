"""Pages: templates put into words, with what all of them share."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import Field

from notifications.speech import Speech, speech
from web.filters import filters
from web.keys import new_secret
from web.window import window_of
from workflows.texts import Language

HERE = Path(__file__).parent
STATIC = HERE / "static"

BROWSER_COOKIE = "dondoc_browser"
LANGUAGE_COOKIE = "dondoc_lang"
_YEAR = 365 * 24 * 3600

Number = Annotated[int, Field(ge=1, lt=2**63)]
"""The number of a row in the store, as addresses name it; no database knows a larger one."""


@cache
def environment(language: Language) -> Environment:
    """The templates in one language: everything escaped, a missing value is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    said = speech(language)
    made.globals |= {"say": said.say, "plural": said.plural, "language": language.value}
    made.filters |= filters(said)
    return made


def language_of(request: Request) -> Language:
    """The language asked for in the address, else kept in this browser, else the installation's."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted is not None and wanted in set(Language):
            return Language(wanted)
    return window_of(request).settings.lang


def speech_of(request: Request) -> Speech:
    """What the reader of this request is spoken to in."""
    return speech(language_of(request))


def page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """A page. Every template knows `say`, `plural`, `url`, `asset`, `form_token`, `once`, `visitor`, `today`.

    Raises jinja2.UndefinedError where the template asks for a value that was not given.
    """
    window, language = window_of(request), language_of(request)
    browser = browser_of(request)
    shared: dict[str, object] = {
        "url": lambda path, **query: url(request, path, **query),
        "asset": lambda name: url(request, f"/static/{name}", v=_fingerprint(name)),
        "other_language": _other_language(request, language),
        "form_token": window.keys.form_token(browser),
        "once": new_secret,
        "visitor": getattr(request.state, "visitor", None),
        "demo": window.demo,
        "today": window.today(),
        "now": window.now(),
        "here": request.url.path.removeprefix(request.scope.get("root_path", "")),
    }
    body = environment(language).get_template(template).render(shared | values)
    response = HTMLResponse(body, status_code=status)
    if request.cookies.get(BROWSER_COOKIE) != browser:
        set_cookie(request, response, BROWSER_COOKIE, browser, _YEAR)
    if request.query_params.get("lang") == language.value:
        set_cookie(request, response, LANGUAGE_COOKIE, language.value, _YEAR)
    response.headers["Content-Language"] = language.value
    return response


def browser_of(request: Request) -> str:
    """The secret by which a browser is known again; a new one where it has none yet."""
    known = request.cookies.get(BROWSER_COOKIE) or getattr(request.state, "new_browser", None)
    if not known:
        known = request.state.new_browser = new_secret()
    return str(known)


def redirect(
    request: Request, path: str, *, anchor: str | None = None, **query: str | None
) -> RedirectResponse:
    """On to another page of the window, perhaps to a place on it (303: always by GET)."""
    place = f"#{quote(anchor)}" if anchor else ""
    return RedirectResponse(url(request, path, **query) + place, status_code=303)


def url(request: Request, path: str, **query: str | None) -> str:
    """The address of a page, below wherever a proxy has put the window."""
    asked = {name: value for name, value in query.items() if value}
    root = request.scope.get("root_path", "")
    return f"{root}{path}{f'?{urlencode(asked)}' if asked else ''}"


def is_secure(request: Request) -> bool:
    """Whether the browser reaches the window over TLS, here or at the proxy before it."""
    return request.url.scheme == "https" or window_of(request).settings.base_url.startswith("https://")


def set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Keep something in the browser that no script and no other site gets to see.

    Lax, not strict: a link in a letter comes from another site, and must find its session.
    """
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


def clear_cookie(request: Request, response: Response, name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=is_secure(request))


def _other_language(request: Request, language: Language) -> dict[str, str]:
    other = Language.EN if language is Language.VI else Language.VI
    query = {k: v for k, v in request.query_params.items() if k != "lang"}
    # The answer to a sent form has no address of its own to show in the other language.
    path = request.url.path if request.method == "GET" else request.scope.get("root_path", "") + "/"
    asked = urlencode((query if request.method == "GET" else {}) | {"lang": other.value})
    return {"language": other.value, "url": f"{path}?{asked}"}


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def address_here(request: Request) -> str:
    """The public address of the window, else where it answers on this machine, whatever a request claims."""
    if (public := window_of(request).settings.public_base_url) is not None:
        return public
    host, port = request.scope["server"]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{request.scope.get('root_path', '')}"
