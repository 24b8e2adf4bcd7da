"""Tables of the window: sign-ins asked for, forms that were carried out, and other systems' tokens."""

from sqlalchemy import UniqueConstraint

from workflows.store.tables.base import NUMBER, Base, column, reference
from workflows.store.tables.columns import Instant, NormalText


class SignInRow(Base, table="sign_ins"):
    """A sign-in that somebody asked for; `browser` is the hash of the asking browser's secret.

    Without a browser the link was made by the operator, who hands it to whom he knows.
    """

    id = column(NormalText, primary_key=True)
    office = reference("offices.id")
    contact = column(NormalText)
    browser = column(NormalText, nullable=True)
    asked_at = column(Instant)
    expires_at = column(Instant, index=True)
    used_at = column(Instant, nullable=True)


class SubmissionRow(Base, table="submissions"):
    """A form that was carried out: its one-time key, and the record in the plan's history that it made."""

    key = column(NormalText, primary_key=True)
    plan_number = reference("plans.number")
    sequence = column(NUMBER, nullable=True)
    at = column(Instant, index=True)


class ApiTokenRow(Base, table="api_tokens"):
    """What another system shows to be let in: only the hash of it, what it may do, and until when.

    `scopes` and `units` are words with spaces between them; no units mean the whole office. Rows stay: the
    history names tokens, and a name is never given twice.
    """

    number = column(NUMBER, primary_key=True)
    office = reference("offices.id")
    name = column(NormalText)
    digest = column(NormalText)
    scopes = column(NormalText)
    units = column(NormalText)
    made_by = column(NormalText)
    made_at = column(Instant)
    expires_at = column(Instant)
    last_used_at = column(Instant, nullable=True)
    revoked_at = column(Instant, nullable=True)
    revoked_by = column(NormalText, nullable=True)
    named_once = UniqueConstraint("office", "name")
    one_secret = UniqueConstraint("digest")
