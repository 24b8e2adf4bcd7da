"""`doctor` and the watch: what is wrong is found, told with its mend, and written to the office."""

import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cli_cases import FIRST_DAY, NOW, Office, open_office
from lanes import PASSWORD
from pydantic import SecretStr
from smtp_server import At, ScriptedServer, refused_port
from web_house import House

from notifications.letters import from_json
from plan_definitions.diagnostics import Phrase
from workflows.flows.pulse import Pulse
from workflows.home import Home
from workflows.operations.mail.deliver import QUOTA_USED_UP
from workflows.operations.mail.queueing import morning
from workflows.operations.round import run_round
from workflows.operations.upkeep import machine_checks
from workflows.operations.upkeep.alarm import raise_alarms
from workflows.operations.upkeep.findings import Check, Finding, wrong
from workflows.operations.upkeep.machine_checks import (
    FITTING,
    PYTHONS,
    check_base_address,
    check_disk,
    check_mail_server,
)
from workflows.operations.upkeep.office_checks import office_findings, troubles_of
from workflows.settings import Security, Settings, read_settings
from workflows.store.database import Database
from workflows.store.records import LetterState
from workflows.store.records import Outcome as Finished
from workflows.supervision.inspection import check_running
from workflows.supervision.lock import Running, leave_note, only_one
from workflows.supervision.watch import Watch
from workflows.texts import LOCAL_ZONE

ROOT = Path(__file__).parent.parent
ROUND_DAY = date(2026, 6, 10)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    """A plan under way; this morning's round is done and its letters wait."""
    opened = open_office(tmp_path, capsys, monkeypatch)
    opened.publish()
    opened.open_work(FIRST_DAY)
    opened.open_work(ROUND_DAY)
    return opened


@pytest.fixture
def settings(office: Office) -> Settings:
    return read_settings(office.folder)


def findings_at(settings: Settings, now: datetime) -> dict[Check, Finding]:
    with closing(Database.open(settings.database, create=False)) as database:
        return {finding.check: finding for finding in office_findings(database, settings, now)}


def said(finding: Finding) -> str:
    return finding.say(lambda text: text)


def at(hour: int, day: date = ROUND_DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LOCAL_ZONE)


def test_every_check_stands_in_the_document_and_the_stopped_office_is_the_only_trouble(
    office: Office,
) -> None:
    code, out, _ = office.call("doctor", "--json")
    rows: list[dict[str, Any]] = json.loads(out)
    assert code == 1
    assert all(set(row) == {"check", "ok", "detail"} for row in rows)
    assert {row["check"] for row in rows} == {check.value for check in Check}
    assert [row["check"] for row in rows if not row["ok"]] == ["running"]
    assert "dondoc up" in next(row["detail"] for row in rows if not row["ok"])


def test_a_person_reads_each_line_with_its_mend(office: Office) -> None:
    office.home.chmod(0o755)
    code, out, _ = office.call("doctor")
    assert code == 1
    assert f"✗ home: others may look into the home {office.home}\n    Run: chmod 700 {office.home}\n" in out
    assert out.endswith("Not in order: 2 of 15 checks.\n")


def test_a_home_of_somebody_else_is_told_and_the_rest_is_left_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = os.access
    # As for everybody but its owner; to root no folder is closed.
    monkeypatch.setattr(os, "access", lambda path, mode: path != office.home and asked(path, mode))
    code, out, _ = office.call("doctor", "--json")
    found = {row["check"]: row["ok"] for row in json.loads(out)}
    assert (code, found["home"], "secrets" in found, "database" in found) == (1, False, False, False)
    said = f"the home {office.home} is closed to this user\n"
    mend = "Run it as the user who owns the home, or look at the mode of the folder.\n"
    for verb in (["status"], ["publish", str(office.plan)], ["up"]):
        assert office.call(*verb) == (3, "", said + mend)


def test_without_a_home_the_rest_is_left_out(office: Office) -> None:
    shutil.rmtree(office.home)
    code, out, _ = office.call("doctor", "--json")
    assert code == 1
    assert [row["check"] for row in json.loads(out) if not row["ok"]] == ["home"]
    assert office.call("doctor")[1].endswith(
        "There is no home yet: what is in one is looked at after the first publication.\n"
    )


def test_an_office_whose_parts_are_silent_is_told_from_one_that_does_not_run(office: Office) -> None:
    with only_one(Home.existing(office.home)):
        _, out, _ = office.call("doctor", "--json")
    [row] = [row for row in json.loads(out) if row["check"] == "running"]
    assert "does not answer: the window" in row["detail"]


class Answering(BaseHTTPRequestHandler):
    """Says yes to whatever it is asked, as a part that is up does."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Nothing."""


@pytest.fixture
def answering() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_clock_that_gives_no_sign_of_life_is_found(
    office: Office, settings: Settings, answering: str
) -> None:
    home = Home.existing(office.home)
    with only_one(home):
        leave_note(home, Running(4711, answering, answering))
        (home.path / "prefect").mkdir()
        (home.path / "prefect" / "address.json").write_text(json.dumps({"address": answering}))
        found = check_running(settings)
        assert not found.ok
        assert "does not answer: the clock" in said(found)
        Pulse(home).beat()
        assert check_running(settings).ok


@pytest.mark.parametrize("name", ["secret_key", "dondoc.db"])
def test_a_secret_that_others_may_read_is_found(office: Office, settings: Settings, name: str) -> None:
    (settings.home / name).touch()
    (settings.home / name).chmod(0o640)
    found = machine_checks.check_secrets(settings, office.folder)
    assert not found.ok
    assert f"chmod 600 {settings.home / name}" in said(found)


def test_a_settings_file_is_a_secret_only_when_it_holds_one(office: Office, settings: Settings) -> None:
    file = office.folder / "dondoc.toml"
    file.write_text('base_url = "https://dondoc.example"\n')
    file.chmod(0o644)
    assert machine_checks.check_secrets(settings, office.folder).ok
    file.write_text('smtp_password = "x"\n')
    assert not machine_checks.check_secrets(settings, office.folder).ok


def test_a_full_disk_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_disk(settings).ok
    monkeypatch.setattr(machine_checks, "LEAST_FREE", 1 << 60)
    assert not check_disk(settings).ok


def test_what_fits_is_what_the_project_demands() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    demanded = {line.split("[")[0].split(">")[0].split("<")[0]: line for line in project["dependencies"]}

    def dotted(version: tuple[int, ...]) -> str:
        return ".".join(str(n) for n in version)

    for name, (least, below) in FITTING.items():
        assert demanded[name].endswith(f"<{dotted(below)}")
        assert least == (0,) or f">={dotted(least)}" in demanded[name]
    assert project["requires-python"] == f">={dotted(PYTHONS[0])},<{dotted(PYTHONS[1])}"


def mail_settings(settings: Settings, port: int, **fields: Any) -> Settings:
    known = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": Security.NONE,
        "mail_from": "vhxh@xa.example",
    }
    return settings.model_copy(update=known | fields)


def test_a_mail_server_that_is_not_there_is_found(settings: Settings) -> None:
    found = check_mail_server(mail_settings(settings, refused_port()))
    assert not found.ok
    assert "turns us away: nobody answers there" in said(found)
    lost = check_mail_server(mail_settings(settings, 25, smtp_host="mail.invalid"))
    assert "mail.invalid:25 turns us away: no machine of that name is known" in said(lost)


def test_a_real_login_is_tried_and_no_letter_sent(settings: Settings) -> None:
    known = {"smtp_user": "dondoc", "smtp_password": SecretStr(PASSWORD)}
    with ScriptedServer(users={"dondoc": PASSWORD}) as server:
        assert check_mail_server(mail_settings(settings, server.port, **known)).ok
        assert At.AUTH in server.commands
        assert At.MAIL not in server.commands
        server.play(At.AUTH, "535 5.7.8 bad credentials", times=None)
        found = check_mail_server(mail_settings(settings, server.port, **known))
    assert not found.ok
    assert "5.7.8 bad credentials" in said(found)
    assert PASSWORD not in said(found)


def test_links_that_no_reader_can_open_matter_once_letters_leave_the_machine(settings: Settings) -> None:
    assert check_base_address(settings).ok
    sending = mail_settings(settings, 25)
    assert not check_base_address(sending).ok
    assert check_base_address(sending.model_copy(update={"base_url": "https://dondoc.example"})).ok


def test_a_round_that_did_not_come_is_missed_an_hour_later_and_on_working_days_only(
    settings: Settings,
) -> None:
    thursday, friday, saturday = (ROUND_DAY + timedelta(days=n) for n in (1, 2, 3))
    assert findings_at(settings, at(7, thursday) + timedelta(minutes=59))[Check.ROUND].ok
    missing = findings_at(settings, at(8, thursday))[Check.ROUND]
    assert not missing.ok
    assert "the round of 11/6/2026 is missing (last one: 10/6/2026)" in said(missing)
    with closing(Database.open(settings.database, create=False)) as database:
        run_round(database, "xa-mau", as_of=friday, now=morning(friday))
    assert findings_at(settings, at(23, saturday + timedelta(days=1)))[Check.ROUND].ok
    assert not findings_at(settings, at(8, saturday + timedelta(days=2)))[Check.ROUND].ok


def test_a_round_that_never_ended_is_missing(settings: Settings) -> None:
    thursday = ROUND_DAY + timedelta(days=1)
    with closing(Database.open(settings.database, create=False)) as database, database.write() as transaction:
        transaction.rounds.begin("xa-mau", thursday, at(7, thursday), "killed", timedelta(minutes=10))
    assert not findings_at(settings, at(9, thursday))[Check.ROUND].ok


def test_a_plan_published_today_misses_no_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_office(tmp_path, capsys, monkeypatch)
    office.publish("2026-06-10")
    assert findings_at(read_settings(tmp_path), NOW)[Check.ROUND].ok


def test_letters_that_nobody_delivers_are_stuck_by_day_but_not_in_the_night(settings: Settings) -> None:
    assert findings_at(settings, at(8))[Check.MAIL_STUCK].ok
    stuck = findings_at(settings, at(12))[Check.MAIL_STUCK]
    assert not stuck.ok
    assert "dondoc outbox" in said(stuck)
    assert findings_at(settings, at(23))[Check.MAIL_STUCK].ok


def test_an_account_that_was_turned_away_is_told_with_the_servers_word(settings: Settings) -> None:
    with closing(Database.open(settings.database, create=False)) as database, database.write() as transaction:
        transaction.senders.pause("dondoc@localhost.localdomain", at(9), "535 5.7.8 bad credentials")
    found = findings_at(settings, at(8))[Check.MAIL_STUCK]
    assert "535 5.7.8 bad credentials" in said(found)
    assert "535" not in found.for_log.say(lambda text: text)
    assert findings_at(settings, at(9))[Check.MAIL_STUCK].ok


def test_a_spent_quota_is_no_trouble_until_letters_wait_too_long_for_it(settings: Settings) -> None:
    with closing(Database.open(settings.database, create=False)) as database, database.write() as transaction:
        transaction.senders.pause("dondoc@localhost.localdomain", at(20), QUOTA_USED_UP)
    assert findings_at(settings, at(8))[Check.MAIL_STUCK].ok
    found = findings_at(settings, at(12))[Check.MAIL_STUCK]
    assert not found.ok
    assert "DONDOC_SMTP_PER_DAY" in said(found)


def test_a_letter_given_up_is_told_for_a_week(settings: Settings) -> None:
    with closing(Database.open(settings.database, create=False)) as database, database.write() as transaction:
        first, *_ = transaction.letters.claim(at(8), timedelta(minutes=5), 1)
        dead = Finished(LetterState.DEAD, 550, "5.1.1 no such user")
        transaction.letters.finish(first.letter.id, first.token, dead, at(8))
    found = findings_at(settings, at(9))[Check.MAIL_DEAD]
    assert first.letter.address in said(found)
    assert found.for_log.say(lambda text: text) == "xa-mau: letters that could not be delivered: 1"
    assert findings_at(settings, at(9) + timedelta(days=8))[Check.MAIL_DEAD].ok


def test_next_years_calendar_is_asked_for_from_december_on(settings: Settings) -> None:
    assert findings_at(settings, at(9, date(2026, 11, 30)))[Check.CALENDAR].ok
    found = findings_at(settings, at(9, date(2026, 12, 1)))[Check.CALENDAR]
    assert not found.ok
    assert "2027" in said(found)


def test_a_clock_that_went_back_is_found(settings: Settings) -> None:
    assert not findings_at(settings, at(12, date(2026, 6, 9)))[Check.CLOCK].ok


def test_the_banner_of_an_office_tells_its_own_troubles_only(settings: Settings) -> None:
    with closing(Database.open(settings.database, create=False)) as database:
        assert troubles_of(database, settings, "xa-mau", at(8)) == ()
        friday = at(12, ROUND_DAY + timedelta(days=2))
        found = troubles_of(database, settings, "xa-mau", friday)
    assert [finding.check for finding in found] == [Check.ROUND, Check.MAIL_STUCK]
    assert {finding.office for finding in found} == {"xa-mau"}


def test_the_clerks_day_shows_the_banner(house: House) -> None:
    house.now = at(12, ROUND_DAY + timedelta(days=2))
    shown = house.member("vhxh").get("/today?lang=en").text
    assert "cannot mend the following by itself" in shown
    assert "the round of 12/6/2026 is missing (last one: 10/6/2026)" in shown


DISK = wrong(Check.DISK, Phrase("{free} MB free on the home's disk", {"free": 3}), Phrase("Make room."))
ROUND = wrong(
    Check.ROUND,
    Phrase("{office}: the round of {day} is missing (last one: {last})",
           {"office": "xa-mau", "day": "11/6/2026", "last": "-"}),
    Phrase("Run it."), "xa-mau",
)  # fmt: skip
ELSEWHERE = wrong(Check.MAIL_DEAD, Phrase("of another office"), Phrase("Mend it."), "xa-khac")


def alarms(database: Database) -> list[Any]:
    with database.read() as transaction:
        return [from_json(letter.content) for letter in transaction.letters.find(kinds=["alarm"])]


def test_the_office_hears_of_a_trouble_once_a_day(settings: Settings) -> None:
    with closing(Database.open(settings.database, create=False)) as database:
        assert raise_alarms(database, [DISK, ELSEWHERE], now=at(9)) == 1
        assert raise_alarms(database, [DISK], now=at(10)) == 0
        assert raise_alarms(database, [DISK, ROUND], now=at(11)) == 1
        assert raise_alarms(database, [DISK], now=at(9) + timedelta(days=1)) == 1
        told = [[trouble.message_id for trouble in letter.parts[0].troubles] for letter in alarms(database)]
    assert told == [[DISK.detail.message_id], [ROUND.detail.message_id], [DISK.detail.message_id]]


def test_the_watch_tells_a_trouble_when_it_begins_and_when_it_is_over(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    moment = iter([at(12), at(12), at(20)])
    monkeypatch.setattr("workflows.supervision.watch.LOOK_SECONDS", 0.0)
    watch = Watch(
        settings, office.folder, lambda: next(moment),
        lambda phrase: lines.append(phrase.say(lambda text: text)), first_look=0.0,
    )  # fmt: skip
    watch.look(ready=False)
    assert lines == []
    watch.look(ready=True)
    watch.look(ready=True)
    assert lines[0] == "Trouble: xa-mau: letters that do not leave: 4"
    assert len(lines) == 2
    watch.look(ready=True)
    assert len(lines) == 2
    with closing(Database.open(settings.database, create=False)) as database:
        assert len(alarms(database)) == 1
    watch.look(ready=True)
    assert "The troubles are over." in lines
