"""What a plan file says, as frozen records: names and expressions, not yet dates.

Every record that a check may complain about keeps its `place`. References (a task named in `after`, a unit
named in `with`) are `Name`s, so that a diagnostic points at the word itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plan_definitions.source import Place


class Kind(StrEnum):
    """What sort of work a task is (language.md, *Kinds*)."""

    TASK = "task"
    EVENT = "event"
    ONGOING = "ongoing"


class Roll(StrEnum):
    """Where a due date goes that falls on a day off."""

    PREVIOUS = "previous"
    NEXT = "next"
    KEEP = "keep"


class Evidence(StrEnum):
    """What a unit must hand in with its report: nothing, a file, or a file or dispatch number and date."""

    NONE = "none"
    REQUIRED = "required"
    DOCUMENT = "document"


class Manner(StrEnum):
    """Whether a unit takes orders or is respectfully requested (the Front, the Youth Union)."""

    ORDER = "order"
    REQUEST = "request"


class Channel(StrEnum):
    """How a contact is reached; all but mail are served by hand."""

    MAIL = "mail"
    ZALO = "zalo"
    PHONE = "phone"
    PAPER = "paper"


class Step(StrEnum):
    """The unit in which an offset counts."""

    DAY = "day"
    WORKING_DAY = "working_day"
    WEEK = "week"


class Role(StrEnum):
    """Who stands where on the escalation order of a commune (vietnam.md)."""

    STANDING_OFFICE = "standing_office"
    DEPUTY_CHAIR = "deputy_chair"
    CHAIR = "chair"


@dataclass(frozen=True, slots=True)
class Name:
    """A word that refers to something defined elsewhere, and where it stands."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Offset:
    """A signed distance: `amount` steps; negative before, positive after, zero none."""

    amount: int
    step: Step


@dataclass(frozen=True, slots=True)
class DateExpression:
    """`ANCHOR|TASK|ISO-DATE [± N step]`; `base` is the name or the date."""

    base: str | date
    offset: Offset | None
    place: Place


@dataclass(frozen=True, slots=True)
class Dependency:
    """One edge of `after`: this task follows `task`, finish to start."""

    task: Name
    lag: Offset | None = None
    soft: bool = False
    same_unit: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """Who must do it: one unit, or (`each`) every member of a group by itself."""

    name: Name
    each: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """How many members' assignments complete a task: all (both fields None), a percentage, or a count."""

    percent: int | None = None
    count: int | None = None

    def needed(self, members: int) -> int:
        """How many of `members` (cancelled ones already left out) must be done; a percentage rounds up."""
        if self.percent is not None:
            return -(-self.percent * members // 100)
        return members if self.count is None else min(self.count, members)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder after the due date: after so many working days these roles hear of it."""

    after: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Reminders before due (working days before; 0 is the day itself) and escalations after it."""

    id: str
    remind: tuple[int, ...]
    escalate: tuple[Rung, ...]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """A counted result; without a target it is counted and added up only."""

    id: str
    title: str
    target: int | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line of money, in đồng."""

    item: str
    quantity: int
    unit_price: int
    source: str

    @property
    def amount(self) -> int:
        """Quantity times unit price, in đồng."""
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Repeat:
    """`every WEEKDAY | every N weeks on WEEKDAY | monthly on day D, from A to B`; Monday is weekday 0."""

    first: DateExpression
    last: DateExpression
    place: Place
    weekday: int | None = None
    every_weeks: int = 1
    month_day: int | None = None


@dataclass(frozen=True, slots=True)
class TaskDefinition:
    """A node of the graph as written."""

    id: str
    title: str
    lead: Lead
    place: Place
    kind: Kind = Kind.TASK
    note: str | None = None
    clauses: tuple[Name, ...] = ()
    helpers: tuple[Name, ...] = ()
    start: DateExpression | None = None
    due: DateExpression | None = None
    repeat: Repeat | None = None
    after: tuple[Dependency, ...] = ()
    ladder: Name | None = None
    roll: Roll = Roll.PREVIOUS
    evidence: Evidence = Evidence.NONE
    none_allowed: bool = False
    confidential: bool = False
    accept: Name | None = None
    complete_when: Threshold = Threshold()
    indicators: tuple[Indicator, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed the paper."""

    authority: str | None = None
    title: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What the signed paper says about itself; `number` is None while it only has a symbol."""

    issuer: str | None = None
    symbol: str | None = None
    number: str | None = None
    based_on: tuple[str, ...] = ()
    signer: Signer | None = None
    recipients: tuple[str, ...] = ()
    venue: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the signed document: a duty, who leads and helps in it, and whether it names its units."""

    id: str
    duty: str
    form: str
    named: bool
    lead: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    cite: str | None = None
    facts: str | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a contact is not to be written to, inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a unit, addressed by title; `substitute` is the id of another contact of the unit."""

    id: str
    title: str
    channel: Channel
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    substitute: str | None = None
    away: Away | None = None

    @property
    def usable(self) -> bool:
        """Whether the channel has what it needs: an address, a number, or (paper) nothing."""
        needs = {Channel.MAIL: self.email, Channel.ZALO: self.phone, Channel.PHONE: self.phone}
        return self.channel is Channel.PAPER or bool(needs.get(self.channel))


@dataclass(frozen=True, slots=True)
class Unit:
    """Who is responsible. `via` names the unit whose letter carries this one's section."""

    id: str
    name: str
    manner: Manner = Manner.ORDER
    short: str | None = None
    salutation: str | None = None
    copy_to: str | None = None
    via: str | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Office:
    """One People's Committee: units.yaml. `groups` are expanded to member units, in the order written."""

    id: str
    name: str
    roles: Mapping[str, str]
    units: Mapping[str, Unit]
    groups: Mapping[str, tuple[str, ...]]
    place: str | None = None

    def members(self, name: str) -> tuple[str, ...]:
        """The units a unit or group name stands for."""
        return (name,) if name in self.units else self.groups[name]

    def unit_of(self, role: str) -> str:
        """The unit that holds a role."""
        return self.roles[role]


@dataclass(frozen=True, slots=True)
class CalendarDefinition:
    """calendar.yaml: years someone checked, extra days off with their names, make-up working days."""

    vouched: tuple[int, ...] = ()
    days_off: Mapping[date, str] = field(default_factory=dict)
    working_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDefinition:
    """One plan file as written, with the shared files it names.

    `places` says where records without a place of their own stand: `(kind, id)`, such as `("unit", "vhxh")`
    or `("ladder", "default")`. It may lack entries; a check then points at the nearest thing that has one.
    """

    id: str
    title: str
    office: Office
    calendar: CalendarDefinition
    anchors: Mapping[str, date]
    ladders: Mapping[str, Ladder]
    tasks: Mapping[str, TaskDefinition]
    document: Document = Document()
    clauses: Mapping[str, Clause] | None = None
    theme: str | None = None
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)
