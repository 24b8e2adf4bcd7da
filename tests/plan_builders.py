"""Builders of plan definitions, for tests of the checks, the dates and the schedule.

The place of a word names the word as its file: a test reads off a diagnostic which word it points at.
1 June 2026 is a Monday.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from plan_definitions.model import (
    CalendarDefinition,
    Channel,
    Contact,
    DateExpression,
    Dependency,
    Ladder,
    Lead,
    Name,
    Office,
    Offset,
    PlanDefinition,
    Repeat,
    Rung,
    Step,
    TaskDefinition,
    Unit,
)
from plan_definitions.source import Place

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def at(word: str) -> Place:
    """The place of a word."""
    return Place(word, 1, 1, 1 + max(1, len(word)))


def name(text: str) -> Name:
    return Name(text, at(text))


def distance(text: str) -> Offset:
    """`3 working days`, `1 week`, `-2 days`."""
    amount, step = text.split(" ", 1)
    return Offset(int(amount), Step(step.removesuffix("s").replace(" ", "_")))


def day(text: str) -> DateExpression:
    """`opens`, `launch - 7 working days`, `2026-06-05 + 1 week`."""
    base, _, rest = text.partition(" ")
    offset = distance(re.sub(r"([+-]) ", r"\1", rest)) if rest else None
    is_date = re.fullmatch(r"\d{4}-\d\d-\d\d", base)
    return DateExpression(date.fromisoformat(base) if is_date else base, offset, at(text))


def every(weekday: str, first: str, last: str, weeks: int = 1) -> Repeat:
    return Repeat(day(first), day(last), at(f"every {weekday}"), WEEKDAYS.index(weekday), weeks)


def monthly(month_day: int, first: str, last: str) -> Repeat:
    return Repeat(day(first), day(last), at(f"monthly on day {month_day}"), month_day=month_day)


def edge(task: str, lag: str | None = None, *, soft: bool = False, same_unit: bool = False) -> Dependency:
    return Dependency(name(task), distance(lag) if lag else None, soft, same_unit)


def task(id: str, lead: str = "office", **fields: Any) -> TaskDefinition:  # noqa: A002 - the language's word
    """A task; `start`, `due` may be texts, `lead` may be `each GROUP`, `after` and `helpers` names."""
    each = lead.startswith("each ")
    for key in ("start", "due"):
        if isinstance(fields.get(key), str):
            fields[key] = day(fields[key])
    for key in ("helpers", "clauses"):
        fields[key] = tuple(name(n) if isinstance(n, str) else n for n in fields.get(key, ()))
    fields["after"] = tuple(edge(d) if isinstance(d, str) else d for d in fields.get("after", ()))
    for key in ("ladder", "accept"):
        if isinstance(fields.get(key), str):
            fields[key] = name(fields[key])
    return TaskDefinition(id, f"Việc {id}", Lead(name(lead.removeprefix("each ")), each), at(id), **fields)


def contact(id: str = "head", **fields: Any) -> Contact:  # noqa: A002
    known: dict[str, Any] = {"title": "Trưởng", "channel": Channel.MAIL, "email": f"{id}@commune.example"}
    return Contact(id, **(known | fields))


def unit(id: str, **fields: Any) -> Unit:  # noqa: A002
    known: dict[str, Any] = {"contacts": (contact(f"{id}-head"),)}
    return Unit(id, f"Đơn vị {id}", **(known | fields))


LADDER = Ladder(
    "default", (2, 0), (Rung(1, ("standing_office",)), Rung(3, ("deputy_chair",)), Rung(5, ("chair",)))
)

ANCHORS = {
    "issued": date(2026, 5, 11),
    "opens": date(2026, 6, 1),
    "launch": date(2026, 6, 1),
    "closes": date(2026, 6, 30),
}


def office(*more: Unit, groups: Mapping[str, tuple[str, ...]] | None = None, **fields: Any) -> Office:
    """`office` and `committee` with the three roles, `police`, and the villages `thon-1` to `thon-3`."""
    units = [unit(u) for u in ("office", "committee", "police", "thon-1", "thon-2", "thon-3")]
    known: dict[str, Any] = {
        "roles": {"standing_office": "office", "deputy_chair": "committee", "chair": "committee"},
        "units": {u.id: u for u in (*units, *more)},
        "groups": {"villages": ("thon-1", "thon-2", "thon-3"), **(groups or {})},
    }
    return Office("commune", "UBND xã", **(known | fields))


def plan(*tasks: TaskDefinition, **fields: Any) -> PlanDefinition:
    """A plan of these tasks with the anchors of 2026, a default ladder and a calendar vouched for 2026."""
    known: dict[str, Any] = {
        "office": office(),
        "calendar": CalendarDefinition(vouched=(2026,)),
        "anchors": ANCHORS,
        "ladders": {"default": LADDER},
        "tasks": {t.id: t for t in tasks},
    }
    return PlanDefinition("plan-2026", "Kế hoạch 2026", **(known | fields))
