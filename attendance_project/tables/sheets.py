"""What all workbooks share, whatever their format: the texts of cells, merged cells, the notes."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from attendance_project.tables.cells import NOT_AVAILABLE, Broken, Dated, Truth
from attendance_project.tables.hidden import Hidden, without_hidden
from attendance_project.tables.numbers import MOST_DIGITS, rounded_sentence
from attendance_project.tables.problems import refuse

PROBED = 30
"""Rows at the beginning of each sheet in which a header is looked for."""
MOST_CELLS = 500_000
"""Cells of a file, in all its sheets: 20,000 people with 25 columns each."""
LAST_COLUMN = 16_384
"""The last column that a workbook can have, which is called XFD. A damaged file names others."""
_PIECE = re.compile(r'"[^"]*"|\\.|.')
_MASK = re.compile(r'(?:"[^"]*"|\\.|[-/ ])*0(?:"[^"]*"|\\.|[-/ 0])*')
"""A number format of digits with texts between them. It has no grouping and no decimals."""


class CellCount:
    """Counts the cells of a file while they are made, so that no file makes too many of them."""

    def __init__(self) -> None:
        self._left = MOST_CELLS

    def add(self, cells: int) -> None:
        """Raises ImportRefused."""
        self._left -= max(1, cells)
        if self._left < 0:
            raise refuse(
                _("There are more than %(most)s cells. Split the file into several.")
                % {"most": MOST_CELLS}
            )


@dataclass
class Sheet:
    lines: Iterator[tuple[int, list[str]]]
    notes: list[str] = field(default_factory=list)


@dataclass
class WholeSheet:
    """A sheet that was read as a whole, with its cells as texts."""

    title: str
    lines: list[tuple[int, list[str]]]
    merged: list["Area"] = field(default_factory=list)
    hidden: Hidden = field(default_factory=Hidden)
    columns: int = 0
    """How many columns were looked at, for formats that name them one by one."""


class Area(NamedTuple):
    """Merged cells, from 1 on."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = (get_column_letter(min(at, LAST_COLUMN)) for at in (self.left, self.right))
        return f"{first}{self.top}:{last}{self.bottom}"


def best_of(sheets: Sequence[WholeSheet], worth: Callable[[list[str]], int]) -> Sheet:
    """The sheet with the best header, and notes on the others."""
    best = max(
        sheets,
        key=lambda sheet: value_of(
            (cells for _line, cells in sheet.lines[:PROBED]), worth, is_hidden=sheet.hidden.sheet
        ),
    )
    others = [sheet.title for sheet in sheets if sheet is not best and sheet.lines]
    return read_lines(best, worth, others)


def read_lines(
    sheet: WholeSheet, worth: Callable[[list[str]], int], others: Sequence[str]
) -> Sheet:
    """The lines of the sheet that are read, and notes on what a person has to know of them."""
    notes = [*other_sheets(sheet.title, others), *fill_merged(sheet.lines, sheet.merged)]
    lines, of_hidden = without_hidden(sheet.title, sheet.lines, sheet.hidden, worth)
    return Sheet(iter(lines), [*notes, *of_hidden])


def value_of(
    begin: Iterable[list[str]], worth: Callable[[list[str]], int], *, is_hidden: bool
) -> tuple[bool, int]:
    """How good a sheet's header is: the known names in its best line. A hidden sheet is worse than
    each that is shown and has a header."""
    known = max((worth(cells) for cells in begin), default=0)
    return known > 0 and not is_hidden, known


def other_sheets(title: str, others: Sequence[str]) -> list[str]:
    if not others:
        return []
    note = _("Only the sheet “%(sheet)s” was read. The others were not: %(others)s.")
    return [note % {"sheet": title, "others": ", ".join(f"“{name}”" for name in others)}]


def error_text(error: object) -> str:
    """The cell of a formula that failed. ``#N/A`` is the text that it is in a CSV file, since it
    stands for what was looked up and not found."""
    if error == NOT_AVAILABLE:
        return NOT_AVAILABLE
    return Broken(_("is %(error)s, an error of a spreadsheet.") % {"error": error})


def text_of(value: Any, number_format: str = "") -> str:
    """The text of a cell's value as a person sees it."""
    if isinstance(value, bool):
        return Truth(str(value).upper())
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return Dated(value.date().isoformat() if value.time() == time() else value.isoformat(" "))
    if isinstance(value, date | time):
        return Dated(value.isoformat())
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    if abs(value) >= 10**MOST_DIGITS:
        return Broken(rounded_sentence(f"{value:.0f}"))
    if value != int(value):
        return repr(value)
    return _shown(int(value), number_format)


def _shown(value: int, number_format: str) -> str:
    """The digits as a format such as ``00000``, ``"S"0000`` or ``0000-0000`` shows them.

    Formats of quantities, which have groups of thousands or decimals, show a number as it is.
    """
    mask = number_format.partition(";")[0]
    if value < 0 or not _MASK.fullmatch(mask):
        return str(value)
    pieces = [match[0] for match in _PIECE.finditer(mask)]
    digits = iter(reversed(f"{value:0{pieces.count('0')}d}"))
    shown: list[str] = []
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        shown.append(next(digits, "") if piece == "0" else piece.strip('"').removeprefix("\\"))
        if "0" not in pieces[:at] and piece == "0":
            shown.extend(digits)  # digits for which the format has no place stand in front
    return "".join(reversed(shown))


def fill_merged(lines: list[tuple[int, list[str]]], merged: Iterable[Area]) -> list[str]:
    """Write the text of merged cells into each of their rows, since it stands for all of them."""
    rows = dict(lines)
    last = max(rows, default=0)
    count = CellCount()
    filled: list[str] = []
    for area in sorted(merged):
        top, left, bottom, _right = area
        cells = rows.get(top, [])
        value = cells[left - 1] if 0 < left <= len(cells) else ""
        if not value or bottom <= top:
            continue
        filled.append(str(area))
        for line in range(top + 1, min(bottom, last) + 1):
            if (row := rows.get(line)) is not None:
                count.add(left - len(row))
                row.extend([""] * (left - len(row)))
                row[left - 1] = row[left - 1] or value
    if not filled:
        return []
    note = _("Merged cells count for each of their rows: %(areas)s.")
    return [note % {"areas": ", ".join(filled[:10]) + (" …" if len(filled) > 10 else "")}]
