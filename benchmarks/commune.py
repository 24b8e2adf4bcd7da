"""A commune and a plan of any size, as the measurements of whole days need them."""

from datetime import date, datetime, time
from pathlib import Path

from notifications.addresses import Mailbox
from plan_definitions.load import load_plan
from plan_definitions.schedule import Schedule
from workflows.operations.mail.letter_bytes import Lane
from workflows.operations.mail.links import LinkSigner
from workflows.texts import LOCAL_ZONE

OFFICE, PLAN = "xa", "do-luong"
VILLAGES = 20
PUBLISHED, DUE = date(2026, 6, 1), date(2026, 6, 9)

_HEAD = f"""\
format: 1
id: {PLAN}
title: Kế hoạch để đo
units: units.yaml
calendar: calendar.yaml
anchors: {{opens: {PUBLISHED}, closes: {DUE}}}
tasks:
"""


def plan_of(folder: Path, assignments: int, village_count: int = VILLAGES) -> Schedule:
    """A plan in which every village has the same work to do by the ninth of June; it must be accepted."""
    officers = ("van-phong", "pho-chu-tich", "chu-tich")
    units = "".join(_unit(name, name) for name in officers)
    units += "".join(_unit(f"thon-{n}", f"Thôn {n}") for n in range(1, village_count + 1))
    villages = ", ".join(f"thon-{n}" for n in range(1, village_count + 1))
    roles = "{standing_office: van-phong, deputy_chair: pho-chu-tich, chair: chu-tich}"
    (folder / "units.yaml").write_text(
        f"office: {OFFICE}\nroles: {roles}\nunits:\n{units}groups:\n  villages: [{villages}]\n",
        encoding="utf-8",
    )
    (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    path = folder / "plan.yaml"
    tasks = "".join(_task(number) for number in range(assignments // village_count))
    path.write_text(_HEAD + tasks, encoding="utf-8")
    loaded = load_plan(path)
    if loaded.schedule is None:
        raise SystemExit(f"refused, first with {loaded.diagnostics[0].code}")
    return loaded.schedule


def _unit(name: str, title: str) -> str:
    contact = f"{{id: head, title: Trưởng {title}, channel: mail, email: {name}@xa.example}}"
    return f"  {name}: {{name: {title}, contacts: [{contact}]}}\n"


def _task(number: int) -> str:
    return f"""\
  viec-{number}:
    title: Rà soát, cắm biển cảnh báo điểm nguy hiểm số {number}
    lead: {{each: villages}}
    start: opens
    due: closes
"""


def lane() -> Lane:
    """An account that signs links to a public address."""
    sender = Mailbox("dondoc@xa.example")
    return Lane(sender, LinkSigner("k" * 43), "https://dondoc.xa.example", sender)


def at(day: date, hour: int = 7) -> datetime:
    """An hour of a day, in local time."""
    return datetime.combine(day, time(hour), LOCAL_ZONE)
