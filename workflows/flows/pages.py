"""What Prefect's own pages show of a round: a table of units, an event an escalation, who has no letter.

Names of units and counts only. All of it is a courtesy: a round is done when the store says so, and stays
done where Prefect cannot be told.
"""

from dataclasses import dataclass

import prefect
from prefect.artifacts import create_table_artifact
from prefect.events import emit_event

from workflows.operations.round import Climbed
from workflows.operations.summarise import Summary
from workflows.operations.tally import tally_by_unit
from workflows.operations.tickets import Ticket
from workflows.store.database import Database


@dataclass(slots=True)
class Pages:
    """Tells Prefect of rounds until it cannot be told; then the rounds after are not kept waiting for it."""

    reachable: bool = True

    def publish(self, database: Database, ticket: Ticket, climbed: Climbed, summary: Summary) -> None:
        """Show what a round did; never raises for what goes wrong with that."""
        if not self.reachable:
            return
        try:
            _publish(database, ticket, climbed, summary)
        except Exception as error:  # noqa: BLE001 - whatever it is, the round is done
            self.reachable = False
            prefect.get_run_logger().warning("rounds are not shown any more: %s", type(error).__name__)


def _publish(database: Database, ticket: Ticket, climbed: Climbed, summary: Summary) -> None:
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
