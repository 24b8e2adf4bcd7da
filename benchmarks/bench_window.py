"""The window at 3,000 assignments: weight and time of each page, then fifty people at once for a minute.

Run `python benchmarks/bench_window.py [--json] [--people N] [--seconds N] [--think S]`. One process serves,
as `dondoc web` does, on SQLite; the people are in this one, on connections of their own. Each opens a page,
thinks for `S` seconds on average, opens the next; of the villages' every fourth step is a report with its
form. The floor is a bare FastAPI and Jinja2 page of a hundred rows, served and visited in the same way. The
goal: every page under 200 ms on the server, today's under 100 KB, a unit's under 50 KB; no error under load,
its p95 stated.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import re
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from benchmarks.window_commune import OFFICE, PLAN, TASKS, TODAY, VILLAGES, prepared
from web.access import LINKS_COOKIE, SESSION_COOKIE
from web.app import create_app
from web.keys import Keys
from web.server import listen, serve
from workflows.operations.mail.queueing import morning
from workflows.settings import Settings

NOW = morning(TODAY) + timedelta(hours=1)
CLERK, DEPUTY = "van-phong", "pho-chu-tich"
CLERKS, DEPUTIES = 5, 2
OK = 200
FLOOR_SECONDS = 15
LOOKS = 5
"""How often a page is opened for its time; the best counts."""

_BARE = Environment(autoescape=True).from_string(
    "<!DOCTYPE html><title>{{ title }}</title><table>{% for row in rows %}"
    "<tr><td><a href='/work/{{ row.id }}'>{{ row.title }}</a>"
    "<td>{{ row.unit }}<td>{{ row.standing }}<td>{{ row.due }}</tr>"
    "{% endfor %}</table>"
)


def window(settings: Settings) -> FastAPI:
    """The window of the commune, its clock standing still."""
    return create_app(settings, clock=lambda: NOW)


def bare(_settings: Settings) -> FastAPI:
    """The floor: the same frameworks, a page of a hundred rows, nothing behind it."""
    app = FastAPI()
    rows = [
        {
            "id": n,
            "title": f"Rà soát điểm nguy hiểm số {n}",
            "unit": f"Thôn {n}",
            "standing": "Quá hạn",
            "due": TODAY,
        }
        for n in range(100)
    ]

    @app.get("/{_path:path}")
    def page(_path: str) -> Response:
        return HTMLResponse(_BARE.render(title="Bảng công việc", rows=rows))

    return app


def _serve(make: Callable[[Settings], FastAPI], settings: Settings, listening: socket.socket) -> None:
    serve(make(settings), listening)


@contextmanager
def served(make: Callable[[Settings], FastAPI], settings: Settings) -> Iterator[tuple[str, int]]:
    """The address of an application in a process of its own, and that process's number."""
    listening = listen("127.0.0.1", 0)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(make, settings, listening))
    process.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        httpx.get(f"{address}/healthz", timeout=60)
        yield address, process.pid or 0
    finally:
        process.terminate()
        process.join()
        listening.close()


def cookies(settings: Settings, unit: str) -> dict[str, str]:
    """What the browser of a unit's contact holds that has opened a link, or signed in, this morning."""
    keys, until = Keys(_secret(settings)), NOW + timedelta(hours=8)
    link = [OFFICE, f"{unit}/head", 1, unit]
    found = {LINKS_COOKIE: keys.seal("grants", [link], until)}
    return found | ({SESSION_COOKIE: keys.seal("session", link, until)} if unit in (CLERK, DEPUTY) else {})


def _secret(settings: Settings) -> str:
    if settings.secret_key is None:
        raise ValueError("the commune has a key")
    return settings.secret_key.get_secret_value()


Pages = Mapping[str, Sequence[str]]

PAGES: Pages = {
    CLERK: (
        "/today", "/board", "/board?unit=thon-3", "/board/map", "/board/gantt", "/board/graph",
        "/board/progress", "/board/task/viec-7", f"/work/{PLAN}/viec-1/thon-3", "/outbox", "/hand-over",
    ),
    DEPUTY: ("/leadership", f"/decide/{OFFICE}/{PLAN}/viec-1/thon-3"),
    "thon-3": (
        f"/u/{OFFICE}/thon-3", f"/u/{OFFICE}/thon-3/history", f"/w/{OFFICE}/{PLAN}/viec-1/thon-3", "/m",
    ),
}  # fmt: skip
"""What is weighed and timed, by who opens it."""


def _computed(process: int) -> float:
    """Seconds that all threads of a process have computed (Linux counts nanoseconds)."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text().split()[0]) for one in threads) / 1e9


def weigh(address: str, process: int, settings: Settings, pages: Pages) -> dict[str, dict[str, float]]:
    """Kilobytes, the best milliseconds, and those that the server computed, page by page, nobody else there.

    What was computed is the figure to trust on a machine that others use.
    """
    found = {}
    for unit, paths in pages.items():
        with httpx.Client(base_url=address, cookies=cookies(settings, unit), timeout=60) as browser:
            for path in paths:
                best, busy, size = float("inf"), float("inf"), 0
                for _ in range(LOOKS):
                    begun, before = time.perf_counter(), _computed(process)
                    answer = browser.get(path)
                    best = min(best, time.perf_counter() - begun)
                    busy = min(busy, _computed(process) - before)
                    size = len(answer.raise_for_status().content)
                found[path] = {"kb": round(size / 1024, 1), "ms": _ms(best), "computed_ms": _ms(busy)}
    return found


@dataclass(slots=True)
class Taken:
    """How long each answer took, in seconds, and what went wrong."""

    read: list[float] = field(default_factory=list)
    posted: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def figures(self, seconds: float) -> dict[str, float]:
        """Requests a second, middle and 95th percentile in milliseconds, the slowest, how many went wrong."""
        every = sorted(self.read + self.posted)
        return {
            "requests": len(every),
            "posts": len(self.posted),
            "a_second": round(len(every) / seconds, 1),
            "p50_ms": _percentile(every, 0.5),
            "p95_ms": _percentile(every, 0.95),
            "p95_post_ms": _percentile(sorted(self.posted), 0.95),
            "slowest_ms": _percentile(every, 1.0),
            "errors": len(self.errors),
        }


def _percentile(ordered: Sequence[float], share: float) -> float:
    return _ms(ordered[min(int(share * len(ordered)), len(ordered) - 1)]) if ordered else 0.0


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


class Person:
    """One of those at the window: opens pages in turn; a village also answers for one piece of its work."""

    def __init__(
        self, number: int, browser: httpx.AsyncClient, taken: Taken, think: float, *, posting: bool
    ) -> None:
        self._browser, self._taken, self._think = browser, taken, think
        self._chance = random.Random(number)
        village = number % VILLAGES + 1
        unit = f"thon-{village}"
        if number < CLERKS:
            self._paths: tuple[str, ...] = (
                "/today",
                "/board",
                f"/work/{PLAN}/viec-1/{unit}",
                "/board/map",
                "/outbox",
            )
        elif number < CLERKS + DEPUTIES:
            self._paths = ("/leadership", "/board")
        else:
            self._paths = (
                f"/u/{OFFICE}/{unit}",
                f"/w/{OFFICE}/{PLAN}/viec-1/{unit}",
                f"/u/{OFFICE}/{unit}/history",
            )
        # Nobody answers for the same work as somebody else; each of these is open and follows nothing.
        self._own = ""
        if posting and number >= CLERKS + DEPUTIES:
            self._own = f"/w/{OFFICE}/{PLAN}/viec-{40 + number // VILLAGES * 5}/{unit}"

    async def visit(self, until: float) -> None:
        """Open one page after the other until it is time to go."""
        await asyncio.sleep(self._chance.random() * self._think)
        step = 0
        while time.perf_counter() < until:
            if self._own and step % 4 == 3:
                await self._answer()
            else:
                await self._timed(self._taken.read, "GET", self._paths[step % len(self._paths)])
            step += 1
            await asyncio.sleep(self._chance.uniform(0.3, 1.7) * self._think)

    async def _answer(self) -> None:
        """Report a difficulty, or that it is over: whichever the page offers."""
        shown = await self._timed(self._taken.read, "GET", self._own)
        act = "stuck" if 'name="act" value="stuck"' in shown else "resolved"
        fields = {name: _field(shown, name) for name in ("form_token", "once")}
        fields |= {"act": act, "note": "Chờ biển từ huyện", "reporter": "Trưởng thôn"}
        await self._timed(self._taken.posted, "POST", self._own, data=fields)

    async def _timed(
        self, into: list[float], method: str, path: str, data: dict[str, str] | None = None
    ) -> str:
        begun = time.perf_counter()
        try:
            answer = await self._browser.request(method, path, data=data)
        except httpx.HTTPError as error:
            self._taken.errors.append(f"{method} {path}: {type(error).__name__}")
            return ""
        into.append(time.perf_counter() - begun)
        if answer.status_code != OK:
            self._taken.errors.append(f"{method} {path}: {answer.status_code}")
        return answer.text


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


async def crowd(
    address: str, settings: Settings, people: int, seconds: float, think: float, *, posting: bool
) -> Taken:
    """What `people` at once get to wait for."""
    taken = Taken()
    until = time.perf_counter() + seconds
    async with asyncio.TaskGroup() as group:
        for number in range(people):
            group.create_task(_one(number, address, settings, taken, until, think, posting=posting))
    return taken


async def _one(
    number: int, address: str, settings: Settings, taken: Taken, until: float, think: float, *, posting: bool
) -> None:
    unit = (
        CLERK
        if number < CLERKS
        else DEPUTY
        if number < CLERKS + DEPUTIES
        else f"thon-{number % VILLAGES + 1}"
    )
    async with httpx.AsyncClient(
        base_url=address, cookies=cookies(settings, unit), timeout=60, follow_redirects=True
    ) as browser:
        await Person(number, browser, taken, think, posting=posting).visit(until)


@dataclass(frozen=True, slots=True)
class Measured:
    """Every figure of the tables."""

    assignments: int
    people: int
    pages: dict[str, dict[str, float]]
    load: dict[str, float]
    floor: dict[str, float]
    errors: list[str]


def measure(people: int, seconds: float, think: float) -> Measured:
    """The floor, then the pages one by one, then everybody at once."""
    with tempfile.TemporaryDirectory() as folder:
        settings = prepared(Path(folder))
        with served(bare, settings) as (address, process):
            pages = weigh(address, process, settings, {CLERK: ["/floor"]})
            floor = asyncio.run(
                crowd(address, settings, people, min(seconds, FLOOR_SECONDS), think, posting=False)
            )
        with served(window, settings) as (address, process):
            pages |= weigh(address, process, settings, PAGES)
            taken = asyncio.run(crowd(address, settings, people, seconds, think, posting=True))
    short = floor.figures(min(seconds, FLOOR_SECONDS))
    return Measured(VILLAGES * TASKS, people, pages, taken.figures(seconds), short, taken.errors[:10])


def main(arguments: Sequence[str]) -> int:
    """Print the figures as tables or as JSON; 1 where anything went wrong under load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=3.0)
    given = parser.parse_args(arguments)
    figures = measure(given.people, given.seconds, given.think)
    if given.json:
        print(json.dumps(asdict(figures)))
    else:
        _show(figures)
    return 1 if figures.errors else 0


def _show(figures: Measured) -> None:
    print(f"{figures.assignments:,} assignments")
    for path, one in figures.pages.items():
        print(f"  {path:45} {one['kb']:8.1f} KB {one['ms']:8.1f} ms {one['computed_ms']:8.1f} ms computed")
    print(f"{figures.people} people at once   {'window':>10} {'floor':>10}")
    for name, value in figures.load.items():
        print(f"  {name:18} {value:10,.1f} {figures.floor[name]:10,.1f}")
    for error in figures.errors:
        print(f"  {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
