"""Reads an uploaded file into a table of cells, and finds out its encoding and delimiter."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import charset_normalizer
from django.utils.translation import gettext as _

from sessions_app.imports.cells import cleaned
from sessions_app.imports.problems import ImportRefused, Problem, refuse

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODE_PAGES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "cp949", "gb18030"]
"""What spreadsheets save, by country. Among all encodings short files cannot be told apart."""

_AS_GOOD = 0.1
"""How much more "chaos" (charset-normalizer's measure, 0 to 1) a short text may have by chance: a
list of one Polish name has 0.07 in its own code page."""


@dataclass(frozen=True)
class Text:
    text: str
    encoding: str
    is_guess: bool
    """Whether another encoding would have fitted too, so that a person has to look."""


@dataclass(frozen=True)
class Row:
    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    text: Text
    delimiter: str
    columns: list[str]
    rows: list[Row]


def read_text(data: bytes, encoding: str = "") -> Text:
    """The file as text, in the given encoding or the one found out. Raises ImportRefused."""
    if len(data) > MOST_BYTES:
        raise refuse(
            _("The file is larger than %(mb)s MB. Split it into several.")
            % {"mb": MOST_BYTES // 2**20}
        )
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refuse(_("This is a workbook, not a CSV file. Save it as “CSV UTF-8” and try again."))
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if encoding or marked:
        return _decoded(data, encoding or marked)
    try:
        return Text(data.decode(), "utf-8", is_guess=False)
    except UnicodeDecodeError:
        return _guessed(data)


def _decoded(data: bytes, encoding: str) -> Text:
    try:
        return Text(data.decode(encoding), encoding, is_guess=False)
    except (UnicodeDecodeError, LookupError) as error:
        raise refuse(
            _("The file is not %(encoding)s text. Save it as “CSV UTF-8”.") % {"encoding": encoding}
        ) from error


def _guessed(data: bytes) -> Text:
    matches = charset_normalizer.from_bytes(data, cp_isolation=_CODE_PAGES)
    best = matches.best()
    if best is None or b"\0" in data:
        raise refuse(_("This file cannot be read as text. Save it as “CSV UTF-8” and try again."))
    fitting = [match for match in matches if match.chaos <= best.chaos + _AS_GOOD]
    match = min(fitting, key=lambda match: (_signs(str(match)), match.encoding != "cp1252"))
    return Text(str(match), match.encoding, is_guess=True)


def _signs(text: str) -> int:
    """How many characters are not of names, as a wrong code page makes them: Micha³, Јukasz.

    Short names leave several code pages possible. Of equally good ones, cp1252 is most used.
    """
    pairs = zip(text, text[1:] + " ", strict=True)
    return sum(ord(one) > 127 and (not one.isalpha() or _mixed(one, two)) for one, two in pairs)


def _mixed(one: str, two: str) -> bool:
    return two.isascii() and two.isalpha() and not unicodedata.name(one, "").startswith("LATIN")


def read_table(data: bytes, known: frozenset[str], encoding: str = "") -> Table:
    """The rows under a header with only ``known`` columns. Raises ImportRefused, which names every
    line at fault."""
    text = read_text(data, encoding)
    delimiter, body, first_line = _delimiter(text.text)
    lines = _lines(body, delimiter, first_line)
    header_line, header = next(lines, (1, []))
    columns = _columns(header_line, header, known)
    problems: list[Problem] = []
    rows = [row for line, cells in lines if (row := _row(line, cells, columns, problems))]
    if problems:
        raise ImportRefused(problems)
    return Table(text, delimiter, columns, rows)


def _delimiter(text: str) -> tuple[str, str, int]:
    """The delimiter, the text from the header on, and the number of the header's line."""
    first, _, rest = text.partition("\n")
    told = first.strip()
    if told.lower().startswith("sep=") and len(told) == 5 and told[4] in DELIMITERS:
        return told[4], rest, 2  # Excel writes this line for itself
    try:
        return csv.Sniffer().sniff(first, DELIMITERS).delimiter, text, 1
    except csv.Error:  # there is only one column
        return ",", text, 1


def _lines(text: str, delimiter: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = 0
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
            ) from (error)
        if any(cell.strip() for cell in cells):
            yield line, cells
            rows += 1
        if rows > MOST_ROWS + 1:
            raise refuse(
                _("There are more than %(most)s rows. Split the file into several.")
                % {"most": MOST_ROWS}
            )


def _columns(line: int, header: list[str], known: frozenset[str]) -> list[str]:
    columns = ["_".join(name.strip().lower().split()) for name in header]
    problems = [
        Problem(
            line,
            name or _("column %(number)d") % {"number": number},
            _("is not a column of this import. Rename it, or remove it."),
        )
        for number, name in enumerate(columns, 1)
        if name not in known
    ]
    twice = {name for name in columns if columns.count(name) > 1 and name in known}
    problems += [Problem(line, name, _("appears twice. Keep one of them.")) for name in twice]
    if not any(name in known for name in columns):
        raise refuse(
            _("The first line has to name the columns: %(columns)s.")
            % {"columns": ", ".join(sorted(known))},
            line=line,
        )
    if problems:
        raise ImportRefused(problems)
    return columns


def _row(line: int, cells: list[str], columns: list[str], problems: list[Problem]) -> Row | None:
    if len(cells) != len(columns):
        problems.append(
            Problem(
                line,
                "",
                _(
                    "has %(cells)s cells, but the header has %(columns)s. Check for a missing "
                    "or extra separator, or a quote that is not closed."
                )
                % {"cells": len(cells), "columns": len(columns)},
            )
        )
        return None
    values = {}
    for column, cell in zip(columns, cells, strict=True):
        try:
            values[column] = cleaned(cell)
        except ValueError as error:
            problems.append(Problem(line, column, str(error)))
    return Row(line, values)
