"""Tables of the window: sign-ins asked for, forms that were carried out, and other systems' tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.store.tables.base import NUMBER, Base


class SignInRow(Base):
    """A sign-in that somebody asked for; `browser` is the hash of the asking browser's secret.

    Without a browser the link was made by the operator, who hands it to whom he knows.
    """

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("offices.id"))
    contact: Mapped[str]
    browser: Mapped[str | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SubmissionRow(Base):
    """A form that was carried out: its one-time key, and the record in the plan's history that it made.

    `asked` is a hash of all that a call of the API asked for; forms have none.
    """

    __tablename__ = "submissions"

    key: Mapped[str] = mapped_column(primary_key=True)
    plan_number: Mapped[int] = mapped_column(ForeignKey("plans.number"))
    sequence: Mapped[int | None] = mapped_column(NUMBER)
    at: Mapped[datetime] = mapped_column(index=True)
    asked: Mapped[str | None]


class ApiTokenRow(Base):
    """What another system shows to be let in: only the hash of it, what it may do, and until when.

    `scopes` and `units` are words with spaces between them; no units mean the whole office. Rows stay: the
    history names tokens, and a name is never given twice.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("office", "name"), UniqueConstraint("digest"))

    number: Mapped[int] = mapped_column(NUMBER, primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str]
    digest: Mapped[str]
    scopes: Mapped[str]
    units: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
