"""Builders of plans and engine records: everything has a sensible value, a test names what it means.

Dates are those of the 2026 season; 1 June 2026 is a Monday.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from plan_definitions.model import (
    CalendarDefinition,
    Channel,
    Clause,
    Contact,
    Document,
    Evidence,
    Indicator,
    Kind,
    Ladder,
    Manner,
    Office,
    Offset,
    Roll,
    Rung,
    Step,
    Threshold,
    Unit,
)
from plan_definitions.schedule import Edge, Schedule, ScheduledTask, Turn
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.board import Row
from workflows.engine.records import Assignment, Change, Notice, NoticeKind, Record
from workflows.engine.situation import Situation
from workflows.engine.states import State, Verb

FIRST_OF_JUNE = date(2026, 6, 1)
TENTH_OF_JUNE = date(2026, 6, 10)
MORNING = datetime(2026, 6, 10, 0, 0, tzinfo=UTC)
"""07:00 in Kim Thành on 10 June 2026."""

DEFAULT_LADDER = Ladder(
    "default",
    remind=(2, 0),
    escalate=(Rung(1, ("standing_office",)), Rung(3, ("deputy_chair",)), Rung(5, ("chair",))),
)


def contact(id: str = "head", **fields: Any) -> Contact:  # noqa: A002 - the word of the language
    """A contact with a mail address; give `channel` and `phone` for another."""
    known: dict[str, Any] = {
        "title": "Trưởng thôn",
        "channel": Channel.MAIL,
        "email": f"{id}@kim-thanh.example",
    }
    return Contact(id, **(known | fields))


def unit(id: str, name: str | None = None, **fields: Any) -> Unit:  # noqa: A002
    """A unit with one contact, written to as `UNIT@kim-thanh.example`."""
    known: dict[str, Any] = {"contacts": (contact(email=f"{id}@kim-thanh.example"),)}
    return Unit(id, name or f"Đơn vị {id}", **(known | fields))


def office(
    id: str = "kim-thanh",  # noqa: A002
    units: Iterable[Unit] | None = None,
    *,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    roles: Mapping[str, str] | None = None,
    name: str = "Ủy ban nhân dân xã Kim Thành",
) -> Office:
    """A commune: office `vhxh`, `deputy`, `chair`, `police`, `youth` (requested), villages `thon-1..3`."""
    if units is None:
        units = (
            unit("vhxh", "Phòng Văn hóa - Xã hội"),
            unit("deputy", "Phó Chủ tịch"),
            unit("chair", "Chủ tịch"),
            unit("police", "Công an xã"),
            unit("youth", "Đoàn Thanh niên", manner=Manner.REQUEST),
            *(unit(f"thon-{n}", f"Thôn {n}") for n in (1, 2, 3)),
        )
    known = {u.id: u for u in units}
    villages = tuple(u for u in known if u.startswith("thon-"))
    return Office(
        id=id,
        name=name,
        roles=roles or {"standing_office": "vhxh", "deputy_chair": "deputy", "chair": "chair"},
        units=known,
        groups=groups if groups is not None else {"villages": villages},
    )


def calendar(
    days_off: Mapping[date, str] | None = None,
    working_days: tuple[date, ...] = (),
    vouched: tuple[int, ...] = (2026,),
) -> CalendarDefinition:
    """The office's own calendar file."""
    return CalendarDefinition(vouched=vouched, days_off=days_off or {}, working_days=working_days)


def edge(task: str, lag: int | None = None, *, step: Step = Step.WORKING_DAY, **fields: Any) -> Edge:
    """A predecessor, with a lag of so many working days (or other steps)."""
    return Edge(task, None if lag is None else Offset(lag, step), **fields)


def task(
    id: str = "gifts",  # noqa: A002
    leads: Iterable[str] = ("vhxh",),
    *,
    due: date | None = TENTH_OF_JUNE,
    start: date | None = None,
    after: Iterable[Edge | str] = (),
    repeat: Iterable[date] = (),
    **fields: Any,
) -> ScheduledTask:
    """A task for each of `leads`; `repeat` gives the due dates of its occurrences instead of `due`.

    A word in `after` is a plain finish-to-start edge. Any field of ScheduledTask may be named.
    """
    leads, occurrences = tuple(leads), tuple(repeat)
    known: dict[str, Any] = {
        "title": f"Nhiệm vụ {id}",
        "kind": Kind.TASK,
        "helpers": (),
        "each": None,
        "helper_names": (),
        "unrolled_due": None if occurrences else due,
        "span": 5,
        "roll": Roll.PREVIOUS,
        "ladder": DEFAULT_LADDER,
        "clauses": (),
        "evidence": Evidence.NONE,
        "none_allowed": False,
        "confidential": False,
        "accept": None,
        "complete_when": Threshold(),
        "indicators": (),
        "budget": (),
        "note": None,
        "was": None,
        "critical": False,
        "slack": None,
        "turns": planned(start, due, occurrences),
    }
    return ScheduledTask(
        id=id,
        leads=leads,
        start=start,
        due=None if occurrences else due,
        repeats=bool(occurrences),
        after=tuple(Edge(e) if isinstance(e, str) else e for e in after),
        **(known | fields),
    )


def planned(start: date | None, due: date | None, repeat: Iterable[date] = ()) -> tuple[Turn, ...]:
    """The turns of a task: one, or one an occurrence."""
    turns = tuple(Turn(n, start, day, day) for n, day in enumerate(repeat, 1))
    return turns or (Turn(None, start, due, due),)


def schedule(*tasks: ScheduledTask, id: str = "thang-tre-em-2026", **fields: Any) -> Schedule:  # noqa: A002
    """A plan of these tasks (by default one, `gifts` for `vhxh`), of the commune of `office()`."""
    known: dict[str, Any] = {
        "title": "Tháng hành động vì trẻ em năm 2026",
        "theme": None,
        "office": office(),
        "calendar": calendar(),
        "document": Document(symbol="/KH-UBND", recipients=("villages",)),
        "clauses": {"II.7": Clause("II.7", "Trao quà", "duty", named=True, lead=("vhxh",))},
        "anchors": {"launch": FIRST_OF_JUNE},
    }
    return Schedule(id=id, tasks={t.id: t for t in tasks or (task(),)}, **(known | fields))


def indicator(id: str = "gifts", target: int | None = 90, **fields: Any) -> Indicator:  # noqa: A002
    """A counted result."""
    return Indicator(id, fields.pop("title", "Suất quà"), target, **fields)


def assignment(id: str = "gifts/vhxh", state: State = State.OPEN, **fields: Any) -> Assignment:  # noqa: A002
    """An assignment named `task/unit` or `task/unit/n`, due on 10 June 2026, of the plan of `schedule()`."""
    names = id.split("/")
    due = fields.get("due", TENTH_OF_JUNE)
    known: dict[str, Any] = {
        "number": 0,
        "plan": "thang-tre-em-2026",
        "task": names[0],
        "unit": names[1],
        "occurrence": int(names[2]) if len(names) > 2 else None,
        "start": None,
        "original_due": due,
        "due": due,
        "unrolled_due": due,
        "opened_on": None if state is State.WAITING else FIRST_OF_JUNE,
    }
    return Assignment(id=id, state=state, **(known | fields))


def notice(
    assignment_id: str = "gifts/vhxh", kind: NoticeKind = NoticeKind.REMINDER, to: str = "vhxh", **fields: Any
) -> Notice:
    """Something `to` should hear on 10 June 2026."""
    as_of = fields.get("as_of", TENTH_OF_JUNE)
    known: dict[str, Any] = {"due": TENTH_OF_JUNE, "rung": 0, "as_of": as_of, "not_before": as_of}
    return Notice(assignment_id, kind, to=to, **(known | fields))


def record(assignment_id: str | None = "gifts/vhxh", verb: Verb = Verb.START, **fields: Any) -> Record:
    """An entry of the history, written on the morning of 10 June 2026 by the round."""
    known: dict[str, Any] = {
        "before": State.OPEN,
        "after": State.STARTED,
        "as_of": TENTH_OF_JUNE,
        "now": MORNING,
        "by": "round",
    }
    return Record(assignment_id, verb, **(known | fields))


def change(
    before: Assignment,
    verb: Verb,
    after: Mapping[str, Any] | None = None,
    *,
    notices: Iterable[Notice] = (),
    **fields: Any,
) -> Change:
    """A decision about `before`: `after` names the fields that change, `fields` those of the record."""
    changed = before._replace(**(after or {}))
    entry = record(before.id, verb, **({"before": before.state, "after": changed.state} | fields))
    return Change(before, changed, entry, tuple(notices))


def creation(after: Assignment, *, notices: Iterable[Notice] = (), **fields: Any) -> Change:
    """The decision that makes a new assignment, as `publish` makes it."""
    known: dict[str, Any] = {"before": None, "after": after.state, "by": "publish"}
    return Change(None, after, record(after.id, Verb.CREATE, **(known | fields)), tuple(notices))


def situation(*held: Assignment, plan: ScheduledTask | None = None, **fields: Any) -> Situation:
    """A plan of one task (by default one of village 1) and the assignments at hand."""
    known = schedule(plan or task("gifts", ("thon-1",)), **fields)
    return Situation(known, WorkingCalendar(known.calendar), {a.id: a for a in held})


def all_of(row: Row) -> dict[str, object]:
    """Everything that people may see of a row, for comparing rows of two situations."""
    worked_out = [name for name, value in vars(Row).items() if isinstance(value, property)]
    return {name: getattr(row, name) for name in ("standing", "days_late", *worked_out)}


def told(made: Change | None) -> list[tuple[NoticeKind, str, int]]:
    """What a change tells: the kind of each notice, its reader and its rung."""
    return [] if made is None else [(n.kind, n.to, n.rung) for n in made.notices]
