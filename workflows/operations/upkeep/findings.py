"""What a look at a running installation comes to: one line a check, with what mends it."""

from dataclasses import dataclass
from enum import StrEnum

from notifications.parts import Trouble
from plan_definitions.diagnostics import Phrase, Translate


class Check(StrEnum):
    """What is looked at, in the order in which it is told."""

    PYTHON = "python"
    PACKAGES = "packages"
    PREFECT = "prefect"
    HOME = "home"
    SECRETS = "secrets"
    DISK = "disk"
    DATABASE = "database"
    CLOCK = "clock"
    MAIL_SERVER = "mail-server"
    BASE_ADDRESS = "base-address"
    CALENDAR = "calendar"
    ROUND = "round"
    MAIL_STUCK = "mail-stuck"
    MAIL_DEAD = "mail-dead"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `office` is set where it concerns one office only.

    `unquoting` says the same for a log, where the detail quotes an address or a mail server's words.
    """

    check: Check
    ok: bool
    detail: Phrase
    mend: Phrase | None = None
    office: str | None = None
    unquoting: Phrase | None = None

    @property
    def for_log(self) -> Phrase:
        """The detail as a log may hold it."""
        return self.unquoting or self.detail

    def say(self, translate: Translate) -> str:
        """The detail, and the mend where there is one."""
        said = self.detail.say(translate)
        return said if self.mend is None else f"{said} {self.mend.say(translate)}"

    def trouble(self, translate: Translate) -> Trouble:
        """The same for an alarm letter, values in the language of the letter."""
        values = {name: _plain(value, translate) for name, value in self.detail.values.items()}
        return Trouble(self.detail.message_id, values)


def _plain(value: object, translate: Translate) -> str:
    return value.say(translate) if isinstance(value, Phrase) else str(value)


def fine(check: Check, detail: Phrase, mend: Phrase | None = None) -> Finding:
    """A check that is passed; a `mend` is then advice."""
    return Finding(check, True, detail, mend)


def wrong(
    check: Check, detail: Phrase, mend: Phrase, office: str | None = None, *, unquoting: Phrase | None = None
) -> Finding:
    """A check that is not passed, and what to do."""
    return Finding(check, False, detail, mend, office, unquoting)
