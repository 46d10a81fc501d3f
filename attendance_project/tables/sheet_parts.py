"""What a sheet of an XLSX workbook says beside its cells: merged cells, formulas, hidden rows."""

import io
import re
import zipfile
from itertools import islice
from typing import Any

from openpyxl.utils import range_boundaries

from attendance_project.tables.hidden import Hidden
from attendance_project.tables.sheets import Area

MOST_MERGED = 2_000
_MOST_HIDDEN = 1_000
"""Columns of which it is looked whether they are hidden. A file has fewer than that."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
# A name is looked for at its beginning only: otherwise a comment of 60 kB, which need not be of
# attributes, would be walked over once for each of its letters.
_ATTRIBUTE = re.compile(rb"""\b(\w++)=["']([^"']*)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class SheetParts:
    """What openpyxl does not tell of a sheet while it reads row by row."""

    def __init__(self, data: bytes, sheet: Any) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
            xml = parts.read(path) if path in parts.namelist() else b""
        self.has_formulas = bool(_FORMULA.search(xml))
        matches = islice(_MERGED.finditer(xml), MOST_MERGED)
        self.merged = [_area(match[1].decode()) for match in matches]
        self.hidden = _hidden(xml)
        self.hidden.sheet = sheet.sheet_state != "visible"


def _hidden(xml: bytes) -> Hidden:
    """What the sheet hides. openpyxl tells this only of sheets that it reads as a whole."""
    found = Hidden()
    last = 0
    for match in _ROW.finditer(xml):
        told = dict(_ATTRIBUTE.findall(match[1]))
        last = _whole(told.get(b"r")) or last + 1
        if _is_true(told.get(b"hidden")):
            (found.folded if told.get(b"outlineLevel", b"0") != b"0" else found.rows).add(last)
    for match in _COLUMN.finditer(xml):
        told = dict(_ATTRIBUTE.findall(match[1]))
        if _is_true(told.get(b"hidden")):
            first, until = _whole(told.get(b"min")), _whole(told.get(b"max"))
            found.columns |= set(range(first, min(until, _MOST_HIDDEN) + 1)) if first else set()
    return found


def _whole(value: bytes | None) -> int:
    return int(value) if value and re.fullmatch(rb"\d{1,7}", value) else 0


def _is_true(value: bytes | None) -> bool:
    return value in (b"1", b"true")


def _area(name: str) -> Area:
    left, top, right, bottom = range_boundaries(name)
    return Area(top or 0, left or 0, bottom or 0, right or 0)
