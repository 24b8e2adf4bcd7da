"""Who asks for which move with what: the input of `moves.carry_out`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workflows.engine.records import Answered, Via
from workflows.engine.states import Verb


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody known: a contact, unit or role, with the units it belongs to and the roles those hold."""

    name: str
    units: frozenset[str]
    roles: frozenset[str]


MOST_COUNTED = 10**15 - 1
"""The highest figure that may be reported: more than any sum of money in đồng, and safe in every store."""


@dataclass(frozen=True, slots=True)
class Order:
    """A move somebody asks for.

    `by` asks; `on_behalf_of` is the unit whose word the office writes down, `via` how it came and `said_by`
    (a title, not a name) from whom. `until` is the new date of an extension, grant, promise, proposal or
    reopening; `done_on` the day the work was done; `to` the unit of a reassignment; `waits_for` the unit an
    obstacle names; `document` number and date of a dispatch that stands for a file.
    """

    verb: Verb
    assignment: str
    by: Actor
    on_behalf_of: str | None = None
    via: Via | None = None
    said_by: str | None = None
    note: str | None = None
    until: date | None = None
    done_on: date | None = None
    since: date | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    evidence_files: int = 0
    document: str | None = None
    evidence_later: bool = False
    nothing_to_report: bool = False
    to: str | None = None
    waits_for: str | None = None
    answer: Answered | None = None
