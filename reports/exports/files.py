"""Tables as the bytes of a CSV or an XLSX file. No cell of either is ever a formula."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from attendance_project.spreadsheets import defused

Cell = str | int | float | datetime | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a file shows. ``name`` is the name of the sheet, and every row is as long as ``head``.
    The first ``fixed`` columns stay in sight while the others are scrolled."""

    name: str
    head: list[str]
    rows: list[list[Cell]]
    fixed: int = 0


def as_csv(table: Table) -> bytes:
    """Write UTF-8 with a byte order mark. Without it Excel assumes the code page of its country."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_plain(table.head))
    writer.writerows(_plain(row) for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(row: Iterable[Cell]) -> list[str | int | float]:
    return [_plain_cell(cell) for cell in row]


def _plain_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    return defused(cell) if isinstance(cell, str) else cell


def as_xlsx(*tables: Table) -> bytes:
    """Write a sheet for each table. Text is written as text, whatever it begins with."""
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(memory, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for table in tables:
            _write(book.add_worksheet(table.name), table, bold=bold, moment=moment)
    return memory.getvalue()


def _write(sheet: Worksheet, table: Table, *, bold: Format, moment: Format) -> None:
    sheet.freeze_panes(1, table.fixed)
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name, bold)
        width = max([len(name), *(len(str(row[column] or "")) for row in table.rows[:200])])
        sheet.set_column(column, column, min(width + 2, WIDEST))
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell, moment)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.head) - 1)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, moment: Format) -> None:
    if isinstance(cell, datetime):
        # A spreadsheet has no time zones. The column beside this one names the zone.
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), moment)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, cell)


FORMATS: dict[str, tuple[str, Callable[..., bytes]]] = {
    "csv": (CSV_TYPE, lambda *tables: as_csv(tables[0])),
    "xlsx": (XLSX_TYPE, as_xlsx),
}
