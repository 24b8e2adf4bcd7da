"""The plan along the calendar: a bar a task, what is done of it, its slack, today, and what hangs on what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from notifications.speech import Speech
from plan_definitions.model import Kind
from plan_definitions.schedule import Schedule, ScheduledTask
from plan_definitions.working_days import WorkingCalendar
from web.drawings.svg import drawing, element, label, shortened, titled
from web.filters import TONES
from workflows.engine.board import Row
from workflows.engine.states import Standing, State
from workflows.texts import STANDING_LABELS

LINE, BAR, HEAD, LABELS, DAY, EDGE = 26.0, 12.0, 44.0, 300.0, 11.0, 16.0
"""Pixels: height of a line and of its bar, of the calendar's head, width of the names and of a day."""

_LONGEST = 220
"""Days that are drawn at full width; a longer plan is drawn narrower."""

_TEXT = 12.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One task: its days, how its assignments stand, and the tasks before it."""

    id: str
    title: str
    first: date
    last: date
    slack_until: date | None
    event: bool
    critical: bool
    tone: str
    standing: Standing
    members: int
    done: int
    after: tuple[str, ...]


def bars(schedule: Schedule, rows: Iterable[Row], worst: Callable[[Sequence[Row]], Standing]) -> list[Bar]:
    """A bar for each task that some rows belong to, by first day; dates in force where they moved."""
    held: dict[str, list[Row]] = {}
    for row in rows:
        held.setdefault(row.task, []).append(row)
    calendar = WorkingCalendar(schedule.calendar)
    found = (_bar(schedule.tasks[name], group, calendar, worst(group)) for name, group in held.items())
    return sorted((bar for bar in found if bar is not None), key=lambda bar: (bar.first, bar.last, bar.id))


def _bar(
    task: ScheduledTask, group: Sequence[Row], calendar: WorkingCalendar, standing: Standing
) -> Bar | None:
    dues = [row.due for row in group if row.due is not None]
    if not dues:
        return None
    last = max(dues)
    starts = [day for day in (task.start, task.opens, *(row.start for row in group)) if day is not None]
    first = min([*starts[:1], *(row.start for row in group if row.start is not None), last])
    slack = calendar.after(last, task.slack) if task.slack else None
    counted = [row for row in group if row.state is not State.CANCELLED]
    return Bar(
        task.id, task.title, first, last, slack, task.kind is Kind.EVENT, task.critical,
        TONES[standing], standing, len(counted), sum(row.state is State.DONE for row in counted),
        tuple(edge.task for edge in task.after),
    )  # fmt: skip


def gantt(
    shown: Sequence[Bar], as_of: date, said: Speech, name: str, address: Callable[[str], str]
) -> Markup:
    """The picture. `address` is the page of a task."""
    return _Sheet(shown, as_of, said, address).drawn(name)


class _Sheet:
    def __init__(
        self, shown: Sequence[Bar], as_of: date, said: Speech, address: Callable[[str], str]
    ) -> None:
        self._shown, self._as_of, self._said, self._address = shown, as_of, said, address
        first = min((bar.first for bar in shown), default=as_of)
        last = max((bar.last for bar in shown), default=as_of)
        self._first = first - timedelta(first.weekday())
        self._days = (last - self._first).days + 8 - last.weekday()
        self._day = DAY if self._days <= _LONGEST else DAY * _LONGEST / self._days
        self._line: Mapping[str, int] = {bar.id: n for n, bar in enumerate(shown)}
        self._after: dict[str, list[str]] = {}
        for bar in shown:
            for before in bar.after:
                self._after.setdefault(before, []).append(bar.id)

    @property
    def _size(self) -> tuple[float, float]:
        return LABELS + self._days * self._day + EDGE, HEAD + len(self._shown) * LINE + EDGE

    def drawn(self, name: str) -> Markup:
        width, height = self._size
        parts = [*self._calendar(height), *self._tasks(), *self._today(height)]
        return drawing(width, height, "gantt", name, *parts)

    def _x(self, day: date) -> float:
        return LABELS + (day - self._first).days * self._day

    def _y(self, task: str) -> float:
        return HEAD + self._line[task] * LINE

    def _calendar(self, height: float) -> Iterator[Markup]:
        """A line and a date each Monday, the month above its first one."""
        month = 0
        for week in range(0, self._days, 7):
            day = self._first + timedelta(week)
            x = self._x(day)
            yield element("line", x1=x, y1=HEAD - 8, x2=x, y2=height - EDGE, class_="week")
            yield label(
                self._said.day_month(day) if day.month != month else f"{day.day:02d}",
                x + 3,
                HEAD - 12,
                "date",
            )
            month = day.month

    def _today(self, height: float) -> Iterator[Markup]:
        x = self._x(self._as_of)
        if not LABELS <= x <= LABELS + self._days * self._day:
            return
        words = self._said.say("Today, {day}", day=self._said.day_month(self._as_of))
        yield element("line", x1=x, y1=HEAD - 26, x2=x, y2=height - EDGE, class_="today")
        yield label(words, x + 4, HEAD - 28, "today-word")

    def _tasks(self) -> Iterator[Markup]:
        for bar in self._shown:
            y = self._y(bar.id)
            name = shortened(bar.title, _TEXT, LABELS - 20)
            hint = titled(self._hint(bar))
            row = element("rect", x=0, y=y, width=self._size[0], height=LINE, class_="line")
            words = label(name, 4, y + LINE / 2 + 4, "name")
            parts = (hint, row, words, *self._bar(bar, y), *self._arrows(bar))
            yield element("a", *parts, href=self._address(bar.id), class_="task")

    def _bar(self, bar: Bar, y: float) -> Iterator[Markup]:
        x, top = self._x(bar.first), y + (LINE - BAR) / 2
        wide = self._x(bar.last) + self._day - x
        critical = " critical" if bar.critical else ""
        if bar.slack_until is not None:
            until = self._x(min(bar.slack_until, self._first + timedelta(self._days - 1))) + self._day
            yield element(
                "rect",
                x=x + wide,
                y=top + 4,
                width=max(until - x - wide, 0.0),
                height=BAR - 8,
                class_="slack",
            )
        if bar.event:
            middle, half = self._x(bar.last) + self._day / 2, BAR / 2 + 2
            corners = ((0.0, -half), (half, 0.0), (0.0, half), (-half, 0.0))
            points = " ".join(f"{middle + dx:.1f},{top + BAR / 2 + dy:.1f}" for dx, dy in corners)
            yield element("polygon", points=points, class_=f"bar tone-{bar.tone}{critical}")
            return
        yield element(
            "rect", x=x, y=top, width=wide, height=BAR, rx=3, class_=f"bar tone-{bar.tone}{critical}"
        )
        if bar.done and bar.members:
            share = bar.done / bar.members
            yield element("rect", x=x, y=top, width=wide * share, height=BAR, rx=3, class_="part-done")

    def _arrows(self, bar: Bar) -> Iterator[Markup]:
        """Drawn with the task that is pointed at or focused: what it waits for, what waits for it."""
        for before in bar.after:
            if before in self._line:
                yield self._arrow(before, bar.id)
        for after in self._after.get(bar.id, ()):
            yield self._arrow(bar.id, after)

    def _arrow(self, before: str, after: str) -> Markup:
        one, other = self._shown[self._line[before]], self._shown[self._line[after]]
        x1, y1 = self._x(one.last) + self._day, self._y(before) + LINE / 2
        x2, y2 = self._x(other.first), self._y(after) + LINE / 2
        turn = max(x1 + 6, x2 - 6) if x2 >= x1 + 12 else x1 + 6
        tip = f"M{x2 - 5:.1f} {y2 - 3.5:.1f}L{x2:.1f} {y2:.1f}L{x2 - 5:.1f} {y2 + 3.5:.1f}"
        if x2 >= x1 + 12:
            way = f"M{x1:.1f} {y1:.1f}H{turn:.1f}V{y2:.1f}H{x2:.1f}"
        else:
            half = y2 - LINE / 2 if y2 > y1 else y2 + LINE / 2
            way = f"M{x1:.1f} {y1:.1f}H{turn:.1f}V{half:.1f}H{x2 - 8:.1f}V{y2:.1f}H{x2:.1f}"
        return element("path", d=f"{way}{tip}", class_="dependency")

    def _hint(self, bar: Bar) -> str:
        said = self._said
        words = [
            bar.title,
            said.say("{first} to {last}", first=said.day_month(bar.first), last=said.day_month(bar.last)),
            said.say(STANDING_LABELS[bar.standing]),
            said.say("{done} of {members} done", done=said.count(bar.done), members=said.count(bar.members)),
        ]
        if bar.critical:
            words.append(said.say("no slack"))
        named = [self._shown[self._line[b]].title for b in bar.after if b in self._line]
        if named:
            words.append(said.say("after: {tasks}", tasks=said.all_of(named, 3)))
        return " · ".join(words)
