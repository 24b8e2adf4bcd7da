"""Tasks that seem to have got another name: asked about before a revision drops one and makes another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from plan_definitions.schedule import Schedule, ScheduledTask

ALIKE = 0.65
"""How alike, from 0 to 1, an old and a new task are before somebody is asked."""

SAME_TITLE = 0.9
"""From here a title alone is reason enough to ask, whoever leads and whenever it is due."""


@dataclass(frozen=True, slots=True)
class LikelyRename:
    """A task that is gone, and the new one that looks like it, with the new one's title."""

    old: str
    new: str
    title: str


def likely_renames(old: Schedule, new: Schedule) -> tuple[LikelyRename, ...]:
    """Pairs of a task gone from the plan and a new one like it, most alike first and each task once.

    Declared renames (`was`) are no question any more.
    """
    declared = {task.was for task in new.tasks.values()}
    gone = [task for name, task in old.tasks.items() if name not in new.tasks and name not in declared]
    fresh = [task for name, task in new.tasks.items() if name not in old.tasks and task.was is None]
    likeness = {(a.id, b.id): _likeness(a, b) for a in gone for b in fresh}
    found: list[LikelyRename] = []
    taken: set[str] = set()
    for (before, after), score in sorted(likeness.items(), key=lambda pair: (-pair[1], pair[0])):
        if score >= ALIKE and not taken & {before, after}:
            taken |= {before, after}
            found.append(LikelyRename(before, after, new.tasks[after].title))
    return tuple(found)


def with_renames(schedule: Schedule, renamed: Mapping[str, str]) -> Schedule:
    """The schedule with renames declared: new id to old id."""
    tasks = {
        name: replace(task, was=renamed[name]) if name in renamed else task
        for name, task in schedule.tasks.items()
    }
    return replace(schedule, tasks=tasks)


def _likeness(old: ScheduledTask, new: ScheduledTask) -> float:
    """Title counts most; then the id, the people, and the day or clause."""
    titles = _ratio(old.title.casefold(), new.title.casefold())
    people = old.leads == new.leads
    occasion = old.due == new.due or bool(set(old.clauses) & set(new.clauses))
    score = (2 * titles + _ratio(old.id, new.id) + people + occasion) / 5
    return max(score, titles if titles >= SAME_TITLE else 0.0)


def _ratio(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second, autojunk=False).ratio()
