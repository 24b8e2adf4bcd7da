"""The embedded inbox: keeps what it acknowledges, opens what it is given."""

import errno
import logging
import mailbox
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.addresses import Mailbox
from notifications.inbox import LOOPBACK, EmbeddedInbox, letters, read
from notifications.mime import Message, compose
from notifications.outcomes import Kind, Outcome
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport

OFFICE = Mailbox("dondoc@kim-thanh.example", "Phòng Văn hóa - Xã hội")
EVENTS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def letter(number: int, calendars: tuple[tuple[str, bytes], ...] = ()) -> Message:
    return Message(
        sender=OFFICE,
        recipient=Mailbox(f"thon{number}@kim-thanh.example", f"Trưởng Thôn {number}"),
        reply_to=None,
        subject=f"Việc của Thôn {number} - Tháng hành động vì trẻ em năm 2026",
        text=f"Kính gửi: Đồng chí Trưởng Thôn {number}\n",
        html=f"<p>Kính gửi: Đồng chí Trưởng Thôn {number}</p>\n",
        message_id=f"<{number}@kim-thanh.example>",
        date=datetime(2026, 6, 10, 7, 0, tzinfo=timezone(timedelta(hours=7))),
        list_id="thang-hanh-dong.kim-thanh.example",
        language="vi",
        calendars=calendars,
    )


def deliver(inbox: EmbeddedInbox, *messages: Message) -> list[Outcome]:
    host, port = inbox.address
    with YagmailTransport(MailServer(host, port, Security.NONE)) as lane:
        return [
            lane.deliver(OFFICE.address, message.recipient.address, compose(message)) for message in messages
        ]


def keep(maildir: Path, data: bytes) -> None:
    mailbox.Maildir(maildir).add(data)


def test_a_delivered_letter_can_be_read(tmp_path: Path) -> None:
    maildir = tmp_path / "home" / "inbox"
    with EmbeddedInbox(maildir) as inbox:
        assert inbox.address[0] == LOOPBACK
        (outcome,) = deliver(inbox, letter(2, calendars=(("lịch thôn 2.ics", EVENTS),)))
    assert outcome.kind is Kind.SENT
    (line,) = letters(maildir)
    assert line.subject == "Việc của Thôn 2 - Tháng hành động vì trẻ em năm 2026"
    assert line.sender == "Phòng Văn hóa - Xã hội <dondoc@kim-thanh.example>"
    assert line.to == "Trưởng Thôn 2 <thon2@kim-thanh.example>"
    assert line.date == datetime(2026, 6, 10, tzinfo=UTC)
    opened = read(maildir, line.name)
    assert opened.letter == line
    assert opened.message_id == "<2@kim-thanh.example>"
    assert opened.text == "Kính gửi: Đồng chí Trưởng Thôn 2\n"
    assert opened.html == "<p>Kính gửi: Đồng chí Trưởng Thôn 2</p>\n"
    (calendar,) = opened.attachments
    assert (calendar.name, calendar.content_type) == ("lịch thôn 2.ics", "text/calendar")
    assert calendar.content == EVENTS


def test_the_bytes_are_kept_as_they_came(tmp_path: Path) -> None:
    message = letter(2)
    with EmbeddedInbox(tmp_path / "inbox") as inbox:
        deliver(inbox, message)
    (line,) = letters(tmp_path / "inbox")
    assert line.path.read_bytes() == compose(message)


def test_letters_come_newest_first(tmp_path: Path) -> None:
    with EmbeddedInbox(tmp_path / "inbox") as inbox:
        deliver(inbox, *(letter(number) for number in range(1, 6)))
    recipients = [line.to.split()[2] for line in letters(tmp_path / "inbox")]
    assert recipients == ["5", "4", "3", "2", "1"]
    assert [line.to.split()[2] for line in letters(tmp_path / "inbox", limit=2)] == ["5", "4"]


def test_two_inboxes_may_share_a_maildir(tmp_path: Path) -> None:
    with EmbeddedInbox(tmp_path / "inbox") as one, EmbeddedInbox(tmp_path / "inbox") as other:
        assert one.address != other.address
        deliver(one, letter(1))
        deliver(other, letter(2))
    assert len(letters(tmp_path / "inbox")) == 2


def test_an_inbox_closes_with_a_letter_writer_still_connected(tmp_path: Path) -> None:
    with EmbeddedInbox(tmp_path / "inbox") as inbox:
        host, port = inbox.address
        lane = YagmailTransport(MailServer(host, port, Security.NONE))
        lane.deliver(OFFICE.address, "thon2@kim-thanh.example", compose(letter(2)))
    lane.close()
    assert len(letters(tmp_path / "inbox")) == 1


def test_only_the_owner_reads_the_inbox(tmp_path: Path) -> None:
    with EmbeddedInbox(tmp_path / "inbox"):
        assert stat.S_IMODE((tmp_path / "inbox").stat().st_mode) == 0o700


def test_no_log_quotes_a_letter(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with EmbeddedInbox(tmp_path / "inbox") as inbox:
        deliver(inbox, replace(letter(1), text="https://dondoc.kim-thanh.example/v/7KQ2-9FDM\n"))
    assert "7KQ2" not in caplog.text
    assert "thon1@" not in caplog.text


def test_a_full_disk_defers_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: mailbox.Maildir, _message: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with EmbeddedInbox(tmp_path / "inbox") as inbox:
        with monkeypatch.context() as full:
            full.setattr(mailbox.Maildir, "add", refuse)
            (outcome,) = deliver(inbox, letter(1))
        assert (outcome.kind, outcome.code, outcome.status) == (Kind.DEFERRED, 452, "4.3.1")
        assert deliver(inbox, letter(2))[0].kind is Kind.SENT
    assert len(letters(tmp_path / "inbox")) == 1


# Reading


def test_an_inbox_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert letters(tmp_path / "nowhere") == []


@pytest.mark.parametrize("name", ["", ".", "..", "../../secret", "/etc/passwd", "new", "\0"])
def test_only_letters_open(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("bí mật", encoding="utf-8")
    keep(tmp_path / "inbox", b"Subject: a\r\n\r\nb\r\n")
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "inbox", name)


ODD_LETTERS = {
    "empty": b"",
    "no headers": b"\r\njust a body\r\n",
    "one line": b"what is this",
    "unknown charset": b"Subject: =?x-none?q?a?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xff\r\n",
    "broken encoded word": b"Subject: =?utf-8?b?!!!?=\r\nFrom: =?utf-8?b?a?= <a@b>\r\n\r\n",
    "eight-bit headers": b"Subject: Vi\xe1\xbb\x87c\r\nTo: \xff\xfe\r\n\r\n\xff",
    "broken base64": b"Content-Transfer-Encoding: base64\r\n\r\n!!!a\r\n",
    "absurd date": b"Date: Wed, 99 Foo 99999999 77:77:77 +99999999\r\n\r\n",
    "date without zone": b"Date: Wed, 10 Jun 2026 07:00:00 -0000\r\n\r\n",
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\na\r\n",
    "open boundary": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\na\r\n',
    "odd file name": b"Content-Disposition: attachment; filename*=x-none''%ff\r\n\r\na",
    "letter in a letter": b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n",
    "null": b"Subject: a\0b\r\n\r\n\0\r\n",
    "nested beyond reason": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (depth, depth)
        for depth in range(3_000)
    ),
}


@pytest.mark.parametrize("what", ODD_LETTERS)
def test_odd_letters_open_all_the_same(tmp_path: Path, what: str) -> None:
    keep(tmp_path / "inbox", ODD_LETTERS[what])
    keep(tmp_path / "inbox", compose(letter(2)))
    lines = letters(tmp_path / "inbox")
    assert len(lines) == 2
    for line in lines:
        assert read(tmp_path / "inbox", line.name).letter == line


def test_an_odd_letter_still_shows_what_it_says(tmp_path: Path) -> None:
    keep(tmp_path / "inbox", ODD_LETTERS["unknown charset"].replace(b"\xff", b"still here"))
    (line,) = letters(tmp_path / "inbox")
    assert line.subject == "=?x-none?q?a?="
    assert read(tmp_path / "inbox", line.name).text == "still here\n"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(data=st.binary(max_size=300), cut=st.tuples(st.integers(0, 2_000), st.integers(0, 2_000)))
def test_mutilated_letters_open(tmp_path: Path, data: bytes, cut: tuple[int, int]) -> None:
    whole = compose(letter(2, calendars=(("a.ics", EVENTS),)))
    start, end = sorted(cut)
    maildir = tmp_path / "inbox"
    key = mailbox.Maildir(maildir).add(whole[:start] + data + whole[end:])
    assert read(maildir, key).letter.name == key
    mailbox.Maildir(maildir).remove(key)
