"""The board as files for spreadsheets: what is on the screen, row by row."""

import csv
from collections.abc import Iterable
from datetime import date
from io import BytesIO, StringIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from notifications.speech import Speech
from workflows.engine.board import Row
from workflows.texts import N_, STANDING_LABELS

Value = str | int | date | None

_COLUMNS: Final = (
    (N_("Work"), 60),
    (N_("Unit"), 28),
    (N_("Standing"), 26),
    (N_("Due"), 12),
    (N_("Planned"), 12),
    (N_("Done on"), 12),
    (N_("Working days late"), 12),
    (N_("Waits for"), 34),
    (N_("Number"), 30),
)
"""Headings, and how many letters wide a column stands in a workbook."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that spreadsheets would compute (or that hides one)."""

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes the file for another encoding and breaks every Vietnamese letter."""

_HEAD_FONT, _HEAD_GROUND = Font(bold=True), PatternFill("solid", fgColor="E6F0FB")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_DAY = "dd/mm/yyyy"


def board_csv(rows: Iterable[Row], said: Speech) -> str:
    """The rows on the screen, one a line; a title that looks like a formula stays text."""
    written = StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([said.say(heading) for heading, _ in _COLUMNS])
    for row in rows:
        writer.writerow([as_text(_written(value)) for value in _values(row, said)])
    return _BYTE_ORDER_MARK + written.getvalue()


def board_xlsx(rows: Iterable[Row], said: Speech) -> bytes:
    """The rows on the screen as a workbook: dates are dates, the headings stay in sight and in print."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(said.say("Board"))
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for number, (_, width) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_heading(sheet, said.say(heading)) for heading, _ in _COLUMNS])
    last = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in _values(row, said)])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{last}"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _values(row: Row, said: Speech) -> tuple[Value, ...]:
    return (
        row.title,
        row.unit_name,
        said.say(STANDING_LABELS[row.standing]),
        row.due,
        row.original_due,
        row.done_on,
        row.working_days_late or None,
        ", ".join(dict.fromkeys(blocker.unit_name for blocker in row.waits_for)) or None,
        row.id,
    )


def _written(value: Value) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def as_text(value: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value


def _heading(sheet: Worksheet, words: str) -> Cell:
    cell = WriteOnlyCell(sheet, words)
    cell.font, cell.fill, cell.alignment = _HEAD_FONT, _HEAD_GROUND, _WRAPPED
    return cell


def _cell(sheet: Worksheet, value: Value) -> Cell:
    cell: Cell = WriteOnlyCell(sheet)
    cell.alignment = _WRAPPED
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    if isinstance(value, date):
        cell.number_format = _DAY
    elif isinstance(value, str):
        cell.data_type = "s"  # text, whatever it looks like
        cell.quotePrefix = value.startswith(_FORMULA)  # and still text when somebody edits it
    return cell
