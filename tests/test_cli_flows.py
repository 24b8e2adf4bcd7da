"""`round`, `deliver` and `demo` through a real Prefect server."""

import json
import logging
import mailbox
import re
import shutil
import socket
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from cli_cases import NOW, ROUND_DAY, Office, open_office
from smtp_server import LOOPBACK, At, ScriptedServer

from workflows.flows.environment import prefect_folder
from workflows.flows.server import Server
from workflows.home import Home
from workflows.store.database import Database

pytestmark = pytest.mark.prefect

ROUND_KEYS = {"as_of", "opened", "reminded", "escalated", "letters"}
COUNTS = {"sent", "deferred", "dead", "left"}


@pytest.fixture
def office(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    prefect_server: Server,
) -> Office:
    return published(open_office(tmp_path, capsys, monkeypatch), prefect_server)


@pytest.fixture
def office_today(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    prefect_server: Server,
) -> Office:
    """The same on the real clock, which delivery reads."""
    return published(open_office(tmp_path, capsys, monkeypatch, now=None), prefect_server)


def published(office: Office, server: Server) -> Office:
    """A published plan in a home that knows the server of this session, as one under `dondoc up` does."""
    office.publish()
    shutil.copy(server.home.path / "prefect_auth", office.home / "prefect_auth")
    prefect_folder(Home(office.home)).mkdir()
    shutil.copy(
        prefect_folder(server.home) / "address.json", prefect_folder(Home(office.home)) / "address.json"
    )
    return office


@pytest.fixture
def database(office: Office) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{office.home / 'dondoc.db'}", create=False)
    yield opened
    opened.close()


def test_a_round_and_the_same_round_again(office: Office) -> None:
    first = office.document("round", "--as-of", ROUND_DAY)
    assert set(first) == ROUND_KEYS
    assert first["as_of"] == ROUND_DAY
    assert first["opened"] == 3
    assert first["letters"] >= 3
    assert all(type(first[name]) is int for name in ROUND_KEYS - {"as_of"})
    again = office.document("round", "--as-of", ROUND_DAY)
    assert again == {"as_of": ROUND_DAY, "opened": 0, "reminded": 0, "escalated": 0, "letters": 0}


def test_an_earlier_round_is_not_made_up_for(office: Office) -> None:
    office.call("round", "--as-of", ROUND_DAY)
    code, out, err = office.call("round", "--as-of", "2026-06-09", "--json")
    assert code == 0
    assert json.loads(out)["letters"] == 0
    assert "the round of Wednesday, 10 June 2026 was run already" in err


def test_of_two_rounds_at_once_one_says_so(office: Office, database: Database) -> None:
    with database.write() as transaction:
        day = date.fromisoformat(ROUND_DAY)
        # The flow reads the real clock: hold the round until long after it.
        transaction.rounds.begin("xa-mau", day, NOW, "another", timedelta(days=36_500))
    before = office.standing()
    code, out, err = office.call("round", "--as-of", ROUND_DAY, "--json")
    assert code == 0
    assert json.loads(out)["opened"] == 0
    assert err == "xa-mau: another round is under way; this one did nothing.\n"
    assert office.standing() == before


def test_a_day_to_come_has_no_round(office: Office) -> None:
    before = office.standing()
    code, out, err = office.call("round", "--as-of", "2026-06-11")
    assert (code, out) == (1, "")
    assert err == "nothing can be done as on 2026-06-11: that day has not come yet\n"
    assert office.standing() == before


def test_a_day_off_is_told(office: Office) -> None:
    code, out, err = office.call("round", "--as-of", "2026-06-07")
    assert code == 0
    assert "letters 0." in out
    assert "Sunday, 7 June 2026 is a day off" in err


def test_letters_arrive_in_the_embedded_inbox(office_today: Office) -> None:
    office = office_today
    found = office.document("deliver", "--now")
    assert set(found) == COUNTS
    assert (found["sent"], found["left"]) == (2, 0)
    inbox = mailbox.Maildir(office.home / "inbox", create=False)
    assert sorted(str(letter["To"]).rsplit("<", 1)[-1] for letter in inbox) == [
        "t1@xa.example>",
        "vhxh@xa.example>",
    ]
    assert {letter["state"] for letter in office.document("outbox")} == {"sent", "to_hand_over"}


def test_a_mail_server_that_is_not_there_keeps_the_letters(office_today: Office) -> None:
    office = office_today
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    (office.folder / "dondoc.toml").write_text(
        f'smtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\n'
        'mail_from = "vhxh@xa.example"\n'
    )
    code, out, err = office.call("deliver", "--now", "--json")
    assert code == 3
    assert json.loads(out) == {"sent": 0, "deferred": 2, "dead": 0, "left": 2}
    assert "the mail server turned us away" in err
    assert "refused" in err.casefold()
    assert "The letters stay queued" in err
    assert "Traceback" not in err
    states = [letter["state"] for letter in office.document("outbox")]
    assert states.count("queued") == 2


def test_letters_of_the_day_that_are_used_up_are_no_refusal(office_today: Office, heard: list[str]) -> None:
    office = office_today
    with ScriptedServer() as server:
        (office.folder / "dondoc.toml").write_text(
            f'smtp_host = "{LOOPBACK}"\nsmtp_port = {server.port}\nsmtp_security = "none"\n'
            'mail_from = "vhxh@xa.example"\nsmtp_per_day = 1\n'
        )
        code, out, err = office.call("deliver", "--now")
    assert (code, out) == (0, "Letters: sent 1, put off 0, not deliverable 0, waiting 1.\n")
    assert err.startswith("The account rests until ")
    assert any(line.startswith("the account rests until ") for line in heard)
    assert not any("turned us away" in line for line in [err, *heard])


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What Prefect writes down of runs, traces and all."""
    heard: list[str] = []
    written = logging.Formatter()

    def listen(record: logging.LogRecord) -> bool:
        heard.append(written.format(record))
        return True

    # A filter, for Prefect throws foreign handlers out when it sets its loggers up.
    loggers = [logging.getLogger(f"prefect.{kind}_runs") for kind in ("flow", "task")]
    for logger in loggers:
        logger.addFilter(listen)
    yield heard
    for logger in loggers:
        logger.removeFilter(listen)


def test_prefect_is_not_told_a_mail_server_s_words(office_today: Office, heard: list[str]) -> None:
    """They may quote an address; who asks at the terminal reads them all the same."""
    office = office_today
    with ScriptedServer() as server:
        server.play(At.MAIL, "550 5.7.1 vhxh@xa.example is blocked")
        (office.folder / "dondoc.toml").write_text(
            f'smtp_host = "{LOOPBACK}"\nsmtp_port = {server.port}\nsmtp_security = "none"\n'
            'mail_from = "vhxh@xa.example"\n'
        )
        code, _, err = office.call("deliver", "--now", "--json")
    assert (code, "vhxh@xa.example is blocked" in err) == (3, True)
    assert "the mail server turned us away: stage mail, code 550, status 5.7.1" in heard
    assert not any("@" in line for line in heard)


def test_of_a_fault_prefect_is_told_kind_and_place(
    office: Office, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def quote(*_given: object, **_named: object) -> None:
        raise ValueError("to: vhxh@xa.example")

    monkeypatch.setattr("workflows.flows.deliver_mail.deliver", quote)
    code, _, err = office.call("deliver")
    assert code == 70
    assert re.fullmatch(r"a fault in the program: ValueError at deliver_mail\.py:\d+\n", err)
    assert any("ValueError at" in line for line in heard)
    assert not any("@" in line for line in heard)
    with pytest.raises(ValueError, match=r"to: vhxh@xa\.example"):
        office.call("deliver", "--debug")
