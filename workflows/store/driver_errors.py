"""What a database says of a failure, without the values of rows: its errors end in logs and run records.

SQLAlchemy hides the parameters of a statement, but PostgreSQL quotes them itself: "DETAIL: Key (a)=(...)
already exists" or "Failing row contains (...)", and in the sentence where a value does not fit its type.
"""

from typing import Any

from sqlalchemy import Engine, event

_VALUES_THEMSELVES_ARE_WRONG = "22"
"""The class of SQLSTATE (data exceptions) whose sentence quotes the value that did not fit."""


def forget_values(engine: Engine) -> None:
    """Take the values of rows out of every error of a PostgreSQL engine, before anyone can catch it."""
    event.listen(engine, "handle_error", _forget)


def _forget(context: Any) -> None:
    """Reword the driver's error and the one made of it, in place: both stand in a traceback."""
    original, wrapped = context.original_exception, context.sqlalchemy_exception
    if getattr(original, "sqlstate", None) is None:
        return  # no answer of a server: there is no row that it could quote
    said, shown = str(original), _without_values(original)
    original.args = (shown,)
    if wrapped is not None:
        wrapped.args = tuple(str(part).replace(said, shown) for part in wrapped.args)


def _without_values(error: Any) -> str:
    """The server's sentence, or the name of its kind, and what it concerns; no DETAIL, HINT or CONTEXT."""
    kind = f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
    quotes = error.sqlstate.startswith(_VALUES_THEMSELVES_ARE_WRONG)
    sentence = None if quotes else error.diag.message_primary
    found = {
        "table": error.diag.table_name,
        "column": error.diag.column_name,
        "constraint": error.diag.constraint_name,
    }
    concerned = "".join(f", {name} {value}" for name, value in found.items() if value)
    return f"{sentence or 'the server refused a value'} ({kind}{concerned})"
