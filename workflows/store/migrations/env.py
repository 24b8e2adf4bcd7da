"""Alembic's entry: runs the migrations inside the transaction of the connection it is handed."""

from alembic import context

from workflows.store.tables import Base, partial_indexes  # noqa: F401 - they stand in the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most of a table in place; Alembic copies it then.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
