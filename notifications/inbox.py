"""The embedded inbox: a real SMTP server on loopback that keeps every letter in a Maildir.

It stands in where no mail server is configured, so that a first run goes the same way as a real one. The
letters it keeps carry signed links; the Maildir is readable by its owner only, and showing them is up to
the viewer.
"""

import asyncio
import logging
import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as ParsedMessage
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK: Final = "127.0.0.1"
LARGEST_LETTER: Final = 8 * 1024 * 1024
"""Bytes; a letter of this project stays a hundredfold below."""

_log = logging.getLogger(__name__)


class EmbeddedInbox:
    """A context manager: listens on a free loopback port and files each letter under `maildir`.

    A letter is acknowledged once it is on the disk; where the disk refuses, the sender is told to try
    again.
    """

    def __init__(self, maildir: Path) -> None:
        # At DEBUG the library writes every line of a letter, signed links included, into the log.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self._controller = _LoopbackController(_Filing(maildir))

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, known while the inbox is open."""
        return LOOPBACK, self._controller.port


class _Filing:
    """Files the bytes as they came; the library's own handler would rewrite them."""

    def __init__(self, maildir: Path) -> None:
        maildir.parent.mkdir(parents=True, exist_ok=True)
        self._maildir = mailbox.Maildir(maildir, create=True)

    # The library calls its hooks by these names.
    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = envelope.original_content or b""
        try:
            self._maildir.add(letter)  # written aside, synced, then moved into `new`
        except OSError as error:
            _log.warning("the embedded inbox cannot keep a letter: %s", error.strerror)
            return "452 4.3.1 cannot keep the letter now"
        return "250 2.0.0 kept"


class _LoopbackController(Controller):
    def __init__(self, handler: _Filing) -> None:
        super().__init__(
            handler,
            hostname=LOOPBACK,
            port=0,
            server_hostname="localhost",  # spares a name look-up that can hang without a network
            data_size_limit=LARGEST_LETTER,
            enable_SMTPUTF8=False,
        )

    def _trigger_server(self) -> None:
        # Called once the port is bound: take over the one the system chose.
        self.port = cast("asyncio.Server", self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class InboxLetter:
    """One line of the inbox. `name` opens it; `date` is the letter's own, `received` the file's."""

    name: str
    path: Path
    received: datetime
    date: datetime | None
    sender: str
    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """One letter with its readable parts; an absent part is empty. The HTML is as sent: sandbox it."""

    letter: InboxLetter
    message_id: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def letters(maildir: Path, limit: int | None = None) -> list[InboxLetter]:
    """The letters of an inbox, newest first; none where there is no inbox yet."""
    files = sorted(_files(maildir), key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [_line(path) for path in files[:limit]]


def read(maildir: Path, name: str) -> OpenedLetter:
    """Open the letter that `letters` calls `name`. Raises FileNotFoundError when there is none."""
    # Compared with what is there, never joined to a path: the name may come from a web address.
    path = next((path for path in _files(maildir) if path.name == name), None)
    if path is None:
        raise FileNotFoundError(f"no letter {name[:100]!a} in this inbox")
    data = path.read_bytes()
    try:
        message = message_from_bytes(data)
        parts = [part for part in message.walk() if not part.is_multipart()]
    except (RecursionError, MessageError, ValueError):
        # Nested beyond reason: shown as it came.
        return OpenedLetter(_line(path), "", data.decode("utf-8", "replace"), "", ())
    attachments = tuple(_attachment(part) for part in parts if _is_attached(part))
    shown = [part for part in parts if not _is_attached(part)]
    return OpenedLetter(
        letter=_line(path),
        message_id=_decoded(message, "Message-ID"),
        text="\n".join(_text(part) for part in shown if part.get_content_subtype() != "html"),
        html="\n".join(_text(part) for part in shown if part.get_content_subtype() == "html"),
        attachments=attachments,
    )


def _files(maildir: Path) -> Iterator[Path]:
    for folder in ("new", "cur"):
        if (maildir / folder).is_dir():
            yield from (path for path in (maildir / folder).iterdir() if path.is_file())


def _line(path: Path) -> InboxLetter:
    with path.open("rb") as file:
        headers = BytesHeaderParser().parse(file)
    return InboxLetter(
        name=path.name,
        path=path,
        received=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        date=_date(headers),
        sender=_decoded(headers, "From"),
        to=_decoded(headers, "To"),
        subject=_decoded(headers, "Subject"),
    )


def _date(headers: ParsedMessage) -> datetime | None:
    try:
        date = parsedate_to_datetime(_decoded(headers, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _decoded(headers: ParsedMessage, name: str) -> str:
    """A header as a reader shows it; what cannot be decoded is shown as it came."""
    raw = str(headers.get(name, "")).replace("\r", "").replace("\n", "")
    try:
        chunks = decode_header(raw)
        return "".join(
            chunk if isinstance(chunk, str) else chunk.decode(charset or "utf-8", "replace")
            for chunk, charset in chunks
        ).strip()
    except (MessageError, LookupError, ValueError):
        return raw


def _text(part: ParsedMessage) -> str:
    data = _payload(part)
    try:
        text = data.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _payload(part: ParsedMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_attached(part: ParsedMessage) -> bool:
    is_readable = part.get_content_type() in {"text/plain", "text/html"}
    return not is_readable or part.get_content_disposition() == "attachment"


def _attachment(part: ParsedMessage) -> Attachment:
    return Attachment(str(part.get_filename() or ""), part.get_content_type(), _payload(part))
