"""The first tables: offices and plans, the work and its history, the outbox, the clockwork."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

TO_SEND = sa.text("state IN ('queued', 'held', 'deferred', 'in_doubt')")
UNDER_WAY = sa.text("state = 'sending'")
NOTED = sa.text("next_look IS NOT NULL")
IN_A_LETTER = sa.text("letter_id IS NOT NULL")
UNSETTLED = sa.text("letter_id IS NULL AND dropped IS NULL")


def upgrade() -> None:
    """Make every table; there is nothing to carry over."""
    _offices_and_plans()
    _outbox()
    _work()
    _clockwork()


def _offices_and_plans() -> None:
    """Who publishes, and what."""
    op.create_table(
        "offices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offices"),
    )
    op.create_table(
        "plans",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("head_sequence", NUMBER, nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name="fk_plans_office"),
        sa.PrimaryKeyConstraint("number", name="pk_plans"),
        sa.UniqueConstraint("office", "id", name="uq_plans_office_id"),
    )
    op.create_table(
        "revisions",
        sa.Column("plan_number", NUMBER, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("schedule_hash", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_number"], ["plans.number"], name="fk_revisions_plan_number"),
        sa.PrimaryKeyConstraint("plan_number", "revision", name="pk_revisions"),
    )


def _outbox() -> None:
    """Letters and mail accounts."""
    op.create_table(
        "senders",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_senders"),
    )
    op.create_table(
        "sender_hours",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sender"], ["senders.name"], name="fk_sender_hours_sender"),
        sa.PrimaryKeyConstraint("sender", "hour", name="pk_sender_hours"),
    )
    op.create_table(
        "condemned_addresses",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name="fk_condemned_addresses_office"),
        sa.PrimaryKeyConstraint("office", "address", name="pk_condemned_addresses"),
    )
    op.create_table(
        "letters",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("bytes_hash", sa.Text(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("last_code", sa.Integer(), nullable=True),
        sa.Column("last_reply", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name="fk_letters_office"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("office", "key", name="uq_letters_office_key"),
    )
    op.create_index("ix_letters_office_address", "letters", ["office", "address"], unique=False)
    op.create_index("ix_letters_office_state", "letters", ["office", "state"], unique=False)
    op.create_index(
        "ix_letters_to_send",
        "letters",
        ["not_before"],
        unique=False,
        sqlite_where=TO_SEND,
        postgresql_where=TO_SEND,
    )
    op.create_index(
        "ix_letters_under_way",
        "letters",
        ["lease_until"],
        unique=False,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_table(
        "frozen_letters",
        sa.Column("letter_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_frozen_letters_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_frozen_letters"),
    )


def _work() -> None:
    """Assignments, their history and what is told about them."""
    op.create_table(
        "assignments",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("plan_number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("original_due", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("unrolled_due", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("reminded_for", sa.Integer(), nullable=True),
        sa.Column("next_look", sa.Date(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_number"], ["plans.number"], name="fk_assignments_plan_number"),
        sa.PrimaryKeyConstraint("number", name="pk_assignments"),
        sa.UniqueConstraint("plan_number", "id", name="uq_assignments_plan_number_id"),
    )
    op.create_index(
        "ix_assignments_plan_number_next_look_number",
        "assignments",
        ["plan_number", "next_look", "number"],
        unique=False,
        sqlite_where=NOTED,
        postgresql_where=NOTED,
    )
    op.create_index("ix_assignments_plan_number_task", "assignments", ["plan_number", "task"], unique=False)
    op.create_index("ix_assignments_plan_number_unit", "assignments", ["plan_number", "unit"], unique=False)
    op.create_table(
        "records",
        sa.Column("plan_number", NUMBER, nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("assignment_number", NUMBER, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_number"], ["assignments.number"], name="fk_records_assignment_number"
        ),
        sa.ForeignKeyConstraint(["plan_number"], ["plans.number"], name="fk_records_plan_number"),
        sa.PrimaryKeyConstraint("plan_number", "sequence", name="pk_records"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_records_assignment_number", "records", ["assignment_number"], unique=False)
    op.create_table(
        "notes",
        sa.Column("plan_number", NUMBER, nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_number"], ["plans.number"], name="fk_notes_plan_number"),
        sa.PrimaryKeyConstraint("plan_number", "sequence", name="pk_notes"),
    )
    op.create_table(
        "notices",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("plan_number", NUMBER, nullable=False),
        sa.Column("assignment_number", NUMBER, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("letter_id", NUMBER, nullable=True),
        sa.Column("dropped", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_number"], ["assignments.number"], name="fk_notices_assignment_number"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_notices_letter_id"),
        sa.ForeignKeyConstraint(["plan_number"], ["plans.number"], name="fk_notices_plan_number"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint(
            "assignment_number",
            "kind",
            "occasion",
            "to",
            name="uq_notices_assignment_number_kind_occasion_to",
        ),
    )
    op.create_index(
        "ix_notices_letter_id",
        "notices",
        ["letter_id"],
        unique=False,
        sqlite_where=IN_A_LETTER,
        postgresql_where=IN_A_LETTER,
    )
    op.create_index(
        "ix_notices_unsettled",
        "notices",
        ["office", "not_before"],
        unique=False,
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_table(
        "evidence",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("assignment_number", NUMBER, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("stored_as", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size", NUMBER, nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_number"], ["assignments.number"], name="fk_evidence_assignment_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_assignment_number", "evidence", ["assignment_number"], unique=False)
    op.create_table(
        "letter_items",
        sa.Column("letter_id", NUMBER, nullable=False),
        sa.Column("assignment_number", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_number"], ["assignments.number"], name="fk_letter_items_assignment_number"
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_items_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "assignment_number", name="pk_letter_items"),
    )
    op.create_index("ix_letter_items_assignment_number", "letter_items", ["assignment_number"], unique=False)


def _clockwork() -> None:
    """Rounds, and whose links hold."""
    op.create_table(
        "rounds",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name="fk_rounds_office"),
        sa.PrimaryKeyConstraint("office", "as_of", name="pk_rounds"),
    )
    op.create_table(
        "contact_versions",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"], name="fk_contact_versions_office"),
        sa.PrimaryKeyConstraint("office", "contact", name="pk_contact_versions"),
    )
