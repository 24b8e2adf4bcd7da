"""The daily round as a Prefect flow: a Prefect task a step, retries, time limits; nothing is decided here."""

from collections.abc import Callable
from datetime import date, datetime
from typing import ParamSpec, TypeVar

import prefect
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event

from workflows.flows.store import clock, opened_store, settings_here, today
from workflows.operations import round as operations
from workflows.operations.round import Climbed, NoRound, RoundResult, Rounds, Ticket
from workflows.operations.shards import offices_of_shard
from workflows.operations.summarise import Summary, summarise
from workflows.operations.tally import tally_by_unit
from workflows.store.database import Database

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 2
RETRY_SECONDS = 5
"""A locked database or a lost connection is over within seconds; each step may safely run again."""

STEP_SECONDS = 30 * 60
ROUND_SECONDS = 3 * 60 * 60


def step(name: str) -> Callable[[Callable[P, R]], prefect.Task[P, R]]:
    """One step of the round as a Prefect task; what it returns stays in this process."""
    return prefect.task(
        name=name,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        timeout_seconds=STEP_SECONDS,
        cache_policy=NO_CACHE,
        persist_result=False,
    )


@step("advance")
def advance(database: Database, ticket: Ticket, now: datetime) -> int:
    """Open what may start; how many assignments opened."""
    return operations.advance(database, ticket, now=now)


@step("escalate")
def escalate(database: Database, ticket: Ticket, now: datetime) -> Climbed:
    """Remind, and climb ladders."""
    return operations.escalate(database, ticket, now=now)


@step("summarise")
def write_letters(database: Database, ticket: Ticket, now: datetime) -> Summary:
    """Write each unit's letter."""
    language = settings_here().lang
    return summarise(database, ticket.office, as_of=ticket.as_of, now=now, language=language)


@prefect.flow(
    name="daily-round", timeout_seconds=ROUND_SECONDS, persist_result=False, validate_parameters=False
)
def daily_round(
    office: str | None = None,
    as_of: date | None = None,
    now: datetime | None = None,
    shard: int = 0,
    shards: int = 1,
) -> Rounds:
    """One round for each office of a shard (of one office, if named), as of a date; the counts in all.

    `as_of` is the local date at execution unless given; `now` is given by a simulated clock only.
    """
    instant = now or clock()
    day = as_of or today(instant)
    with opened_store() as database:
        offices = offices_of_shard(database, office, shard, shards)
        # Each office's round is held from its own beginning, however many come before it.
        outcomes = [_round_of(database, name, day, now or clock()) for name in offices]
        days_off = tuple(name for name in offices if operations.is_day_off(database, name, day))
    done = [outcome for outcome in outcomes if isinstance(outcome, RoundResult)]
    none = tuple(outcome for outcome in outcomes if isinstance(outcome, NoRound))
    return Rounds(operations.totals_of(done, day), none, days_off)


def _round_of(database: Database, office: str, day: date, now: datetime) -> RoundResult | NoRound:
    logger = prefect.get_run_logger()
    ticket = operations.begin_round(database, office, as_of=day, now=now)
    if isinstance(ticket, NoRound):
        logger.info("%s: no round for %s: %s (last round: %s)", office, day, ticket.why, ticket.last)
        return ticket
    with operations.held(database, ticket, now=now):
        opened = advance(database, ticket, now)
        climbed = escalate(database, ticket, now)
        summary = write_letters(database, ticket, now)
        result = RoundResult(day, opened, climbed.reminded, len(climbed.escalations), summary.letters)
        operations.finish_round(database, ticket, result, now=now)
    _publish(database, ticket, climbed, summary)
    logger.info("%s: %s", office, result.totals())
    return result


def _publish(database: Database, ticket: Ticket, climbed: Climbed, summary: Summary) -> None:
    """What Prefect's own pages show: a table of units, an event for each escalation; names of units only."""
    logger = prefect.get_run_logger()
    for quiet in summary.quiet:
        logger.info("%s: no letter today; holds %d, next due %s", quiet.unit, quiet.holding, quiet.next_due)
    create_table_artifact(
        key=f"round-{ticket.office}",
        table=[dict(row) for row in tally_by_unit(database, ticket.office, as_of=ticket.as_of)],
        description=f"{ticket.office}, {ticket.as_of.isoformat()}",
    )
    for escalation in climbed.escalations:
        name = f"{ticket.office}/{escalation.plan}/{escalation.assignment}"
        emit_event(
            event="dondoc.assignment.escalated",
            resource={"prefect.resource.id": f"dondoc.assignment.{name}", "prefect.resource.name": name},
            payload={"unit": escalation.unit, "rung": escalation.rung, "to": list(escalation.to)},
        )
