"""A disk without room: a sentence with place and mend, nothing lost or half done, and on it goes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cli_cases import FIRST_DAY, PLAN, Office, open_office
from conftest import PostgresDatabases
from operation_cases import KIM_THANH, at, june, publish_plan, round_on, snapshot
from released_schemas import LANE, TakesTwo
from small_disk import SmallDisk, small_disk

from workflows.errors import EnvironmentRefused
from workflows.home import Home
from workflows.operations.evidence.kept_files import keep_bytes
from workflows.operations.mail.deliver import LEASE, Delivered, deliver
from workflows.operations.round import run_round
from workflows.operations.tickets import LEASE as ROUND_LEASE
from workflows.operations.tickets import NoRound
from workflows.operations.upkeep.backup import back_up
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.store.records import LetterState

pytestmark = pytest.mark.destructive

NO_ROOM = "ổ đĩa chứa {place} đã đầy\nChưa ghi gì vào cơ sở dữ liệu. Dọn bớt chỗ trên đó rồi làm lại."
SHORT_OF = (0, 100_000, 180_000)
"""Bytes left: nothing, too little for what is to be written, almost enough."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


@pytest.fixture
def postgres_disk() -> Iterator[SmallDisk]:
    """One that PostgreSQL may enter, whose files of an empty database alone are eight megabytes."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as place:
        Path(place).chmod(0o711)
        with small_disk(Path(place) / "disk", megabytes=32) as mounted:
            yield mounted


@pytest.fixture
def office(disk: SmallDisk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    opened = open_office(disk.folder, capsys, monkeypatch)
    opened.publish()
    opened.open_work(FIRST_DAY)
    (disk.folder / "report.pdf").write_bytes(b"%PDF-1.4 " + b"x" * 200_000)
    opened.write(PLAN.replace("Kế hoạch mẫu", "Kế hoạch khác"))
    return opened


CALLS = {
    "task": ("task", "submit", "guide/vhxh", "--by", "vhxh", "--file", "report.pdf"),
    "publish": ("publish", "{plan}", "--yes"),
    "round": ("round",),
    "deliver": ("deliver", "--now"),
    "audit": ("audit",),
}


def call(office: Office, verb: str) -> tuple[int, str, str]:
    return office.call(*(word.format(plan=office.plan) for word in CALLS[verb]), language="vi")


@pytest.mark.parametrize("verb", CALLS)
def test_every_verb_says_which_disk_is_full_and_what_to_do(
    office: Office, disk: SmallDisk, verb: str
) -> None:
    disk.fill()
    code, out, err = call(office, verb)
    assert (code, out, err.strip()) == (3, "", NO_ROOM.format(place=office.home / "dondoc.db"))


@pytest.mark.parametrize("verb", ["task", "publish"])
def test_what_found_no_room_is_done_whole_afterwards(office: Office, disk: SmallDisk, verb: str) -> None:
    before, records = office.standing(), office.document("audit")
    for room in SHORT_OF:
        disk.fill(but=room)
        code, out, err = call(office, verb)
        disk.free()
        if code == 3:
            assert out == ""
            assert "đã đầy" in err or "không còn chỗ trên ổ đĩa" in err
            assert office.standing() == before
            assert office.document("audit") == records
            assert list(office.home.glob("evidence/*")) == []
            continue
        assert (code, room > 0) == (0, True), err
        return
    assert call(office, verb)[0] == 0
    assert office.document("audit")["records"] > records["records"]


def test_an_upload_without_room_leaves_no_piece_behind(disk: SmallDisk) -> None:
    home = Home.create(disk.folder / "home")
    disk.fill(but=50_000)
    with pytest.raises(EnvironmentRefused, match=r"cannot be kept in .*evidence: no room is left"):
        keep_bytes(home.path, "report.pdf", b"%PDF-" + b"x" * 200_000)
    assert list(home.path.glob("evidence/*")) == []
    disk.free()
    assert keep_bytes(home.path, "report.pdf", b"%PDF-" + b"x" * 200_000).path.stat().st_size == 200_005


@pytest.fixture
def lived(tmp_path: Path, migrated_file: Path) -> Path:
    """A database before the round of 8 June."""
    file = tmp_path / "lived.db"
    shutil.copy(migrated_file, file)
    with closing(Database.open(f"sqlite:///{file}", create=False)) as database:
        live(database)
    return file


def live(database: Database) -> None:
    publish_plan(database)
    for day in (june(1), june(5)):
        round_on(database, day)


@pytest.fixture
def on_disk(lived: Path, disk: SmallDisk) -> Iterator[Database]:
    shutil.copy(lived, disk.folder / "dondoc.db")
    with closing(Database.open(f"sqlite:///{disk.folder / 'dondoc.db'}", create=False)) as database:
        yield database


@pytest.fixture
def undisturbed(lived: Path) -> Iterator[Database]:
    with closing(Database.open(f"sqlite:///{lived}", create=False)) as database:
        yield database


def test_a_round_that_ran_out_of_room_ends_as_one_that_had_enough(
    undisturbed: Database, on_disk: Database, disk: SmallDisk
) -> None:
    run_short_of_room(on_disk, disk)
    round_on(undisturbed, june(8))
    assert snapshot(on_disk) == snapshot(undisturbed)


@pytest.mark.postgres
def test_so_does_a_round_on_postgresql(postgres: PostgresDatabases, postgres_disk: SmallDisk) -> None:
    address = postgres.migrated()
    with closing(Database.open(address, create=False)) as undisturbed:
        live(undisturbed)
    with (
        postgres.on_disk(address, postgres_disk.folder) as copy,
        closing(Database.open(address, create=False)) as undisturbed,
        closing(Database.open(copy, create=False)) as on_disk,
    ):
        run_short_of_room(on_disk, postgres_disk)
        round_on(undisturbed, june(8))
        assert snapshot(on_disk) == snapshot(undisturbed)


def run_short_of_room(database: Database, disk: SmallDisk) -> None:
    """The round of 8 June, with more room at every attempt, and at last with enough."""
    said, now = list[str](), at(june(8))
    for room in range(0, 400_000, 40_000):
        disk.fill(but=room)
        try:
            run_round(database, KIM_THANH, as_of=june(8), now=now)
        except EnvironmentRefused as refused:
            said.append(str(refused))
        disk.free()
        now += ROUND_LEASE  # a round that could not even let go of its office is taken up after this
    assert said
    assert all("is full" in one for one in said)
    assert not isinstance(run_round(database, KIM_THANH, as_of=june(8), now=now), NoRound)


def test_a_delivery_that_runs_out_of_room_loses_no_letter(on_disk: Database, disk: SmallDisk) -> None:
    class FillsTheDisk(TakesTwo):
        def deliver(self, envelope_from: str, recipient: str, data: bytes):  # type: ignore[no-untyped-def]
            disk.fill()
            taken.append(data)
            return super().deliver(envelope_from, recipient, data)

    taken: list[bytes] = []
    with pytest.raises(EnvironmentRefused, match="is full"):
        deliver(on_disk, FillsTheDisk(), LANE, lambda: at(june(5), 9))
    assert len(taken) == 1
    disk.free()
    with on_disk.read() as transaction:
        held = transaction.letters.find(states=[LetterState.SENDING])
        before = transaction.letters.find(states=[LetterState.SENT])
    # What the disk could not keep is taken up when the claim has run out: the same bytes once more.
    assert before == []
    assert held
    delivered = deliver(on_disk, TakesTwo(-100), LANE, lambda: at(june(5), 9) + LEASE)
    assert delivered == Delivered(sent=delivered.sent)
    with on_disk.read() as transaction:
        frozen = [transaction.letters.frozen(one.id) for one in transaction.letters.find()]
    assert taken[0] in frozen


def test_a_backup_without_room_leaves_no_piece_and_no_home_changed(office: Office, disk: SmallDisk) -> None:
    def files() -> set[str]:
        return {path.name for path in office.home.iterdir() if not path.name.startswith("dondoc.db")}

    before = files()
    for room in SHORT_OF:
        disk.fill(but=room)
        with pytest.raises(EnvironmentRefused, match="no room is left"):
            back_up(Settings.model_construct(home=office.home), disk.folder / "saved.tar.gz", now=at(june(5)))
        disk.free()
    assert files() == before
    assert list(disk.folder.glob("*saved*")) == []
