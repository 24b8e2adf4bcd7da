"""Pieces of work as letters speak of them: named, counted, or helped with; without any wording.

Stored inside letters, as their parts are (`notifications.parts`): add fields with defaults, never rename one.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from workflows.engine.states import Standing


@dataclass(frozen=True, slots=True)
class Helper:
    """A unit that helps, with a number to call where it has one."""

    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause by its id and, where the plan gives one, its own way of being quoted (Vietnamese)."""

    clause: str
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One assignment as a letter speaks of it. Counts are working days; `left` is 0 on the day itself.

    `named`: the signed document names the unit for it. `new_date`: the reader has not seen this due date
    yet, so it goes into the calendar. `waits_for` names the other units that hold it up, `earlier` the
    work of its own that does. `title` is None where the reader may know the state only.
    `number` is the assignment's in the store, 0 in letters from before it was kept.
    """

    plan: str
    assignment: str
    title: str | None
    unit: str
    unit_name: str
    standing: Standing
    due: date | None
    original_due: date | None = None
    late: int = 0
    left: int | None = None
    citations: tuple[Citation, ...] = ()
    named: bool = False
    helpers: tuple[Helper, ...] = ()
    waits_for: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    check_in: bool = False
    returned: bool = False
    opens: bool = False
    new_date: bool = False
    obstacle: bool = False
    missed: bool = False
    promised: date | None = None
    extension_wanted: date | None = None
    waiting_days: int = 0
    confidential: bool = False
    number: int = 0


class Counted(NamedTuple):
    """Work that presses behind what a letter has room to name: what counts and bookkeeping need of an `Item`.

    (A tuple: in a bad week a unit has hundreds.)
    """

    assignment: str
    number: int
    standing: Standing
    due: date | None
    late: int
    left: int | None
    returned: bool

    @property
    def opens(self) -> bool:
        """Never: what may begin brings a new date, and is named."""
        return False


Pressing = Item | Counted
"""Work that asks for attention, named or only counted."""


@dataclass(frozen=True, slots=True)
class Helping:
    """A task in which the reader's unit helps: the leads by name, and how far they are."""

    title: str | None
    leads: tuple[str, ...]
    due: date | None
    standing: Standing
