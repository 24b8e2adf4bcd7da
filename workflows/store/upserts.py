"""INSERT that minds rows already there, in the dialect at hand."""

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from workflows.store.tables import Base


def insert(connection: Connection, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases have."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
