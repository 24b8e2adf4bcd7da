"""Arguments and options that several verbs take, with their help."""

import re
from collections.abc import Sequence
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from workflows.errors import WrongUse
from workflows.texts import N_

_WRITTEN_AS_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class NoSuchDay(typer.BadParameter):
    """What is written like a date and stands in no calendar, such as 2026-02-30; `message` is that text."""


def iso_date(text: str) -> date:
    """A date as YYYY-MM-DD. Raises NoSuchDay or typer.BadParameter, which help puts into words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        refusal = NoSuchDay if _WRITTEN_AS_A_DATE.fullmatch(text) else typer.BadParameter
        raise refusal(text) from None


_MOUNTED = re.compile(r"(/[^/?#\s]+)*/?")


def mounted_path(text: str) -> str:
    """Where a proxy has put the window: `/dondoc`, empty for the root. Raises WrongUse for no such path."""
    if not _MOUNTED.fullmatch(text):
        raise WrongUse(
            "`{path}` is no path of the window",
            Phrase("write what comes after the host, with a slash in front: /dondoc"),
            path=text,
        )
    return text.removesuffix("/")


def check_proxies(proxies: Sequence[str]) -> None:
    """Raise WrongUse for a proxy that is no address or network: no request would ever come from it."""
    for proxy in proxies:
        try:
            ip_network(proxy, strict=False)
        except ValueError:
            raise WrongUse(
                "`{proxy}` is no address of a proxy",
                Phrase("write an address like 127.0.0.1, or a network like 10.0.0.0/8"),
                proxy=proxy,
            ) from None


LARGEST_NUMBER = 2**31 - 1
"""No letter and no record ever has a larger one; a database refuses to look for some that are."""

PlanFile = Annotated[
    Path,
    # Whoever opens the file says why it cannot be read, in the language.
    typer.Argument(metavar="PLAN", readable=False, help=N_("The plan file."), show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help=N_("Print one JSON document and nothing else."))]
AsOf = Annotated[
    date | None,
    typer.Option(
        parser=iso_date, metavar="DATE", help=N_("Decide as on this date (YYYY-MM-DD); today if absent.")
    ),
]
UnitName = Annotated[
    str | None, typer.Option("--unit", metavar="UNIT", help=N_("Only what concerns this unit."))
]
OfficeName = Annotated[
    str | None, typer.Option("--office", metavar="OFFICE", help=N_("The office, where there are several."))
]
PlanName = Annotated[
    str | None, typer.Option("--plan", metavar="PLAN", help=N_("The plan's id, where several are running."))
]
Decider = Annotated[
    str,
    typer.Option("--by", metavar="WHO", help=N_("Who decides it: a contact, unit or role of the office.")),
]
RootPath = Annotated[
    str,
    typer.Option(
        "--root-path", parser=mounted_path, metavar="PATH", help=N_("Where a proxy has put the window.")
    ),
]
Proxies = Annotated[
    list[str] | None,
    typer.Option("--proxy", metavar="ADDRESS", help=N_("A proxy whose X-Forwarded headers are believed.")),
]
