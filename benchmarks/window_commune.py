"""A commune in mid-season for measurements of the window: 30 villages, 100 tasks, 3,000 assignments.

Some of it is late, some waits to be confirmed, some waits for others; the plan was published on the first of
June 2026 and its rounds have run up to the tenth.
"""

from datetime import date, timedelta
from pathlib import Path

from pydantic import SecretStr

from plan_definitions.load import load_plan
from plan_definitions.schedule import Schedule
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Via
from workflows.engine.states import Verb
from workflows.home import Home
from workflows.operations.mail.queueing import morning
from workflows.operations.move import PlanReference
from workflows.operations.publish import publish
from workflows.operations.round import run_round
from workflows.operations.together import Draft, carry_out_together
from workflows.settings import Settings
from workflows.store.database import Database

OFFICE, PLAN = "xa", "do-luong"
VILLAGES, TASKS = 30, 100
FIRST_DAY, TODAY = date(2026, 6, 1), date(2026, 6, 10)
BASE_URL = "http://dondoc.xa.example"
_SECRET = "a secret for measurements, 32 characters"  # noqa: S105 - opens nothing

_HEAD = f"""\
format: 1
id: {PLAN}
title: Tháng hành động vì trẻ em năm 2026 (để đo)
units: units.yaml
calendar: calendar.yaml
anchors: {{opens: {FIRST_DAY}, closes: 2026-07-31}}
tasks:
"""


def prepared(folder: Path) -> Settings:
    """The settings of a new home in `folder` with the commune in it."""
    home = Home.create(folder / "home")
    settings = Settings(home=home.path, base_url=BASE_URL, secret_key=SecretStr(_SECRET))
    database = Database.open(settings.database, create=True)
    schedule = _schedule(folder)
    publish(database, schedule, {}, as_of=FIRST_DAY, now=morning(FIRST_DAY))
    for number in range((TODAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(number)
        run_round(database, OFFICE, as_of=day, now=morning(day))
        if day == date(2026, 6, 5):
            _report(database, day)
    database.close()
    return settings


def _schedule(folder: Path) -> Schedule:
    villages = ", ".join(f"thon-{n}" for n in range(1, VILLAGES + 1))
    officers = {"van-phong": "Phòng Văn hóa - Xã hội", "pho-chu-tich": "Phó Chủ tịch", "chu-tich": "Chủ tịch"}
    units = "".join(_unit(name, title) for name, title in officers.items())
    units += "".join(_unit(f"thon-{n}", f"Thôn {n}") for n in range(1, VILLAGES + 1))
    (folder / "units.yaml").write_text(
        f"office: {OFFICE}\n"
        "roles: {standing_office: van-phong, deputy_chair: pho-chu-tich, chair: chu-tich}\n"
        f"units:\n{units}groups:\n  villages: [{villages}]\n",
        encoding="utf-8",
    )
    (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    (folder / "plan.yaml").write_text(_HEAD + "".join(map(_task, range(TASKS))), encoding="utf-8")
    loaded = load_plan(folder / "plan.yaml")
    if loaded.schedule is None:
        raise SystemExit(f"refused, first with {loaded.diagnostics[0].code}: {loaded.diagnostics[0].message}")
    return loaded.schedule


def _unit(name: str, title: str) -> str:
    contact = f"{{id: head, title: Trưởng {title}, channel: mail, email: {name}@xa.example}}"
    return f"  {name}: {{name: {title}, contacts: [{contact}]}}\n"


def _task(number: int) -> str:
    """Every fifth task follows the one before it; due dates run from the third day to the end of the plan."""
    due = FIRST_DAY + timedelta(2 + number // 2)
    after = f"    after: [viec-{number - 1}]\n" if number % 5 == 4 else ""
    return f"""\
  viec-{number}:
    title: Rà soát, cắm biển cảnh báo, rào chắn điểm nguy hiểm số {number}
    lead: {{each: villages}}
    start: opens
    due: {due}
    evidence: document
    accept: standing_office
{after}"""


def _report(database: Database, day: date) -> None:
    """Two villages of three report what fell due first; half of that is confirmed."""
    where, villages = PlanReference(OFFICE, PLAN), [n for n in range(1, VILLAGES + 1) if n % 3]

    def reported(assignment: str, unit: str) -> Draft:
        def draft(by: Actor) -> Order:
            return Order(
                Verb.SUBMIT, assignment, by, on_behalf_of=unit, via=Via.PHONE, document="7/BC, 2026-06-05"
            )

        return draft

    def accepted(assignment: str) -> Draft:
        return lambda by: Order(Verb.ACCEPT, assignment, by)

    names = [f"viec-{task}/thon-{n}" for task in range(8) if task % 5 != 4 for n in villages]
    reports = [(name, [reported(name, name.partition("/")[2])]) for name in names]
    carry_out_together(database, where, "van-phong", reports, once="r" * 64, as_of=day, now=morning(day))
    half = [(name, [accepted(name)]) for name in names[::2]]
    carry_out_together(database, where, "van-phong", half, once="a" * 64, as_of=day, now=morning(day))
