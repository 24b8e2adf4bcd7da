"""What the kill tests run in processes of their own, to be killed anywhere."""

import time
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection

from lanes import OFFICE
from smtp_server import LOOPBACK

from notifications.addresses import Mailbox
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport
from workflows.operations.mail.deliver import Lane, deliver
from workflows.operations.mail.links import LinkSigner
from workflows.operations.round import run_round
from workflows.store.database import Database

LANE = Lane(Mailbox(OFFICE), LinkSigner("a key of at least thirty-two signs"))
HASTE = 600
"""Simulated seconds in one second: leases and retries run out while the test looks on."""


def way_to(port: int) -> YagmailTransport:
    return YagmailTransport(MailServer(LOOPBACK, port, Security.NONE, timeout=2, data_timeout=2))


def deliver_forever(url: str, port: int, start: datetime, began: float) -> None:
    """Deliver whatever is due, on a hasty clock that started at `began` (seconds of `time.time`)."""
    database = Database.open(url, create=False)

    def clock() -> datetime:
        return start + timedelta(seconds=(time.time() - began) * HASTE)

    with way_to(port) as transport:
        while True:
            deliver(database, transport, LANE, clock, passing_over_quiet_hours=True, passing_over_rest=True)
            time.sleep(0.01)


def one_round(url: str, office: str, as_of: date, now: datetime, ready: Connection) -> None:
    """Say that everything is imported and open, then run one round."""
    database = Database.open(url, create=False)
    ready.send(True)
    run_round(database, office, as_of=as_of, now=now)
    database.close()
