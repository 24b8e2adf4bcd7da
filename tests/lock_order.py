"""Watches in which order transactions lock tables' rows: two that lock in one order never deadlock."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from workflows.store.database import Database

ORDER = (
    "offices",
    "contact_versions",
    "rounds",
    "senders",
    "letters",
    "condemned_addresses",
    "policy_refusals",
    "plans",
    "work of a plan",
    "sender_hours",
    "frozen_letters",
    "submissions",
)
"""Whoever holds rows of one of these waits for rows of a later one only."""

OF_A_PLAN = dict.fromkeys(("assignments", "notices", "notes"), "work of a plan")
"""Changed by whoever holds the plan, so that they need no order among them."""

_ON_THEIR_OWN = frozenset({"sign_ins", "api_tokens"})
"""Changed one row at a time, by transactions that hold nothing else then."""

_LOCKS = re.compile(
    r"^UPDATE (\w+)|^DELETE FROM (\w+)|^INSERT INTO (\w+).* DO UPDATE"
    r"|^SELECT.*?\bFROM (\w+).* FOR NO KEY UPDATE",
    re.DOTALL,
)


@contextmanager
def watched(database: Database) -> Iterator[None]:
    """Fail at the end of the block for a transaction on PostgreSQL that locked out of order."""
    wrong: set[str] = set()
    engine = database._engine

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info["locked"] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _look(connection: Connection, _cursor: Any, statement: str, *_: object) -> None:
        found = _LOCKS.match(statement)
        if found is None or found[found.lastindex or 0] in _ON_THEIR_OWN:
            return
        table, locked = found[found.lastindex or 0], connection.info["locked"]
        table = OF_A_PLAN.get(table, table)
        if table in locked:
            return
        later = [held for held in locked if ORDER.index(held) > ORDER.index(table)]
        if later:
            wrong.add(f"{table} after {', '.join(later)}: {statement[:200]}")
        if table in OF_A_PLAN.values() and "plans" not in locked:
            wrong.add(f"{table} without the plan: {statement[:200]}")
        locked.append(table)

    yield
    assert not wrong, "\n".join(sorted(wrong))
