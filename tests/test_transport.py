"""Delivery over real SMTP on loopback: each fault ends in its stated outcome; yagmail's traps are pinned."""

import gc
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme
import yagmail  # type: ignore[import-untyped]
import yagmail.sender  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from smtp_server import HANG, LOOPBACK, At, ScriptedServer, refused_port, server_context, trusting

from notifications.outcomes import LONGEST_REPLY, Kind, Outcome, Stage, clean_reply, judge_reply
from notifications.servers import MailServer, MailServerError, Security, ServerFault
from notifications.transport import LETTERS_PER_CONNECTION, LONGEST_IDLE, Transport, YagmailTransport

OFFICE = "dondoc@kim-thanh.example"
VILLAGE = "thon2@kim-thanh.example"
SCHOOL = "truong-a@kim-thanh.example"
LETTER = b"Subject: Viec cua Thon 2\r\n\r\nKinh gui\r\n.\r\n..\r\nFrom xa\r\n"
PASSWORD = "mat-khau-rat-bi-mat"
FAST = 0.3
"""Seconds that a test waits for a server that hangs."""


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lane(server: ScriptedServer, clock: Clock) -> Iterator[YagmailTransport]:
    with YagmailTransport(plain(server), clock) as lane:
        yield lane


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def plain(server: ScriptedServer, *, timeout: float = 10.0, data_timeout: float = 10.0) -> MailServer:
    return MailServer(LOOPBACK, server.port, Security.NONE, timeout=timeout, data_timeout=data_timeout)


def deliver_once(settings: MailServer, recipient: str = VILLAGE) -> Outcome:
    with YagmailTransport(settings) as lane:
        return lane.deliver(OFFICE, recipient, LETTER)


def texts(server: ScriptedServer) -> list[tuple[str, ...]]:
    return [letter.recipients for letter in server.letters]


# The good way


def test_the_bytes_arrive_as_they_were(server: ScriptedServer, lane: YagmailTransport) -> None:
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert outcome == Outcome(Kind.SENT, Stage.DATA, 250, "2.0.0", "2.0.0 kept")
    (letter,) = server.letters
    assert (letter.envelope_from, letter.recipients, letter.data) == (OFFICE, (VILLAGE,), LETTER)


def test_one_connection_carries_many_letters(server: ScriptedServer, lane: YagmailTransport) -> None:
    for _ in range(5):
        assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    assert server.sessions == 1
    assert server.commands.count(At.EHLO) == 1


def test_a_connection_is_renewed_after_its_share(server: ScriptedServer, lane: YagmailTransport) -> None:
    for _ in range(LETTERS_PER_CONNECTION):
        lane.deliver(OFFICE, VILLAGE, LETTER)
    assert server.sessions == 1
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert server.sessions == 2
    assert len(server.letters) == LETTERS_PER_CONNECTION + 1
    assert server.commands.count(At.QUIT) == 1


def test_a_connection_that_idled_is_renewed(
    server: ScriptedServer, lane: YagmailTransport, clock: Clock
) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    clock.now += LONGEST_IDLE
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert server.sessions == 1
    clock.now += LONGEST_IDLE + 1
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    assert server.sessions == 2


def test_closing_says_goodbye_once(server: ScriptedServer) -> None:
    lane = YagmailTransport(plain(server))
    lane.deliver(OFFICE, VILLAGE, LETTER)
    lane.close()
    lane.close()
    assert server.commands[-1] is At.QUIT
    assert server.commands.count(At.QUIT) == 1
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    lane.close()


def test_a_server_that_hangs_on_goodbye_is_left(server: ScriptedServer) -> None:
    server.play(At.QUIT, closes=True)
    lane = YagmailTransport(plain(server))
    lane.deliver(OFFICE, VILLAGE, LETTER)
    lane.close()
    assert len(server.letters) == 1


def test_a_transport_is_what_operations_expect(lane: YagmailTransport) -> None:
    expected: Transport = lane
    assert expected.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT


def test_two_threads_cannot_share_a_connection(server: ScriptedServer, lane: YagmailTransport) -> None:
    server.play(At.DOT, delay=1.0)
    first = threading.Thread(target=lane.deliver, args=(OFFICE, VILLAGE, LETTER))
    first.start()
    while At.DOT not in server.commands:
        pass
    with pytest.raises(RuntimeError):
        lane.deliver(OFFICE, SCHOOL, LETTER)
    first.join()
    assert texts(server) == [(VILLAGE,)]


# Refusals, stage by stage


@pytest.mark.parametrize(
    ("at", "reply", "expected"),
    [
        (At.MAIL, "450 4.2.0 greylisted", {"kind": Kind.DEFERRED}),
        (At.MAIL, "451 4.3.0 try later", {"kind": Kind.DEFERRED}),
        (At.MAIL, "454 4.7.0 slow down", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.MAIL, "530 5.7.0 log in first", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.MAIL, "550 5.7.60 not your sender", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.MAIL, "552 5.3.4 too big", {"kind": Kind.REJECTED}),
        (At.RCPT, "450 4.2.1 too fast for this user", {"kind": Kind.DEFERRED}),
        (At.RCPT, "451 4.7.1 greylisted", {"kind": Kind.DEFERRED}),
        (At.RCPT, "452 4.2.2 mailbox full", {"kind": Kind.DEFERRED}),
        (At.RCPT, "530 5.7.0 log in first", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.RCPT, "550 5.1.1 no such user", {"kind": Kind.REJECTED, "condemns": True}),
        (At.RCPT, "550 5.1.2 no such domain", {"kind": Kind.REJECTED, "condemns": True}),
        (At.RCPT, "556 5.1.10 takes no mail", {"kind": Kind.REJECTED, "condemns": True}),
        (At.RCPT, "550 5.1.8 sender domain unknown", {"kind": Kind.DEFERRED, "breaks": True, "alarms": True}),
        (At.RCPT, "550 no", {"kind": Kind.REJECTED}),
        (At.RCPT, "550 5.2.1 mailbox closed", {"kind": Kind.REJECTED}),
        (At.RCPT, "554 5.7.1 relay denied", {"kind": Kind.REJECTED}),
        (At.RCPT, "550 5.4.5 daily limit", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.DATA, "451 4.3.2 not now", {"kind": Kind.DEFERRED}),
        (At.DATA, "554 5.5.1 no valid recipients", {"kind": Kind.REJECTED}),
        (At.DOT, "451 4.3.0 try later", {"kind": Kind.DEFERRED}),
        (At.DOT, "454 Throttling failure: daily quota", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.DOT, "550 5.4.5 daily limit", {"kind": Kind.DEFERRED, "breaks": True}),
        (At.DOT, "552 5.3.4 too big", {"kind": Kind.REJECTED}),
        (At.DOT, "554 5.7.1 looks like spam", {"kind": Kind.REJECTED}),
        (At.DOT, "550 5.1.1 no such user after all", {"kind": Kind.REJECTED}),
    ],
)
def test_a_refusal_says_whose_fault_it_is(
    server: ScriptedServer, lane: YagmailTransport, at: At, reply: str, expected: dict[str, object]
) -> None:
    server.play(at, reply)
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert outcome.kind is expected["kind"]
    assert outcome.condemns_address is expected.get("condemns", False)
    assert outcome.breaks_circuit is expected.get("breaks", False)
    assert outcome.alarms is expected.get("alarms", False)
    assert outcome.code == int(reply[:3])
    assert outcome.reply == reply[4:]
    assert outcome.stage.value == ("data" if at is At.DOT else at.value)
    assert server.letters == []
    # Nobody else's letter is held up, and none rides on the refused transaction.
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert texts(server) == [(SCHOOL,)]
    assert server.sessions == 1
    assert server.commands.count(At.RSET) == 1


def test_a_connection_that_cannot_be_reset_is_replaced(
    server: ScriptedServer, lane: YagmailTransport
) -> None:
    server.play(At.RCPT, "550 5.1.1 no such user")
    server.play(At.RSET, "500 what")
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


@pytest.mark.parametrize(
    ("at", "breaks"), [(At.MAIL, True), (At.RCPT, False), (At.DATA, False), (At.DOT, False)]
)
def test_421_defers_and_drops_the_connection(
    server: ScriptedServer, lane: YagmailTransport, at: At, breaks: bool
) -> None:
    server.play(at, "421 4.3.2 closing", closes=True)
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert (outcome.kind, outcome.code, outcome.breaks_circuit) == (Kind.DEFERRED, 421, breaks)
    assert At.RSET not in server.commands
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


def test_a_stale_connection_is_replaced_unseen(server: ScriptedServer, lane: YagmailTransport) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    server.play(At.MAIL, closes=True)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    server.play(At.MAIL, "421 4.4.2 idle too long", closes=True)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
    assert server.sessions == 3
    assert texts(server) == [(VILLAGE,), (SCHOOL,), (VILLAGE,)]


def test_a_stale_connection_whose_server_is_gone(server: ScriptedServer, lane: YagmailTransport) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    server.play(At.MAIL, closes=True)
    server.play(At.BANNER, "554 5.3.2 closed for good")
    outcome = lane.deliver(OFFICE, SCHOOL, LETTER)
    assert (outcome.kind, outcome.stage, outcome.code) == (Kind.DEFERRED, Stage.LOGIN, 554)
    assert len(server.letters) == 1


# Broken and silent connections


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (At.MAIL, Kind.NOT_SENT),
        (At.RCPT, Kind.NOT_SENT),
        (At.DATA, Kind.IN_DOUBT),
        (At.BODY, Kind.IN_DOUBT),
        (At.DOT, Kind.IN_DOUBT),
    ],
)
def test_a_broken_connection(server: ScriptedServer, lane: YagmailTransport, at: At, kind: Kind) -> None:
    server.play(at, closes=True)
    outcome = lane.deliver(OFFICE, VILLAGE, LETTER)
    assert (outcome.kind, outcome.code) == (kind, None)
    assert outcome.breaks_circuit is (at is At.MAIL)
    assert not outcome.alarms
    # Only after the dot may the letter have arrived.
    assert len(server.letters) == (1 if at is At.DOT else 0)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


@pytest.mark.parametrize(
    ("at", "kind"),
    [(At.MAIL, Kind.NOT_SENT), (At.RCPT, Kind.NOT_SENT), (At.DATA, Kind.IN_DOUBT), (At.DOT, Kind.IN_DOUBT)],
)
def test_a_silent_server(server: ScriptedServer, at: At, kind: Kind) -> None:
    server.play(at, delay=HANG)
    assert deliver_once(plain(server, timeout=FAST, data_timeout=FAST)).kind is kind


def test_a_slow_answer_after_the_dot_is_waited_for(server: ScriptedServer) -> None:
    server.play(At.DOT, delay=3 * FAST)
    with YagmailTransport(plain(server, timeout=FAST)) as lane:
        assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT
        # The longer wait was for that answer alone.
        server.play(At.RCPT, delay=HANG)
        assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.NOT_SENT
    assert len(server.letters) == 1


NO_ANSWER = ("what?", "100 hm", "354 go on, once more", "\x00\x01")


@pytest.mark.parametrize(
    ("at", "garbage", "kind"),
    [
        *((At.RCPT, garbage, Kind.NOT_SENT) for garbage in NO_ANSWER),
        *((At.DATA, garbage, Kind.IN_DOUBT) for garbage in NO_ANSWER if not garbage.startswith("354")),
        *((At.DOT, garbage, Kind.IN_DOUBT) for garbage in NO_ANSWER),
    ],
)
def test_an_answer_that_is_none(
    server: ScriptedServer, lane: YagmailTransport, at: At, garbage: str, kind: Kind
) -> None:
    server.play(at, garbage)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is kind
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert server.sessions == 2


def test_a_letter_is_not_sent_because_data_was_answered_250(
    server: ScriptedServer, lane: YagmailTransport
) -> None:
    server.play(At.DATA, "250 fine")
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.IN_DOUBT


def test_an_endless_answer_is_no_refusal(server: ScriptedServer, lane: YagmailTransport) -> None:
    # The library reports a line beyond its bound as if the server had said 500.
    server.play(At.DOT, "250 " + "x" * 20_000)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.IN_DOUBT


def test_an_interrupted_letter_leaves_no_half_transaction(
    server: ScriptedServer, lane: YagmailTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.smtp is not None

    def interrupt(_data: bytes) -> tuple[int, bytes]:
        raise KeyboardInterrupt

    monkeypatch.setattr(lane.smtp, "data", interrupt)
    with pytest.raises(KeyboardInterrupt):
        lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.deliver(OFFICE, SCHOOL, LETTER).kind is Kind.SENT
    assert texts(server) == [(VILLAGE,), (SCHOOL,)]


# No connection at all: the lane's doing, always


def assert_lane_closed(outcome: Outcome, *, alarms: bool, code: int | None = None) -> None:
    assert (outcome.kind, outcome.stage, outcome.code) == (Kind.DEFERRED, Stage.LOGIN, code)
    assert outcome.breaks_circuit
    assert outcome.alarms is alarms
    assert not outcome.condemns_address


def test_nobody_listens() -> None:
    outcome = deliver_once(MailServer(LOOPBACK, refused_port(), Security.NONE))
    assert_lane_closed(outcome, alarms=False)
    assert outcome.reply.startswith("ConnectionRefusedError")


def test_the_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_query: object, **_options: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = deliver_once(MailServer("mail.kim-thanh.example", 25, Security.NONE))
    assert_lane_closed(outcome, alarms=False)
    assert "Name or service not known" in outcome.reply


@pytest.mark.parametrize(("code", "alarms"), [(421, False), (554, True)])
def test_the_banner_refuses(server: ScriptedServer, code: int, alarms: bool) -> None:
    server.play(At.BANNER, f"{code} no service here")
    assert_lane_closed(deliver_once(plain(server)), alarms=alarms, code=code)


@pytest.mark.parametrize("at", [At.BANNER, At.EHLO])
def test_the_server_hangs_before_mail(server: ScriptedServer, at: At) -> None:
    server.play(at, delay=HANG)
    assert_lane_closed(deliver_once(plain(server, timeout=FAST)), alarms=False)


def test_the_server_closes_on_greeting(server: ScriptedServer) -> None:
    server.play(At.EHLO, closes=True)
    assert_lane_closed(deliver_once(plain(server)), alarms=False)


def test_a_closed_lane_opens_again(server: ScriptedServer, lane: YagmailTransport) -> None:
    server.play(At.BANNER, "421 4.3.2 starting")
    assert_lane_closed(lane.deliver(OFFICE, VILLAGE, LETTER), alarms=False, code=421)
    assert lane.deliver(OFFICE, VILLAGE, LETTER).kind is Kind.SENT


# Login


def logged_in(server: ScriptedServer, password: str = PASSWORD, user: str = "dondoc") -> MailServer:
    return MailServer(LOOPBACK, server.port, Security.NONE, user, password)


def test_login_by_a_name_without_an_at() -> None:
    with ScriptedServer(users={"dondoc": PASSWORD}) as server:
        assert deliver_once(logged_in(server)).kind is Kind.SENT
        assert server.commands.count(At.AUTH) == 1


def test_a_wrong_password_alarms() -> None:
    with ScriptedServer(users={"dondoc": "another"}) as server:
        outcome = deliver_once(logged_in(server))
        assert_lane_closed(outcome, alarms=True, code=535)
        assert outcome.status == "5.7.8"
        assert server.letters == []
        assert At.MAIL not in server.commands


def test_a_login_refused_for_now_does_not_alarm() -> None:
    with ScriptedServer(users={"dondoc": PASSWORD}) as server:
        server.play(At.AUTH, "454 4.7.0 too many logins", times=None)
        assert_lane_closed(deliver_once(logged_in(server)), alarms=False, code=454)


def test_a_server_without_login_alarms(server: ScriptedServer) -> None:
    assert_lane_closed(deliver_once(logged_in(server)), alarms=True)


def test_a_garbled_challenge_is_an_outcome() -> None:
    with ScriptedServer(users={"dondoc": PASSWORD}) as server:
        server.play(At.AUTH, "334 a", times=None)
        outcome = deliver_once(logged_in(server))
        assert (outcome.kind, outcome.breaks_circuit) == (Kind.DEFERRED, True)


def test_an_echoed_password_is_blotted_out() -> None:
    with ScriptedServer(users={"dondoc": PASSWORD}) as server:
        settings = logged_in(server)
        assert len(settings.secrets) == 3
        server.play(At.AUTH, "535 5.7.8 not this: " + " ".join(settings.secrets), times=None)
        outcome = deliver_once(settings)
        assert outcome.reply == "5.7.8 not this: *** *** ***"


def test_nothing_is_logged_or_shown_of_a_password(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(users={"dondoc": PASSWORD}) as server_with_login:
        settings = logged_in(server_with_login)
        caplog.clear()
        lane = YagmailTransport(settings)
        lane.deliver(OFFICE, VILLAGE, LETTER)
        lane.close()
    ours = [record for record in caplog.records if record.name != "mail.log"]  # the test server's own
    assert not any(PASSWORD in record.getMessage() for record in ours)
    assert PASSWORD not in repr(settings) + repr(lane) + "".join(capfd.readouterr())


# TLS


def encrypted(
    server: ScriptedServer, security: Security, authority: trustme.CA, host: str = "localhost"
) -> MailServer:
    return MailServer(host, server.port, security, trust=trusting(authority), timeout=5)


def tls_server(certificate: trustme.LeafCert, security: Security) -> ScriptedServer:
    return ScriptedServer(tls=server_context(certificate), implicit_tls=security is Security.TLS)


BOTH = pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])


@BOTH
def test_a_good_certificate(authority: trustme.CA, security: Security) -> None:
    with tls_server(authority.issue_cert("localhost"), security) as server:
        assert deliver_once(encrypted(server, security, authority)).kind is Kind.SENT


@BOTH
def test_a_login_over_tls_from_anywhere(authority: trustme.CA, security: Security) -> None:
    certificate = server_context(authority.issue_cert("localhost"))
    users = {"dondoc": PASSWORD}
    with ScriptedServer(tls=certificate, implicit_tls=security is Security.TLS, users=users) as server:
        trust = trusting(authority)
        settings = MailServer("localhost", server.port, security, "dondoc", PASSWORD, trust=trust)
        assert deliver_once(settings).kind is Kind.SENT


@BOTH
def test_an_expired_certificate(authority: trustme.CA, security: Security) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificate = authority.issue_cert(
        "localhost", not_before=yesterday - timedelta(days=9), not_after=yesterday
    )
    with tls_server(certificate, security) as server:
        outcome = deliver_once(encrypted(server, security, authority))
        assert_lane_closed(outcome, alarms=True)
        assert "certificate has expired" in outcome.reply
        assert At.MAIL not in server.commands


@BOTH
def test_a_certificate_of_another_host(authority: trustme.CA, security: Security) -> None:
    with tls_server(authority.issue_cert("mail.kim-thanh.example"), security) as server:
        outcome = deliver_once(encrypted(server, security, authority))
        assert_lane_closed(outcome, alarms=True)
        assert "localhost" in outcome.reply


@BOTH
def test_a_certificate_of_an_unknown_authority(authority: trustme.CA, security: Security) -> None:
    with tls_server(trustme.CA().issue_cert("localhost"), security) as server:
        assert_lane_closed(deliver_once(encrypted(server, security, authority)), alarms=True)


@BOTH
def test_the_systems_authorities_are_asked_by_default(authority: trustme.CA, security: Security) -> None:
    with tls_server(authority.issue_cert("localhost"), security) as server:
        outcome = deliver_once(MailServer("localhost", server.port, security, timeout=5))
        assert_lane_closed(outcome, alarms=True)
        assert "certificate verify failed" in outcome.reply


def test_a_stripped_starttls_stops_before_the_password(authority: trustme.CA) -> None:
    with ScriptedServer(users={"dondoc": PASSWORD}) as server:
        trust = trusting(authority)
        settings = MailServer("localhost", server.port, Security.STARTTLS, "dondoc", PASSWORD, trust=trust)
        outcome = deliver_once(settings)
        assert_lane_closed(outcome, alarms=True)
        assert "STARTTLS" in outcome.reply
        assert not {At.AUTH, At.MAIL} & set(server.commands)


def test_a_refused_starttls_stops_before_the_password(authority: trustme.CA) -> None:
    certificate = server_context(authority.issue_cert("localhost"))
    with ScriptedServer(tls=certificate, users={"dondoc": PASSWORD}) as server:
        server.play(At.STARTTLS, "454 4.7.0 TLS not available")
        trust = trusting(authority)
        settings = MailServer("localhost", server.port, Security.STARTTLS, "dondoc", PASSWORD, trust=trust)
        assert_lane_closed(deliver_once(settings), alarms=False, code=454)
        assert not {At.AUTH, At.MAIL} & set(server.commands)


def test_a_plain_server_on_a_tls_port_alarms(server: ScriptedServer, authority: trustme.CA) -> None:
    assert_lane_closed(deliver_once(encrypted(server, Security.TLS, authority)), alarms=True)


# Settings


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"host": ""}, ServerFault.HOST),
        ({"host": "mail server"}, ServerFault.HOST),
        ({"host": "mail..example"}, ServerFault.HOST),
        ({"host": "thư.example"}, ServerFault.HOST),
        ({"host": "a" * 64 + ".example"}, ServerFault.HOST),
        ({"port": 0}, ServerFault.PORT),
        ({"port": 65_536}, ServerFault.PORT),
        ({"timeout": 0.0}, ServerFault.TIME_LIMIT),
        ({"data_timeout": -1.0}, ServerFault.TIME_LIMIT),
        ({"user": "dondoc"}, ServerFault.HALF_A_LOGIN),
        ({"password": PASSWORD}, ServerFault.HALF_A_LOGIN),
        ({"user": "dondoc", "password": "mật khẩu"}, ServerFault.LOGIN_NOT_ASCII),
        ({"user": "dondoc", "password": "a\r\nb"}, ServerFault.LOGIN_NOT_ASCII),
        ({"user": "dondoc", "password": PASSWORD, "security": Security.NONE}, ServerFault.UNPROTECTED_LOGIN),
    ],
)
def test_unusable_settings_are_refused(settings: dict[str, object], reason: ServerFault) -> None:
    good: dict[str, object] = {"host": "mail.kim-thanh.example", "port": 587, "security": Security.STARTTLS}
    MailServer(**good)  # type: ignore[arg-type]
    with pytest.raises(MailServerError) as refusal:
        MailServer(**(good | settings))  # type: ignore[arg-type]
    assert refusal.value.reason is reason
    assert str(settings.get("password") or PASSWORD) not in str(refusal.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_a_password_may_go_in_clear_to_this_machine(host: str) -> None:
    assert MailServer(host, 25, Security.NONE, "dondoc", PASSWORD).is_loopback


@pytest.mark.parametrize(
    "host", ["localhost.evil.example", "128.0.0.1", "mail.kim-thanh.example", "10.0.0.1"]
)
def test_no_other_machine_is_this_one(host: str) -> None:
    assert not MailServer(host, 25, Security.NONE).is_loopback


# Addresses


@pytest.mark.parametrize("recipient", ["thôn2@kim-thanh.example", "a b@c.example", "a@b>\r\nDATA", ""])
def test_an_impossible_recipient_is_rejected_unasked(
    server: ScriptedServer, lane: YagmailTransport, recipient: str
) -> None:
    outcome = lane.deliver(OFFICE, recipient, LETTER)
    assert (outcome.kind, outcome.stage, outcome.condemns_address) == (Kind.REJECTED, Stage.RCPT, True)
    assert server.sessions == 0


def test_an_impossible_sender_is_the_lanes_fault(lane: YagmailTransport) -> None:
    outcome = lane.deliver("văn thư", VILLAGE, LETTER)
    assert (outcome.kind, outcome.breaks_circuit, outcome.alarms) == (Kind.DEFERRED, True, True)
    assert not outcome.condemns_address


def test_an_international_domain_goes_as_punycode(server: ScriptedServer, lane: YagmailTransport) -> None:
    assert lane.deliver(OFFICE, "ubnd@kimthành.vn", LETTER).kind is Kind.SENT
    assert texts(server) == [("ubnd@xn--kimthnh-dwa.vn",)]


# Replies


@given(st.text(), st.sampled_from(list(Stage)), st.integers(-1, 999))
def test_any_reply_is_one_bounded_line_and_one_outcome(reply: str, stage: Stage, code: int) -> None:
    outcome = judge_reply(stage, code, reply.encode("utf-8", "surrogatepass"))
    assert len(outcome.reply) <= LONGEST_REPLY
    assert not outcome.reply or outcome.reply.splitlines() == [outcome.reply]
    assert not (outcome.breaks_circuit and outcome.kind in {Kind.SENT, Kind.REJECTED})
    assert not (outcome.condemns_address and outcome.kind is not Kind.REJECTED)
    assert outcome.breaks_circuit or not outcome.alarms
    assert (outcome.kind is Kind.SENT) == (200 <= code < 300)


def test_replies_of_many_lines_become_one() -> None:
    assert clean_reply(b"5.1.1 no such user\n5.1.1 see\r\nhttps://x.example\x00", ()) == (
        "5.1.1 no such user 5.1.1 see https://x.example"
    )


# What yagmail itself does: the reasons for all of the above. A release that mends one of these shows here.


def yagmail_client(server: ScriptedServer, **options: object) -> yagmail.SMTP:
    settings = {"host": LOOPBACK, "port": server.port, "smtp_ssl": False, "smtp_starttls": False} | options
    return yagmail.SMTP(OFFICE, smtp_skip_login=True, **settings)


def parts(server: ScriptedServer) -> list[tuple[str, str]]:
    message = message_from_bytes(server.letters[-1].data, policy=policy.default)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return [(part.get_content_type(), str(part.get_content())) for part in leaves]


def test_yagmail_reconnects_for_every_letter(server: ScriptedServer) -> None:
    with yagmail_client(server) as client:
        client.send(VILLAGE, "a", "b")
        client.send(VILLAGE, "a", "b")
    assert server.sessions == 2


def test_yagmail_puts_markup_into_the_text_part(server: ScriptedServer) -> None:
    with yagmail_client(server) as client:
        client.send(VILLAGE, "a", "một\nhai")
    assert ("text/plain", "một<br>hai") in [(kind, text.strip()) for kind, text in parts(server)]


def test_yagmail_attaches_a_body_that_is_a_path(server: ScriptedServer, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0", encoding="ascii")
    with yagmail_client(server) as client:
        client.send(VILLAGE, "a", str(secret))
    assert "root:x:0:0" in [text.strip() for _, text in parts(server)]


def test_yagmail_repeats_message_ids(server: ScriptedServer) -> None:
    with yagmail_client(server) as client:
        client.send(VILLAGE, "Việc của thôn", "một")
        client.send(VILLAGE, "Việc của thôn", "hai")
    first, second = (message_from_bytes(letter.data)["Message-ID"] for letter in server.letters)
    assert first == second


def test_yagmail_sends_again_when_the_answer_is_lost(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yagmail.sender.time, "sleep", lambda _seconds: None)
    server.play(At.DOT, closes=True, times=None)
    with yagmail_client(server) as client:
        client.set_logging(None)
        assert client.send(VILLAGE, "a", "b") is False
    assert len(server.letters) == 3


def test_yagmail_believes_any_certificate(authority: trustme.CA) -> None:
    for security in (Security.TLS, Security.STARTTLS):
        with tls_server(authority.issue_cert("mail.elsewhere.example"), security) as server:
            implicit = security is Security.TLS
            with yagmail_client(server, smtp_ssl=implicit, smtp_starttls=not implicit) as client:
                client.send(VILLAGE, "a", "b")
            assert len(server.letters) == 1


def test_yagmail_waits_without_limit(server: ScriptedServer) -> None:
    with yagmail_client(server) as client:
        client.login()
        assert client.smtp.sock.gettimeout() is None
    with YagmailTransport(plain(server)) as lane:
        lane.deliver(OFFICE, VILLAGE, LETTER)
        assert lane.smtp is not None
        assert lane.smtp.sock.gettimeout() is not None


def test_yagmail_asks_for_a_password_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def note(_user: str, password: str | None) -> str:
        asked.append(password)
        return password or PASSWORD

    monkeypatch.setattr(yagmail.sender, "handle_password", note)
    with ScriptedServer(users={OFFICE: PASSWORD}) as server:
        with yagmail.SMTP(OFFICE, None, LOOPBACK, server.port, smtp_ssl=False, smtp_starttls=False) as client:
            client.login()
        assert asked == [None]
        assert deliver_once(logged_in(server, user=OFFICE)).kind is Kind.SENT
        assert asked == [None, PASSWORD]
        assert deliver_once(plain(server)).kind is Kind.SENT
        assert asked == [None, PASSWORD]


def test_yagmail_makes_a_bare_name_a_gmail_address(server: ScriptedServer) -> None:
    assert yagmail.SMTP("dondoc", PASSWORD).user == "dondoc@gmail.com"
    assert YagmailTransport(logged_in(server)).user == "dondoc"


def test_every_smtp_error_is_an_os_error() -> None:
    library = yagmail.sender.smtplib
    errors = [value for name, value in vars(library).items() if name.startswith("SMTP") and name != "SMTP"]
    exceptions = [error for error in errors if isinstance(error, type) and issubclass(error, Exception)]
    assert len(exceptions) > 8
    assert all(issubclass(error, OSError) for error in exceptions)
    assert library.SMTPDataError(554, b"no").smtp_code == 554


def test_yagmails_own_sending_is_out_of_reach(lane: YagmailTransport) -> None:
    with pytest.raises(NotImplementedError):
        lane.send(VILLAGE, "a", "b")


@pytest.mark.filterwarnings("error::ResourceWarning")
@pytest.mark.parametrize("at", [At.BANNER, At.EHLO, At.MAIL, At.DOT])
def test_a_broken_connection_leaves_no_socket_behind(server: ScriptedServer, at: At) -> None:
    server.play(at, closes=True)
    lane = YagmailTransport(plain(server))
    lane.deliver(OFFICE, VILLAGE, LETTER)
    assert lane.smtp is None
    del lane
    gc.collect()  # an open socket would warn here, and the suite takes that for a failure


def test_contexts_check_the_host() -> None:
    context = MailServer("mail.kim-thanh.example", 465, Security.TLS).tls_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
