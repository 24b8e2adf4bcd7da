"""What every answer carries: a strict content policy, no referrer, nothing kept by caches on the way."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of one request: some photographs and a scanned report."""


def make_safe(headers: MutableHeaders, scope: Scope) -> None:
    """Add what an answer does not say itself."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")


class SafeHeaders:
    """Adds the headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                make_safe(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyTooLarge(Exception):
    """A request sends more than is taken."""


class BodyLimit:
    """Stops reading a body that is larger than is taken, whatever its length was said to be.

    `but` has other limits for addresses with a certain last part.
    """

    def __init__(
        self, app: ASGIApp, largest: int = LARGEST_BODY, but: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._app = app
        self._largest = largest
        self._but = but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        largest = self._but.get(scope["path"].rpartition("/")[2], self._largest)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                raise BodyTooLarge
            return message

        await self._app(scope, counted, send)
