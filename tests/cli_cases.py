"""Calls of the command in this process, and a small office with a plan to call it on."""

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from workflows.cli.main import run
from workflows.cli.session import Session
from workflows.operations.mail.queueing import morning
from workflows.operations.round import run_round
from workflows.store.database import Database
from workflows.texts import LOCAL_ZONE

UNITS = """
office: xa-mau
name: UBND xã Mẫu
roles: {standing_office: vhxh, deputy_chair: pct, chair: ct}
units:
  vhxh: {name: Phòng Văn hóa, contacts: [{id: a, title: Trưởng phòng, channel: mail, email: vhxh@xa.example}]}
  pct: {name: Phó Chủ tịch, contacts: [{id: b, title: Phó Chủ tịch, channel: mail, email: pct@xa.example}]}
  ct: {name: Chủ tịch, contacts: [{id: c, title: Chủ tịch, channel: mail, email: ct@xa.example}]}
  thon-1: {name: Thôn 1, contacts: [{id: d, title: Trưởng Thôn 1, channel: mail, email: t1@xa.example}]}
  thon-2: {name: Thôn 2, contacts: [{id: e, title: Trưởng Thôn 2, channel: zalo, phone: "0000 000 032"}]}
groups: {villages: [thon-1, thon-2]}
"""

PLAN = """
format: 1
id: ke-hoach
title: Kế hoạch mẫu
units: units.yaml
calendar: calendar.yaml
anchors: {issued: 2026-06-01, opens: 2026-06-10}
ladders:
  default: {remind: [on the day], escalate: [{after: 1 working day, to: standing_office}]}
tasks:
  guide:
    title: Soạn hướng dẫn
    lead: vhxh
    start: issued
    due: 2026-06-08
    accept: deputy_chair
    evidence: document
  survey:
    title: Rà soát
    lead: {each: villages}
    start: issued
    due: opens
    evidence: required
    none_allowed: true
    indicators: {hazards: {title: Điểm nguy hiểm}}
  signs:
    title: Cắm biển
    lead: {each: villages}
    due: opens + 5 working days
    after: [{task: survey, same_unit: true}]
"""

FIRST_DAY = date(2026, 6, 1)
ROUND_DAY = "2026-06-10"

NOW = datetime(2026, 6, 10, 8, 30, tzinfo=LOCAL_ZONE)
"""When all of these calls are made: a Wednesday morning."""


class Office:
    """A working folder with a plan file, in which the command is called."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.plan = folder / "plan.yaml"
        (folder / "units.yaml").write_text(UNITS, encoding="utf-8")
        (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
        self.write(PLAN)

    @property
    def home(self) -> Path:
        return self.folder / ".dondoc"

    def write(self, plan: str) -> None:
        self.plan.write_text(plan, encoding="utf-8")

    def call(self, *arguments: str, language: str = "en") -> tuple[int, str, str]:
        """Exit code, stdout and stderr of one call."""
        self._capsys.readouterr()
        code = run([*arguments, "--lang", language], self.folder)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def document(self, *arguments: str) -> Any:
        """What a call that succeeds prints with `--json`."""
        code, out, err = self.call(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    def publish(self, as_of: str = "2026-06-01") -> Any:
        return self.document("publish", str(self.plan), "--as-of", as_of)

    def open_work(self, as_of: date = FIRST_DAY) -> None:
        """A round in this process, without Prefect: what may start is open."""
        database = Database.open(f"sqlite:///{self.home / 'dondoc.db'}", create=False)
        run_round(database, "xa-mau", as_of=as_of, now=morning(as_of))
        database.close()

    def standing(self) -> Any:
        """Everything that `status` tells; equal before and after whatever changed nothing."""
        return self.document("status", "--as-of", ROUND_DAY)

    def assignment(self, name: str) -> Any:
        return next(row for row in self.standing()["assignments"] if row["id"] == name)


def open_office(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    now: datetime | None = NOW,
) -> Office:
    """An office that no setting from outside reaches, on a clock that stands still (None: the real one)."""
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        monkeypatch.delenv(name)
    if now is not None:
        monkeypatch.setattr(Session, "now", lambda _session: now)
    return Office(folder, capsys)
