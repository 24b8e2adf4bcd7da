"""`dondoc up` on the locked versions: what is due is done, what dies comes back, and a stop is a stop."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import pytest
from cli_cases import FIRST_DAY, Office, open_office
from conftest import PrefectTables
from store_builders import queued_letter

from notifications.outcomes import Kind, Outcome, Stage
from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused
from workflows.flows import clockwork
from workflows.flows.due import delivery_due, next_round, rounds_due
from workflows.flows.environment import client_environment, surroundings
from workflows.flows.pulse import is_silent
from workflows.home import Home
from workflows.operations.mail.deliver import deliver
from workflows.operations.mail.lanes import lane_of
from workflows.operations.mail.queueing import morning
from workflows.operations.round import run_round
from workflows.operations.upkeep.alarm import raise_alarms
from workflows.operations.upkeep.findings import Check, wrong
from workflows.settings import read_settings
from workflows.store.database import Database
from workflows.store.records import LetterState
from workflows.supervision.journal import Journal, log_file
from workflows.supervision.lock import Running, is_running, leave_note, only_one, read_note
from workflows.supervision.parts import Part
from workflows.texts import LOCAL_ZONE, Language

WEDNESDAY = date(2026, 6, 10)
SENDER = "dondoc@localhost.localdomain"

PROGRAM = """
import signal, sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from workflows.settings import read_settings
from workflows.supervision.supervisor import Setup, run_office
from workflows.texts import Language

stopping = Event()
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell's `&` leaves it
signal.signal(signal.SIGTERM, lambda *_: stopping.set())
folder = Path(sys.argv[1])
ahead = datetime.fromisoformat(sys.argv[2]) - datetime.now(UTC)
run_office(Setup(read_settings(folder), folder, Language.EN, port=0, ahead=ahead), stopping, sys.stdout)
"""
"""`dondoc up`, its clock set to the instant named."""

SECONDS_TO_COME_UP = 180.0


def at(hour: int, minute: int = 0, day: date = WEDNESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL_ZONE)


# What is due


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    """A plan published on 1 June, whose first round alone was run: down ever since."""
    opened = open_office(tmp_path, capsys, monkeypatch)
    opened.publish()
    opened.open_work(FIRST_DAY)
    return opened


@pytest.fixture
def database(office: Office) -> Iterator[Database]:
    with closing(Database.open(f"sqlite:///{office.home / 'dondoc.db'}", create=False)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("now", "expected"),
    [(at(6, 59), at(7)), (at(7), at(7, day=date(2026, 6, 11))), (at(23), at(7, day=date(2026, 6, 11)))],
)
def test_the_next_round_is_at_seven_where_the_offices_are(now: datetime, expected: datetime) -> None:
    assert next_round(now) == expected
    assert next_round(now.astimezone(UTC)) == expected


def test_after_downtime_one_round_is_due_and_not_before_seven(database: Database) -> None:
    assert not rounds_due(database, at(6, 59))
    assert rounds_due(database, at(7))
    run_round(database, "xa-mau", as_of=WEDNESDAY, now=morning(WEDNESDAY))
    assert not rounds_due(database, at(7, 1))
    assert not rounds_due(database, at(23))
    assert not rounds_due(database, at(12, day=FIRST_DAY)), "a clock that went back asks for nothing"


def test_a_round_that_was_killed_is_due_again(database: Database) -> None:
    with database.write() as transaction:
        transaction.rounds.begin("xa-mau", WEDNESDAY, at(7), "killed", timedelta(minutes=10))
    assert rounds_due(database, at(7, 5))


def queue_one(database: Database, not_before: datetime, *, urgent: bool = False) -> None:
    letter = queued_letter(
        key=f"one:{not_before}:{urgent}", office="xa-mau", address="t1@xa.example", urgent=urgent,
        not_before=not_before, expires_at=not_before + timedelta(days=4), created_at=not_before,
    )  # fmt: skip
    with database.write() as transaction:
        transaction.letters.queue(letter)


@pytest.fixture
def emptied(database: Database) -> Database:
    """The same office, its letters gone out."""
    with database.write() as transaction:
        waiting = transaction.letters.find(states=[LetterState.QUEUED])
        transaction.letters.supersede([letter.id for letter in waiting], at(7), "sent by hand")
    return database


def test_without_a_letter_no_delivery_is_due(emptied: Database) -> None:
    assert delivery_due(emptied, SENDER, at(9)) is None


def test_a_letter_is_due_in_its_hour_and_not_in_the_night(emptied: Database) -> None:
    queue_one(emptied, at(19))
    assert delivery_due(emptied, SENDER, at(18)) == at(19)
    assert delivery_due(emptied, SENDER, at(19, 30)) == at(19)
    assert delivery_due(emptied, SENDER, at(22)) == at(6, 30, day=date(2026, 6, 11))


def test_an_urgent_letter_is_due_in_the_night_too(emptied: Database) -> None:
    queue_one(emptied, at(21), urgent=True)
    assert delivery_due(emptied, SENDER, at(22)) == at(21)


def test_an_account_that_rests_is_asked_again_when_it_has_rested(emptied: Database) -> None:
    queue_one(emptied, at(9))
    with emptied.write() as transaction:
        transaction.senders.pause(SENDER, at(9, 30), "535")
    assert delivery_due(emptied, SENDER, at(9, 10)) == at(9, 30)


def test_a_commit_of_another_connection_is_noticed_and_ones_own_reading_is_not(database: Database) -> None:
    with database.commits() as commits:
        assert not commits.seen()
        with database.read() as transaction:
            transaction.letters.next_due()
        assert not commits.seen()
        queue_one(database, at(9))
        assert commits.seen()
        assert not commits.seen()


class CountingTransport:
    """A transport that takes every letter and remembers whom it was for."""

    def __init__(self) -> None:
        self.taken = list[str]()

    def deliver(self, envelope_from: str, recipient: str, data: bytes) -> Outcome:  # noqa: ARG002 - the protocol's names
        self.taken.append(recipient)
        return Outcome(Kind.SENT, Stage.DATA, 250)

    def close(self) -> None:
        """Nothing was opened."""


def test_a_delivery_stops_between_two_letters_and_the_rest_is_as_it_was(
    office: Office, database: Database
) -> None:
    run_round(database, "xa-mau", as_of=WEDNESDAY, now=morning(WEDNESDAY))
    with database.read() as transaction:
        before = {one.id: one for one in transaction.letters.find(states=[LetterState.QUEUED])}
    assert len(before) > 1
    transport = CountingTransport()
    lane = lane_of(read_settings(office.folder))
    found = deliver(database, transport, lane, lambda: at(9), stopping=lambda: bool(transport.taken))
    assert (found.sent, found.left) == (1, len(before) - 1)
    with database.read() as transaction:
        after = transaction.letters.find(states=[LetterState.QUEUED])
        assert {(one.state, one.attempts, one.lease_until) for one in after} == {
            (LetterState.QUEUED, 0, None)
        }
    deliver(database, transport, lane, lambda: at(9))
    assert len(transport.taken) == len(before)


# What keeps a home


def test_a_second_start_is_refused_and_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with only_one(home):
        leave_note(home, Running(4711, "http://127.0.0.1:8000"))
        assert is_running(home)
        with pytest.raises(EnvironmentRefused, match=r"already runs .* \(process 4711\)"), only_one(home):
            pass
        assert read_note(home) == Running(4711, "http://127.0.0.1:8000")
    assert not is_running(home)
    assert read_note(home) is None


def test_no_secret_reaches_the_log_and_the_log_is_its_owners(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with closing(Journal(home, ["hunter2", ""], sys.stderr)) as journal:
        journal.note("login with hunter2 failed")
    assert log_file(home).read_text().endswith(" login with […] failed\n")
    assert log_file(home).stat().st_mode & 0o777 == 0o600


def test_a_part_that_dies_is_started_again_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("workflows.supervision.parts.time.monotonic", lambda: clock[0])
    starts = list[float]()

    def start() -> subprocess.Popen[bytes]:
        starts.append(clock[0])
        process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
        process.wait()
        return process

    part = Part(Phrase("it"), start)
    while clock[0] < 40:
        said = part.keep_alive()
        assert said is None or "{part}" in said.message_id
        clock[0] += 0.25
    rests = [round(later - earlier) for earlier, later in pairwise(starts)]
    assert rests == [1, 2, 4, 8, 16]


def test_a_part_that_lives_and_hangs_is_ended_and_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, beats = [0.0], [0]
    monkeypatch.setattr("workflows.supervision.parts.time.monotonic", lambda: clock[0])
    processes = list[subprocess.Popen[bytes]]()

    def start() -> subprocess.Popen[bytes]:
        processes.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))
        return processes[-1]

    part = Part(Phrase("the clock"), start, lambda: beats[0], patience=60.0)
    for clock[0] in range(0, 200, 10):
        beats[0] += 1
        assert part.keep_alive() is None, "it gives signs of life"
    assert len(processes) == 1
    clock[0] += 61
    said = part.keep_alive()
    assert said is not None
    assert said.say(str).startswith("the clock gave no sign of life for 1 minutes; it was ended")
    assert processes[0].returncode == -signal.SIGKILL
    clock[0] += 2
    part.keep_alive()
    assert len(processes) == 2
    assert part.keep_alive() is None, "the new one has its own time"
    processes[1].kill()
    processes[1].communicate()


def test_the_clock_says_that_it_lives(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [at(5)]
    home = Home.existing(office.home)
    assert is_silent(home), "no clock has ever run"
    clock = clockwork.Clockwork(read_settings(office.folder), lambda: now[0], Event(), Language.EN)
    stopped_at = [at(5), at(5, 10), at(6), at(5, day=date(2026, 6, 11))]

    def go_on(_seconds: float) -> bool:
        """In place of a wait: the next instant, until there is none."""
        if not stopped_at:
            clock.stopping.set()
        else:
            now[0] = stopped_at.pop(0)
        return clock.stopping.is_set()

    monkeypatch.setattr(clock.stopping, "wait", go_on)
    clock.run()
    assert not is_silent(home)
    os.utime(home.path / "clock.pulse", (0, 0))
    assert is_silent(home)


def test_the_clock_s_log_holds_a_mail_server_s_numbers_and_not_its_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list[str]()
    delivered = {"sent": 0, "deferred": 1, "dead": 0, "left": 1, "why": "550 vhxh@xa.example is blocked"}
    rests = {"rests_until": "2026-06-10T03:00:00+00:00"}
    told = {**delivered, **rests, "numbers": "stage mail, code 550, status 5.7.1"}
    # Imported elsewhere, Prefect would log to the terminal for the rest of this process.
    with surroundings(client_environment(Home.create(office.home), "http://127.0.0.1:9")):
        monkeypatch.setattr("workflows.flows.deliver_mail.deliver_mail", lambda: told)
    clock = clockwork.Clockwork(
        read_settings(office.folder), lambda: at(9), Event(), Language.EN, lines.append
    )  # fmt: skip
    assert clock._run_delivery() is False
    assert lines[1:] == ["the mail server turned us away: stage mail, code 550, status 5.7.1"]
    told |= {"why": None, "numbers": None}
    assert clock._run_delivery() is False
    assert lines[3:] == ["The account rests until 10:00, 10 June 2026; what is left leaves then."]


def test_the_clock_s_log_tells_a_fault_by_kind_and_place(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list[str]()
    monkeypatch.setattr(clockwork, "announced_address", lambda _home: "http://127.0.0.1:9")
    monkeypatch.setattr(clockwork, "answers", lambda *_: True)

    def flow() -> bool:
        raise ValueError("to: vhxh@xa.example")

    clock = clockwork.Clockwork(
        read_settings(office.folder), lambda: at(9), Event(), Language.EN, lines.append
    )  # fmt: skip
    assert clock._attempt(clockwork.DELIVERY, flow, database) is True
    (line,) = lines
    assert re.fullmatch(r"the delivery failed: a fault in the program: ValueError at clockwork\.py:\d+", line)


# The whole of it


class RunningOffice:
    """A running office: what it prints, and questions to it."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder, self.home = folder, Home.existing(folder / ".dondoc")
        self.lines = list[str]()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), now.isoformat()],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, beginning: str, times: int = 1) -> str:
        """The first line that begins so, or the one of that number."""
        deadline = time.monotonic() + SECONDS_TO_COME_UP
        while time.monotonic() < deadline and self.process.poll() is None:
            found = [line for line in self.lines if line.startswith(beginning)]
            if len(found) >= times:
                return found[times - 1]
            time.sleep(0.1)
        raise AssertionError(f"no {beginning!r} in {self.lines}")

    def children(self) -> dict[str, int]:
        """The process of each part, by the last word of its module."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                    words = (folder / "cmdline").read_bytes().decode().split("\0")
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if parent == self.process.pid and "-m" in words:
                    found[words[words.index("-m") + 1].rpartition(".")[2]] = int(folder.name)
        return found

    def stop(self) -> float:
        """SIGTERM; how many seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return time.monotonic() - begun


@pytest.fixture
def running(office: Office, prefect_tables: PrefectTables) -> Iterator[RunningOffice]:
    prefect_tables.put_into(Home.existing(office.home))
    up = RunningOffice(office.folder, at(9))
    yield up
    if up.process.poll() is None:
        up.stop()


@pytest.mark.prefect
def test_an_office_runs_recovers_and_stops(running: RunningOffice, database: Database) -> None:
    """One start for all of it: a server needs many seconds to come up."""
    ready = running.wait_for("Ready. Next round: ")
    assert "07:00, 11 June 2026" in ready
    running.wait_for("Round of Wednesday, 10 June 2026: ")
    running.wait_for("Letters: sent ")
    with database.read() as transaction:
        last = transaction.rounds.last("xa-mau")
        assert last is not None
        assert (last.as_of, last.finished_at is not None) == (WEDNESDAY, True)
    _answers(running)
    _a_commit_wakes_delivery(running, database)
    _a_second_start_is_refused(running)
    _a_killed_server_comes_back(running, database)
    children = running.children()
    assert set(children) == {"prefect_server", "clockwork", "window_process"}
    assert running.stop() < 10
    assert running.process.returncode == 0
    assert [name for name, process_id in children.items() if Path(f"/proc/{process_id}").exists()] == []
    assert not is_running(running.home)
    log = log_file(running.home).read_text(encoding="utf-8")
    assert sum(" Round of " in line for line in log.splitlines()) == 1, "nine days down, one round"
    assert running.home.secret("prefect_auth") not in log


def _answers(running: RunningOffice) -> None:
    note = read_note(running.home)
    assert note is not None
    with urlopen(f"{note.window}/healthz", timeout=10) as response:
        assert response.read() == b"ok"
    program = "from workflows.cli.entry import main; main()"
    asked = subprocess.run(
        [sys.executable, "-c", program, "signin", "vhxh@xa.example"],
        cwd=running.folder, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert asked.stdout.startswith(f"{note.window}/sign-in/")


def _a_commit_wakes_delivery(running: RunningOffice, database: Database) -> None:
    told = wrong(Check.DISK, Phrase("first"), Phrase("mend it"))
    assert raise_alarms(database, [told], now=at(9)) == 1
    running.wait_for("Letters: sent 1,")
    with database.read() as transaction:
        assert [one.state for one in transaction.letters.find(kinds=["alarm"])] == [LetterState.SENT]


def _a_second_start_is_refused(running: RunningOffice) -> None:
    second = subprocess.run(
        [sys.executable, "-c", "from workflows.cli.entry import main; main()", "--lang", "en", "up"],
        cwd=running.folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 3, second
    assert f"already runs for {running.home.path} (process {running.process.pid})" in second.stderr


def _a_killed_server_comes_back(running: RunningOffice, database: Database) -> None:
    os.kill(running.children()["prefect_server"], signal.SIGKILL)
    assert "Prefect's server ended by itself (exit -9)" in running.wait_for("Prefect's server ended")
    told = wrong(Check.DISK, Phrase("second"), Phrase("mend it"))
    assert raise_alarms(database, [told], now=at(9)) == 1
    running.wait_for("Prefect: ", times=2)
    running.wait_for("Letters: sent 1,", times=2)


@pytest.mark.prefect
def test_a_killed_supervisor_leaves_no_process(office: Office) -> None:
    running = RunningOffice(office.folder, at(9))
    running.wait_for("Window: ")
    children = running.children()
    assert set(children) == {"prefect_server", "clockwork", "window_process"}
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + SECONDS_TO_COME_UP
    while any(Path(f"/proc/{process_id}").exists() for process_id in children.values()):
        assert time.monotonic() < deadline, children
        time.sleep(0.1)
    assert not is_running(running.home)
