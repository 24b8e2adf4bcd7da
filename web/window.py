"""The window's surroundings: what every page stands on, and the clock it reads."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from fastapi import Request

from web.keys import Keys
from web.limits import Limits
from web.remembered import RememberedPlans
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.texts import LOCAL_ZONE


@dataclass(frozen=True, slots=True)
class Demo:
    """A window for show: its inbox may be read, and one may look as the office, a unit or a leader."""

    inbox: Path


def print_for_operator(text: str) -> None:
    """Say something to whoever runs the window, on its terminal."""
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Window:
    """One running window. `tell_operator` reaches the terminal: sign-in links go there when mail cannot."""

    settings: Settings
    database: Database
    keys: Keys
    clock: Callable[[], datetime]
    demo: Demo | None = None
    limits: Limits = field(default_factory=Limits)
    judge: RememberedPlans = field(default_factory=RememberedPlans)
    tell_operator: Callable[[str], None] = print_for_operator

    def now(self) -> datetime:
        """This instant; in a demo that of the played day."""
        return self.clock()

    def today(self) -> date:
        """The date in Vietnam."""
        return self.now().astimezone(LOCAL_ZONE).date()


def window_of(request: Request) -> Window:
    """The window that a request came to."""
    window = request.app.state.window
    if not isinstance(window, Window):
        raise TypeError("the application was made without a window")
    return window
