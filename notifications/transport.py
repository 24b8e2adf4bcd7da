"""Frozen letters to a mail server, one live connection at a time, each with an exact outcome.

yagmail connects, encrypts and logs in; its own sending is never used, because it reconnects for every
letter, rewrites bodies and re-sends a letter whose reply was lost. What a server's answer means for the
letter, the address and the lane is decided in `outcomes`.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, NoReturn, Protocol, Self, cast

import yagmail  # type: ignore[import-untyped]

from notifications.addresses import MailInputError, normalise_address
from notifications.outcomes import (
    CLOSING,
    Kind,
    Outcome,
    Stage,
    Transport,
    is_positive,
    is_refusal,
    judge_break,
    judge_login_failure,
    judge_reply,
    refuse,
)
from notifications.servers import MailServer, Security

__all__ = ["MailServer", "Outcome", "Security", "Transport", "YagmailTransport"]

LETTERS_PER_CONNECTION: Final = 100
"""Providers count letters per connection; renewing costs one login in a hundred letters."""

LONGEST_IDLE: Final = 30.0
"""Seconds after which a quiet connection is renewed: a middlebox may have forgotten it, and asking it
would wait for the time limit."""

GOODBYE: Final = 5.0
"""Seconds to wait for the answer to QUIT, which nothing depends on."""


class _Connection(Protocol):
    """The part of the connection inside yagmail that is used here."""

    sock: Any

    def ehlo_or_helo_if_needed(self) -> None: ...
    def has_extn(self, opt: str) -> bool: ...
    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]: ...
    def rcpt(self, recip: str) -> tuple[int, bytes]: ...
    def data(self, msg: bytes) -> tuple[int, bytes]: ...
    def rset(self) -> tuple[int, bytes]: ...
    def quit(self) -> tuple[int, bytes]: ...
    def close(self) -> None: ...


class _LaneClosed(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.reply)


class YagmailTransport(yagmail.SMTP):  # type: ignore[misc]
    """A live connection to one mail server, for one thread at a time.

    It connects with the first letter, is renewed after LETTERS_PER_CONNECTION letters or LONGEST_IDLE
    seconds, and is given up on 421 or when it breaks. `deliver` raises nothing for what server, network or
    address do wrong. `clock` counts seconds from anywhere.
    """

    smtp: _Connection | None

    def __init__(self, server: MailServer, clock: Callable[[], float] = time.monotonic) -> None:
        options: dict[str, Any] = {"timeout": server.timeout}
        if server.is_loopback:
            options["local_hostname"] = "localhost"  # spares a name look-up that can hang without a network
        starttls: bool | dict[str, ssl.SSLContext] = False
        if server.security is Security.TLS:
            options["context"] = server.tls_context()
        elif server.security is Security.STARTTLS:
            starttls = {"context": server.tls_context()}
        # Never None, which would ask a keyring and then the terminal.
        user, password = server.user or "", server.password or ""
        super().__init__(
            # As a dictionary, because a bare name without @ would become a Gmail address.
            user={user: user},
            password=password,
            host=server.host,
            port=server.port,
            smtp_ssl=server.security is Security.TLS,
            smtp_starttls=starttls,
            smtp_skip_login=server.user is None,
            soft_email_validation=False,
            **options,
        )
        self.set_logging(None)
        self._server = server
        self._clock = clock
        self._busy = threading.Lock()
        self._letters = 0
        self._last_used = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def deliver(self, envelope_from: str, recipient: str, data: bytes) -> Outcome:
        """Hand one letter to the server once, and say what became of it.

        `data` is the letter in CRLF lines, as `mime.compose` makes it. A connection that went stale
        between two letters is replaced and the letter offered again, which is safe before DATA.
        Raises RuntimeError when two threads use one transport.
        """
        try:
            sender, addressee = normalise_address(envelope_from), normalise_address(recipient)
        except MailInputError as error:
            return refuse(error, recipient_at_fault=_is_usable(envelope_from))
        with self._alone():
            try:
                if connection := self._live():
                    outcome = self._offer(connection, sender, addressee, data)
                    went_stale = outcome.stage is Stage.MAIL and self.smtp is None
                    if not went_stale:
                        return outcome
                return self._offer(self._connect(), sender, addressee, data)
            except _LaneClosed as closed:
                return closed.outcome

    def refusal(self) -> Outcome | None:
        """Why the server turns us away, None where it lets us in; connects and logs in, sends nothing."""
        with self._alone():
            try:
                self._connect()
            except _LaneClosed as closed:
                return closed.outcome
        self.close()
        return None

    def close(self) -> None:
        """QUIT and close; a server that no longer answers is left."""
        connection, self.smtp = self.smtp, None
        self.is_closed = True
        if connection is not None and connection.sock is not None:
            try:
                connection.sock.settimeout(GOODBYE)
                connection.quit()
            except OSError:
                connection.close()

    def send(self, *_arguments: object, **_options: object) -> NoReturn:
        """Closed: yagmail's own `send` reconnects, rewrites bodies and repeats itself. Raises TypeError."""
        raise TypeError("letters go through deliver(), with their bytes frozen")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            raise RuntimeError("a transport serves one thread at a time")
        try:
            yield
        except BaseException:
            self._drop()  # interrupted anywhere, the next letter must not be read as part of this one
            raise
        finally:
            self._last_used = self._clock()
            self._busy.release()

    def _live(self) -> _Connection | None:
        """The open connection, if it may carry the next letter; a worn one is closed."""
        if self.smtp is None or self.smtp.sock is None:
            return None
        idle = self._clock() - self._last_used
        if self._letters >= LETTERS_PER_CONNECTION or idle > LONGEST_IDLE:
            self.close()
        return self.smtp

    def _connect(self) -> _Connection:
        """Connect, encrypt and log in; raises _LaneClosed."""
        self._drop()
        self._letters = 0
        try:
            self.login()
            connection = cast("_Connection", self.smtp)  # as login() leaves it
            connection.ehlo_or_helo_if_needed()
        except (OSError, ValueError) as error:  # every SMTP error is an OSError; a garbled challenge is not
            still_open = self.smtp is not None and self.smtp.sock is not None
            self._drop()
            secrets = self._server.secrets
            raise _LaneClosed(judge_login_failure(error, still_open=still_open, secrets=secrets)) from None
        return connection

    def _offer(self, connection: _Connection, sender: str, recipient: str, data: bytes) -> Outcome:
        """One mail transaction on the open connection, which stands or is dropped afterwards."""
        self._letters += 1
        stage = Stage.MAIL
        connection.sock.settimeout(self._server.timeout)
        try:
            size = [f"size={len(data)}"] if connection.has_extn("size") else []
            code, reply = connection.mail(sender, size)
            if is_positive(code):
                stage = Stage.RCPT
                code, reply = connection.rcpt(recipient)
            if stage is Stage.RCPT and is_positive(code):
                stage = Stage.DATA
                # Servers check a letter after its last dot; who gives up early makes duplicates.
                connection.sock.settimeout(self._server.data_timeout)
                code, reply = connection.data(data)
        except OSError as error:
            code, reply = getattr(error, "smtp_code", 0), getattr(error, "smtp_error", b"")
            if not is_refusal(code) or connection.sock is None:
                self._drop()
                return judge_break(stage, error, secrets=self._server.secrets)
        outcome = judge_reply(stage, code, reply, secrets=self._server.secrets)
        if outcome.kind is not Kind.SENT and not self._withdraw(connection, outcome):
            self._drop()
        return outcome

    def _withdraw(self, connection: _Connection, outcome: Outcome) -> bool:
        """Clear the failed transaction; whether the connection may carry another letter."""
        if outcome.code in {None, CLOSING}:
            return False
        try:
            code, _ = connection.rset()
        except OSError:
            return False
        return is_positive(code)

    def _drop(self) -> None:
        connection, self.smtp = self.smtp, None
        if connection is not None:
            connection.close()


def _is_usable(address: str) -> bool:
    try:
        normalise_address(address)
    except MailInputError:
        return False
    return True
