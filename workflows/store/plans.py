"""Plans: every revision's files and schedule, and which plans run."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, Select, select, union, update
from sqlalchemy.orm import InstrumentedAttribute

from plan_definitions.schedule import Schedule
from workflows.engine.history import FIRST_DIGEST
from workflows.errors import NotFound
from workflows.store.among import among
from workflows.store.json_texts import dump, load
from workflows.store.records import PlanHeading, StoredPlan
from workflows.store.tables import AssignmentRow, LetterItemRow, NoticeRow, PlanRow, RevisionRow
from workflows.store.upserts import insert

_HEADING = [getattr(PlanRow, f.name) for f in fields(PlanHeading)]


class ScheduleCache:
    """The schedules read last in this process, by plan, revision and the hash of their text.

    The hash keeps a revision that was undone apart from the one that took its number.
    """

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[tuple[int, int, str], Schedule] = OrderedDict()

    def get(self, key: tuple[int, int, str]) -> Schedule | None:
        """The schedule, if it was read lately."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[int, int, str], schedule: Schedule) -> None:
        """Keep a schedule and let the one longest unused go."""
        with self._lock:
            self._kept[key] = schedule
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)


class Plans:
    """The plans of every office."""

    def __init__(self, connection: Connection, schedules: ScheduleCache) -> None:
        self._connection = connection
        self._schedules = schedules

    def save_revision(
        self,
        schedule: Schedule,
        sources: Mapping[str, str],
        *,
        published_on: date,
        published_at: datetime,
        by: str,
    ) -> StoredPlan:
        """Publish a schedule: the first revision of its plan, or the next one; a closed plan runs again.

        `sources` are the texts of its files by path, kept as they are. The office must have been saved.
        """
        number, revision = self._next_revision(schedule, published_on)
        text = dump(schedule)
        self._connection.execute(
            insert(self._connection, RevisionRow).values(
                plan_number=number,
                revision=revision,
                schedule=text,
                schedule_hash=hashlib.sha256(text.encode()).hexdigest(),
                sources=json.dumps(dict(sources), ensure_ascii=False),
                published_on=published_on,
                published_at=published_at,
                published_by=by,
            )
        )
        return self.by_number(number)

    def _next_revision(self, schedule: Schedule, published_on: date) -> tuple[int, int]:
        """Raise the plan's revision, or make the plan; one statement, so that two publishers take turns."""
        first = {"title": schedule.title, "revision": 1, "published_on": published_on, "closed_on": None}
        statement = insert(self._connection, PlanRow).values(
            office=schedule.office.id, id=schedule.id, head_sequence=0, head_hash=FIRST_DIGEST, **first
        )
        statement = statement.on_conflict_do_update(
            index_elements=["office", "id"], set_=first | {"revision": PlanRow.revision + 1}
        )
        row = self._connection.execute(statement.returning(PlanRow.number, PlanRow.revision)).one()
        return row.number, row.revision

    def get(self, office: str, plan: str, *, hold: bool = False) -> StoredPlan:
        """A plan of an office by its id; with `hold` as `hold` has it. Raises NotFound."""
        query = select(*_HEADING).where(PlanRow.office == office, PlanRow.id == plan)
        if hold:
            query = query.with_for_update(key_share=True)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("there is no plan `{plan}` in the office `{office}`", plan=plan, office=office)
        return self._with_schedule(row)

    def by_number(self, number: int) -> StoredPlan:
        """A plan by the store's number. Raises NotFound."""
        row = self._connection.execute(select(*_HEADING).where(PlanRow.number == number)).one_or_none()
        if row is None:
            raise NotFound("there is no plan number {number} in the store", number=number)
        return self._with_schedule(row)

    def running(self, office: str) -> list[StoredPlan]:
        """The plans of an office that are not closed, oldest first, with their schedules."""
        rows = self._connection.execute(
            select(*_HEADING)
            .where(PlanRow.office == office, PlanRow.closed_on.is_(None))
            .order_by(PlanRow.number)
        )
        return [self._with_schedule(row) for row in rows.all()]

    def headings(self, office: str | None = None, *, running: bool = False) -> list[PlanHeading]:
        """Plans without their schedules, oldest first: of one office or all, perhaps only running ones."""
        query: Select[Any] = select(*_HEADING).order_by(PlanRow.number)
        if office is not None:
            query = query.where(PlanRow.office == office)
        if running:
            query = query.where(PlanRow.closed_on.is_(None))
        return [PlanHeading(*row) for row in self._connection.execute(query)]

    def sources(self, number: int, revision: int | None = None) -> Mapping[str, str]:
        """The files of a revision (by default the one in force) by path. Raises NotFound."""
        if revision is None:
            revision = self.by_number(number).revision
        files: dict[str, str] = json.loads(self._text(RevisionRow.sources, number, revision))
        return files

    def schedule(self, number: int, revision: int) -> Schedule:
        """The schedule of a revision, also of one no longer in force. Raises NotFound."""
        key = (number, revision, self._text(RevisionRow.schedule_hash, number, revision))
        schedule = self._schedules.get(key)
        if schedule is None:
            schedule = load(Schedule, self._text(RevisionRow.schedule, number, revision))
            self._schedules.keep(key, schedule)
        return schedule

    def hold(self, numbers: Iterable[int], *, told_by: Collection[int] = ()) -> None:
        """Keep every other writer from these plans, and from those that some letters speak of.

        Until the transaction ends nobody else moves their work or settles their notices. Plans are taken in
        the order of their numbers; letters that are to be changed, before them (docs/scale.md).
        """
        letters = among(self._connection, told_by)
        spoken_of = (
            select(AssignmentRow.plan_number)
            .join(LetterItemRow, LetterItemRow.assignment_number == AssignmentRow.number)
            .where(LetterItemRow.letter_id.in_(letters))
        )
        noticed = select(NoticeRow.plan_number).where(NoticeRow.letter_id.in_(letters))
        told = self._connection.scalars(union(spoken_of, noticed))
        chosen = among(self._connection, {*numbers, *told})
        held = select(PlanRow.number).where(PlanRow.number.in_(chosen)).order_by(PlanRow.number)
        self._connection.execute(held.with_for_update(key_share=True)).all()

    def close(self, number: int, closed_on: date) -> bool:
        """End a plan; False where it was closed already."""
        statement = (
            update(PlanRow)
            .where(PlanRow.number == number, PlanRow.closed_on.is_(None))
            .values(closed_on=closed_on)
        )
        return self._connection.execute(statement).rowcount == 1

    def _with_schedule(self, row: Row[Any]) -> StoredPlan:
        return StoredPlan(*(*row, self.schedule(row.number, row.revision)))

    def _text(self, column: InstrumentedAttribute[str], number: int, revision: int) -> str:
        text = self._connection.scalar(
            select(column).where(RevisionRow.plan_number == number, RevisionRow.revision == revision)
        )
        if text is None:
            raise NotFound(
                "plan number {number} has no revision {revision}", number=number, revision=revision
            )
        return text
