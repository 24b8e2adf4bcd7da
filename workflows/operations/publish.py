"""Publishing: a checked plan goes into the store; again, as a revision that keeps all progress."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifications.occasions import publication_letters
from plan_definitions.differences import Difference, differences
from plan_definitions.schedule import Schedule
from workflows.engine import board
from workflows.engine.publication import PUBLISH, Publication
from workflows.engine.publication import publish as decide
from workflows.engine.records import Change, NoticeKind
from workflows.engine.renames import LikelyRename, likely_renames
from workflows.errors import MoveRefused, NotFound
from workflows.operations.mail.queueing import by_notice, queue
from workflows.operations.revocation import moved_contacts, record_revocation
from workflows.operations.situations import check_office, whole_situation
from workflows.store.database import Database
from workflows.store.records import PlanHeading, StoredPlan
from workflows.store.transaction import Transaction
from workflows.texts import Language


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did (or, from `preview`, would do).

    `late` names assignments whose due date had passed already: none of them climbs a ladder until the office
    marks it done or gives it a new date. `is_same` says that the plan stands in the store just so; `revision`
    is then the one in force. `likely_renames` wants an answer first: a task seems to have got another id
    without saying so, and its progress would stay behind. `in_words` are all differences from the revision in
    force, as `dondoc diff` tells them; of a preview only. `revoked` are the contacts (`unit/contact`) who
    left or have a new address: links sent to them before hold no longer.
    """

    plan: str
    revision: int
    publication: Publication
    late: tuple[str, ...]
    letters: int = 0
    is_same: bool = False
    likely_renames: tuple[LikelyRename, ...] = ()
    revoked: tuple[str, ...] = ()
    in_words: tuple[Difference, ...] = ()

    @property
    def is_revision(self) -> bool:
        """Whether the plan stood in the store before it."""
        return self.revision > 1

    @property
    def changes_anything(self) -> bool:
        """Whether any assignment is new, changed or gone."""
        return bool(self.publication.changes)


def preview(
    database: Database, schedule: Schedule, *, as_of: date, now: datetime, by: str = PUBLISH
) -> Published:
    """What publishing would change; nothing is stored. Raises what `publish` raises."""
    with database.read() as transaction:
        heading = _heading(transaction, schedule)
        _check_not_closed(heading)
        publication = _decide(transaction, schedule, heading, as_of, now, by)
        moved = _moved_contacts(transaction, schedule)
        if heading is None:
            return Published(schedule.id, 1, publication, _late(publication), revoked=moved)
        old = transaction.plans.by_number(heading.number).schedule
    if old == schedule:
        return Published(schedule.id, heading.revision, publication, (), is_same=True)
    renames = likely_renames(old, schedule)
    return Published(
        schedule.id, heading.revision + 1, publication, _late(publication), likely_renames=renames,
        revoked=moved, in_words=differences(old, schedule),
    )  # fmt: skip


def publish(
    database: Database,
    schedule: Schedule,
    sources: Mapping[str, str],
    *,
    as_of: date,
    now: datetime,
    by: str = PUBLISH,
    language: Language = Language.VI,
) -> Published:
    """Store the plan, its units and calendar, create and revise assignments, queue each unit's extract.

    `sources` are the plan's files as written. One transaction: all of it or nothing. The history names
    `by`; PUBLISH says no more than that it was done on the command line.

    Raises NotFound for a closed plan, MoveRefused where `by` is not the standing office of the plan's own
    units file, or where somebody moved what is revised in the meantime.
    """
    with database.write() as transaction:
        moved = _moved_contacts(transaction, schedule)
        transaction.offices.save(schedule.office, schedule.calendar)
        for contact in moved:
            transaction.tokens.bump(schedule.office.id, contact)
        heading = _heading(transaction, schedule)
        _check_not_closed(heading)
        # First of all: this holds the plan, so that nobody moves what the revision is decided upon.
        number = transaction.plans.save_revision(
            schedule, sources, published_on=as_of, published_at=now, by=by
        ).number
        publication = _decide(transaction, schedule, heading, as_of, now, by)
        _save(transaction, number, publication)
        if heading is not None:
            # Edges and ladders may have changed where no assignment did.
            transaction.assignments.wake(number, as_of, tasks=schedule.tasks)
        if moved:
            record_revocation(transaction, number, moved, by=by, as_of=as_of, now=now)
        plan = transaction.plans.by_number(number)
        letters = _tell(transaction, plan, as_of, now, language, revision=heading is not None)
    return Published(
        schedule.id, plan.revision, publication, _late(publication), letters, revoked=moved
    )  # fmt: skip


def _moved_contacts(transaction: Transaction, schedule: Schedule) -> tuple[str, ...]:
    """Contacts of the office, as last published, whose address is theirs no longer."""
    if schedule.office.id not in transaction.offices.ids():
        return ()
    return moved_contacts(transaction.offices.get(schedule.office.id), schedule.office)


def _save(transaction: Transaction, number: int, publication: Publication) -> None:
    lost = transaction.apply(number, publication.changes)
    if lost:
        raise MoveRefused(
            "`{assignment}` was changed by somebody else in the meantime; look again",
            assignment=lost[0].after.id,
        )


def _heading(transaction: Transaction, schedule: Schedule) -> PlanHeading | None:
    headings = transaction.plans.headings(schedule.office.id)
    return next((heading for heading in headings if heading.id == schedule.id), None)


def _check_not_closed(heading: PlanHeading | None) -> None:
    if heading is not None and heading.closed_on is not None:
        raise NotFound("the plan `{plan}` is closed; give the new one another id", plan=heading.id)


def _next_revision(heading: PlanHeading | None) -> int:
    return 1 if heading is None else heading.revision + 1


def _decide(
    transaction: Transaction,
    schedule: Schedule,
    heading: PlanHeading | None,
    as_of: date,
    now: datetime,
    by: str,
) -> Publication:
    if by != PUBLISH:
        check_office(by, schedule.office)
    standing = transaction.assignments.of_plan(heading.number) if heading else []
    revision = _next_revision(heading)
    by_name = {assignment.id: assignment for assignment in standing}
    return decide(schedule, by_name, revision=revision, as_of=as_of, now=now, by=by)


def _late(publication: Publication) -> tuple[str, ...]:
    def is_late(change: Change) -> bool:
        return change.after.facts.late_at_publication

    return tuple(change.after.id for change in publication.created if is_late(change))


def _tell(
    transaction: Transaction,
    plan: StoredPlan,
    as_of: date,
    now: datetime,
    language: Language,
    *,
    revision: bool,
) -> int:
    """Each unit's own extract, at once; after a revision only to units that gained work."""
    situation = whole_situation(transaction, plan)
    rows = board.rows(situation, as_of)
    pending = [
        stored
        for stored in transaction.notices.pending(plan.office, as_of, plan_number=plan.number)
        if stored.notice.kind is NoticeKind.PUBLISHED
    ]
    notices = [stored.notice for stored in pending]
    letters = publication_letters(
        plan.schedule.office, plan.schedule, rows, notices, as_of=as_of, revision=revision, language=language
    )
    keyed = {
        f"publication:{plan.id}:{plan.revision}:{reader.channel}:{reader.address}": composed
        for composed in letters
        for reader in [composed.letter.recipient]
    }
    found = by_notice(pending, plan.id)
    return len(queue(transaction, keyed, now=now, not_before=now, pending=found))
