"""Schedules hold the dates of each turn of a task once, not once more for every unit that leads it."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REVISIONS = sa.table(
    "revisions",
    sa.column("plan_number", sa.BigInteger),
    sa.column("revision", sa.Integer),
    sa.column("schedule", sa.Text),
    sa.column("schedule_hash", sa.Text),
)
DATES = ("occurrence", "start", "due", "unrolled_due")


def upgrade() -> None:
    """Rewrite every schedule, one at a time: the largest have some 20 MB."""
    connection, kept = op.get_bind(), REVISIONS.c
    for number, of_plan in connection.execute(sa.select(kept.plan_number, kept.revision)).all():
        here = (kept.plan_number == number) & (kept.revision == of_plan)
        text = _by_turns(connection.execute(sa.select(kept.schedule).where(here)).scalar_one())
        digest = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(sa.update(REVISIONS).where(here).values(schedule=text, schedule_hash=digest))


def _by_turns(schedule: str) -> str:
    """The schedule with the dates of each task's first unit: all units of a task have the same."""
    plan = json.loads(schedule)
    for task in plan["tasks"].values():
        held = task.pop("assignments")
        task["turns"] = [{date: a[date] for date in DATES} for a in held if a["unit"] == held[0]["unit"]]
    return json.dumps(plan, ensure_ascii=False, separators=(",", ":"))
