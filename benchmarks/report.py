"""What the benchmarks share at their ends: the options of a run, and its figures as a table or JSON."""

import argparse
import json
from collections.abc import Mapping


def asked(description: str | None, **sizes: int) -> argparse.Namespace:
    """The options of a run: `--json`, and a whole number for each of `sizes` with its default."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    for name, default in sizes.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    return parser.parse_args()


def tell(figures: Mapping[str, float], *, as_json: bool, units: Mapping[str, str] | None = None) -> None:
    """Print figures by name, in a table with the unit of each that has one, or as one JSON document."""
    if as_json:
        print(json.dumps(figures))
        return
    width = max(map(len, figures)) + 2
    for name, value in figures.items():
        print(f"{name:{width}}{value:>14,} {(units or {}).get(name, '')}".rstrip())
