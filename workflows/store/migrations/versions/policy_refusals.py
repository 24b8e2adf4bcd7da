"""Refusals by policy, kept over deliveries; letters are no longer held, and the index knows it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TO_SEND = sa.text("state IN ('deferred', 'in_doubt', 'queued')")


def upgrade() -> None:
    """Make the table; a letter that was held until morning waits like any other."""
    op.create_table(
        "policy_refusals",
        sa.Column("letter_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("was", sa.String(32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("in_a_row", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_policy_refusals_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_policy_refusals"),
    )
    op.create_index("ix_policy_refusals_sender", "policy_refusals", ["sender"])
    op.execute("UPDATE letters SET state = 'queued' WHERE state = 'held'")
    op.drop_index("ix_letters_to_send", "letters")
    op.create_index(
        "ix_letters_to_send", "letters", ["not_before"], sqlite_where=TO_SEND, postgresql_where=TO_SEND
    )
