"""Takes an uploaded file apart into lines of cells, whatever kind of file it is."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from attendance_project.tables.old_workbook import read_old_sheet
from attendance_project.tables.open_document import is_open_document, read_open_sheet
from attendance_project.tables.problems import ImportRefused, refuse
from attendance_project.tables.readings import Reading
from attendance_project.tables.sheets import CellCount, Sheet
from attendance_project.tables.text import Text, read_text
from attendance_project.tables.workbook import read_sheet

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 400
"""An export of marks has a column for each session or assignment of a year."""
MOST_LINE_SIGNS = 200_000
"""Signs of one line of a CSV file, with the lines inside of its quotes: 400 cells of 500 signs."""
DELIMITERS = ",;\t|"
_MOST_BYTES_A_SIGN = 4
_PROBED = 30
"""Lines at the beginning by which the delimiter is found."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0"
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype|html|table|meta|head|workbook)\b", re.I)

Line = tuple[int, list[str]]
Worth = Callable[[list[str]], int]
"""How much of a line of cells is known as a header: the number of its known names."""


@dataclass
class Source:
    """The lines of a file that are not blank, with their numbers as spreadsheets count them."""

    lines: list[Line]
    text: Text | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """How the file reads in its encoding, and then in others that fit (`Text.readings`)."""
        return self.text.readings if self.text else ()


def read_source(data: bytes, worth: Worth, encoding: str = "") -> Source:
    """The lines of a CSV file or a workbook. Raises ImportRefused for a file that is neither."""
    if len(data) > MOST_BYTES:
        raise refuse(
            _("The file is larger than %(mb)s MB. Split it into several.")
            % {"mb": MOST_BYTES // 2**20}
        )
    if read := _workbook_reader(data):
        sheet = read(data, worth, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
        return Source(_counted(_filled(sheet.lines)), notes=sheet.notes)
    _check_lines(data)
    text = read_text(data, encoding)
    return Source(_counted(_filled(_split(text.text, worth))), text)


def _workbook_reader(data: bytes) -> Callable[..., Sheet] | None:
    """What reads a workbook of this format, or None for a file that is no workbook."""
    if data.startswith(_OLE):
        return read_old_sheet
    if data.startswith(b"%PDF"):
        raise refuse(
            _("This is a PDF, which holds no table. Export the list as “.xlsx” or “CSV UTF-8”.")
        )
    if data.startswith(_ZIP):
        return read_open_sheet if is_open_document(data) else read_sheet
    return None


def _check_lines(data: bytes) -> None:
    """Check the length of lines before anything looks at them. A line that goes on inside quotes is
    measured when it is read."""
    longest = max(map(len, re.split(rb"[\r\n]", data)), default=0)
    if longest > _MOST_BYTES_A_SIGN * MOST_LINE_SIGNS:
        raise _too_long()


def _too_long(line: int = 0) -> ImportRefused:
    return refuse(
        _("A line has more than %(most)s characters. Correct the line breaks, or the quotes.")
        % {"most": MOST_LINE_SIGNS},
        line=line,
    )


def _split(text: str, worth: Worth) -> Iterator[Line]:
    text = text.removeprefix("\ufeff")
    if "\n" not in text:  # lines end as old Macs wrote them
        text = text.replace("\r", "\n")
    if _HTML.match(text):
        raise refuse(
            _(
                "This is a web page, not a CSV file. Open it in a spreadsheet and save it as "
                "“.xlsx”."
            )
        )
    told, first_line = _told_delimiter(text)
    if told:
        text = text.partition("\n")[2]
    elif unwrapped := _unwrapped(text):
        text = unwrapped
    return _lines(text, told or _found_delimiter(text, worth), first_line)


def _unwrapped(text: str) -> str:
    """The text without quotes around each whole line, or empty where they are not there.

    A spreadsheet writes them that read each line as one cell, since it expected another delimiter.
    """
    if not text.startswith('"') or "\n" not in text:
        return ""
    try:
        cells = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return ""
    is_wrapped = all(len(line) <= 1 for line in cells) and any(
        sign in cells[0][0] for sign in DELIMITERS
    )
    return "\n".join(line[0] if line else "" for line in cells) if is_wrapped else ""


def _told_delimiter(text: str) -> tuple[str, int]:
    """The delimiter that the first line names, as Excel writes it for itself, and the number of
    the line after it."""
    told = text.partition("\n")[0].strip().strip('"')
    if told.lower().startswith("sep=") and len(told) == 5 and told[4] in DELIMITERS:
        return told[4], 2
    if told.lower() == "sep=" and text.partition("\n")[0].startswith("sep=\t"):
        return "\t", 2
    return "", 1


def _found_delimiter(text: str, worth: Worth) -> str:
    """The delimiter with which a header is found, or else the one that makes lines alike.

    csv.Sniffer is not asked: on some lines it does not come to an end.
    """
    begin = list(islice(io.StringIO(text[:200_000]), _PROBED))
    return max(DELIMITERS, key=lambda delimiter: _fit(begin, delimiter, worth))


def _fit(begin: list[str], delimiter: str, worth: Worth) -> tuple[int, int, int]:
    try:
        lines = [cells for cells in csv.reader(begin, delimiter=delimiter) if any(cells)]
    except csv.Error:
        return (0, 0, 0)
    widths = Counter(len(cells) for cells in lines if len(cells) > 1)
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    known = max((worth(cells) for cells in lines), default=0)
    return (known if times else 0, times, width)


def _lines(text: str, delimiter: str, first_line: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + first_line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refuse(
                _("The quotes or the length of a cell are wrong: %(why)s. Correct the cell.")
                % {"why": error},
                line=line,
            ) from error
        if sum(map(len, cells)) > MOST_LINE_SIGNS:
            raise _too_long(line)
        yield line, cells


def _filled(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines that are not blank."""
    return ((line, cells) for line, cells in lines if stripped(cells))


def stripped(cells: list[str]) -> list[str]:
    """The cells without the blank ones at the end of the line."""
    width = len(cells)
    while width and _is_blank(cells[width - 1]):
        width -= 1
    return cells[:width]


def _is_blank(cell: str) -> bool:
    return not cell.strip("\ufeff\u200b\u2060 \t\r\n\u00a0")


def _counted(lines: Iterator[Line]) -> list[Line]:
    found: list[Line] = []
    count = CellCount()
    for line, cells in lines:
        count.add(len(cells))
        if len(stripped(cells)) > MOST_COLUMNS:
            raise refuse(
                _("There are more than %(most)s columns. Remove those that are not needed.")
                % {"most": MOST_COLUMNS},
                line=line,
            )
        found.append((line, cells))
        if len(found) > MOST_ROWS + 1:
            raise refuse(
                _("There are more than %(most)s rows. Split the file into several.")
                % {"most": MOST_ROWS}
            )
    return found
