"""Reading back: what happened to an assignment, and whether the history is whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from workflows.engine.states import Verb
from workflows.store.database import Database
from workflows.store.records import AuditResult, StoredRecord


@dataclass(frozen=True, slots=True)
class Audit:
    """The chains of all plans looked at: how many records are whole, and where the first break is, if any.

    `broken_plan` is `office/plan`, `broken_at` the sequence number in its chain.
    """

    records: int
    broken_plan: str | None = None
    broken_at: int | None = None


def history_of(database: Database, office: str, plan: str, assignment: str) -> list[StoredRecord]:
    """Every record of an assignment, oldest first. Raises NotFound."""
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        found = transaction.assignments.get(stored.number, assignment)
        return transaction.history.of_assignment(found.number)


def last_words(records: Sequence[StoredRecord], verb: Verb) -> str | None:
    """The free text of the latest record of a verb; None where there is none, or it was erased."""
    return next((r.record.note for r in reversed(records) if r.record.verb is verb), None)


def records_after(
    database: Database,
    office: str,
    plan: str,
    sequence: int,
    *,
    most: int,
    wanted: Callable[[StoredRecord], bool] = lambda _stored: True,
) -> list[StoredRecord]:
    """A plan's records above a sequence number that are `wanted`, oldest first. Raises NotFound."""
    with database.read() as transaction:
        stored = transaction.plans.get(office, plan)
        records = transaction.history.of_plan(stored.number, after=sequence)
        return list(islice(filter(wanted, records), most))


def audit(database: Database, office: str | None = None) -> Audit:
    """Verify the history of every plan, of one office or of all."""
    whole = 0
    broken: tuple[str, int] | None = None
    with database.read() as transaction:
        for heading in transaction.plans.headings(office):
            result: AuditResult = transaction.history.verify(heading.number)
            whole += result.records
            if result.broken_at is not None and broken is None:
                broken = (f"{heading.office}/{heading.id}", result.broken_at)
    return Audit(whole, *(broken or (None, None)))
