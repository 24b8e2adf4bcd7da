"""`dondoc history`: everything that happened to an assignment."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated

import typer

from notifications.wording.office import ROLE_NAMES
from web.history_words import WAYS
from workflows.cli import output
from workflows.cli.parameters import AsJson, OfficeName, PlanName
from workflows.cli.session import Session
from workflows.engine.escalation import ROUND
from workflows.engine.publication import PUBLISH
from workflows.engine.records import Answered
from workflows.engine.words import STATE_WORDS, VERB_WORDS
from workflows.operations.reading.history import history_of
from workflows.operations.situations import the_plan
from workflows.store.records import StoredRecord
from workflows.texts import N_, date_numeric, instant

AssignmentName = Annotated[
    str,
    typer.Argument(
        metavar="ASSIGNMENT", help=N_("The assignment: task/unit, or task/unit/n."), show_default=False
    ),
]

_HEADINGS = (N_("No."), N_("Written"), N_("What"), N_("State"), N_("Who"), N_("Details"))


def history(
    context: typer.Context,
    assignment: AssignmentName,
    plan: PlanName = None,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """Print every record of an assignment, oldest first."""
    session = Session.of(context)
    with session.database() as database:
        heading = the_plan(database, office, plan)
        records = history_of(database, heading.office, heading.id, assignment)
    if as_json:
        output.document([_document(stored) for stored in records], session.translate)
    else:
        headings = [session.translate(heading) for heading in _HEADINGS]
        output.table(headings, [_cells(stored, session) for stored in records], right=frozenset({0}))


def _document(stored: StoredRecord) -> dict[str, object]:
    record = stored.record
    return {
        "sequence": stored.sequence,
        "as_of": record.as_of,
        "at": record.now,
        "verb": record.verb,
        "before": record.before,
        "after": record.after,
        "by": record.by,
        "on_behalf_of": record.on_behalf_of,
        "via": record.via,
        "facts": dict(record.facts),
        "note": record.note,
        "hash": stored.hash,
    }


_FACTS: Mapping[str, str] = MappingProxyType(
    {
        "revision": N_("revision {value}"),
        "due": N_("due {value}"),
        "was_due": N_("was due {value}"),
        "was": N_("was due {value}"),
        "planned_due": N_("planned for {value}"),
        "opened_on": N_("open since {value}"),
        "overdue_since": N_("overdue since {value}"),
        "reminder": N_("{value} working days before"),
        "rung": N_("step {value}"),
        "acceptance_rung": N_("step {value}"),
        "to": N_("to {value}"),
        "done_on": N_("done on {value}"),
        "figures": N_("figures: {value}"),
        "document": N_("dispatch {value}"),
        "files": N_("files: {value}"),
        "nothing_to_report": N_("nothing to report"),
        "evidence_to_follow": N_("evidence follows later"),
        "missed": N_("no report came"),
        "until": N_("until {value}"),
        "wanted": N_("wanted: {value}"),
        "since": N_("since {value}"),
        "waits_for": N_("waits for {value}"),
        "held_until": N_("held until {value}"),
        "said_by": N_("said by {value}"),
        "record": N_("record {value}"),
        "replaces": N_("in place of {value}"),
        "flagged_by": N_("earlier work was opened again: {value}"),
    }
)
"""What a fact of a record is called; one that is not here keeps its own name."""

_VALUES: Mapping[tuple[str, object], str] = MappingProxyType(
    {
        ("reminder", 0): N_("on the day it is due"),
        ("answer", Answered.AGREED.value): N_("agreed"),
        ("answer", Answered.OTHERWISE.value): N_("decided otherwise"),
        ("answer", Answered.CALL_BACK.value): N_("wants to be called"),
    }
)
"""Values of facts that say more in words of their own."""

_BY_ITSELF: Mapping[str, str] = MappingProxyType(
    {ROUND: N_("the daily round"), PUBLISH: N_("the publication")}
)
"""Who acted where no person did."""


def _fact(name: str, value: object, session: Session) -> str:
    """A fact in words, dates as people write them."""
    if isinstance(value, str | int) and (own := _VALUES.get((name, value))) is not None:
        return session.translate(own)
    words = _FACTS.get(name)
    return session.translate(words).format(value=_shown(value, session)) if words else f"{name}: {value}"


def _shown(value: object, session: Session) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, list | tuple):
        words = {str(role): session.translate(name) for role, name in ROLE_NAMES.items()}
        return ", ".join(words.get(str(one), str(one)) for one in value)
    try:
        return date_numeric(date.fromisoformat(str(value)), session.language)
    except ValueError:
        return str(value)


def _cells(stored: StoredRecord, session: Session) -> tuple[str, ...]:
    record, translate = stored.record, session.translate
    states = (STATE_WORDS[s].say(translate) for s in (record.before, record.after) if s is not None)
    who = translate(_BY_ITSELF[record.by]) if record.by in _BY_ITSELF else record.by
    if record.on_behalf_of is not None:
        who = f"{who} ({record.on_behalf_of})"
    told = {name: value for name, value in record.facts.items() if value is not False and value != []}
    details = [_fact(name, value, session) for name, value in told.items()]
    details += [translate(WAYS[record.via])] if record.via is not None and record.via in WAYS else []
    details += [record.note] if record.note else []
    return (
        str(stored.sequence),
        instant(record.now, session.language),
        VERB_WORDS[record.verb].say(translate),
        " → ".join(dict.fromkeys(states)),
        who,
        "; ".join(details),
    )
