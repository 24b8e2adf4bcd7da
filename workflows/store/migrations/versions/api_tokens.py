"""Tokens of other systems: hashed, scoped, with an end."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table; nobody has a token yet."""
    op.create_table(
        "api_tokens",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name="fk_api_tokens_office"),
        sa.PrimaryKeyConstraint("number", name="pk_api_tokens"),
        sa.UniqueConstraint("office", "name", name="uq_api_tokens_office_name"),
        sa.UniqueConstraint("digest", name="uq_api_tokens_digest"),
    )
