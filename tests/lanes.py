"""What tests of delivery say over and over: who writes to whom, what, and over which lane."""

import trustme
from smtp_server import LOOPBACK, ScriptedServer, server_context

from notifications.outcomes import Kind, Outcome, Stage
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport

OFFICE = "dondoc@kim-thanh.example"
VILLAGE = "thon2@kim-thanh.example"
SCHOOL = "truong-a@kim-thanh.example"
LETTER = b"Subject: Viec cua Thon 2\r\n\r\nKinh gui\r\n.\r\n..\r\nFrom xa\r\n"
PASSWORD = "mat-khau-rat-bi-mat"
FAST = 0.3
"""Seconds that a test waits for a server that hangs."""


def plain(server: ScriptedServer, *, timeout: float = 10.0, data_timeout: float = 10.0) -> MailServer:
    """The way to this server, neither encrypted nor logged in."""
    return MailServer(LOOPBACK, server.port, Security.NONE, timeout=timeout, data_timeout=data_timeout)


def deliver_once(settings: MailServer) -> Outcome:
    """One letter over a connection of its own."""
    with YagmailTransport(settings) as lane:
        return lane.deliver(OFFICE, VILLAGE, LETTER)


def logged_in(server: ScriptedServer, password: str = PASSWORD, user: str = "dondoc") -> MailServer:
    return MailServer(LOOPBACK, server.port, Security.NONE, user, password)


def tls_server(certificate: trustme.LeafCert, security: Security) -> ScriptedServer:
    return ScriptedServer(tls=server_context(certificate), implicit_tls=security is Security.TLS)


def assert_lane_closed(outcome: Outcome, *, alarms: bool, code: int | None = None) -> None:
    assert (outcome.kind, outcome.stage, outcome.code) == (Kind.DEFERRED, Stage.LOGIN, code)
    assert outcome.breaks_circuit
    assert outcome.alarms is alarms
    assert not outcome.condemns_address
