"""A letter as bytes: the same message gives the same bytes, on every machine and every day.

The parts are put together here rather than by `email.message`: its modern policy drops spaces from long
Vietnamese subjects, its older one costs four times as much per letter. Both still read what is written
here, in the tests.
"""

import binascii
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import encode_rfc2231, format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from notifications.addresses import Mailbox, MailInputError, Unfit, header_text

CRLF: Final = "\r\n"
FOLD: Final = 75
"""Longest header line where a fold is possible; one less than the 76 of RFC 2047."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MESSAGE_ID = re.compile(rf"<{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*>")
_LIST_ID = re.compile(rf"{_ATOM}(?:\.{_ATOM})+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_LONGEST_TOKEN = 250
_LONGEST_FILE_NAME = 60
# What may stand in a header as it is; everything else becomes encoded words.
_PLAIN_PHRASE = re.compile(r"(?=.{1,60}$)[A-Za-z0-9'/+-]+(?: [A-Za-z0-9'/+-]+)*")
_PLAIN_TEXT = re.compile(r"(?=.{1,60}$)[!-<>-~]+(?: [!-<>-~]+)*")
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")

_NOT_IN_A_BODY = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Message:
    """One letter to one recipient, before it is bytes.

    `message_id` and `thread_root` are written with their angle brackets, `list_id` without. `date` is
    aware. `calendars` are file names and the bytes of iCalendar files. Raises MailInputError.
    """

    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox | None
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    list_id: str
    language: str
    thread_root: str | None = None
    calendars: tuple[tuple[str, bytes], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", header_text(self.subject))
        _require(_MESSAGE_ID, self.message_id, "message id")
        if self.thread_root is not None:
            _require(_MESSAGE_ID, self.thread_root, "thread root")
        _require(_LIST_ID, self.list_id, "list id")
        _require(_LANGUAGE, self.language, "language")
        if self.date.utcoffset() is None:
            raise MailInputError(Unfit.NAIVE_DATE, "the date of a letter names its zone")
        named = tuple((_file_name(name), content) for name, content in self.calendars)
        object.__setattr__(self, "calendars", named)


def random_message_id(domain: str) -> str:
    """A new `<...@domain>` with 128 random bits: nobody can guess a letter from its neighbour."""
    return f"<{secrets.token_hex(16)}@{domain}>"


def compose(envelope: Message) -> bytes:
    """The letter as it goes over the wire, lines ended by CRLF and at most 998 bytes long.

    Text beside HTML, in a `multipart/mixed` where calendar files come along. Raises MailInputError where
    a body holds a character that no mail may hold.
    """
    bodies = [_text("plain", envelope.text), _text("html", envelope.html)]
    content = _multipart("alternative", _boundary("alternative", envelope.message_id), bodies)
    if envelope.calendars:
        files = (_calendar(*calendar) for calendar in envelope.calendars)
        content = _multipart("mixed", _boundary("mixed", envelope.message_id), [content, *files])
    return _head(envelope).encode("ascii") + content


def _head(envelope: Message) -> str:
    lines = [
        f"From: {_address('From', envelope.sender)}",
        f"To: {_address('To', envelope.recipient)}",
        f"Subject: {_words('Subject', envelope.subject)}",
        f"Date: {format_datetime(envelope.date)}",
        f"Message-ID: {envelope.message_id}",
        f"List-Id: <{envelope.list_id}>",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {envelope.language}",
        "MIME-Version: 1.0",
    ]
    if envelope.reply_to is not None:
        lines.insert(2, f"Reply-To: {_address('Reply-To', envelope.reply_to)}")
    if envelope.thread_root is not None:
        lines.append(f"References: {envelope.thread_root}")
    return CRLF.join([*lines, ""])


@lru_cache(maxsize=1_024)
def _address(field: str, mailbox: Mailbox) -> str:
    address = f"<{mailbox.address}>"
    if not mailbox.name:
        return address
    # The address stands outside the encoded words: inside one no reader would recognise it.
    name = mailbox.name if _PLAIN_PHRASE.fullmatch(mailbox.name) else _encoded_words(field, mailbox.name)
    last_line = name.rpartition(CRLF)[2] if CRLF in name else f"{field}: {name}"
    return f"{name} {address}" if len(last_line) + len(address) < FOLD else f"{name}{CRLF} {address}"


def _words(field: str, text: str) -> str:
    # Needlessly encoded subjects count against a letter in spam filters.
    return text if not text or _PLAIN_TEXT.fullmatch(text) else _encoded_words(field, text)


def _encoded_words(field: str, text: str) -> str:
    """The text as RFC 2047 words, one a line; readers join them without the folds between."""
    words: list[str] = []
    chunk = b""
    room = _word_room(FOLD - len(f"{field}: "))
    for character in text:
        encoded = character.encode("utf-8")
        if len(chunk) + len(encoded) > room:  # a word holds whole characters only
            words.append(_word(chunk))
            chunk, room = b"", _word_room(FOLD)
        chunk += encoded
    return f"{CRLF} ".join([*words, _word(chunk)])


def _word(chunk: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(chunk, newline=False).decode('ascii')}?="


def _word_room(characters: int) -> int:
    """Bytes whose word fits into so many characters."""
    return (characters - len("=?utf-8?b??=")) // 4 * 3


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    opening = f"--{boundary}{CRLF}".encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{CRLF}{CRLF}'.encode("ascii")
    closing = f"--{boundary}--{CRLF}".encode("ascii")
    return head + b"".join(opening + part + b"\r\n" for part in parts) + closing


def _boundary(subtype: str, message_id: str) -> str:
    """A line that parts a letter: "=_" never occurs in quoted-printable or base64, so it is in no part."""
    return f"=_{sha256(f'{subtype} {message_id}'.encode('ascii')).hexdigest()[:24]}"


def _text(subtype: str, text: str) -> bytes:
    """A part in quoted-printable, every line ended by CRLF, the last one included."""
    head = f'Content-Type: text/{subtype}; charset="utf-8"{CRLF}Content-Transfer-Encoding: quoted-printable'
    lines = text.replace(CRLF, "\n").removesuffix("\n").split("\n")
    return f"{head}{CRLF}{CRLF}".encode("ascii") + b"".join(map(_line, lines))


@lru_cache(maxsize=4_096)
def _line(line: str) -> bytes:
    """One line of a body in NFC, encoded; refuses what no mail body may hold.

    Most lines of a letter stand in every letter of a day: markup, labels, titles. They are encoded once.
    """
    try:
        content = unicodedata.normalize("NFC", line).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MailInputError(Unfit.SURROGATE, f"half a character at {error.start} of a line") from None
    # Nothing printable is refused, and nearly every line is.
    if not line.isprintable() and _NOT_IN_A_BODY.search(line):
        raise MailInputError(Unfit.UNPRINTABLE, "a control character or line separator in the body")
    return binascii.b2a_qp(content + b"\r\n")


def _calendar(name: str, content: bytes) -> bytes:
    if _PLAIN_FILE_NAME.fullmatch(name):
        parameter = f'filename="{name}"'
    else:
        parameter = f"filename*={encode_rfc2231(name, 'utf-8')}"
    head = (
        f'Content-Type: text/calendar; charset="utf-8"; method=PUBLISH{CRLF}'
        f"Content-Transfer-Encoding: base64{CRLF}"
        f"Content-Disposition: attachment;{CRLF} {parameter}{CRLF}{CRLF}"
    )
    # 57 bytes make one line of 76 characters.
    lines = [
        binascii.b2a_base64(content[at : at + 57], newline=False) + b"\r\n"
        for at in range(0, len(content), 57)
    ]
    return head.encode("ascii") + b"".join(lines)


def _file_name(name: str) -> str:
    checked = header_text(name)
    if not 0 < len(checked) <= _LONGEST_FILE_NAME or set(checked) & set('/\\"') or checked.startswith("."):
        raise MailInputError(Unfit.NAME, f"no usable file name: {checked[:_LONGEST_FILE_NAME]!a}")
    return checked


def _require(pattern: re.Pattern[str], value: str, what: str) -> None:
    if len(value) > _LONGEST_TOKEN or not pattern.fullmatch(value):
        raise MailInputError(Unfit.NAME, f"no usable {what}: {value[:_LONGEST_TOKEN]!a}")
