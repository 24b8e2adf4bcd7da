"""The log of a running office: one file that turns over, readable by its owner, without secrets."""

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from workflows.home import Home
from workflows.settings import Settings

LARGEST, KEPT = 5 * 1024 * 1024, 5
"""Bytes of one log file, and how many old ones are kept."""

_SECRET_FILES = ("secret_key", "prefect_auth")
_BLOTTED = "[…]"


class Journal:
    """Writes lines to the log file, and those meant for people to the terminal as well."""

    def __init__(self, home: Home, secrets: Iterable[str], terminal: IO[str]) -> None:
        self.path = log_file(home)
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        self._secrets = sorted((s for s in secrets if s), key=len, reverse=True)
        self._terminal = terminal
        self._file = _OwnersFile(self.path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
        self._file.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))

    def note(self, line: str) -> None:
        """Write a line into the log."""
        record = logging.LogRecord("dondoc", logging.INFO, "", 0, self._without_secrets(line), None, None)
        self._file.handle(record)

    def tell(self, line: str) -> None:
        """Write a line into the log and show it on the terminal."""
        self.note(line)
        with suppress(OSError):  # whoever looked on has gone; the office goes on
            print(self._without_secrets(line), file=self._terminal, flush=True)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _without_secrets(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, _BLOTTED)
        return line


class _OwnersFile(RotatingFileHandler):
    """A log file of mode 0600 from its first byte."""

    def _open(self) -> IO[str]:  # type: ignore[override]
        handle = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        return os.fdopen(handle, "a", encoding=self.encoding)


def log_file(home: Home) -> Path:
    """Where the log is."""
    return home.path / "logs" / "dondoc.log"


def secrets_of(settings: Settings, home: Home) -> list[str]:
    """Everything that must never stand in a log."""
    held = (settings.smtp_password, settings.secret_key)
    found = [secret.get_secret_value() for secret in held if secret is not None]
    if settings.database_url is not None and "@" in (url := settings.database_url.get_secret_value()):
        found.append(url)
    found += [home.secret(name) for name in _SECRET_FILES]
    return found
