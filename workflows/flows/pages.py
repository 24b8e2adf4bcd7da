"""What Prefect's own pages show of a round: a table of units, an event an escalation, who has no letter.

Names of units and counts only. All of it is a courtesy: a round is done when the store says so, and stays
done where Prefect cannot be told.
"""

from dataclasses import dataclass
from datetime import date

import prefect
from prefect.artifacts import create_table_artifact
from prefect.events import emit_event

from workflows.operations.reading.tally import tally_by_unit
from workflows.operations.round import Done
from workflows.store.database import Database


@dataclass(slots=True)
class Pages:
    """Tells Prefect of rounds until it cannot be told; then the rounds after are not kept waiting for it."""

    reachable: bool = True

    def publish(self, database: Database, office: str, day: date, done: Done) -> None:
        """Show what a round did; never raises for what goes wrong with that."""
        if not self.reachable:
            return
        try:
            _publish(database, office, day, done)
        except Exception as error:  # noqa: BLE001 - whatever it is, the round is done
            self.reachable = False
            prefect.get_run_logger().warning("rounds are not shown any more: %s", type(error).__name__)


def _publish(database: Database, office: str, day: date, done: Done) -> None:
    logger = prefect.get_run_logger()
    for quiet in done.quiet:
        logger.info("%s: no letter today; holds %d, next due %s", quiet.unit, quiet.holding, quiet.next_due)
    create_table_artifact(
        key=f"round-{office}",
        table=[dict(row) for row in tally_by_unit(database, office, as_of=day)],
        description=f"{office}, {day.isoformat()}",
    )
    for escalation in done.escalations:
        name = f"{office}/{escalation.plan}/{escalation.assignment}"
        emit_event(
            event="dondoc.assignment.escalated",
            resource={"prefect.resource.id": f"dondoc.assignment.{name}", "prefect.resource.name": name},
            payload={"unit": escalation.unit, "rung": escalation.rung, "to": list(escalation.to)},
        )
