"""Handing frozen letters to a mail server on loopback: through yagmail's connection, and by bare smtplib.

    python benchmarks/bench_delivery.py [--letters 500] [--kilobytes 16] [--rounds 7] [--json]

The floor sends the same bytes with smtplib over one connection to the same server and keeps no outcome. Ours
connects anew after every hundred letters, as the transport does. The goal is nine tenths of the floor. The
last row is the whole of `deliver`: claims, the bytes from the store, and every answer committed before the
next letter leaves, which is where its time goes.

Floor and ours take turns; the ratio is the median over the turns, so that what else runs on the machine
counts little.
"""

import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.commune import DUE, OFFICE, PUBLISHED, at, lane, plan_of
from benchmarks.report import asked, tell
from benchmarks.sink import LOOPBACK, running_sink
from notifications.outcomes import Kind
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport
from plan_definitions.model import Channel
from workflows.operations.mail.deliver import deliver
from workflows.operations.publish import publish
from workflows.store.database import Database
from workflows.store.records import LetterState, Outcome, QueuedLetter

SENDER = "dondoc@xa.example"
LEASE = timedelta(minutes=15)


def letter(number: int, size: int) -> bytes:
    """A letter of so many bytes; its content does not matter here."""
    head = f"From: <{SENDER}>\r\nTo: <t{number}@xa.example>\r\nSubject: {number}\r\n\r\n".encode()
    line = b"=E1=BA=A1 " * 9 + b"\r\n"
    return head + line * ((size - len(head)) // len(line))


def by_smtplib(port: int, letters: list[tuple[str, bytes]]) -> None:
    """The floor."""
    with smtplib.SMTP(LOOPBACK, port, local_hostname="localhost") as server:
        server.ehlo()
        for address, data in letters:
            server.mail(SENDER)
            server.rcpt(address)
            code, _ = server.data(data)
            assert code == 250


def by_transport(port: int, letters: list[tuple[str, bytes]]) -> None:
    """Ours: live connections, an exact outcome for each letter."""
    with YagmailTransport(MailServer(LOOPBACK, port, Security.NONE)) as transport:
        for address, data in letters:
            assert transport.deliver(SENDER, address, data).kind is Kind.SENT


def filled(folder: Path, letters: list[tuple[str, bytes]]) -> Database:
    """A database whose outbox holds these letters, frozen and due."""
    for old in folder.glob("outbox.db*"):
        old.unlink()
    database = Database.open(f"sqlite:///{folder / 'outbox.db'}", create=True)
    publish(database, plan_of(folder, 20), {}, as_of=PUBLISHED, now=at(PUBLISHED))
    now, later = at(DUE), at(DUE + timedelta(30))
    with database.write() as transaction:
        for waiting in transaction.letters.find(OFFICE):
            transaction.letters.supersede([waiting.id], now, "not measured")
        for number, (address, _) in enumerate(letters):
            transaction.letters.queue(
                QueuedLetter(
                    OFFICE,
                    f"letter {number}",
                    "decision",
                    Channel.MAIL,
                    address,
                    "Thư",
                    "vi",
                    "{}",
                    now,
                    now,
                    later,
                )
            )
        bytes_of = dict(letters)
        for claim in transaction.letters.claim(now, LEASE, len(letters)):
            transaction.letters.freeze(
                claim.letter.id,
                claim.token,
                bytes_of[claim.letter.address],
                f"<{claim.letter.id}@xa.example>",
            )
            transaction.letters.finish(
                claim.letter.id, claim.token, Outcome(LetterState.QUEUED, not_before=now), now
            )
    return database


def whole_delivery(folder: Path, port: int, letters: list[tuple[str, bytes]]) -> float:
    """Seconds in which `deliver` empties an outbox of frozen letters."""
    database = filled(folder, letters)
    with YagmailTransport(MailServer(LOOPBACK, port, Security.NONE)) as transport:
        seconds, sent = 0.0, 0
        begun = time.perf_counter()
        sent = deliver(database, transport, lane(), lambda: at(DUE, 9)).sent
        seconds = time.perf_counter() - begun
    assert sent == len(letters)
    database.close()
    return seconds


def seconds_of(
    send: Callable[[int, list[tuple[str, bytes]]], None], port: int, letters: list[tuple[str, bytes]]
) -> float:
    """One timed turn."""
    begun = time.perf_counter()
    send(port, letters)
    return time.perf_counter() - begun


def measure(count: int, size: int, rounds: int) -> dict[str, float]:
    """Every figure of the table."""
    letters = [(f"t{number}@xa.example", letter(number, size)) for number in range(count)]
    with tempfile.TemporaryDirectory() as name, running_sink() as port:
        turns = [
            (seconds_of(by_smtplib, port, letters), seconds_of(by_transport, port, letters))
            for _ in range(rounds)
        ]
        whole = min(whole_delivery(Path(name), port, letters) for _ in range(2))
    floor, ours = (min(seconds) for seconds in zip(*turns, strict=True))
    return {
        "letters": count,
        "bytes": len(letters[0][1]),
        "floor_smtplib": round(count / floor),
        "transport": round(count / ours),
        "ratio": round(statistics.median(bare / live for bare, live in turns), 3),
        "deliver": round(count / whole),
    }


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, letters=500, kilobytes=16, rounds=7)
    units = dict.fromkeys(("floor_smtplib", "transport", "deliver"), "letters/s")
    figures = measure(given.letters, given.kilobytes * 1024, given.rounds)
    tell(figures, as_json=given.json, units=units)


if __name__ == "__main__":
    main()
