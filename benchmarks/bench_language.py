"""What loading, checking and dating a plan costs, beside what PyYAML alone costs on the same text.

    python benchmarks/bench_language.py [--tasks 100 1000 10000 50000] [--rounds 3] [--json]

The floor is `yaml.load(text, Loader=yaml.CSafeLoader)`, run in turns with the measured call in one process
and with the cycle collector paused for both. Times are CPU seconds of the process, so that what else runs
on the machine counts little. `ratio` is the best round of the one over the best of the other; the language
promises at most 2 for 10,000 tasks and linear growth. Peak memory is taken in a child process for each, as
the growth of its resident size over what it had before the call.
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from plan_definitions.load import load_plan

SIZES = (60, 100, 1_000, 10_000, 50_000)
UNITS = 20

_HEAD = """\
format: 1
id: do-luong
title: Kế hoạch để đo
units: units.yaml
calendar: calendar.yaml
anchors:
  opens: 2026-06-01
  closes: 2026-12-15
ladders:
  default:
    remind: [2 working days before, on the day]
    escalate:
      - {after: 1 working day, to: standing_office}
tasks:
"""


def plan_text(tasks: int) -> str:
    """A plan of so many tasks, in chains of ten; the first of each chain is for each village."""
    return _HEAD + "".join(_task(number) for number in range(tasks))


def _task(number: int) -> str:
    step = number % 10
    after = f"    after: [task-{number - 1}]\n" if step else ""
    lead = f"unit-{number % UNITS}" if step else "{each: villages}"
    return f"""\
  task-{number}:
    title: Rà soát, cắm biển cảnh báo điểm nguy hiểm số {number}
    lead: {lead}
    with: [unit-{(number + 7) % UNITS}, unit-{(number + 9) % UNITS}]
    start: opens + {step * 5 + 1} working days
    due: opens + {step * 5 + 4} working days
{after}\
    evidence: required
    indicators:
      children: {{title: Trẻ được giúp, target: {number % 90}, unit: trẻ}}
"""


def write_plan(folder: Path, tasks: int) -> Path:
    """The plan and its shared files; the path of the plan."""
    contact = "contacts: [{id: head, title: Trưởng đơn vị, channel: paper}]"
    units = "".join(f"  unit-{n}: {{name: Đơn vị {n}, {contact}}}\n" for n in range(UNITS))
    roles = "roles: {standing_office: unit-0, deputy_chair: unit-1, chair: unit-2}"
    villages = ", ".join(f"unit-{n}" for n in range(10, 16))
    (folder / "units.yaml").write_text(
        f"office: xa\n{roles}\nunits:\n{units}groups:\n  villages: [{villages}]\n", encoding="utf-8"
    )
    (folder / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    path = folder / f"plan-{tasks}.yaml"
    path.write_text(plan_text(tasks), encoding="utf-8")
    return path


def load_floor(path: Path) -> None:
    """The floor: what PyYAML alone does with the text."""
    yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def load_ours(path: Path) -> None:
    """Load, check and date the plan; it must be accepted, or the figure means nothing."""
    loaded = load_plan(path)
    if loaded.schedule is None:
        raise SystemExit(f"{path}: refused, first with {loaded.diagnostics[0].code}")


CALLS: dict[str, Callable[[Path], None]] = {"floor": load_floor, "ours": load_ours}


@contextmanager
def _collector_paused() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def seconds(call: Callable[[Path], None], path: Path) -> float:
    """One timed call with the collector paused."""
    with _collector_paused():
        begun = time.process_time()
        call(path)
        return time.process_time() - begun


def peak_megabytes(name: str, path: Path) -> float:
    """How far one call raises the resident size, in a process of its own."""
    command = [sys.executable, __file__, "--peak", name, str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _print_peak(name: str, path: Path) -> None:
    before = _resident_peak()
    with _collector_paused():
        CALLS[name](path)
        print(_resident_peak() - before)


def _resident_peak() -> float:
    """The highest resident size of this process so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # The kernel's rusage figure survives exec and would be that of the parent.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def measure(tasks: int, rounds: int, folder: Path) -> dict[str, float | int]:
    """One row of the table."""
    path = write_plan(folder, tasks)
    times: dict[str, list[float]] = {name: [] for name in CALLS}
    for _ in range(rounds):
        for name, call in CALLS.items():
            times[name].append(seconds(call, path))
    floor, ours = min(times["floor"]), min(times["ours"])
    return {
        "tasks": tasks,
        "bytes": path.stat().st_size,
        "floor_s": round(floor, 4),
        "ours_s": round(ours, 4),
        "ratio": round(ours / floor, 3),
        "ours_us_per_task": round(ours / tasks * 1e6, 1),
        "floor_peak_mb": round(peak_megabytes("floor", path), 1),
        "ours_peak_mb": round(peak_megabytes("ours", path), 1),
    }


def _table(rows: list[dict[str, float | int]]) -> str:
    names = list(rows[0])
    cells = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    parser.add_argument("--peak", nargs=2, metavar=("CALL", "PLAN"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        _print_peak(arguments.peak[0], Path(arguments.peak[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(tasks, arguments.rounds, Path(folder)) for tasks in arguments.tasks]
    print(json.dumps(rows, indent=2) if arguments.json else _table(rows))


if __name__ == "__main__":
    main()
