"""Noticing that somebody has committed, without reading a table."""

from sqlalchemy import Connection

_COUNTERS = {
    # Changes when another connection commits to the file; costs no disk access.
    "sqlite": "PRAGMA data_version",
    # Rises with every transaction that writes, of any database of the cluster: a false alarm costs a look.
    "postgresql": "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
}


class Commits:
    """Watches for commits of other connections, of this process or any other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counter = _COUNTERS[connection.dialect.name]
        self._seen = self._count()

    def seen(self) -> bool:
        """Whether anything was committed since the last call (or the beginning)."""
        before, self._seen = self._seen, self._count()
        return self._seen != before

    def _count(self) -> int:
        try:
            return int(self._connection.exec_driver_sql(self._counter).scalar_one())
        finally:
            # A transaction left open would show the same moment for ever.
            self._connection.rollback()
