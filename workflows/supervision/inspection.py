"""The whole look at an installation: what `dondoc doctor` prints."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from plan_definitions.diagnostics import Phrase
from workflows.children import answers
from workflows.errors import EnvironmentRefused
from workflows.flows.inspection import check_prefect, server_answers
from workflows.flows.pulse import is_silent
from workflows.home import Home, is_open
from workflows.operations.upkeep.findings import Check, Finding, fine, wrong
from workflows.operations.upkeep.machine_checks import check_base_address, check_mail_server, machine_findings
from workflows.operations.upkeep.office_checks import office_findings
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.supervision.lock import is_running, read_note

_SECONDS_FOR_AN_ANSWER = 3.0


def inspect(settings: Settings, folder: Path, now: datetime) -> Iterator[Finding]:
    """Every check of a real run; one that cannot be made because another failed is left out."""
    yield from machine_findings(settings, folder)
    yield check_prefect()
    if not is_open(settings.home):
        return
    yield check_mail_server(settings)
    yield check_base_address(settings)
    yield from store_findings(settings, now)
    yield check_running(settings)


def watched(settings: Settings, folder: Path, now: datetime) -> Iterator[Finding]:
    """What may go wrong while an office runs: no login at the mail server, whose word the outbox holds."""
    yield from machine_findings(settings, folder)
    yield from store_findings(settings, now)


def store_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The database, and what it knows."""
    try:
        with closing(Database.open(settings.database, create=False)) as database:
            yield fine(Check.DATABASE, Phrase("{place} answers", {"place": database.url}))
            yield from list(office_findings(database, settings, now))
    except EnvironmentRefused as error:
        mend = error.mend or Phrase("Look at DONDOC_DATABASE_URL, at the disk and at who holds the file.")
        yield wrong(Check.DATABASE, error.phrase, mend)


def check_running(settings: Settings) -> Finding:
    """`dondoc up` runs for this home, and its parts answer."""
    home = Home.existing(settings.home)
    if not is_running(home):
        said = Phrase("`dondoc up` does not run for this home: no round, no delivery, no window")
        if settings.database.startswith("postgresql"):
            return fine(
                Check.RUNNING, said, Phrase("That is right where workers do its work (docs/scale.md).")
            )
        return wrong(Check.RUNNING, said, Phrase("Start it: `dondoc up` (docs/operations.md, as a service)."))
    silent = _silent_part(home)
    if silent is None:
        return fine(
            Check.RUNNING, Phrase("`dondoc up` runs; its window, its clock and Prefect's server answer")
        )
    said = Phrase("`dondoc up` runs, but this part does not answer: {part}", {"part": silent})
    mend = Phrase("It is started again by itself; if it stays so, see {path}", {"path": home.path / "logs"})
    return wrong(Check.RUNNING, said, mend)


def _silent_part(home: Home) -> Phrase | None:
    """The first part of a running `up` that gives no answer, or no sign of life."""
    note = read_note(home)
    if note is None or not window_answers(note.window, _SECONDS_FOR_AN_ANSWER):
        return Phrase("the window")
    if not server_answers(home):
        return Phrase("Prefect's server")
    return Phrase("the clock") if is_silent(home) else None


def window_answers(address: str, seconds: float) -> bool:
    """Whether the window at an address of this machine is up."""
    return answers(address, "/healthz", seconds=seconds)
