"""A count beside the head of each plan: what letters change about its work without a record."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Count from nought: only that the count rises says anything."""
    op.add_column("plans", sa.Column("letters_counted", NUMBER, nullable=False, server_default="0"))
