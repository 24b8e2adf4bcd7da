"""Tables of the clockwork: the rounds of each office, and whose links still hold."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.store.tables.base import Base


class RoundRow(Base):
    """One round of an office for a date. Unfinished rounds carry a token and a lease."""

    __tablename__ = "rounds"

    office: Mapped[str] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    totals: Mapped[str] = mapped_column(Text)


class ContactVersionRow(Base):
    """The version of a contact's links; raising it revokes every link sent before."""

    __tablename__ = "contact_versions"

    office: Mapped[str] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
