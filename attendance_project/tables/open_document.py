"""Reads a sheet of an OpenDocument spreadsheet (.ods), as LibreOffice saves it.

Such a file is a ZIP file of XML. It may say "this cell 16 384 times, this row 1 048 576 times", so
that repeated cells and rows are counted before they are made.
"""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from defusedxml import ElementTree
from django.utils.translation import gettext as _

from attendance_project.tables.cells import Broken, Dated, Truth
from attendance_project.tables.markup import CheckedParts
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
from attendance_project.tables.workbook import MOST_SHEETS, check_size, unreadable

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_NAMES = ("table", "office", "text", "style")
_TABLE, _OFFICE, _TEXT, _STYLE = (_NAMESPACE % name for name in _NAMES)
_OUT_OF_SIGHT = ("collapse", "filter")
_BEGIN = 200
"""Bytes in which the format is named, as OpenDocument 1.2 demands (part 3, 2.2.4)."""
_MOST_BLANKS = 100
_QUANTITY = re.compile(r"[.,%]|E[+-]?\d", re.I)
"""Signs of a text that show a quantity, and no number of a person."""

log = logging.getLogger(__name__)


def is_open_document(data: bytes) -> bool:
    """Whether the ZIP file is a spreadsheet of this format. Its first part says so, unpacked."""
    return MIMETYPE in data[:_BEGIN]


def read_open_sheet(
    data: bytes, worth: Callable[[list[str]], int], *, most_rows: int, most_columns: int
) -> Sheet:
    """The sheet with the best header. Raises ImportRefused."""
    check_size(data)
    try:
        with CheckedParts(data) as parts, parts.open("content.xml") as content:
            sheets = list(_sheets(content, most_rows + 100, most_columns + 1))
    except ImportRefused:
        raise
    except Exception as error:
        # A damaged part leads to KeyError, BadZipFile, ParseError or an error of defusedxml.
        log.info("An OpenDocument file could not be read: %s", type(error).__name__)
        raise unreadable() from error
    if not sheets:
        raise refuse(_("The workbook has no sheet."))
    return best_of(sheets, worth)


def _sheets(content: Any, most_rows: int, width: int) -> Iterator[WholeSheet]:
    """The tables of the document. Each element is forgotten when it has been read."""
    sheet, found, count = None, 0, CellCount()
    line, folds, styles = 1, 0, set[str]()
    for event, element in ElementTree.iterparse(content, events=("start", "end")):
        folds += _folds(element) * (1 if event == "start" else -1)
        if event == "end" and element.tag == f"{_STYLE}style" and _hides(element):
            styles.add(element.get(f"{_STYLE}name", ""))
        elif event == "start" and element.tag == f"{_TABLE}table":
            sheet, line = WholeSheet(element.get(f"{_TABLE}name", ""), []), 1
            sheet.hidden.sheet = element.get(f"{_TABLE}style-name") in styles
        elif event == "end" and element.tag == f"{_TABLE}table-column" and sheet is not None:
            _add_column(sheet, element, width)
        elif event == "end" and element.tag == f"{_TABLE}table-row" and sheet is not None:
            line += _add_row(sheet, line, element, most_rows, width, count, is_folded=folds > 0)
            element.clear()
        elif event == "end" and element.tag == f"{_TABLE}table" and sheet is not None:
            yield sheet
            sheet, found = None, found + 1
            element.clear()
            if found == MOST_SHEETS:
                return


def _folds(element: Any) -> bool:
    """Whether the element is a group of rows that is folded up."""
    is_group = element.tag == f"{_TABLE}table-row-group"
    return is_group and element.get(f"{_TABLE}display") == "false"


def _hides(style: Any) -> bool:
    """Whether tables of this style are hidden."""
    return any(child.get(f"{_TABLE}display") == "false" for child in style)


def _add_column(sheet: WholeSheet, column: Any, width: int) -> None:
    """Note whether a column is hidden, and count it as often as it is repeated."""
    first = sheet.columns + 1
    sheet.columns += _number(column, "number-columns-repeated")
    if column.get(f"{_TABLE}visibility") in _OUT_OF_SIGHT:
        sheet.hidden.columns |= set(range(first, min(sheet.columns, width) + 1))


def _add_row(
    sheet: WholeSheet,
    line: int,
    row: Any,
    most_rows: int,
    width: int,
    count: CellCount,
    *,
    is_folded: bool,
) -> int:
    """Add a row as often as it is repeated. Returns how many lines it takes."""
    repeated = _number(row, "number-rows-repeated")
    cells = _cells(sheet, line, row, width)
    if not any(cells):
        return repeated
    for number in range(line, line + repeated):
        if len(sheet.lines) > most_rows:
            break
        count.add(len(cells))
        sheet.lines.append((number, list(cells)))
        if row.get(f"{_TABLE}visibility") in _OUT_OF_SIGHT:
            (sheet.hidden.folded if is_folded else sheet.hidden.rows).add(number)
    return repeated


def _cells(sheet: WholeSheet, line: int, row: Any, width: int) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        text = _text(cell)
        down = _number(cell, "number-rows-spanned")
        if down > 1 and len(sheet.merged) < MOST_MERGED:
            across = _number(cell, "number-columns-spanned")
            left = len(cells) + 1
            sheet.merged.append(Area(line, left, line + down - 1, left + across - 1))
        cells += [text] * min(_number(cell, "number-columns-repeated"), width - len(cells))
        if len(cells) >= width:
            break
    return cells


def _number(element: Any, name: str) -> int:
    value = element.get(f"{_TABLE}{name}", "1")
    return int(value) if re.fullmatch(r"\d{1,7}", value) else 1


def _text(cell: Any) -> str:
    """The text of a cell as a person sees it."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    shown = "\n".join(_paragraph(child) for child in cell if child.tag == f"{_TEXT}p")
    if shown.startswith("Err:"):
        return error_text(shown)
    if kind == "boolean":
        return Truth(cell.get(f"{_OFFICE}boolean-value", "").upper())
    if kind == "date":
        return Dated(cell.get(f"{_OFFICE}date-value", "").replace("T", " "))
    if kind in ("float", "percentage", "currency"):
        return _quantity(float(cell.get(f"{_OFFICE}value", "nan")), shown)
    return shown


def _quantity(value: float, shown: str) -> str:
    """The number, as it is shown where that is made of its own digits: 00012, S0012."""
    text = text_of(value)
    if isinstance(text, Broken) or _QUANTITY.search(shown):
        return text
    digits = "".join(sign for sign in shown if sign.isdigit())
    return shown if digits.lstrip("0") == text.lstrip("0") else text


def _paragraph(element: Any) -> str:
    """The text of a paragraph, whose blanks and tabs are elements."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            parts.append(" " * min(int(count) if count.isdigit() else 1, _MOST_BLANKS))
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            parts.append(" ")
        elif child.tag in (f"{_TEXT}span", f"{_TEXT}a"):
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)
