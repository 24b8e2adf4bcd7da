"""What one call of the command stands on: language, settings, home, database and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from workflows.errors import MoveRefused
from workflows.home import Home
from workflows.texts import LOCAL_ZONE, Language, Translate, translator

if TYPE_CHECKING:
    from workflows.settings import Settings
    from workflows.store.database import Database


@dataclass(frozen=True)
class Session:
    """One call: in a language, from a working folder. What costs time is opened when first asked for."""

    language: Language
    folder: Path

    @classmethod
    def of(cls, context: typer.Context) -> "Session":
        """The session that `main` has put into typer's context."""
        found = context.find_object(cls)
        if found is None:
            raise LookupError("a verb was called without a session")
        return found

    @property
    def translate(self) -> Translate:
        """From message ids to the language of this call."""
        return translator(self.language)

    @cached_property
    def settings(self) -> "Settings":
        """The settings of the working folder. Raises WrongUse."""
        from workflows.settings import read_settings

        return read_settings(self.folder)

    def home(self, *, create: bool = False) -> Home:
        """The home; only publish, demo, up and restore `create` one. Raises EnvironmentRefused."""
        return Home.create(self.settings.home) if create else Home.existing(self.settings.home)

    @contextmanager
    def database(self, *, create: bool = False) -> Iterator["Database"]:
        """The store, closed at the end of the block. Raises EnvironmentRefused."""
        from workflows.store.database import Database

        self.home(create=create)
        database = Database.open(self.settings.database, create=create)
        try:
            yield database
        finally:
            database.close()

    def now(self) -> datetime:
        """This moment, in UTC. With `today`, the only place where the command reads a clock."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date in Vietnam."""
        return self.now().astimezone(LOCAL_ZONE).date()

    def day(self, as_of: date | None) -> date:
        """The day on which something is decided for good: the one named, or today.

        Raises MoveRefused for a day to come: histories and letters would tell of what has not happened.
        """
        today = self.today()
        if as_of is not None and as_of > today:
            raise MoveRefused("nothing can be done as on {day}: that day has not come yet", day=as_of)
        return as_of or today
