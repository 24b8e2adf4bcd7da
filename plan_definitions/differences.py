"""What changed between two plans, in the words of the people who do the work: tasks, owners, dates, money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import BudgetLine, Indicator, Ladder
from plan_definitions.schedule import Schedule, ScheduledTask

_Value = str | int | date | None | tuple[str, ...]


class Subject(StrEnum):
    """What a difference is about, in the order in which people ask."""

    PLAN = "plan"
    ANCHOR = "anchor"
    TASK = "task"
    OWNER = "owner"
    DATE = "date"
    ORDER = "order"
    MONEY = "money"
    COUNT = "count"
    RULE = "rule"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `what` is the path in the plan of what changed, `title` the task or unit people know it by.

    `old` is None for what is new, `new` for what is gone.
    """

    subject: Subject
    what: str
    title: str
    old: _Value
    new: _Value
    text: Phrase


def differences(old: Schedule, new: Schedule) -> tuple[Difference, ...]:
    """Every change from one plan to another, sorted by subject and then as the new plan lists it.

    Tasks are the same by their id, or by `was`, which names the id a task had before.
    """
    pairs = _pairs(old, new)
    found = [
        *_plan(old, new),
        *_anchors(old.anchors, new.anchors),
        *_tasks(old, new, pairs),
        *(each for before, after in pairs for each in _task(before, after, old, new)),
        *_ladders(old, new),
        *_units(old, new),
    ]
    order = list(Subject)
    return tuple(sorted(found, key=lambda difference: order.index(difference.subject)))


def _pairs(old: Schedule, new: Schedule) -> list[tuple[ScheduledTask, ScheduledTask]]:
    """Each task of the new plan beside what it was in the old one, if it was there."""
    found = ((old.tasks.get(task.id) or old.tasks.get(task.was or ""), task) for task in new.tasks.values())
    return [(before, task) for before, task in found if before is not None]


def _changed(subject: Subject, what: str, title: str, old: _Value, new: _Value) -> Iterator[Difference]:
    """A value that differs, in the plainest words: added, removed, or one in place of the other."""
    if old == new:
        return
    values = {"what": what.rpartition(".")[2], "old": _said(old), "new": _said(new)}
    if old in (None, ()):
        text = Phrase("`{what}` is new: {new}", values)
    elif new in (None, ()):
        text = Phrase("`{what}` is gone, it was {old}", values)
    else:
        text = Phrase("`{what}`: {old} → {new}", values)
    yield Difference(subject, what, title, old, new, text)


def _said(value: _Value) -> object:
    return ", ".join(value) if isinstance(value, tuple) else value


def _plan(old: Schedule, new: Schedule) -> Iterator[Difference]:
    for key in ("id", "title", "theme"):
        yield from _changed(Subject.PLAN, key, new.title, getattr(old, key), getattr(new, key))
    for key in ("issuer", "symbol", "number", "based_on", "recipients", "venue"):
        before, after = getattr(old.document, key), getattr(new.document, key)
        yield from _changed(Subject.PLAN, f"document.{key}", new.title, before, after)
    for key in ("authority", "title", "name"):
        before, after = getattr(old.document.signer, key, None), getattr(new.document.signer, key, None)
        yield from _changed(Subject.PLAN, f"document.signer.{key}", new.title, before, after)


def _anchors(old: Mapping[str, date], new: Mapping[str, date]) -> Iterator[Difference]:
    for name in dict.fromkeys((*new, *old)):
        yield from _changed(Subject.ANCHOR, f"anchors.{name}", name, old.get(name), new.get(name))


def _tasks(
    old: Schedule, new: Schedule, pairs: Iterable[tuple[ScheduledTask, ScheduledTask]]
) -> Iterator[Difference]:
    """Tasks that are new, gone, or go by another id or title."""
    kept = {after.id: before.id for before, after in pairs}
    for task in new.tasks.values():
        if task.id not in kept:
            values = {"leads": ", ".join(_names(new, task.leads)), "due": task.due or "-"}
            text = Phrase("a new task for {leads}, due {due}", values)
            yield Difference(Subject.TASK, f"tasks.{task.id}", task.title, None, task.title, text)
    for task in old.tasks.values():
        if task.id not in kept.values():
            values = {"leads": ", ".join(_names(old, task.leads))}
            text = Phrase("the task is gone; {leads} had it", values)
            yield Difference(Subject.TASK, f"tasks.{task.id}", task.title, task.title, None, text)
    for name, before in kept.items():
        title = new.tasks[name].title
        if name != before:
            text = Phrase("`{old}` is now called `{new}`", {"old": before, "new": name})
            yield Difference(Subject.TASK, f"tasks.{name}", title, before, name, text)
        yield from _changed(Subject.TASK, f"tasks.{name}.title", title, old.tasks[before].title, title)


def _task(before: ScheduledTask, after: ScheduledTask, old: Schedule, new: Schedule) -> Iterator[Difference]:
    """What changed in one task that both plans have."""
    what = f"tasks.{after.id}"

    def changed(subject: Subject, key: str, was: Any, now: Any) -> Iterator[Difference]:
        return _changed(subject, f"{what}.{key}", after.title, was, now)

    yield from _people(
        Subject.OWNER, f"{what}.lead", after.title, _names(old, before.leads), _names(new, after.leads)
    )
    yield from _people(
        Subject.OWNER, f"{what}.with", after.title, _names(old, before.helpers), _names(new, after.helpers)
    )
    yield from changed(Subject.OWNER, "accept", before.accept, after.accept)
    if before.repeats or after.repeats:
        yield from changed(Subject.DATE, "repeat", _turns(before), _turns(after))
    else:
        yield from changed(Subject.DATE, "start", before.start, after.start)
        yield from changed(Subject.DATE, "due", before.due, after.due)
    yield from changed(Subject.ORDER, "after", _edges(before), _edges(after))
    yield from _money(f"{what}.budget", after.title, before.budget, after.budget)
    yield from _counts(f"{what}.indicators", after.title, before.indicators, after.indicators)
    for key in ("kind", "evidence", "none_allowed", "confidential", "clauses", "note", "roll"):
        yield from changed(Subject.RULE, key, _plain(getattr(before, key)), _plain(getattr(after, key)))
    yield from changed(Subject.RULE, "complete_when", _threshold(before), _threshold(after))
    yield from changed(Subject.RULE, "ladder", before.ladder.id, after.ladder.id)


def _people(
    subject: Subject, what: str, title: str, old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[Difference]:
    """Who came and who went; the order in which they stand is nobody's business."""
    joined = tuple(name for name in new if name not in old)
    left = tuple(name for name in old if name not in new)
    values = {"what": what.rpartition(".")[2], "joined": ", ".join(joined), "left": ", ".join(left)}
    if joined and left:
        text = Phrase("`{what}`: {joined} in place of {left}", values)
    elif joined:
        text = Phrase("`{what}`: {joined} joins", values)
    elif left:
        text = Phrase("`{what}`: {left} leaves", values)
    else:
        return
    yield Difference(subject, what, title, old, new, text)


def _names(plan: Schedule, units: Iterable[str]) -> tuple[str, ...]:
    known = plan.office.units
    return tuple(known[unit].short or known[unit].name for unit in units)


def _turns(task: ScheduledTask) -> tuple[str, ...]:
    """The days on which a task falls due, whether it repeats or not."""
    days = {turn.due for turn in task.turns if turn.due is not None}
    return tuple(day.isoformat() for day in sorted(days))


def _edges(task: ScheduledTask) -> tuple[str, ...]:
    return tuple(sorted(_edge_text(edge.task, edge) for edge in task.after))


def _edge_text(name: str, edge: Any) -> str:
    lag = ""
    if edge.lag is not None:
        step = edge.lag.step.replace("_", " ")
        lag = f" + {edge.lag.amount} {step}{'' if edge.lag.amount == 1 else 's'}"
    marks = [word for word in ("soft", "same_unit") if getattr(edge, word)]
    return f"{name}{lag}" + (f" ({', '.join(marks)})" if marks else "")


def _money(
    what: str, title: str, old: tuple[BudgetLine, ...], new: tuple[BudgetLine, ...]
) -> Iterator[Difference]:
    """Budget lines by what they buy and who pays; equal ones are told by their order."""
    before, after = _numbered(old), _numbered(new)
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        old_sum, new_sum = (None if line is None else line.amount for line in (was, now))
        yield Difference(Subject.MONEY, what, title, old_sum, new_sum, _money_text(was, now))


def _numbered(lines: tuple[BudgetLine, ...]) -> dict[tuple[str, str, int], BudgetLine]:
    keyed: dict[tuple[str, str, int], BudgetLine] = {}
    for line in lines:
        n = sum(1 for item, source, _ in keyed if (item, source) == (line.item, line.source))
        keyed[line.item, line.source, n] = line
    return keyed


def _money_text(was: BudgetLine | None, now: BudgetLine | None) -> Phrase:
    sums = {"item": (now or was).item}  # type: ignore[union-attr]  # one of the two is there
    for side, line in (("was", was), ("now", now)):
        if line is not None:
            sums[side] = f"{line.quantity} × {line.unit_price} = {line.amount}"
    if was is None:
        return Phrase("{item}: {now} đồng is new", sums)
    if now is None:
        return Phrase("{item}: {was} đồng is gone", sums)
    return Phrase("{item}: {was} → {now} đồng", sums)


def _counts(
    what: str, title: str, old: tuple[Indicator, ...], new: tuple[Indicator, ...]
) -> Iterator[Difference]:
    before, after = ({each.id: each for each in side} for side in (old, new))
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        yield from _changed(Subject.COUNT, f"{what}.{name}", title, _count(was), _count(now))


def _count(counted: Indicator | None) -> str | None:
    if counted is None:
        return None
    target = "" if counted.target is None else f": {counted.target}"
    return f"{counted.title}{target}{f' {counted.unit}' if counted.unit else ''}"


def _plain(value: Any) -> _Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, StrEnum) else value


def _threshold(task: ScheduledTask) -> str:
    wanted = task.complete_when
    if wanted.percent is not None:
        return f"{wanted.percent}%"
    return "all" if wanted.count is None else str(wanted.count)


def _ladders(old: Schedule, new: Schedule) -> Iterator[Difference]:
    """Ladders that remind or report otherwise, each told once however many tasks climb it."""
    before, after = ({t.ladder.id: t.ladder for t in plan.tasks.values()} for plan in (old, new))
    for name, ladder in after.items():
        if name in before:
            texts = (_ladder(before[name]), _ladder(ladder))
            yield from _changed(Subject.RULE, f"ladders.{name}", name, *texts)


def _ladder(ladder: Ladder) -> str:
    reminders = ", ".join(f"-{days}" for days in ladder.remind)
    rungs = ", ".join(f"+{rung.after} {'/'.join(rung.to)}" for rung in ladder.escalate)
    return f"{reminders}; {rungs}{'; urgent' if ladder.urgent else ''}"


def _units(old: Schedule, new: Schedule) -> Iterator[Difference]:
    """Units that came or went, and whether somebody else is to be asked in one that stayed."""
    before, after = old.office.units, new.office.units
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        names = tuple(None if unit is None else unit.name for unit in (was, now))
        yield from _changed(Subject.UNIT, f"units.{name}", names[1] or names[0] or name, *names)
        if was is not None and now is not None:
            people = (tuple(c.name or c.title for c in unit.contacts) for unit in (was, now))
            yield from _people(Subject.UNIT, f"units.{name}.contacts", now.name, *people)
            ways = (tuple(_way(c) for c in unit.contacts) for unit in (was, now))
            yield from _people(Subject.UNIT, f"units.{name}.channel", now.name, *ways)


def _way(contact: Any) -> str:
    return " ".join(str(part) for part in (contact.channel, contact.email or contact.phone) if part)
