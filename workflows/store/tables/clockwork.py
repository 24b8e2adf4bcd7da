"""Tables of the clockwork: the rounds of each office, and whose links still hold."""

from sqlalchemy import Date, Integer, Text

from workflows.store.tables.base import Base, column, reference
from workflows.store.tables.columns import Instant, NormalText


class RoundRow(Base, table="rounds"):
    """One round of an office for a date. Unfinished rounds carry a token and a lease."""

    office = reference("offices.id", primary_key=True)
    as_of = column(Date, primary_key=True)
    begun_at = column(Instant)
    token = column(NormalText, nullable=True)
    lease_until = column(Instant, nullable=True)
    finished_at = column(Instant, nullable=True)
    totals = column(Text)


class ContactVersionRow(Base, table="contact_versions"):
    """The version of a contact's links; raising it revokes every link sent before."""

    office = reference("offices.id", primary_key=True)
    contact = column(NormalText, primary_key=True)
    version = column(Integer)
