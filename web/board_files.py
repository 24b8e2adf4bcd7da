"""The board as files for spreadsheets: what is on the screen, row by row."""

import csv
from collections.abc import Iterable, Iterator
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
from workflows.engine.words import standing_words
from workflows.texts import N_

Value = str | int | date | None

_DAY, _PLAIN, _COUNT = "dd/mm/yyyy", "General", "#,##0"

_Columns = tuple[tuple[str, int, str], ...]
"""Headings, and in a workbook how many letters wide a column stands and how its values are shown."""

_COLUMNS: Final[_Columns] = (
    (N_("Work"), 60, _PLAIN),
    (N_("Unit"), 28, _PLAIN),
    (N_("Standing"), 26, _PLAIN),
    (N_("Due"), 12, _DAY),
    (N_("Planned"), 12, _DAY),
    (N_("Done on"), 12, _DAY),
    (N_("Working days late"), 12, _PLAIN),
    (N_("Waits for"), 34, _PLAIN),
    (N_("Number"), 30, _PLAIN),
)

_FIGURES: Final[_Columns] = (
    (N_("Work"), 60, _PLAIN),
    (N_("Unit"), 28, _PLAIN),
    (N_("Indicator"), 44, _PLAIN),
    (N_("Reported"), 14, _COUNT),
    (N_("Target"), 14, _COUNT),
    (N_("Measured in"), 14, _PLAIN),
    (N_("Standing"), 26, _PLAIN),
    (N_("Done on"), 12, _DAY),
    (N_("Number"), 30, _PLAIN),
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that spreadsheets would compute (or that hides one)."""

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes the file for another encoding and breaks every Vietnamese letter."""

_HEAD_FONT, _HEAD_GROUND = Font(bold=True), PatternFill("solid", fgColor="E6F0FB")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def board_csv(rows: Iterable[Row], said: Speech) -> str:
    """The rows on the screen, one a line; a title that looks like a formula stays text."""
    written = StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([said.say(heading) for heading, _, _ in _COLUMNS])
    for row in rows:
        writer.writerow([as_text(_written(value)) for value in _values(row, said)])
    return _BYTE_ORDER_MARK + written.getvalue()


def board_xlsx(rows: Iterable[Row], said: Speech) -> bytes:
    """The rows on the screen as a workbook, their figures on a second sheet where they have any.

    Dates are dates, numbers are numbers; the headings stay in sight and in print.
    """
    book, shown = Workbook(write_only=True), list(rows)
    _add_sheet(book, said.say("Board"), _COLUMNS, (_values(row, said) for row in shown), said)
    figures = [values for row in shown for values in _figures(row, said)]
    if figures:
        _add_sheet(book, said.say("Figures"), _FIGURES, figures, said)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _add_sheet(
    book: Workbook, title: str, columns: _Columns, rows: Iterable[tuple[Value, ...]], said: Speech
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for number, (_, width, _) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_heading(sheet, said.say(heading)) for heading, _, _ in columns])
    cells, last = [_cell(sheet, shown) for _, _, shown in columns], 1
    for values in rows:
        sheet.append(_filled(cells, values))
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _values(row: Row, said: Speech) -> tuple[Value, ...]:
    return (
        row.title,
        row.unit_name,
        standing_words(row).say(said.say),
        row.due,
        row.original_due,
        row.done_on,
        row.working_days_late or None,
        ", ".join(row.waits_for_units) or None,
        row.id,
    )


def _figures(row: Row, said: Speech) -> Iterator[tuple[Value, ...]]:
    """A line for each indicator of the work, reported or not."""
    for one in row.definition.indicators:
        yield (
            row.title,
            row.unit_name,
            one.title,
            row.figures.get(one.id),
            one.target,
            one.unit,
            standing_words(row).say(said.say),
            row.done_on,
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


def _filled(cells: Iterable[Cell], values: Iterable[Value]) -> list[Cell]:
    """The cells of a row, used again for each: a row is written as soon as it is appended."""
    return [_filled_one(cell, value) for cell, value in zip(cells, values, strict=True)]


def _filled_one(cell: Cell, value: Value) -> Cell:
    if isinstance(value, str):
        return _text(cell, value)
    cell.value = value
    return cell


def _text(cell: Cell, value: str) -> Cell:
    """Text, whatever it looks like; and still text when somebody edits it."""
    if value.startswith(_FORMULA):
        cell = WriteOnlyCell(cell.parent)  # styles are shared: the column's own must not change
        cell.alignment, cell.quotePrefix = _WRAPPED, True
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    return cell


def _cell(sheet: Worksheet, shown: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet)
    cell.alignment, cell.number_format = _WRAPPED, shown
    return cell
