"""How far the plan has come, day by day: what was to be done, what was done, and all there is to do."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from notifications.speech import Speech
from web.drawings.svg import drawing, element, label, titled
from workflows.engine.board import Row
from workflows.engine.states import Standing, State

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 860.0, 380.0, 46.0, 16.0, 36.0, 34.0
"""Pixels: the picture, and the edges around its field."""

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Progress:
    """The days on which counted work is due and was done, each in order."""

    due: tuple[date, ...]
    done: tuple[date, ...]

    @property
    def total(self) -> int:
        """How much there is to do."""
        return len(self.due)

    def due_by(self, day: date) -> int:
        """How much is to be done up to and including a day."""
        return bisect_right(self.due, day)

    def done_by(self, day: date) -> int:
        """How much was done up to and including a day."""
        return bisect_right(self.done, day)


def progress(rows: Iterable[Row]) -> Progress:
    """What counts: work with a date of the plan; cancelled and standing work does not."""
    counted = [
        row
        for row in rows
        if row.original_due is not None
        and row.state is not State.CANCELLED
        and row.standing is not Standing.ONGOING
    ]
    return Progress(
        tuple(sorted(row.original_due for row in counted if row.original_due)),
        tuple(sorted(row.done_on for row in counted if row.state is State.DONE and row.done_on)),
    )


def burn_up(found: Progress, as_of: date, said: Speech, name: str) -> Markup:
    """The picture: planned as steps, done up to today as a line, the whole as a level."""
    first = min([*found.due[:1], *found.done[:1], as_of]) - timedelta(1)
    last = max([*found.due[-1:], as_of])
    return _Sheet(found, first, last, as_of, said).drawn(name)


class _Sheet:
    def __init__(self, found: Progress, first: date, last: date, as_of: date, said: Speech) -> None:
        self._found, self._first, self._as_of, self._said = found, first, as_of, said
        self._days = max((last - first).days, 1)
        self._most = max(found.total, 1)

    def _x(self, day: date) -> float:
        return LEFT + (day - self._first).days * (WIDE - LEFT - RIGHT) / self._days

    def _y(self, count: int) -> float:
        return HIGH - BOTTOM - count * (HIGH - TOP - BOTTOM) / self._most

    def drawn(self, name: str) -> Markup:
        parts = [*self._levels(), *self._weeks(), *self._curves(), *self._today()]
        return drawing(WIDE, HIGH, "burn-up", name, *parts)

    def _levels(self) -> Iterator[Markup]:
        step = next((s for s in _STEPS if self._most / s <= _MOST_LINES), self._most)
        for count in range(0, self._most + 1, step):
            y = self._y(count)
            yield element("line", x1=LEFT, y1=y, x2=WIDE - RIGHT, y2=y, class_="level")
            yield element("text", str(count), x=LEFT - 8, y=y + 4, class_="count")

    def _weeks(self) -> Iterator[Markup]:
        every = max(1, -(-self._days // 7 // 10)) * 7
        start = self._first + timedelta((7 - self._first.weekday()) % 7)
        for days in range(0, self._days - (start - self._first).days + 1, every):
            day = start + timedelta(days)
            yield label(self._said.day_month(day), self._x(day), HIGH - 12, "date")

    def _curves(self) -> Iterator[Markup]:
        days = [self._first + timedelta(n) for n in range(self._days + 1)]
        planned = [(day, self._found.due_by(day)) for day in days]
        done = [(day, self._found.done_by(day)) for day in days if day <= self._as_of]
        said = self._said
        yield element("path", titled(said.say("Planned")), d=self._steps(planned), class_="planned")
        if done:
            end = self._x(done[-1][0])
            area = f"{self._steps(done)}V{self._y(0):.1f}H{LEFT:.1f}Z"
            yield element("path", d=area, class_="done-area")
            yield element("path", titled(said.say("Done")), d=self._steps(done), class_="done-line")
            yield element("circle", cx=end, cy=self._y(done[-1][1]), r=4, class_="done-dot")

    def _steps(self, points: Sequence[tuple[date, int]]) -> str:
        (day, count), *rest = points
        path = [f"M{self._x(day):.1f} {self._y(count):.1f}"]
        for day, now in rest:
            if now != count:
                path.append(f"H{self._x(day):.1f}V{self._y(now):.1f}")
                count = now
        return "".join(path) + f"H{self._x(points[-1][0]):.1f}"

    def _today(self) -> Iterator[Markup]:
        x = self._x(self._as_of)
        yield element("line", x1=x, y1=TOP - 14, x2=x, y2=HIGH - BOTTOM, class_="today")
        found, day = self._found, self._said.day_month(self._as_of)
        words = self._said.say(
            "{day}: {done} done, {due} planned", day=day,
            done=found.done_by(self._as_of), due=found.due_by(self._as_of),
        )  # fmt: skip
        class_ = "today-word end" if x > WIDE / 2 else "today-word"
        yield label(words, x - 6 if x > WIDE / 2 else x + 6, TOP - 18, class_)
