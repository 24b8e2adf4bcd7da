"""The board as a file for spreadsheets."""

import csv
from collections.abc import Iterable
from io import StringIO

from notifications.speech import Speech
from workflows.engine.board import Row
from workflows.texts import N_, STANDING_LABELS

_COLUMNS = (
    N_("Work"),
    N_("Unit"),
    N_("Standing"),
    N_("Due"),
    N_("Planned"),
    N_("Done on"),
    N_("Working days late"),
    N_("Waits for"),
    N_("Number"),
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that spreadsheets would compute (or that hides one)."""

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes the file for another encoding and breaks every Vietnamese letter."""


def board_csv(rows: Iterable[Row], said: Speech) -> str:
    """The rows on the screen, one a line; a title that looks like a formula stays text."""
    written = StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([said.say(column) for column in _COLUMNS])
    for row in rows:
        writer.writerow([as_text(value) for value in _cells(row, said)])
    return _BYTE_ORDER_MARK + written.getvalue()


def _cells(row: Row, said: Speech) -> list[str]:
    return [
        row.title,
        row.unit_name,
        said.say(STANDING_LABELS[row.standing]),
        row.due.isoformat() if row.due else "",
        row.original_due.isoformat() if row.original_due else "",
        row.done_on.isoformat() if row.done_on else "",
        str(row.working_days_late or ""),
        ", ".join(dict.fromkeys(blocker.unit_name for blocker in row.waits_for)),
        row.id,
    ]


def as_text(value: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
