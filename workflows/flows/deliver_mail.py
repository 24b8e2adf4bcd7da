"""Delivery as a Prefect flow: send what is due; a server that says no leaves the letters queued."""

from collections.abc import Collection
from datetime import datetime

import prefect
from prefect.cache_policies import NO_CACHE

from notifications.outcomes import Outcome
from workflows.errors import DonDocError, Fault
from workflows.flows.due import rests_until
from workflows.flows.store import clock_at, opened_store, settings_here, stopping
from workflows.garbage import FOR_A_CALL, few_collections
from workflows.operations.mail.deliver import Delivered, deliver
from workflows.operations.mail.lanes import lane_of, opened_transport
from workflows.operations.shards import offices_of_shard
from workflows.store.database import Database

DELIVERY_SECONDS = 2 * 60 * 60


@prefect.task(name="send", timeout_seconds=DELIVERY_SECONDS, cache_policy=NO_CACHE, persist_result=False)
def send(
    database: Database,
    now: datetime | None,
    any_hour: bool,
    resting_too: bool,
    offices: Collection[str] | None = None,
) -> Delivered:
    """Send what is due, of some offices or all, through the configured server or into the embedded inbox.

    No retries by Prefect: every letter has its own schedule in the outbox. Raises Fault in place of any error
    that is not ours, as the round does.
    """
    settings = settings_here()
    try:
        with opened_transport(settings) as transport:
            return deliver(
                database, transport, lane_of(settings), clock_at(now),
                passing_over_quiet_hours=any_hour, passing_over_rest=resting_too, offices=offices,
                stopping=stopping,
            )  # fmt: skip
    except DonDocError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, Prefect must not keep its message
        raise Fault(error) from None


@prefect.flow(name="deliver-mail", timeout_seconds=DELIVERY_SECONDS, persist_result=False)
def deliver_mail(
    now: datetime | None = None,
    any_hour: bool = False,
    resting_too: bool = False,
    shard: int = 0,
    shards: int = 1,
) -> dict[str, int | str | None]:
    """Send every letter that is due, of all offices or of one shard of them.

    Returns counts; where the server turned us away, its word for people and its numbers for logs; and until
    when (as ISO text) the account rests, for that or because its letters of the day are used up.

    `any_hour` passes over quiet hours and days off, `resting_too` over the rest of an account that was turned
    away: for whoever has just mended it. `now` is given by a simulated clock only.
    """
    with few_collections(FOR_A_CALL), opened_store() as database:
        offices = offices_of_shard(database, None, shard, shards) if shards > 1 else None
        delivered = send(database, now, any_hour, resting_too, offices)
        rest = rests_until(database, lane_of(settings_here()).sender.address, clock_at(now)())
    counts = {name: getattr(delivered, name) for name in ("sent", "deferred", "dead", "left")}
    logger = prefect.get_run_logger()
    logger.info("delivery: %s", counts)
    until = None if rest is None else rest.isoformat()
    if delivered.why is None:
        if until is not None:
            logger.info("the account rests until %s", until)
        return {**counts, "why": None, "numbers": None, "rests_until": until}
    numbers = _numbers(delivered.why)
    logger.warning("the mail server turned us away: %s", numbers)
    return {**counts, "why": delivered.why.reply, "numbers": numbers, "rests_until": until}


def _numbers(why: Outcome) -> str:
    """What logs may keep of a refusal: a server's words may quote an address, its numbers do not."""
    return f"stage {why.stage}, code {why.code}, status {why.status}"
