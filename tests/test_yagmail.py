"""What yagmail itself does: the reasons why only its connection is used.

A release that mends one of these shows here.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme
import yagmail  # type: ignore[import-untyped]
import yagmail.sender  # type: ignore[import-untyped]
from lanes import LETTER, OFFICE, PASSWORD, VILLAGE, deliver_once, logged_in, plain, tls_server
from smtp_server import LOOPBACK, At, ScriptedServer

from notifications.outcomes import Kind
from notifications.servers import Security
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
    with pytest.raises(TypeError, match="deliver"):
        lane.send(VILLAGE, "a", "b")
