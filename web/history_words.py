"""What happened, in sentences: the records of an assignment as pages tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from notifications.speech import Speech
from notifications.wording.office import ROLE_NAMES
from plan_definitions.model import Office, Role
from workflows.engine.records import Record, Via
from workflows.engine.states import Verb
from workflows.operations.api_tokens import BY
from workflows.store.records import StoredRecord
from workflows.texts import N_, date_numeric

SENTENCES: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.CREATE: N_("Assigned."),
        Verb.OPEN: N_("May begin."),
        Verb.MISS: N_("No report came for this turn."),
        Verb.START: N_("Received; work is under way."),
        Verb.SUBMIT: N_("Reported as done."),
        Verb.WITHDRAW: N_("The report was taken back."),
        Verb.ACCEPT: N_("The result was confirmed."),
        Verb.RETURN: N_("Something is still needed."),
        Verb.RELEASE: N_("Released: it need not wait for others."),
        Verb.CANCEL: N_("Cancelled."),
        Verb.REOPEN: N_("Opened again."),
        Verb.REASSIGN: N_("Handed to another unit."),
        Verb.OBSTACLE: N_("A difficulty was reported."),
        Verb.RESOLVE: N_("The difficulty is out of the way."),
        Verb.PROMISE: N_("A day was promised."),
        Verb.EXTEND: N_("More time was asked for."),
        Verb.GRANT: N_("A later date was agreed to."),
        Verb.REFUSE: N_("The date stays."),
        Verb.HOLD: N_("The next step was held for a day."),
        Verb.PROPOSE: N_("The standing office made a proposal to the leadership."),
        Verb.ANSWER: N_("The leadership answered."),
        Verb.EVIDENCE: N_("Evidence was added."),
        Verb.REMIND: N_("A reminder went out."),
        Verb.ESCALATE: N_("Reported to the next level."),
        Verb.REVISE: N_("The plan was revised."),
        Verb.CLOSE: N_("The plan was closed."),
        Verb.REVOKE: N_("Links were ended."),
        Verb.ERASE: N_("A free text was erased."),
    }
)
"""One sentence a verb; the day or number that belongs to it follows from the record's facts."""

WAYS: Mapping[Via, str] = MappingProxyType(
    {
        Via.PHONE: N_("by telephone"),
        Via.ZALO: N_("by Zalo"),
        Via.PAPER: N_("on paper"),
        Via.MEETING: N_("in a meeting"),
    }
)
"""How a unit's word reaches the office, as it stands in the middle of a sentence."""

OFFICES_OWN = frozenset({Verb.HOLD, Verb.PROPOSE, Verb.REVISE, Verb.REMIND, Verb.ESCALATE})
"""What passes between office and leadership, or by itself: units are not shown it."""

_DAYS: Mapping[str, str] = MappingProxyType(
    {
        "done_on": N_("Done on {day}."),
        "wanted": N_("Wanted: {day}."),
        "due": N_("Due {day}."),
        "until": N_("Until {day}."),
        "since": N_("Since {day}."),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One record for people: when, who, what, and the words that were written."""

    sequence: int
    when: datetime
    who: str
    what: str
    note: str | None


def tell(stored: StoredRecord, office: Office, said: Speech) -> Told:
    """A record in sentences."""
    record = stored.record
    parts = [said.say(SENTENCES[record.verb]), *_details(record, office, said)]
    return Told(stored.sequence, record.now, _who(record, office, said), " ".join(parts), record.note)


def _details(record: Record, office: Office, said: Speech) -> list[str]:
    facts = record.facts
    found = [
        said.say(sentence, day=said.day(date.fromisoformat(str(facts[name]))))
        for name, sentence in _DAYS.items()
        if facts.get(name)
    ]
    if facts.get("document"):
        found.append(said.say("Dispatch: {document}.", document=dispatch(str(facts["document"]), said)))
    if facts.get("nothing_to_report"):
        found.append(said.say("Nothing to report."))
    if facts.get("evidence_to_follow"):
        found.append(said.say("Evidence follows later."))
    waits_for = facts.get("waits_for")
    if isinstance(waits_for, str) and waits_for in office.units:
        found.append(said.say("Waits for {unit}.", unit=office.units[waits_for].name))
    if record.verb is Verb.ESCALATE and isinstance(told := facts.get("to"), list | tuple):
        roles = said.all_of(said.say(ROLE_NAMES[role]) for role in Role if role in told)
        found.append(said.say("To: {roles}.", roles=roles))
    return found


def dispatch(document: str, said: Speech) -> str:
    """`12/BC of 04/6/2026`: a dispatch's number, and its date in the reader's way of writing."""
    number, _, day = document.rpartition(", ")
    try:
        written = date.fromisoformat(day)
    except ValueError:
        return document
    return said.say("{number} of {day}", number=number, day=date_numeric(written, said.language))


def _who(record: Record, office: Office, said: Speech) -> str:
    who = name_of(record.by, office, said)
    said_by = record.facts.get("said_by")
    if record.on_behalf_of is not None and record.on_behalf_of in office.units:
        unit = office.units[record.on_behalf_of].name
        speaker = f"{said_by}, {unit}" if said_by else unit
        how = said.say(WAYS[record.via]) if record.via is not None and record.via in WAYS else ""
        return said.say("{speaker} ({how}, noted by {who})", speaker=speaker, how=how, who=who)
    if not said_by:
        return who
    # "Trưởng Thôn 2" names the unit already.
    return str(said_by) if who in str(said_by) else f"{said_by}, {who}"


def name_of(by: str, office: Office, said: Speech) -> str:
    """Who `by` is: a contact, unit or role by name; the machine where nobody did it."""
    if by in ("round", "publish"):
        return said.say("System")
    if by.startswith(BY):
        return said.say("the system {name}", name=by.removeprefix(BY))
    unit = office.roles.get(by, by).partition("/")[0]
    if unit not in office.units:
        return by
    return office.units[unit].name
