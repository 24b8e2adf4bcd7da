"""Reaching a mail server: names, banners, certificates, passwords; and settings that are refused unasked."""

import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from lanes import (
    FAST,
    LETTER,
    OFFICE,
    PASSWORD,
    VILLAGE,
    assert_lane_closed,
    deliver_once,
    logged_in,
    plain,
    tls_server,
)
from smtp_server import HANG, LOOPBACK, At, ScriptedServer, refused_port, server_context, trusting

from notifications.outcomes import Kind
from notifications.servers import MailServer, MailServerError, Security, ServerFault
from notifications.transport import YagmailTransport


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def lane(server: ScriptedServer) -> Iterator[YagmailTransport]:
    with YagmailTransport(plain(server)) as lane:
        yield lane


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


# No connection at all: the lane's doing, always


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


def test_contexts_check_the_host() -> None:
    context = MailServer("mail.kim-thanh.example", 465, Security.TLS).tls_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


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
