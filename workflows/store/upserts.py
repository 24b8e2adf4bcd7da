"""INSERT that minds rows already there, in the dialect at hand."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from workflows.store.tables import Base

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: Connection, table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, which both databases have."""
    # Each dialect is imported where it is used: PostgreSQL's brings half as much again as all of the rest.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415

    return postgresql_insert(table)
