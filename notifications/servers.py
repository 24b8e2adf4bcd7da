"""The mail server a letter leaves through: where it is, how it is protected, who logs in."""

import ipaddress
import re
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from workflows.settings import Security

__all__ = ["MailServer", "MailServerError", "Security", "ServerFault"]

MINUTE: Final = 60.0
_HOST = re.compile(r"[A-Za-z0-9_:-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


class ServerFault(StrEnum):
    """Why settings for a mail server are refused."""

    HOST = "host"
    PORT = "port"
    TIME_LIMIT = "time-limit"
    HALF_A_LOGIN = "half-a-login"
    LOGIN_NOT_ASCII = "login-not-ascii"
    UNPROTECTED_LOGIN = "unprotected-login"


class MailServerError(ValueError):
    """Settings that no letter may leave with: `reason` for programs, the text for the log."""

    def __init__(self, reason: ServerFault, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Settings of one lane, complete and safe once made.

    `timeout` is the longest wait in seconds for a connection or an answer, `data_timeout` the longest wait
    after a letter's last byte (ten minutes in RFC 5321, 4.5.3.2). `trust` replaces the system's
    certificate authorities. A password over an unencrypted connection is refused unless the server is this
    machine. Raises MailServerError.
    """

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = MINUTE
    data_timeout: float = 10 * MINUTE
    trust: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.host) > 253 or not _HOST.fullmatch(self.host):  # noqa: PLR2004  RFC 1035, 2.3.4
            raise MailServerError(ServerFault.HOST, f"no usable mail host: {self.host[:60]!a}")
        if not 0 < self.port < 1 << 16:
            raise MailServerError(ServerFault.PORT, f"no usable mail port: {self.port}")
        if self.timeout <= 0 or self.data_timeout <= 0:
            raise MailServerError(ServerFault.TIME_LIMIT, "waiting for a mail server takes some time")
        if (not self.user) != (not self.password):
            raise MailServerError(ServerFault.HALF_A_LOGIN, "a user needs a password, a password its user")
        if not all(text.isascii() and text.isprintable() for text in (self.user or "", self.password or "")):
            raise MailServerError(
                ServerFault.LOGIN_NOT_ASCII, "mail servers are logged in to with printable ASCII"
            )
        if self.password and self.security is Security.NONE and not self.is_loopback:
            raise MailServerError(
                ServerFault.UNPROTECTED_LOGIN, f"the password would reach {self.host} in clear"
            )

    @property
    def is_loopback(self) -> bool:
        """Whether the server is this machine, by name or address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def tls_context(self) -> ssl.SSLContext:
        """What a certificate is checked against; yagmail alone would check nothing."""
        return self.trust or ssl.create_default_context()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The password in every form it travels in, so that an echo of it can be blotted out."""
        if not self.password:
            return ()
        forms = (self.password, f"\0{self.user}\0{self.password}")
        return (self.password, *(b64encode(form.encode("ascii")).decode("ascii") for form in forms))
