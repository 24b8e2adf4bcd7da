"""Next year's plan from this year's: the same file, with what moves moved and everything else as it was.

Anchors move to the same day of the same month (29 February to the 28th), unless a date is given for them.
So do dates that a task names itself. Of the texts, the plan's id and title, the titles of its tasks and the
name of its clause list follow the year; a year that belongs to a date is left, because the paper it stands
in is another paper next year.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from plan_definitions.load import LoadedPlan, load_plan
from plan_definitions.schedule import Schedule
from plan_definitions.text_edits import EditableYaml
from plan_definitions.working_days import WorkingCalendar

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHARED = ("units", "calendar", "clauses")
"""The keys of a plan that name another file."""

_DATED = ("start", "due", "repeat")
_ISO = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
# Not the year of 30/4/2026, of 2026-06-01 or of a longer number, nor the code of an escaped character.
_YEAR = re.compile(r"(?<![0-9/.])(?<!\\u)(?:19|20)[0-9]{2}(?![0-9]|[-/][0-9]{1,2}[-/])")


@dataclass(frozen=True, slots=True)
class Shift:
    """How dates and years move: by whole years, except for anchors that were given a date."""

    years: int
    of: frozenset[int]
    anchors: Mapping[str, date]

    def day(self, day: date) -> date:
        """The same day of the same month, so many years on; 29 February may become the 28th."""
        try:
            return day.replace(year=day.year + self.years)
        except ValueError:
            return day.replace(year=day.year + self.years, day=28)

    def anchor(self, name: str, day: date) -> date:
        """Where an anchor goes."""
        return self.anchors.get(name, self.day(day))

    def text(self, text: str) -> str:
        """A text with every year of the plan that stands by itself moved on."""

        def moved(found: re.Match[str]) -> str:
            year = int(found[0])
            return str(year + self.years) if year in self.of else found[0]

        return _YEAR.sub(moved, text)

    def dates(self, text: str) -> str:
        """An expression with its calendar dates moved."""
        return _ISO.sub(lambda found: self.day(date.fromisoformat(found[0])).isoformat(), text)

    def shared_name(self, key: str, name: str) -> str:
        """What the new plan calls a shared file: a clause list belongs to one paper and so to one year."""
        return self.text(name) if key == "clauses" else name


@dataclass(frozen=True, slots=True)
class Copy:
    """The files of next year's plan, not yet written, and what the loader makes of them.

    `files` maps paths to contents: the plan, and those of its shared files that are not there yet.
    """

    path: Path
    shift: Shift
    files: Mapping[Path, bytes]
    loaded: LoadedPlan
    edits: EditableYaml


def plan_year(schedule: Schedule) -> int:
    """The year a plan is for: that of most of its anchors, or of its dates where it has none."""
    days = list(schedule.anchors.values()) or [t.due for t in schedule.tasks.values() if t.due]
    years = Counter(day.year for day in days)
    return min(years, key=lambda year: (-years[year], year))


def copy_plan(path: Path, schedule: Schedule, target: Path, year: int, anchors: Mapping[str, date]) -> Copy:
    """Next year's plan as the files that `target` and its neighbours would become; nothing is written.

    `schedule` is what the file at `path` holds. Whether the copy is sound stands in `loaded`: it is not where
    `anchors` contradict each other. Raises OSError where a file cannot be read, KeyError for an anchor that
    the plan does not have.
    """
    unknown = anchors.keys() - schedule.anchors.keys()
    if unknown:
        raise KeyError(min(unknown))
    days = [*schedule.anchors.values(), schedule.first_day, schedule.last_day]
    shift = Shift(year - plan_year(schedule), frozenset(day.year for day in days), anchors)
    data = path.read_bytes()
    edits = EditableYaml(data.decode("utf-8-sig"))
    _edit(edits, schedule, shift, year)
    mark = _BYTE_ORDER_MARK if data.startswith(_BYTE_ORDER_MARK) else b""
    files = {target: mark + edits.edited().encode()}
    for old, new in _shared_files(path, target, edits, shift):
        if not new.exists():
            files[new] = old.read_bytes()
    return Copy(target, shift, files, load_plan(target, files), edits)


def nearest_workable(copy: Copy, anchor: str, days: int = 30) -> date | None:
    """The working day nearest to the one asked for on which `anchor` would give a copy without mistakes.

    Earlier days are tried first, at most `days` each way; None where none of them does.
    """
    asked = copy.shift.anchors[anchor]
    edits = EditableYaml(copy.files[copy.path].decode("utf-8-sig"))
    for distance in range(1, days + 1):
        for day in (asked - timedelta(distance), asked + timedelta(distance)):
            edits.rewrite(("anchors", anchor), _replacing(asked.isoformat(), day.isoformat()))
            tried = load_plan(copy.path, {**copy.files, copy.path: edits.edited().encode()})
            sound = tried.schedule
            if sound is not None and WorkingCalendar(sound.calendar).is_working_day(day):
                return day
    return None


def write(copy: Copy) -> None:
    """Put the files in place, the plan last. Raises FileExistsError rather than write over a file."""
    there = next((path for path in copy.files if path.exists()), None)
    if there is not None:
        raise FileExistsError(there)
    for path in sorted(copy.files, key=lambda path: path == copy.path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(copy.files[path])


def _edit(edits: EditableYaml, schedule: Schedule, shift: Shift, year: int) -> None:
    edits.rewrite(("id",), partial(_new_id, schedule.id, shift, year))
    for path in _texts_with_years(edits, schedule):
        edits.rewrite(path, shift.text)
    for name, day in schedule.anchors.items():
        new = shift.anchor(name, day).isoformat()
        edits.rewrite(("anchors", name), _replacing(day.isoformat(), new))
    for name in schedule.tasks:
        for key in _DATED:
            if edits.written("tasks", name, key) is not None:
                edits.rewrite(("tasks", name, key), shift.dates)


def _replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def _new_id(old: str, shift: Shift, year: int, written: str) -> str:
    """A plan of another year is another plan: an id without a year gets one."""
    return written.replace(old, _other_id(old, shift, year))


def _other_id(old: str, shift: Shift, year: int) -> str:
    moved = shift.text(old)
    return f"{old}-{year}" if moved == old else moved


def _texts_with_years(edits: EditableYaml, schedule: Schedule) -> Iterator[tuple[str, ...]]:
    yield ("title",)
    if edits.written("clauses") is not None:
        yield ("clauses",)
    for name in schedule.tasks:
        yield ("tasks", name, "title")


def _shared_files(path: Path, target: Path, edits: EditableYaml, shift: Shift) -> Iterator[tuple[Path, Path]]:
    """The files a plan names: where they stand, and where the new plan looks for them."""
    for key in _SHARED:
        written = edits.value(key)
        if written is not None:
            yield path.parent / written, target.parent / shift.shared_name(key, written)
