"""What `dondoc up` leaves behind where it is stopped while a letter is on its way."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from cli_cases import FIRST_DAY, Office, open_office
from conftest import PrefectTables
from smtp_server import HANG, LOOPBACK, At, ScriptedServer
from test_up import SECONDS_TO_COME_UP, RunningOffice, at

from workflows.home import Home
from workflows.operations.mail.deliver import deliver
from workflows.operations.mail.lanes import lane_of, opened_transport
from workflows.settings import read_settings
from workflows.store.database import Database
from workflows.store.records import LetterState

AS_THEY_WERE = {LetterState.QUEUED, LetterState.SUPERSEDED, LetterState.TO_HAND_OVER}
"""States of letters that no server was offered."""

pytestmark = [pytest.mark.prefect, pytest.mark.destructive]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def office(
    server: ScriptedServer,
    prefect_tables: PrefectTables,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    """A plan published and a round run, its letters for a server that keeps the first one and is silent."""
    opened = open_office(tmp_path, capsys, monkeypatch)
    (tmp_path / "dondoc.toml").write_text(
        f'mail_from = "office@xa.example"\nsmtp_host = "{LOOPBACK}"\nsmtp_port = {server.port}\n'
        'smtp_security = "none"\n',
        encoding="utf-8",
    )
    opened.publish()
    opened.open_work(FIRST_DAY)
    prefect_tables.put_into(Home.existing(opened.home))
    return opened


def test_a_stop_while_a_letter_is_in_data_takes_seconds_and_loses_nothing(
    office: Office, server: ScriptedServer
) -> None:
    server.play(At.DOT, delay=HANG)
    running = RunningOffice(office.folder, at(9))
    try:
        _wait_for_a_letter_in_data(running, server)
        took = running.stop()
    finally:
        running.process.kill()
    assert (took < 10, running.process.returncode) == (True, 0)

    settings = read_settings(office.folder)
    with closing(Database.open(settings.database, create=False)) as database:
        with database.read() as transaction:
            letters = {one.id: one for one in transaction.letters.find()}
            bytes_of = {number: transaction.letters.frozen(number) for number in letters}
        (on_its_way,) = [one for one in letters.values() if one.state is LetterState.SENDING]
        others = [one for one in letters.values() if one.state is LetterState.QUEUED]
        assert others
        assert {one.state for one in letters.values()} <= AS_THEY_WERE | {LetterState.SENDING}
        assert {one.attempts for one in letters.values()} == {0}
        # Nobody knows whether it arrived: it goes once more when the claim has run out, the rest at once.
        with opened_transport(settings) as transport:
            assert on_its_way.lease_until is not None
            now = on_its_way.lease_until - timedelta(seconds=1)
            first = deliver(database, transport, lane_of(settings), lambda: now)
            assert (first.sent, first.left) == (len(others), 1)
            now += timedelta(seconds=1)
            assert deliver(database, transport, lane_of(settings), lambda: now).sent == 1
    copies = [taken.data for taken in server.letters if taken.data == bytes_of[on_its_way.id]]
    assert len(copies) == 2
    assert len(server.letters) == len(others) + 2


def _wait_for_a_letter_in_data(running: RunningOffice, server: ScriptedServer) -> None:
    deadline = time.monotonic() + SECONDS_TO_COME_UP
    while At.DOT not in server.commands:
        assert time.monotonic() < deadline, running.lines
        assert running.process.poll() is None, running.lines
        time.sleep(0.1)
