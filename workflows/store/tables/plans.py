"""Tables of offices, their plans and every revision of a plan."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.store.tables.base import NUMBER, Base


class OfficeRow(Base):
    """One People's Committee: units.yaml and calendar.yaml as last published, as JSON."""

    __tablename__ = "offices"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    definition: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text)


class PlanRow(Base):
    """A plan of an office, at its revision in force, with the head of its history.

    Revision, close, head and `letters_counted` together change with everything that readers see of its work.
    """

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("office", "id"),)

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("offices.id"))
    id: Mapped[str]
    title: Mapped[str]
    revision: Mapped[int]
    published_on: Mapped[date]
    closed_on: Mapped[date | None]
    head_sequence: Mapped[int] = mapped_column(NUMBER)
    head_hash: Mapped[str]
    letters_counted: Mapped[int] = mapped_column(NUMBER, server_default="0")


class RevisionRow(Base):
    """A published text: the files as they were written, and the schedule worked out from them."""

    __tablename__ = "revisions"

    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    schedule: Mapped[str] = mapped_column(Text)
    schedule_hash: Mapped[str]
    sources: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[str]
