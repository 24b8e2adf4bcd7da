"""The daily round as a Prefect flow: a task an office, retries, time limits; nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import prefect
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas import State, TaskRun

from workflows.errors import DonDocError, EnvironmentRefused, Fault
from workflows.flows.pages import Pages
from workflows.flows.store import clock_at, opened_store, settings_here, today
from workflows.garbage import FOR_A_CALL, few_collections
from workflows.operations.round import (
    Done,
    RoundResult,
    Rounds,
    RoundsFailed,
    is_day_off,
    totals_of,
    whole_round,
)
from workflows.operations.shards import offices_of_shard, offices_owing
from workflows.operations.tickets import Clock, NoRound
from workflows.operations.upkeep.tidy_up import tidy_up
from workflows.store.database import Database

RETRIES = 2
RETRY_SECONDS = 5
"""A locked database or a lost connection is over within seconds; a round may safely run again."""

REFUSALS = 3
"""So many offices in a row refused by the environment: those after them would fare no better."""

OFFICE_SECONDS = 60 * 60
ROUND_SECONDS = 3 * 60 * 60


def _may_pass(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Whether to try again: what the environment refused may pass, a fault in the program stays."""
    return isinstance(state.data, EnvironmentRefused)


@prefect.task(
    name="round-of-office",
    task_run_name="{office}",
    retries=RETRIES,
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_may_pass,
    timeout_seconds=OFFICE_SECONDS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def round_of(database: Database, office: str, day: date, clock: Clock) -> Done | NoRound:
    """One office's round, as a task of its own: what it returns stays in this process.

    Raises Fault in place of any error that is not ours: Prefect keeps messages, and they may quote a letter.
    """
    try:
        return whole_round(database, office, as_of=day, clock=clock, language=settings_here().lang)
    except DonDocError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, Prefect must not keep its message
        raise Fault(error) from None


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

    The first shard's round also clears away what is kept for some time only.

    One office that fails does not stop those after it. Raises RoundsFailed in the end where some did; where
    there was one office to look after, what that one raised.
    """
    clock = clock_at(now)
    day = as_of or today(clock())
    with few_collections(FOR_A_CALL), opened_store() as database:
        if office is None and as_of is None:
            offices = offices_owing(database, day, shard, shards)
        else:
            offices = offices_of_shard(database, office, shard, shards)
        if offices and shard == 0:
            tidy_up(database, now=clock())
        morning = _Morning(database, day, clock)
        morning.attend_to(offices)
    return Rounds(totals_of(morning.done, day), tuple(morning.none), tuple(morning.days_off))


@dataclass(slots=True)
class _Morning:
    """The rounds of several offices, one after the other, and what became of each."""

    database: Database
    day: date
    clock: Clock
    done: list[RoundResult] = field(default_factory=list)
    none: list[NoRound] = field(default_factory=list)
    days_off: list[str] = field(default_factory=list)
    _failed: dict[str, Exception] = field(default_factory=dict)
    _refused: int = 0
    _pages: Pages = field(default_factory=Pages)

    def attend_to(self, offices: Sequence[str]) -> None:
        """Try each; in the end say which failed, so that the run fails and the next one takes them up."""
        for office in offices:
            try:
                self._attend_to(office)
                self._refused = 0
            except Exception as error:  # noqa: BLE001 - the offices after it have their round all the same
                self._note(office, error)
            if self._refused == REFUSALS:
                break
        if self._failed:
            first = next(iter(self._failed.values()))
            raise first if len(offices) == 1 else RoundsFailed(tuple(self._failed), len(offices)) from first

    def _attend_to(self, office: str) -> None:
        logger = prefect.get_run_logger()
        outcome = round_of(self.database, office, self.day, self.clock)
        if is_day_off(self.database, office, self.day):
            self.days_off.append(office)
        if isinstance(outcome, NoRound):
            logger.info("%s: no round for %s: %s (last: %s)", office, self.day, outcome.why, outcome.last)
            self.none.append(outcome)
            return
        logger.info("%s: %s", office, outcome.result.totals())
        self.done.append(outcome.result)
        self._pages.publish(self.database, office, self.day, outcome)

    def _note(self, office: str, error: Exception) -> None:
        """Remember a failure; of errors that are not ours Prefect's records get the kind only."""
        reason = error if isinstance(error, DonDocError) else type(error).__name__
        prefect.get_run_logger().error("%s: the round failed: %s", office, reason)
        self._failed[office] = error
        self._refused = self._refused + 1 if isinstance(error, EnvironmentRefused) else 0
