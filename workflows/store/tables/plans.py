"""Tables of offices, their plans and every revision of a plan."""

from sqlalchemy import Date, Integer, Text, UniqueConstraint

from workflows.store.tables.base import NUMBER, Base, column, reference
from workflows.store.tables.columns import Instant, NormalText


class OfficeRow(Base, table="offices"):
    """One People's Committee: units.yaml and calendar.yaml as last published, as JSON."""

    id = column(NormalText, primary_key=True)
    name = column(NormalText)
    definition = column(Text)
    calendar = column(Text)


class PlanRow(Base, table="plans"):
    """A plan of an office, at its revision in force, with the head of its history.

    Revision, close, head and `letters_counted` together change with everything that readers see of its work.
    """

    number = column(NUMBER, primary_key=True)
    office = reference("offices.id")
    id = column(NormalText)
    title = column(NormalText)
    revision = column(Integer)
    published_on = column(Date)
    closed_on = column(Date, nullable=True)
    head_sequence = column(NUMBER)
    head_hash = column(NormalText)
    letters_counted = column(NUMBER, server_default="0")
    named_once = UniqueConstraint("office", "id")


class RevisionRow(Base, table="revisions"):
    """A published text: the files as they were written, and the schedule worked out from them."""

    plan_number = reference("plans.number", primary_key=True)
    revision = column(Integer, primary_key=True)
    schedule = column(Text)
    schedule_hash = column(NormalText)
    sources = column(Text)
    published_on = column(Date)
    published_at = column(Instant)
    published_by = column(NormalText)
