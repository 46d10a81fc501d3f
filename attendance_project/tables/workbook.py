"""Reads a sheet of an XLSX workbook as lines of text.

A workbook is a ZIP file of XML. What it would take to unpack it is therefore limited before it is
unpacked, and defusedxml, which openpyxl uses where it is installed, refuses entities.
"""

import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader

from attendance_project.tables.cells import Broken
from attendance_project.tables.markup import CheckedParts
from attendance_project.tables.problems import ImportRefused, refuse
from attendance_project.tables.sheet_parts import SheetParts
from attendance_project.tables.sheets import (
    PROBED,
    CellCount,
    Sheet,
    WholeSheet,
    error_text,
    read_lines,
    text_of,
    value_of,
)

MOST_UNPACKED = 60 * 1024 * 1024
"""Bytes of all parts together: 20 000 rows of 20 columns take about 40 MB of XML."""
MOST_PARTS = 500
MOST_SHEETS = 30

log = logging.getLogger(__name__)


def read_sheet(
    data: bytes, worth: Callable[[list[str]], int], *, most_rows: int, most_columns: int
) -> Sheet:
    """The sheet with the best header, and notes on what a person has to know of the others.

    ``worth`` tells how many names of a line are known. Raises ImportRefused for a file that is no
    workbook, or would be too large.
    """
    check_size(data)
    try:
        return _read(data, worth, most_rows + 100, most_columns)
    except ImportRefused:
        raise
    except Exception as error:
        # openpyxl raises whatever a damaged part leads to: KeyError, ValueError, ParseError.
        log.info("A workbook could not be read: %s", type(error).__name__)
        raise unreadable() from error


def unreadable() -> ImportRefused:
    return refuse(
        _(
            "This file cannot be read as a workbook. Open it in a spreadsheet, save it as “.xlsx” "
            "or as “CSV UTF-8”, and try again."
        )
    )


def check_size(data: bytes) -> None:
    """Check before anything is unpacked. zipfile unpacks no more than a part's size says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise unreadable() from error
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise refuse(
            _("The workbook is too large when it is unpacked. Save the sheet as “CSV UTF-8”.")
        )


def _read(data: bytes, worth: Callable[[list[str]], int], most_rows: int, width: int) -> Sheet:
    checked = CheckedParts(data)
    values = _opened(data, checked, data_only=True)
    sheets = values.worksheets[:MOST_SHEETS]
    if not sheets:
        raise refuse(_("The workbook has no sheet."))
    for sheet in sheets:
        sheet.reset_dimensions()  # some programs write a wrong size, by which cells would be lost
    best = max(sheets, key=lambda sheet: (*_worth_of(sheet, worth, width), sheet is values.active))
    parts = SheetParts(data, best)
    lines: Any = enumerate(_rows(best, most_rows, width), 1)
    if parts.has_formulas:
        lines = _with_formulas(lines, _opened(data, checked), best.title, most_rows, width)
    read = WholeSheet(best.title, list(_texts(lines)), parts.merged, parts.hidden)
    return read_lines(read, worth, _others(sheets, best))


def _opened(data: bytes, checked: CheckedParts, *, data_only: bool = False) -> Any:
    """The workbook, which reads its parts from ``checked``. This is openpyxl's load_workbook, but
    that one opens the file by itself. Other workbooks that a link leads to are left out."""
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
    reader.archive = checked
    reader.read()
    return reader.wb


def _texts(lines: Any) -> Iterator[tuple[int, list[str]]]:
    count = CellCount()
    for line, cells in lines:
        count.add(len(cells))
        yield line, [_text(cell) for cell in cells]


def _rows(sheet: Any, most_rows: int, width: int) -> Iterator[Sequence[Any]]:
    blank: Any = None  # openpyxl gives the same object for each row that is missing
    for row in sheet.iter_rows(max_row=most_rows, max_col=width + 1):
        if row is blank:
            yield []
            continue
        cells = list(row)
        while cells and cells[-1].value is None:
            cells.pop()
        blank = blank if cells else row
        yield cells


def _worth_of(sheet: Any, worth: Callable[[list[str]], int], width: int) -> tuple[bool, int]:
    begin = ([_text(cell) for cell in row] for row in _rows(sheet, PROBED, width))
    return value_of(begin, worth, is_hidden=sheet.sheet_state != "visible")


def _others(sheets: list[Any], best: Any) -> list[str]:
    return [
        sheet.title for sheet in sheets if sheet is not best and any(islice(_rows(sheet, 5, 5), 5))
    ]


def _with_formulas(
    lines: Any, workbook: Any, title: str, most_rows: int, width: int
) -> Iterator[tuple[int, list[Any]]]:
    """The same lines, where a formula without a stored value is a broken cell."""
    formulas = workbook[title]
    formulas.reset_dimensions()
    for (line, cells), row in zip(lines, _rows(formulas, most_rows, width), strict=False):
        filled = [*cells, *[None] * (len(row) - len(cells))]
        yield line, [_value(cell, formula) for cell, formula in zip(filled, row, strict=False)]


def _value(cell: Any, formula: Any) -> Any:
    has_value = cell is not None and cell.value is not None
    if not has_value and formula.data_type == "f":
        return Broken(
            _("holds a formula whose value is not stored. Open the file, save it and try again.")
        )
    return cell


def _text(cell: Any) -> str:
    """The text of a cell as a person sees it."""
    value = getattr(cell, "value", cell)
    if value is None:
        return ""
    if isinstance(cell, Broken):
        return cell
    if cell.data_type == "e":
        return error_text(value)
    return text_of(value, str(cell.number_format or ""))
