"""Processes killed at random points: no letter is lost, no round ends otherwise than an undisturbed one."""

import multiprocessing
import os
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from builders import FIRST_OF_JUNE, edge, task
from killed_worker import LANE, deliver_forever, one_round, way_to
from letter_samples import letter, village_section
from operation_cases import KIM_THANH, URGENT, at, june, publish_plan, round_on, small_plan, snapshot
from smtp_server import At, ScriptedServer
from store_builders import published, queued_letter

from notifications.letters import LetterKind, to_json
from plan_definitions.schedule import Schedule
from workflows.operations.mail.deliver import deliver
from workflows.operations.round import run_round
from workflows.operations.tickets import LEASE, NoRound
from workflows.store.database import Database
from workflows.store.records import LetterState

pytestmark = pytest.mark.destructive

HERE = Path(__file__).parent
LETTERS = 1_200
DELIVERING_SECONDS = 15.0
ENOUGH_KILLS = 20
NOON = at(june(10), 12)
THURSDAY = june(11)
DICE = random.Random(20260611)

FAULTS: tuple[tuple[At, str | None, bool], ...] = (
    (At.RCPT, "451 4.7.1 greylisted", False),
    (At.DATA, "450 4.3.0 later", False),
    (At.MAIL, "421 4.7.0 closing", True),
    (At.RCPT, None, True),
    (At.BODY, None, True),
    (At.DOT, None, True),
    (At.DOT, "451 4.3.0 later", False),
    (At.BANNER, "421 4.3.2 busy", True),
)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in a moment, from one that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    with pytest.MonkeyPatch.context() as patched:
        # The process they start from finds its modules by itself.
        patched.setenv("PYTHONPATH", os.pathsep.join(str(place) for place in (HERE, HERE.parent)))
        context.set_forkserver_preload(["killed_worker"])
        first = context.Process(target=int)
        first.start()
        first.join()
    return context


@pytest.fixture
def database_file(tmp_path: Path, migrated_file: Path) -> Iterator[tuple[str, Database]]:
    shutil.copy(migrated_file, tmp_path / "dondoc.db")
    url = f"sqlite:///{tmp_path / 'dondoc.db'}"
    database = Database.open(url, create=False)
    yield url, database
    database.close()


def fill_outbox(database: Database) -> None:
    published(database)
    content = to_json(letter(LetterKind.DAILY, village_section()))
    with database.write() as transaction:
        for number in range(LETTERS):
            address = f"don-vi-{number}@kim-thanh.example"
            transaction.letters.queue(
                queued_letter(
                    f"decision:{number}", kind="decision", address=address,
                    content=content.replace("thon2@kim-thanh.example", address),
                    not_before=NOON, expires_at=NOON + timedelta(days=365),
                )
            )  # fmt: skip


def test_two_delivering_processes_killed_at_random_lose_no_letter(
    database_file: tuple[str, Database], processes: ForkServerContext, capsys: pytest.CaptureFixture[str]
) -> None:
    url, database = database_file
    fill_outbox(database)
    with ScriptedServer() as server:
        kills = disturbed(url, server, processes)
        before = len(server.letters)
        drain(database, server)
        received = server.letters
        copies: defaultdict[str, list[bytes]] = defaultdict(list)
        for taken in received:
            copies[taken.recipients[0]].append(taken.data)
    with database.read() as transaction:
        stored = transaction.letters.find()
    assert {one.state for one in stored} == {LetterState.SENT}
    assert set(copies) == {one.address for one in stored}, "a letter was lost"
    for one in stored:
        assert len(set(copies[one.address])) == 1, "a copy differs"
        assert message_from_bytes(copies[one.address][0])["Message-ID"] == one.message_id
    assert len({one.message_id for one in stored}) == LETTERS
    assert kills > 5
    extras = len(received) - LETTERS
    with capsys.disabled():
        print(f"\n{LETTERS} letters ({before} amid {kills} kills): 0 lost, {extras} extra copies")


def disturbed(url: str, server: ScriptedServer, processes: ForkServerContext) -> int:
    """Two processes deliver while faults are played and one of them is killed now and then; how often."""
    began = time.time()

    def start() -> ForkServerProcess:
        process = processes.Process(target=deliver_forever, args=(url, server.port, NOON, began), daemon=True)
        process.start()
        return process

    working, kills = [start(), start()], 0
    ends = began + DELIVERING_SECONDS
    while time.time() < ends and len(server.letters) < LETTERS and kills < ENOUGH_KILLS:
        time.sleep(DICE.uniform(0.1, 0.6))
        for _ in range(DICE.randrange(4)):
            at_place, reply, closes = DICE.choice(FAULTS)
            server.play(at_place, reply, closes=closes)
        if DICE.random() < 0.5:
            victim = DICE.randrange(2)
            working[victim].kill()
            working[victim].join()
            working[victim] = start()
            kills += 1
    for process in working:
        process.kill()
        process.join()
    return kills


def drain(database: Database, server: ScriptedServer) -> None:
    """What is left goes out in peace, every few hours."""
    server.forget_plays()
    with way_to(server.port) as transport:
        for hours in range(24, 96, 3):
            now = NOON + timedelta(hours=hours)
            done = deliver(database, transport, LANE, partial(_same, now), passing_over_quiet_hours=True)
            if not done.left:
                return
    raise AssertionError(f"letters are left: {done}")


def _same(now: datetime) -> datetime:
    return now


def large_plan() -> Schedule:
    """Forty tasks on top of the small plan: enough for a round that takes a while."""
    tasks = {}
    for number in range(40):
        name = f"task-{number}"
        after = (edge(f"task-{number - 1}"),) if number % 3 == 2 else ()
        tasks[name] = task(
            name, ("thon-1", "thon-2", "thon-3", "police", "youth"), start=FIRST_OF_JUNE,
            due=june(4 + number % 9), after=after, ladder=URGENT,
        )  # fmt: skip
    return small_plan(tasks=tasks)


def test_a_round_killed_at_random_points_ends_as_an_undisturbed_one(
    tmp_path: Path, migrated_file: Path, processes: ForkServerContext, capsys: pytest.CaptureFixture[str]
) -> None:
    lived = tmp_path / "lived.db"
    shutil.copy(migrated_file, lived)
    before = Database.open(f"sqlite:///{lived}", create=False)
    publish_plan(before, large_plan())
    for day in (june(1), june(4)):
        round_on(before, day)
    before.close()
    expected, takes = undisturbed(tmp_path, lived, processes)
    tries, kills = 0, 0
    while kills < ENOUGH_KILLS:
        tries += 1
        file = copied(lived, tmp_path / "killed.db")
        url, now = f"sqlite:///{file}", at(THURSDAY)
        for _ in range(DICE.randrange(1, 3)):
            kills += killed_after(DICE.uniform(0, 0.9 * takes), url, now, processes)
            now += LEASE
        database = Database.open(url, create=False)
        assert not isinstance(run_round(database, KIM_THANH, as_of=THURSDAY, now=now), NoRound)
        assert snapshot(database) == expected
        database.close()
    with capsys.disabled():
        print(f"\na round of {takes:.2f} s killed {kills} times in {tries} tries: all ended as undisturbed")


def undisturbed(
    folder: Path, lived: Path, processes: ForkServerContext
) -> tuple[dict[str, list[object]], float]:
    """What a round that nobody kills leaves behind, and how long it takes in a process of its own."""
    file = copied(lived, folder / "undisturbed.db")
    process = begun(f"sqlite:///{file}", at(THURSDAY), processes)
    began = time.monotonic()
    process.join()
    takes = time.monotonic() - began
    assert process.exitcode == 0
    database = Database.open(f"sqlite:///{file}", create=False)
    found = snapshot(database)
    database.close()
    return found, takes


def killed_after(seconds: float, url: str, now: datetime, processes: ForkServerContext) -> int:
    """Begin a round and kill it; 1 where it was still at work."""
    process = begun(url, now, processes)
    time.sleep(seconds)
    process.kill()
    process.join()
    return int(process.exitcode != 0)


def begun(url: str, now: datetime, processes: ForkServerContext) -> ForkServerProcess:
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=one_round, args=(url, KIM_THANH, THURSDAY, now, theirs), daemon=True)
    process.start()
    assert ours.recv()
    return process


def copied(source: Path, target: Path) -> Path:
    for left in target.parent.glob(f"{target.name}*"):
        left.unlink()
    shutil.copy(source, target)
    return target
