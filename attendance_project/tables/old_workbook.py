"""Reads a sheet of an XLS workbook, the format of Excel before 2007.

Such a file is not compressed, so that the limit on its bytes limits what it takes to read it.
"""

import io
import logging
from collections.abc import Callable
from typing import Any

import xlrd
from django.utils.translation import gettext as _

from attendance_project.tables.hidden import Hidden
from attendance_project.tables.problems import ImportRefused, refuse
from attendance_project.tables.sheet_parts import MOST_MERGED
from attendance_project.tables.sheets import (
    Area,
    CellCount,
    Sheet,
    WholeSheet,
    best_of,
    error_text,
    text_of,
)
from attendance_project.tables.workbook import MOST_SHEETS

log = logging.getLogger(__name__)


def read_old_sheet(
    data: bytes, worth: Callable[[list[str]], int], *, most_rows: int, most_columns: int
) -> Sheet:
    """The sheet with the best header. Raises ImportRefused for a file that cannot be read, which
    is also what a workbook with a password looks like."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        indexes = range(min(book.nsheets, MOST_SHEETS))
        count = CellCount()
        sheets = [
            _read(book, book.sheet_by_index(at), most_rows + 100, most_columns + 1, count)
            for at in indexes
        ]
    except ImportRefused:
        raise
    except Exception as error:
        # xlrd raises whatever a damaged part leads to: XLRDError, struct.error, AssertionError.
        log.info("An old workbook could not be read: %s", type(error).__name__)
        raise _unreadable() from error
    if not sheets:
        raise refuse(_("The workbook has no sheet."))
    return best_of(sheets, worth)


def _unreadable() -> ImportRefused:
    return refuse(
        _(
            "This workbook (.xls) is damaged or has a password. Save it as “.xlsx” without a "
            "password, or as “CSV UTF-8”, and try again."
        )
    )


def _read(book: Any, sheet: Any, most_rows: int, width: int, count: CellCount) -> WholeSheet:
    rows = range(min(sheet.nrows, most_rows))
    count.add(sum(min(sheet.row_len(row), width) for row in rows))
    lines = [(row + 1, [_text(book, cell) for cell in sheet.row(row)[:width]]) for row in rows]
    merged = [
        Area(top + 1, left + 1, bottom, right)
        for top, bottom, left, right in sheet.merged_cells[:MOST_MERGED]
    ]
    return WholeSheet(sheet.name, lines, merged, _hidden(sheet))


def _hidden(sheet: Any) -> Hidden:
    rows = {at + 1: info for at, info in sheet.rowinfo_map.items() if info.hidden}
    folded = {line for line, info in rows.items() if info.outline_level}
    columns = {at + 1 for at, info in sheet.colinfo_map.items() if info.hidden}
    return Hidden(set(rows) - folded, folded, columns, bool(sheet.visibility))


def _text(book: Any, cell: Any) -> str:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return error_text(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return text_of(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_DATE:
        return text_of(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode))
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        found = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        return text_of(cell.value, found.format_str if found else "")
    return str(cell.value)
