"""A real SMTP server on loopback that plays faults from a script, for tests of delivery.

    with ScriptedServer() as server:
        server.play(At.RCPT, "550 5.1.1 no such mailbox")
        ...
        assert server.letters == []

Each play is used up by one command, in order; `times=None` repeats for ever. Without a play the server
behaves well: it keeps the letter and says 250.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, cast

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOOPBACK = "127.0.0.1"
HANG = 3600.0
"""Seconds: longer than any time limit of a test."""


class At(StrEnum):
    """Where in a session a play happens. BODY is inside the letter, DOT after its end."""

    BANNER = "banner"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    RSET = "rset"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Play:
    """What happens instead of, or before, the usual answer.

    `delay` seconds pass first; `reply` replaces the usual answer; `closes` breaks the connection. A letter
    whose connection is closed at DOT was kept: only the answer is lost. `only_for` limits the play to
    commands that contain the text.
    """

    at: At
    reply: str | None = None
    closes: bool = False
    delay: float = 0.0
    times: int | None = 1
    only_for: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedLetter:
    """A letter the server took."""

    envelope_from: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass(slots=True)
class Script:
    """The plays still to come and the record of what happened."""

    plays: deque[Play] = field(default_factory=deque)
    letters: list[ReceivedLetter] = field(default_factory=list)
    commands: list[At] = field(default_factory=list)

    def take(self, at: At, about: str = "") -> Play | None:
        for number, play in enumerate(self.plays):
            if play.at is at and play.only_for in about:
                if play.times == 1:
                    del self.plays[number]
                elif play.times is not None:
                    self.plays[number] = replace(play, times=play.times - 1)
                return play
        return None


class ScriptedServer:
    """A context manager; `port` is known inside it.

    `tls` offers STARTTLS, or with `implicit_tls` encrypts from the first byte. With `users` it offers
    AUTH and checks passwords.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        users: Mapping[str, str] | None = None,
    ) -> None:
        self._script = Script()
        self._controller = _ScriptedController(self._script, tls, implicit_tls, users)

    def __enter__(self) -> Self:
        self._controller.start()
        self._script.commands.clear()  # the controller has just connected to see whether it listens
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def letters(self) -> list[ReceivedLetter]:
        return self._script.letters

    @property
    def commands(self) -> list[At]:
        return self._script.commands

    @property
    def sessions(self) -> int:
        return self._script.commands.count(At.BANNER)

    def play(
        self,
        at: At,
        reply: str | None = None,
        *,
        closes: bool = False,
        delay: float = 0.0,
        times: int | None = 1,
        only_for: str = "",
    ) -> None:
        self._script.plays.append(Play(at, reply, closes, delay, times, only_for))

    def forget_plays(self) -> None:
        """Behave well from now on."""
        self._script.plays.clear()


class _ScriptedController(Controller):
    def __init__(
        self,
        script: Script,
        tls: ssl.SSLContext | None,
        implicit_tls: bool,
        users: Mapping[str, str] | None,
    ) -> None:
        self._script = script
        self._users = users
        super().__init__(
            _Keeping(script),
            hostname=LOOPBACK,
            port=0,
            ssl_context=tls if implicit_tls else None,
            server_hostname="localhost",
            tls_context=None if implicit_tls else tls,
            enable_SMTPUTF8=False,
            auth_require_tls=False,
            authenticator=self._authenticate,
            auth_exclude_mechanism=() if users else ("LOGIN", "PLAIN"),
        )

    def factory(self) -> SMTP:
        return _ScriptedSMTP(self._script, self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = cast("asyncio.Server", self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any
    ) -> AuthResult:
        assert isinstance(login, LoginPassword)
        known = (self._users or {}).get(login.login.decode())
        return AuthResult(success=known == login.password.decode(), handled=False)


class _Keeping:
    def __init__(self, script: Script) -> None:
        self._script = script

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._script.commands.append(At.DOT)
        play = self._script.take(At.DOT, " ".join(envelope.rcpt_tos))
        if play is None or play.reply is None or play.reply.startswith("2"):
            sender, data = envelope.mail_from or "", envelope.original_content or b""
            self._script.letters.append(ReceivedLetter(sender, tuple(envelope.rcpt_tos), data))
        if play is not None:
            await asyncio.sleep(play.delay)
            transport = cast("asyncio.Transport", server.transport)
            if play.closes and play.reply is None:
                transport.abort()
            elif play.closes:
                asyncio.get_running_loop().call_later(0.05, transport.close)  # after the reply has gone
            if play.reply is not None:
                return play.reply
        return "250 2.0.0 kept"


class _ScriptedSMTP(SMTP):
    def __init__(self, script: Script, handler: object, **options: Any) -> None:
        super().__init__(handler, **options)
        self._script = script

    async def _handle_client(self) -> None:
        if not await self._acts(At.BANNER):
            await super()._handle_client()
        elif self.transport is not None:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._acts(At.EHLO):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if not await self._acts(At.STARTTLS):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self._acts(At.AUTH):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._acts(At.MAIL, arg or ""):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._acts(At.RCPT, arg or ""):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self._acts(At.DATA):
            return
        if self._script.take(At.BODY) is not None:
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            cast("asyncio.Transport", self.transport).abort()
            return
        await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        if not await self._acts(At.RSET):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self._acts(At.QUIT):
            await super().smtp_QUIT(arg)

    async def _acts(self, at: At, about: str = "") -> bool:
        """Perform the next play for this place; whether it took the place of the usual answer."""
        self._script.commands.append(at)
        play = self._script.take(at, about)
        if play is None:
            return False
        await asyncio.sleep(play.delay)
        if play.reply is not None:
            await self.push(play.reply)
        if play.closes and self.transport is not None:
            transport = cast("asyncio.Transport", self.transport)
            # An abort could overtake the reply.
            transport.abort() if play.reply is None else transport.close()
        return play.reply is not None or play.closes


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server with this certificate shows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What a client that trusts this authority checks against, host name included."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def refused_port() -> int:
    """A loopback port where nobody listens."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])
