"""What a call asked for beside its key: the same key is not taken for another call."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of calls carried out before nothing is known; they are told by their key alone."""
    op.add_column("submissions", sa.Column("asked", sa.Text(), nullable=True))
