"""The daily round as a Prefect flow: a Prefect task a step, retries, time limits; nothing is decided here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar

import prefect
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import State, TaskRun

from workflows.errors import DonDocError, EnvironmentRefused
from workflows.flows.pages import Pages
from workflows.flows.store import clock_from, opened_store, settings_here, today
from workflows.operations import round as operations
from workflows.operations.round import Climbed, RoundResult, Rounds, RoundsFailed
from workflows.operations.shards import offices_of_shard, offices_owing
from workflows.operations.summarise import Summary
from workflows.operations.tickets import (
    Clock,
    NoRound,
    Ticket,
    TicketLost,
    begin_round,
    finish_round,
    held,
)
from workflows.store.database import Database

P = ParamSpec("P")
R = TypeVar("R")

RETRIES = 2
RETRY_SECONDS = 5
"""A locked database or a lost connection is over within seconds; each step may safely run again."""

STEP_SECONDS = 30 * 60
ROUND_SECONDS = 3 * 60 * 60


def _may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Whether to try a step again: what the environment refused may pass; a fault, or a lost lease, stays."""
    return isinstance(state.data, EnvironmentRefused)


def step(name: str) -> Callable[[Callable[P, R]], prefect.Task[P, R]]:
    """One step of the round as a Prefect task; what it returns stays in this process."""
    return prefect.task(
        name=name,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        retry_condition_fn=_may_pass,
        timeout_seconds=STEP_SECONDS,
        cache_policy=NO_CACHE,
        persist_result=False,
    )


@step("advance")
def advance(database: Database, ticket: Ticket, clock: Clock) -> int:
    """Open what may start; how many assignments opened."""
    return operations.advance(database, ticket, clock)


@step("escalate")
def escalate(database: Database, ticket: Ticket, clock: Clock) -> Climbed:
    """Remind, and climb ladders."""
    return operations.escalate(database, ticket, clock)


@step("summarise")
def write_letters(database: Database, ticket: Ticket, clock: Clock) -> Summary:
    """Write each unit's letter."""
    return operations.write_letters(database, ticket, clock, settings_here().lang)


@prefect.flow(name="daily-round", timeout_seconds=ROUND_SECONDS, persist_result=False)
def daily_round(
    office: str | None = None,
    as_of: date | None = None,
    now: datetime | None = None,
    shard: int = 0,
    shards: int = 1,
) -> Rounds:
    """Today's round for each office of a shard that still owes it; the counts in all.

    An office or a date that is named has its round even where it is done. `as_of` is the local date at
    execution unless given; `now` is given by a simulated clock only.

    One office that fails does not stop those after it. Raises RoundsFailed in the end where some did; where
    there was one office to look after, what that one raised.
    """
    clock = clock_from(now)
    day = as_of or today(clock())
    with opened_store() as database:
        if office is None and as_of is None:
            offices = offices_owing(database, day, shard, shards)
        else:
            offices = offices_of_shard(database, office, shard, shards)
        morning = _Morning(database, day, clock)
        for name in offices:
            morning.attend_to(name)
    morning.check(len(offices))
    return Rounds(operations.totals_of(morning.done, day), tuple(morning.none), tuple(morning.days_off))


@dataclass(slots=True)
class _Morning:
    """The rounds of several offices, one after the other, and what became of each."""

    database: Database
    day: date
    clock: Clock
    done: list[RoundResult] = field(default_factory=list)
    none: list[NoRound] = field(default_factory=list)
    days_off: list[str] = field(default_factory=list)
    failed: dict[str, Exception] = field(default_factory=dict)
    _pages: Pages = field(default_factory=Pages)

    def attend_to(self, office: str) -> None:
        """The round of one office; what it raises waits for the end."""
        logger = prefect.get_run_logger()
        try:
            outcome = self._round_of(office)
            if operations.is_day_off(self.database, office, self.day):
                self.days_off.append(office)
        except Exception as error:  # noqa: BLE001 - the offices after this one have their round all the same
            # Of errors that are not ours the kind only: what they say is not for Prefect's records.
            reason = error if isinstance(error, DonDocError) else type(error).__name__
            logger.error("%s: the round failed: %s", office, reason)  # noqa: TRY400
            self.failed[office] = error
            return
        if isinstance(outcome, NoRound):
            logger.info("%s: no round for %s: %s (last: %s)", office, self.day, outcome.why, outcome.last)
            self.none.append(outcome)
        else:
            logger.info("%s: %s", office, outcome.totals())
            self.done.append(outcome)

    def check(self, attended: int) -> None:
        """Say which offices failed, so that the run is seen to have failed and is run again for them."""
        if not self.failed:
            return
        first = next(iter(self.failed.values()))
        if attended == 1:
            raise first
        raise RoundsFailed(tuple(self.failed), attended) from first

    def _round_of(self, office: str) -> RoundResult | NoRound:
        ticket = begin_round(self.database, office, as_of=self.day, now=self.clock())
        if isinstance(ticket, NoRound):
            return ticket
        try:
            with held(self.database, ticket, self.clock):
                opened = advance(self.database, ticket, self.clock)
                climbed = escalate(self.database, ticket, self.clock)
                summary = write_letters(self.database, ticket, self.clock)
                result = RoundResult(
                    self.day, opened, climbed.reminded, len(climbed.escalations), summary.letters
                )
                finish_round(self.database, ticket, result.totals(), now=self.clock())
        except TicketLost as lost:
            return lost.outcome
        self._pages.publish(self.database, ticket, climbed, summary)
        return result
