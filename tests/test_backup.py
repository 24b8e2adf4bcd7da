"""A backup is one moment of a running office; a restore is verified before it is put in place."""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cli_cases import FIRST_DAY, Office, open_office
from pydantic import SecretStr

from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.errors import BackupRefused, EnvironmentRefused
from workflows.home import Home
from workflows.operations.evidence.kept_files import keep_bytes
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.upkeep.backup import back_up
from workflows.operations.upkeep.restore import restore
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.supervision.lock import only_one

NOW = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    """A plan under way, with a piece of evidence and a key."""
    folder = tmp_path / "office"
    folder.mkdir()
    opened = open_office(folder, capsys, monkeypatch)
    opened.publish()
    opened.open_work(FIRST_DAY)
    report = folder / "report.pdf"
    report.write_bytes(b"%PDF-1.4 what was done")
    opened.document("task", "submit", "guide/vhxh", "--by", "vhxh", "--file", str(report))
    Home.existing(opened.home).secret("secret_key")
    return opened


@pytest.fixture
def other(tmp_path: Path, office: Office) -> Settings:
    """Settings of another machine's, empty home."""
    return Settings.model_construct(home=tmp_path / "other" / ".dondoc")


def settings_of(office: Office) -> Settings:
    return Settings.model_construct(home=office.home)


def test_the_whole_office_comes_back(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = office.standing()
    [evidence] = (office.home / "evidence").iterdir()
    written = office.document("backup", "saved.tar.gz")
    assert written["files"] == 3
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path / "anew"))
    restored = office.document("restore", "saved.tar.gz")
    assert restored["records"] == office.document("audit")["records"] > 0
    assert office.standing() == before
    anew = tmp_path / "anew"
    assert (anew / "evidence" / evidence.name).read_bytes() == b"%PDF-1.4 what was done"
    assert (anew / "secret_key").read_text() == (office.home / "secret_key").read_text()


def test_only_the_owner_reads_a_backup_and_what_comes_out_of_it(office: Office, other: Settings) -> None:
    file = office.folder / "saved.tar.gz"
    back_up(settings_of(office), file, now=NOW)
    assert file.stat().st_mode & 0o777 == 0o600
    restore(other, file, now=NOW)
    open_to_all = [p for p in [other.home, *other.home.rglob("*")] if p.stat().st_mode & 0o077]
    assert open_to_all == []


def test_a_backup_never_writes_over_a_file(office: Office) -> None:
    (office.folder / "saved.tar.gz").write_text("of yesterday")
    code, _, err = office.call("backup", "saved.tar.gz")
    assert code == 2
    assert "exists already" in err
    assert (office.folder / "saved.tar.gz").read_text() == "of yesterday"


def test_a_backup_taken_while_others_write_is_one_moment(office: Office, other: Settings) -> None:
    """A writer adds to two tables in each transaction: a copy that tears one apart shows unequal counts."""
    database = sqlite3.connect(office.home / "dondoc.db", check_same_thread=False, timeout=30)
    for table in ("left", "right"):
        database.execute(f"CREATE TABLE test_{table} (filling TEXT)")
    begun, enough = Event(), Event()

    def write() -> None:
        while not enough.is_set():
            with database:
                database.execute("INSERT INTO test_left VALUES (zeroblob(20000))")
                database.execute("INSERT INTO test_right VALUES (zeroblob(20000))")
            begun.set()

    writer = Thread(target=write)
    writer.start()
    begun.wait()
    back_up(settings_of(office), office.folder / "saved.tar.gz", now=NOW)
    enough.set()
    writer.join()
    database.close()
    restore(other, office.folder / "saved.tar.gz", now=NOW)
    with sqlite3.connect(other.home / "dondoc.db") as copy:
        [(left, right)] = copy.execute(
            "SELECT (SELECT count(*) FROM test_left), (SELECT count(*) FROM test_right)"
        ).fetchall()
        assert left == right > 0
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_home_in_the_way_is_refused_and_with_force_put_aside(office: Office) -> None:
    office.document("backup", "saved.tar.gz")
    code, _, err = office.call("restore", "saved.tar.gz")
    assert code == 1
    assert "is not empty" in err
    (office.home / "only-here").write_text("kept")
    found = office.document("restore", "saved.tar.gz", "--force")
    assert (Path(found["put_aside"]) / "only-here").read_text() == "kept"
    assert not (office.home / "only-here").exists()


def test_a_home_is_not_taken_from_below_a_running_office(office: Office) -> None:
    office.document("backup", "saved.tar.gz")
    with only_one(Home.existing(office.home)):
        code, _, err = office.call("restore", "saved.tar.gz", "--force")
    assert code == 3
    assert "already runs" in err
    assert (office.home / "dondoc.db").exists()


def rewrite(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the files in a backup, its manifest as it was."""
    with tarfile.open(file) as archive:
        held = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    change(held)
    with tarfile.open(file, "w:gz") as archive:
        for name, data in held.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def cut_off(held: dict[str, bytes]) -> None:
    held["dondoc.db"] = held["dondoc.db"][:-4096]


def smuggle(held: dict[str, bytes]) -> None:
    held["evidence/planted.pdf"] = b"%PDF-"


def climb_out(held: dict[str, bytes]) -> None:
    held["../planted"] = b"outside"


def forget_the_manifest(held: dict[str, bytes]) -> None:
    del held["manifest.json"]


def of_a_later_format(held: dict[str, bytes]) -> None:
    manifest: dict[str, Any] = json.loads(held["manifest.json"])
    held["manifest.json"] = json.dumps({**manifest, "format": 99}).encode()


@pytest.mark.parametrize("change", [cut_off, smuggle, climb_out, forget_the_manifest, of_a_later_format])
def test_a_damaged_backup_changes_nothing(
    office: Office, other: Settings, change: Callable[[dict[str, bytes]], None]
) -> None:
    file = office.folder / "saved.tar.gz"
    back_up(settings_of(office), file, now=NOW)
    rewrite(file, change)
    with pytest.raises(BackupRefused, match="damaged"):
        restore(other, file, now=NOW)
    assert list(other.home.parent.iterdir()) == []


def test_a_backup_with_a_bad_sector_changes_nothing(office: Office, other: Settings) -> None:
    file = office.folder / "saved.tar.gz"
    back_up(settings_of(office), file, now=NOW)
    whole = file.read_bytes()
    for place in range(10, len(whole) - 64, len(whole) // 12):
        file.write_bytes(whole[:place] + b"\xff" * 64 + whole[place + 64 :])
        with pytest.raises(BackupRefused, match="damaged"):
            restore(other, file, now=NOW)
    assert list(other.home.parent.iterdir()) == []


def test_a_tampered_history_is_not_restored(office: Office, other: Settings) -> None:
    with sqlite3.connect(office.home / "dondoc.db") as database:
        database.execute("UPDATE records SET hash = hash || 'x' WHERE sequence = 3")
    back_up(settings_of(office), office.folder / "saved.tar.gz", now=NOW)
    with pytest.raises(BackupRefused, match="from record 3 on"):
        restore(other, office.folder / "saved.tar.gz", now=NOW)
    assert not other.home.exists()


def test_what_is_no_backup_is_refused(office: Office, other: Settings) -> None:
    with pytest.raises(BackupRefused):
        restore(other, office.plan, now=NOW)


def test_postgresql_is_sent_to_its_own_tools(office: Office) -> None:
    secret = SecretStr("postgresql://dondoc:hidden@localhost/dondoc")
    settings = settings_of(office).model_copy(update={"database_url": secret})
    for act in (
        lambda: back_up(settings, office.folder / "saved.tar.gz", now=NOW),
        lambda: restore(settings, office.plan, now=NOW),
    ):
        with pytest.raises(EnvironmentRefused) as refused:
            act()
        said = refused.value.say(lambda text: text)
        assert "pg_dump" in said
        assert "hidden" not in said
    assert not (office.folder / "saved.tar.gz").exists()


def test_a_backup_taken_while_work_goes_on_is_whole(office: Office, other: Settings, tmp_path: Path) -> None:
    """Moves with evidence are made all the while: each backup's history is whole, its files are all there."""
    database = Database.open(f"sqlite:///{office.home / 'dondoc.db'}", create=False)
    begun, enough, made = Event(), Event(), [0]

    def work() -> None:
        where = PlanReference("xa-mau", "ke-hoach")
        while not enough.is_set():
            made[0] += 1
            kept = keep_bytes(office.home, "minutes.pdf", b"%PDF-" + os.urandom(50_000))

            def handed_in(actor: Actor) -> Order:
                return Order(Verb.EVIDENCE, "guide/vhxh", actor, evidence_files=1, note=f"lần {made[0]}")

            carry_out(database, where, "vhxh", handed_in, as_of=FIRST_DAY, now=NOW, files=[kept])
            begun.set()

    worker = Thread(target=work)
    worker.start()
    begun.wait()
    seen = []
    for number in range(3):
        back_up(settings_of(office), tmp_path / f"{number}.tar.gz", now=NOW)
        seen.append(made[0])
    enough.set()
    worker.join()
    database.close()
    assert seen[-1] > seen[0], "nobody worked meanwhile"
    for number in range(3):
        settings = other.model_copy(update={"home": other.home.with_name(f"home-{number}")})
        restored = restore(settings, tmp_path / f"{number}.tar.gz", now=NOW)
        assert restored.audit.records > 0
        with closing(Database.open(settings.database, create=False)) as copy, copy.read() as transaction:
            (plan,) = transaction.plans.headings()
            held = transaction.assignments.get(plan.number, "guide/vhxh")
            files = transaction.evidence.of_assignment(held.number)
        assert len(files) > 1
        for file in files:
            kept = (settings.home / "evidence" / str(file.stored_as)).read_bytes()
            assert hashlib.sha256(kept).hexdigest() == file.sha256
