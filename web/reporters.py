"""Who reports: asked once, by title, and kept in the browser."""

from datetime import timedelta

from fastapi import Request, Response

from web.access import Guest
from web.pages import set_cookie
from web.window import window_of

COOKIE = "dondoc_reporter"
KEPT = timedelta(days=180)


def reporter_of(request: Request, guest: Guest, title: str) -> tuple[str, bool]:
    """The title that reports are made under, and whether the reader has confirmed it before."""
    window = window_of(request)
    kept = window.keys.unseal("reporter", request.cookies.get(COOKIE), window.now())
    if isinstance(kept, dict) and isinstance(kept.get(guest.contact), str):
        return kept[guest.contact], True
    return title, False


def keep_reporter(request: Request, response: Response, guest: Guest, title: str) -> None:
    """Remember under which title this contact reports from this browser."""
    window = window_of(request)
    kept = window.keys.unseal("reporter", request.cookies.get(COOKIE), window.now())
    known = kept if isinstance(kept, dict) else {}
    if known.get(guest.contact) == title:
        return
    sealed = window.keys.seal("reporter", {**known, guest.contact: title}, window.now() + KEPT)
    set_cookie(request, response, COOKIE, sealed, int(KEPT.total_seconds()))
