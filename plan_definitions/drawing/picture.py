"""What a picture of a plan holds, whatever it is drawn with: boxes, arrows, and who leads."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from plan_definitions.model import Kind, Offset
from plan_definitions.schedule import Edge, Schedule, ScheduledTask
from plan_definitions.slack import latest_done
from plan_definitions.working_days import WorkingCalendar

HUES = (214, 28, 142, 348, 262, 48, 186, 312, 84, 4, 238, 164, 116, 286)
"""Degrees on the colour wheel, in an order in which neighbours in a legend stay apart."""


@dataclass(frozen=True, slots=True)
class Box:
    """A task: its title, a line under it (who, when), a sentence for whoever points at it."""

    id: str
    title: str
    caption: str
    hint: str
    lead: str
    event: bool
    critical: bool
    due: date | None


@dataclass(frozen=True, slots=True)
class Arrow:
    """`after` waits for `before`; `label` is the lag. `critical` where neither can slip."""

    before: str
    after: str
    label: str
    soft: bool
    critical: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A plan to be drawn. `leads` maps a unit, or `each GROUP`, to its name, those with most tasks first."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    leads: Mapping[str, str]
    legend: Mapping[str, str]

    def hue(self, lead: str) -> int:
        """The colour of a lead, in degrees."""
        return HUES[list(self.leads).index(lead) % len(HUES)]

    def colour(self, lead: str, lightness: float, saturation: float) -> str:
        """The colour of a lead as `#rrggbb`, as light (0 to 1) and as strong as asked."""
        parts = colorsys.hls_to_rgb(self.hue(lead) / 360, lightness, saturation)
        return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


@dataclass(frozen=True, slots=True)
class Words:
    """How the drawing speaks: names of leads, the caption and hint of a task, lags, the legend's words."""

    lead: Callable[[ScheduledTask], str]
    caption: Callable[[ScheduledTask], str]
    hint: Callable[[ScheduledTask], str]
    lag: Callable[[Offset], str]
    legend: Mapping[str, str]


LEGEND = ("critical", "soft", "event")
"""What the legend explains beside the leads; `Words.legend` and `Picture.legend` have a word for each."""


def picture(schedule: Schedule, words: Words) -> Picture:
    """The picture of a plan."""
    calendar = WorkingCalendar(schedule.calendar)
    counted: dict[str, int] = {}
    names: dict[str, str] = {}
    for task in schedule.tasks.values():
        counted[lead_key(task)] = counted.get(lead_key(task), 0) + 1
        names.setdefault(lead_key(task), words.lead(task))
    order = sorted(counted, key=lambda lead: -counted[lead])
    return Picture(
        title=schedule.title,
        boxes=tuple(_box(task, words) for task in schedule.tasks.values()),
        arrows=tuple(
            _arrow(schedule, task, edge, words, calendar)
            for task in schedule.tasks.values()
            for edge in task.after
        ),
        leads={lead: names[lead] for lead in order},
        legend=words.legend,
    )


def lead_key(task: ScheduledTask) -> str:
    """What a task's colour goes by: the unit, or `each GROUP`."""
    return task.leads[0] if task.each is None else f"each {task.each}"


def _box(task: ScheduledTask, words: Words) -> Box:
    return Box(
        id=task.id,
        title=task.title,
        caption=words.caption(task),
        hint=words.hint(task),
        lead=lead_key(task),
        event=task.kind is Kind.EVENT,
        critical=task.critical,
        due=task.due,
    )


def _arrow(
    schedule: Schedule, task: ScheduledTask, edge: Edge, words: Words, calendar: WorkingCalendar
) -> Arrow:
    before = schedule.tasks[edge.task]
    label = "" if edge.lag is None else words.lag(edge.lag)
    tight = False
    if before.critical and task.critical and not edge.soft and before.due and task.opens:
        tight = latest_done(task.opens, edge.lag, calendar) <= before.due
    return Arrow(before.id, task.id, label, edge.soft, tight)
