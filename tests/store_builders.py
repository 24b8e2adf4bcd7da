"""What store tests put in first: published plans, queued letters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from builders import FIRST_OF_JUNE, MORNING, creation, office, schedule

from plan_definitions.model import CalendarDefinition, Channel
from workflows.engine.records import Assignment
from workflows.store.database import Database
from workflows.store.records import QueuedLetter, StoredLetter

PUBLISHED_AT = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)


def published(
    database: Database,
    *assignments: Assignment,
    office_id: str = "kim-thanh",
    plan: str = "thang-tre-em-2026",
    on: date = FIRST_OF_JUNE,
) -> int:
    """The number of a plan of that office, with these assignments in it."""
    commune = office(office_id)
    with database.write() as transaction:
        transaction.offices.save(commune, CalendarDefinition())
        stored = transaction.plans.save_revision(
            schedule(id=plan, office=commune), {}, published_on=on, published_at=PUBLISHED_AT, by="publish"
        )
        assert transaction.apply(stored.number, [creation(a) for a in assignments]) == []
    return stored.number


def queued_letter(key: str = "daily:kim-thanh:a@kim-thanh.example:2026-06-10", **fields: Any) -> QueuedLetter:
    """A daily letter that may go from the morning of 10 June and is of use for four days."""
    known: dict[str, Any] = {
        "office": "kim-thanh",
        "kind": "daily",
        "channel": Channel.MAIL,
        "address": "a@kim-thanh.example",
        "subject": "Việc của Thôn 1",
        "language": "vi",
        "content": "{}",
        "created_at": MORNING,
        "not_before": MORNING,
        "expires_at": MORNING + timedelta(days=4),
    }
    return QueuedLetter(key=key, **(known | fields))


def get(database: Database, letter_id: int) -> StoredLetter:
    """A letter as it stands in the store."""
    with database.read() as transaction:
        return transaction.letters.get(letter_id)
