"""The board narrowed down: filters that stand in the address, and rows grouped for tables and pictures."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from fastapi import Request

from plan_definitions.schedule import ScheduledTask
from workflows.engine.board import Row
from workflows.engine.pressing import ATTENTION, MOST_PRESSING_FIRST
from workflows.engine.states import Standing, State

GLYPHS = {
    Standing.OVERDUE: "!",
    Standing.DUE_SOON: "△",
    Standing.AWAITING_CHECK: "?",
    Standing.WAITING_FOR_OTHERS: "…",
    Standing.IN_PROGRESS: "▸",
    Standing.ONGOING: "∞",
    Standing.NOT_DUE: "·",
    Standing.DONE_LATE: "✓+",
    Standing.DONE_ON_TIME: "✓",
    Standing.CANCELLED: "×",
}
"""A sign for each standing: a small cell never speaks by colour alone."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the board is asked for; every field stands in the address."""

    plan: str = ""
    unit: str = ""
    standing: str = ""
    task: str = ""
    text: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The fields as an address carries them, empty ones left out."""
        names = ("plan", "unit", "standing", "task", "text")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def without(self, *names: str) -> dict[str, str]:
        """The query without some fields."""
        return {name: value for name, value in self.query.items() if name not in names}


def chosen_of(request: Request) -> Chosen:
    """The filters of an address; values that mean nothing choose nothing."""
    asked = request.query_params
    standing = asked.get("standing", "")
    return Chosen(
        plan=asked.get("plan", "").strip(),
        unit=asked.get("unit", "").strip(),
        standing=standing if standing in set(Standing) else "",
        task=asked.get("task", "").strip(),
        text=" ".join(asked.get("text", "").split())[:100],
    )


def select(rows: Iterable[Row], chosen: Chosen) -> list[Row]:
    """The rows that are asked for, in their order."""
    words = plain(chosen.text).split()
    return [
        row
        for row in rows
        if chosen.unit in ("", row.unit)
        and chosen.standing in ("", row.standing)
        and chosen.task in ("", row.task)
        and (not words or _holds(row, words))
    ]


def _holds(row: Row, words: Sequence[str]) -> bool:
    text = plain(f"{row.title} {row.unit_name} {row.id}")
    return all(word in text for word in words)


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """A text without marks and capitals: people search `bien bao` for `biển báo`."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(c for c in apart if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Cell:
    """What a unit does of a task: the standing that asks for most, over `count` turns."""

    standing: Standing
    count: int
    assignment: str

    @property
    def asks(self) -> bool:
        """Whether somebody should look at it; only such cells are links."""
        return self.standing in ATTENTION

    @property
    def glyph(self) -> str:
        """The sign of its standing."""
        return GLYPHS[self.standing]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Units by tasks; a cell is None where a unit has nothing to do with a task."""

    tasks: tuple[ScheduledTask, ...]
    lines: tuple[tuple[str, str, tuple[Cell | None, ...]], ...]


def heat_map(
    rows: Iterable[Row], tasks: Iterable[ScheduledTask], units: Iterable[tuple[str, str]]
) -> HeatMap:
    """The map of some rows; units and tasks without any of them are left out, orders kept."""
    held: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        held.setdefault((row.unit, row.task), []).append(row)
    with_work = {task for _, task in held}
    busy = {unit for unit, _ in held}
    shown = tuple(task for task in tasks if task.id in with_work)
    return HeatMap(
        shown,
        tuple(
            (unit, name, tuple(_cell(held.get((unit, task.id))) for task in shown))
            for unit, name in units
            if unit in busy
        ),
    )


def _cell(found: Sequence[Row] | None) -> Cell | None:
    if not found:
        return None
    worst = min(found, key=lambda row: MOST_PRESSING_FIRST.index(row.standing))
    return Cell(worst.standing, len(found), worst.id)


@dataclass(frozen=True, slots=True)
class Turn:
    """One occurrence of a fanned-out task: how many members are done of how many that are needed."""

    occurrence: int | None
    due: date | None
    members: int
    done: int
    needed: int

    @property
    def complete(self) -> bool:
        """Whether the threshold has been reached."""
        return self.done >= self.needed


def turns(rows: Iterable[Row], task: ScheduledTask) -> list[Turn]:
    """How far each turn of a task has come, judged by its threshold; cancelled members do not count."""
    groups: dict[int | None, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.occurrence, []).append(row)
    if task.repeats and len(groups) > 1:
        groups.pop(None, None)  # the standing work beside its check-ins never ends
    found = []
    for occurrence, members in sorted(groups.items(), key=lambda pair: pair[0] or 0):
        counted = [row for row in members if row.state is not State.CANCELLED]
        due = max((row.due for row in members if row.due is not None), default=None)
        done = sum(row.state is State.DONE for row in counted)
        found.append(Turn(occurrence, due, len(counted), done, task.complete_when.needed(len(counted))))
    return found
