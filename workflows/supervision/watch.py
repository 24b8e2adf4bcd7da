"""The supervisor's own watch: no part can notice that it is dead, so this looks from outside.

What is wrong goes into the log and to the terminal when it begins and when it is over, and to the standing
office by letter, once a day for a trouble.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused, for_log
from workflows.operations.upkeep.alarm import raise_alarms
from workflows.operations.upkeep.findings import Finding
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.supervision.inspection import watched

FIRST_LOOK, LOOK_SECONDS = 300.0, 900.0
"""Seconds from "ready" to the first look, enough for the catch-up after downtime; and between looks."""

LINE_SECONDS = 6 * 3600.0
"""How often the log says that all is well."""


@dataclass(slots=True)
class Watch:
    """Looks every quarter of an hour. `clock` tells the time, `tell` reaches log and terminal."""

    settings: Settings
    folder: Path
    clock: Callable[[], datetime]
    tell: Callable[[Phrase], None]
    first_look: float = FIRST_LOOK
    _next_look: float | None = None
    _next_line: float = 0.0
    _known: frozenset[str] = field(default_factory=frozenset)

    def look(self, *, ready: bool) -> None:
        """Look where it is time to; never raises for what it finds."""
        now = time.monotonic()
        if self._next_look is None:
            self._next_look = now + self.first_look if ready else None
            return
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        try:
            self._look(now)
        except Exception as error:  # noqa: BLE001 - a check that breaks must not bring the office down
            self.tell(Phrase("The watch itself failed: {reason}", {"reason": for_log(error).phrase}))

    def _look(self, now: float) -> None:
        instant = self.clock()
        findings = list(watched(self.settings, self.folder, instant))
        wrong = [finding for finding in findings if not finding.ok]
        self._tell_changes(wrong)
        if not wrong and now >= self._next_line:
            self._next_line = now + LINE_SECONDS
            self.tell(Phrase("All is well: {n} checks passed.", {"n": len(findings)}))
        self._write_to_office(wrong, instant)

    def _tell_changes(self, wrong: Sequence[Finding]) -> None:
        found = frozenset(f"{finding.check}:{finding.office}" for finding in wrong)
        for finding in wrong:
            if f"{finding.check}:{finding.office}" not in self._known:
                self.tell(Phrase("Trouble: {detail}", {"detail": finding.for_log}))
                if finding.mend is not None:
                    self.tell(finding.mend)
        if self._known and not found:
            self.tell(Phrase("The troubles are over."))
        self._known = found

    def _write_to_office(self, wrong: Sequence[Finding], now: datetime) -> None:
        try:
            with closing(Database.open(self.settings.database, create=False)) as database:
                raise_alarms(database, wrong, now=now, language=self.settings.lang)
        except EnvironmentRefused:
            return  # `watched` has told of it already, and no letter can be written without a database
