"""The moves that a call may ask for: one model a verb, told apart by `verb`, each with what it takes."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.api.fields import AssignmentName, Day, DispatchNumber, Note, Title, Word
from workflows.engine.orders import MOST_COUNTED, Actor, Order
from workflows.engine.records import Answered, Via
from workflows.engine.states import MOVES, Verb, Who
from workflows.texts import N_

UNITS_OWN = frozenset({Who.UNIT, Who.UNIT_OR_LEADER, Who.UNIT_OR_OFFICE})
"""Who makes the moves that a unit may make itself."""


class Move(BaseModel):
    """What every move may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    assignment: AssignmentName
    note: Note | None = None
    on_behalf_of: Word | None = Field(
        None, description="The unit whose word the office writes down; then also `via`."
    )
    via: Literal["phone", "zalo", "paper", "meeting"] | None = Field(
        None, description="How the unit's word came."
    )
    said_by: Title | None = Field(
        None, description="Who said it: a title, not a name.", examples=["Trưởng thôn"]
    )

    def order(self, by: Actor) -> Order:
        """The order that this asks for. Fields of a verb have the names that orders have."""
        given: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        given["verb"] = Verb(given["verb"])
        for name in ("note", "said_by"):  # nothing but spaces is nothing
            given[name] = given[name] or None
        given["via"] = None if self.via is None else Via(self.via)
        if given.get("document") is not None:
            given["document"] = given["document"].text
        return Order(by=by, **given)


class Dispatch(BaseModel):
    """Number and date of a dispatch that stands for a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: DispatchNumber
    date: Day

    @property
    def text(self) -> str:
        """As the history keeps it."""
        return f"{self.number}, {self.date.isoformat()}"


class Start(Move):
    """Received, work is under way."""

    verb: Literal["start"]


class Submit(Move):
    """Reported as done."""

    verb: Literal["submit"]
    done_on: Day | None = Field(None, description="The day of the work; today where absent.")
    figures: dict[Word, Annotated[int, Field(ge=0, le=MOST_COUNTED)]] = Field(
        default_factory=dict,
        description="Counted results by the indicator's id.",
        max_length=50,
        json_schema_extra={"additionalProperties": False},
    )
    document: Dispatch | None = None
    evidence_later: bool = Field(False, description="The evidence follows later.")
    nothing_to_report: bool = False


class Evidence(Move):
    """Evidence by number and date of a dispatch; files are handed in at `/plans/{plan}/evidence`."""

    verb: Literal["evidence"]
    document: Dispatch


class Withdraw(Move):
    """The report is taken back."""

    verb: Literal["withdraw"]


class Obstacle(Move):
    """Something is in the way."""

    verb: Literal["obstacle"]
    note: Note
    since: Day | None = None
    waits_for: Word | None = Field(None, description="The unit that it waits for.")


class Resolve(Move):
    """The obstacle is out of the way, or was answered."""

    verb: Literal["resolve"]


class Promise(Move):
    """A day by which it will be done."""

    verb: Literal["promise"]
    until: Day


class Extend(Move):
    """More time is asked for."""

    verb: Literal["extend"]
    note: Note
    until: Day


class Accept(Move):
    """The result is confirmed."""

    verb: Literal["accept"]


class Return(Move):
    """Something is still needed."""

    verb: Literal["return"]
    note: Note


class Release(Move):
    """It need not wait for others."""

    verb: Literal["release"]
    note: Note


class Hold(Move):
    """Tomorrow's report to the next level is held for a working day."""

    verb: Literal["hold"]
    note: Note


class Propose(Move):
    """A proposal to the leadership, perhaps with a new date."""

    verb: Literal["propose"]
    until: Day | None = None


class Answer(Move):
    """What a leader answered; the office writes it down `on_behalf_of` the leader's unit."""

    verb: Literal["answer"]
    answer: Answered


class Grant(Move):
    """A later date holds; without `until` the date asked for."""

    verb: Literal["grant"]
    until: Day | None = None


class Refuse(Move):
    """The date stays."""

    verb: Literal["refuse"]
    note: Note


class Cancel(Move):
    """It need not be done."""

    verb: Literal["cancel"]
    note: Note


class Reopen(Move):
    """It is to be done after all; with a new date where the old one has passed."""

    verb: Literal["reopen"]
    note: Note
    until: Day | None = None


class Reassign(Move):
    """Another unit does it."""

    verb: Literal["reassign"]
    note: Note
    to: Word


AnyMove = (
    Start | Submit | Evidence | Withdraw | Obstacle | Resolve | Promise | Extend | Accept | Return | Release
    | Hold | Propose | Answer | Grant | Refuse | Cancel | Reopen | Reassign
)  # fmt: skip
"""Any of them, told apart by `verb`."""


def is_units_own(verb: Verb) -> bool:
    """Whether a unit may make the move itself."""
    return MOVES[verb].who in UNITS_OWN


_DAY = date(2026, 6, 10).isoformat()

EXAMPLES: Mapping[str, Any] = MappingProxyType(
    {
        "submit": {
            "summary": N_("A unit's own system reports its work as done"),
            "value": {
                "verb": "submit", "assignment": "hazard-signs/thon-2", "done_on": _DAY,
                "figures": {"signs": 5}, "document": {"number": "12/BC", "date": _DAY},
            },
        },
        "obstacle": {
            "summary": N_("The office writes down what a village said on the telephone"),
            "value": {
                "verb": "obstacle", "assignment": "hazard-signs/thon-2", "note": "Chưa có biển",
                "on_behalf_of": "thon-2", "via": "phone", "said_by": "Trưởng thôn",
            },
        },
        "accept": {
            "summary": N_("The office confirms a result"),
            "value": {"verb": "accept", "assignment": "hazard-signs/thon-1"},
        },
    }
)  # fmt: skip
"""Examples for the description of the API; a test sends each of them."""
