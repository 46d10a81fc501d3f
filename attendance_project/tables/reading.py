"""Reads the rows of a file under its header, for a layout, and says what was left out or mended."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance_project.spellings import hides_signs, visible
from attendance_project.tables import numbers
from attendance_project.tables.apart import read_apart
from attendance_project.tables.cells import clean, is_defused, unscrambled
from attendance_project.tables.footers import is_footer, is_rule
from attendance_project.tables.headers import (
    LEFT_OUT,
    Choice,
    Header,
    find_header,
    header_key,
    signature_of,
    understand,
    worth_in,
)
from attendance_project.tables.layouts import IDENTITIES, Kind, Layout
from attendance_project.tables.problems import HeaderRefused, ImportRefused, Problem
from attendance_project.tables.readings import Reading
from attendance_project.tables.sources import Line, Source, read_source, stripped
from attendance_project.tables.text import Text

MOST_NAMED = 12
"""Lines of one sort that are named one by one in the notes. The number of the others is told."""
SAMPLES = 3
"""Rows that are shown beside a header that nobody knows."""
_LONGEST_SHOWN = 50

Remembered = Callable[[str], Choice | None]
"""The choice that a person once made for the files with this signature, if there is one."""


@dataclass(frozen=True)
class Row:
    """``cells`` has the values, ``literals`` what stood there where it was mended. ``problems`` are
    empty unless the layout keeps faults: then the cells at fault are missing."""

    line: int
    cells: dict[str, str]
    literals: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass
class Table:
    header: Header
    rows: list[Row]
    notes: list[str]
    samples: list[list[str]] = field(default_factory=list)
    """The first rows as they stand in the file, for a person who has to choose columns."""
    readings: tuple[Reading, ...] = ()
    """How the file reads in its encoding, and then in others that fit (`Text.readings`)."""

    @property
    def columns(self) -> list[str]:
        return self.header.columns


class ColumnsUnclear(ImportRefused):
    """The header is not understood, so that a person has to say which column is which."""

    def __init__(
        self,
        problems: list[Problem],
        header: Header,
        samples: list[list[str]],
        readings: tuple[Reading, ...] = (),
    ) -> None:
        super().__init__(problems)
        self.header = header
        self.samples = samples
        self.readings = readings

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems, self.header, self.samples, self.readings)


def unclear_column(table: Table, layout: Layout, column: str) -> ColumnsUnclear:
    """The refusal of a table that lacks this column, which may be there by an unknown name."""
    label = layout.by_name[column].label
    problem = Problem(table.header.line, "", _NOT_KNOWN() % {"column": label})
    return ColumnsUnclear([problem], table.header, table.samples, table.readings)


def read_table(
    data: bytes,
    layout: Layout,
    *,
    encoding: str = "",
    remembered: Remembered = lambda signature: None,
) -> Table:
    """The rows of a file with the columns of the layout. Raises ImportRefused, which names every
    line at fault, and ColumnsUnclear, where choosing columns would help."""
    table: Table = read_apart(_table, data, layout, encoding, ask=remembered)
    return table


def _table(data: bytes, layout: Layout, encoding: str, remembered: Remembered) -> Table:
    return table_of(read_source(data, worth_in(layout), encoding), layout, remembered)


def table_of(
    source: Source, layout: Layout, remembered: Remembered, *, without: Collection[int] = ()
) -> Table:
    """The rows of lines that are read already, all but those of the numbers in ``without``. Raises
    what `read_table` raises."""
    at = find_header(source.lines, layout)
    header = _header(source.lines, at, layout, remembered)
    body = [line for line in source.lines[at + 1 :] if line[0] not in without]
    _check(header, layout, body, source.readings)
    reader = _Reader(header, layout)
    rows = [row for line in body if (row := reader.read(line))]
    reader.check_rounded(rows)
    if reader.problems:
        raise ImportRefused(reader.problems, rows=len(body))
    notes = [*_guess_notes(source.text), *source.notes, *_title_notes(source.lines[:at])]
    notes += reader.notes(rows)
    if not rows:
        notes.append(_("There are no rows below the names of the columns."))
    return Table(header, rows, notes, _samples(header, body), source.readings)


def header_of(
    data: bytes, layout: Layout, *, encoding: str = "", remembered: Remembered
) -> ColumnsUnclear:
    """The header of a file as it is understood, with some of its cells, for a person to look at.
    Raises ImportRefused."""
    found: ColumnsUnclear = read_apart(_header_alone, data, layout, encoding, ask=remembered)
    return found


def _header_alone(
    data: bytes, layout: Layout, encoding: str, remembered: Remembered
) -> ColumnsUnclear:
    source = read_source(data, worth_in(layout), encoding)
    at = find_header(source.lines, layout)
    header = _header(source.lines, at, layout, remembered)
    return ColumnsUnclear([], header, _samples(header, source.lines[at + 1 :]), source.readings)


def _header(lines: Sequence[Line], at: int, layout: Layout, remembered: Remembered) -> Header:
    line, cells = lines[at] if lines else (1, [])
    choice = remembered(signature_of([header_key(visible(cell)) for cell in cells]))
    return understand(line, cells, layout, choice)


def _check(
    header: Header, layout: Layout, body: Sequence[Line], readings: tuple[Reading, ...]
) -> None:
    columns = set(header.columns) - {LEFT_OUT}
    problems = list(header.problems)
    if not columns and any(map(_is_of_a_person, header.names)):
        told = _(
            "already holds a person. Put a line with the names of the columns above it, such as "
            "%(columns)s."
        )
        names = "student_number, student_email, student_name"
        raise HeaderRefused([Problem(header.line, "", told % {"columns": names})])
    if not columns:
        names = ", ".join(sorted(c.name for c in layout.columns if not c.is_foreign))
        told = _("The first line has to name the columns: %(columns)s.") % {"columns": names}
        problems = [Problem(header.line, "", told)]
    elif not header.is_own or layout.reads_strangers:
        problems += _lacking(header, layout, columns)
    if not problems:
        return
    if body and any(header.names):
        raise ColumnsUnclear(problems, header, _samples(header, body), readings)
    raise HeaderRefused(problems)


def _is_of_a_person(cell: str) -> bool:
    """Whether the cell is somebody's address or number, so that the line names no columns."""
    return bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|\d{4,}", cell))


def _samples(header: Header, body: Sequence[Line]) -> list[list[str]]:
    """Some rows of cells, each as wide as the header."""
    width = len(header.names)
    begin = [[visible(cell)[:_LONGEST_SHOWN] for cell in cells] for _l, cells in body[:SAMPLES]]
    return [(cells + [""] * width)[:width] for cells in begin]


def _NOT_KNOWN() -> str:
    return _("No column is known as “%(column)s”. Rename the right one, or choose it on the page.")


def _lacking(header: Header, layout: Layout, columns: set[str]) -> list[Problem]:
    """What the header lacks: a column with the name of a person needs one with their number."""
    text = _NOT_KNOWN()
    labels = layout.by_name
    return [
        Problem(header.line, "", text % {"column": labels[sorted(needed)[0]].label})
        for given, needed in layout.needs
        if columns & given and not columns & needed
    ]


class _Reader:
    """Reads line by line, and gathers what is wrong and what has to be said."""

    def __init__(self, header: Header, layout: Layout) -> None:
        self.header = header
        self.header_keys = header.keys
        self.kinds = {
            at: layout.by_name[column].kind for at, column in enumerate(header.columns) if column
        }
        self.keeps_faults = layout.keeps_faults
        self.problems: list[Problem] = []
        self.skipped: list[tuple[int, str]] = []
        self.turned = 0
        self.nameless: set[int] = set()
        self.hidden: list[str] = []
        """Cells with signs that nobody sees, without them."""

    def read(self, numbered: Line) -> Row | None:
        """The row of a line, or None for one that is no data, or at fault and not to be kept."""
        line, cells = numbered[0], stripped(numbered[1])
        if self._is_no_data(cells):
            self._skip(line, cells)
            return None
        faults = self._width_faults(line, cells)
        marked = self._marks_text(cells)
        values: dict[str, str] = {}
        literals: dict[str, str] = {}
        for at, kind in self.kinds.items():
            column = self.header.columns[at]
            try:
                cell = clean(_bare(cells[at], kind, marked) if at < len(cells) else "", kind)
            except ValueError as error:
                faults.append(Problem(line, column, str(error)))
                continue
            values[column] = cell.value
            if cell.literal != cell.value:
                literals[column] = cell.literal
            self.turned += kind == Kind.NAME and cell.is_mended
            if cell.value and hides_signs(cells[at]):
                self._note_hidden(line, column, cell.value)
        if faults and self.keeps_faults:
            return Row(line, values, literals, tuple(faults))
        self.problems += faults
        if any(values.values()):
            return Row(line, values, literals)
        if len(values) == len(self.kinds):
            self._skip(line, cells)
        return None

    def _marks_text(self, cells: list[str]) -> bool:
        """Whether a number or an address of the line has the apostrophe in front by which a
        spreadsheet marks text. Then a name's one is no letter of it, as it is in ’t Hooft."""
        places = [at for at, k in self.kinds.items() if k in (Kind.NUMBER, Kind.EMAIL)]
        return any(cells[at][:1] == "'" for at in places if at < len(cells))

    def _note_hidden(self, line: int, column: str, value: str) -> None:
        told = _("line %(line)d, %(column)s “%(value)s”")
        values = {"line": line, "column": column, "value": value[:_LONGEST_SHOWN]}
        self.hidden.append(told % values)

    def _skip(self, line: int, cells: list[str]) -> None:
        self.skipped.append((line, visible(" ".join(cells))[:_LONGEST_SHOWN]))

    def _is_no_data(self, cells: list[str]) -> bool:
        if self._repeats_header(cells):
            return True
        identities = [
            cells[at]
            for at, kind in self.kinds.items()
            if kind in IDENTITIES and at < len(cells) and cells[at].strip()
        ]
        padded = [*cells, *[""] * (len(self.kinds) - len(cells))]
        return is_rule(cells) or is_footer(padded, identities)

    def _repeats_header(self, cells: list[str]) -> bool:
        # The first cell is compared alone, since a large file has few lines of which it is true.
        if header_key(cells[0][:100]) != self.header_keys[0]:
            return False
        keys = [header_key(cell[:100]) for cell in cells]
        return keys == self.header_keys[: len(keys)] and len(list(filter(None, keys))) > 1

    def _width_faults(self, line: int, cells: list[str]) -> list[Problem]:
        width = len(self.header.columns)
        filled = {at for at, cell in enumerate(cells[:width]) if cell.strip()}
        self.nameless |= {at for at in filled if not self.header.names[at]}
        if len(cells) > width:
            text = ngettext(
                "has %(cells)s cell, but the header has %(columns)s. Check for a missing "
                "or extra separator, or a quote that is not closed.",
                "has %(cells)s cells, but the header has %(columns)s. Check for a missing "
                "or extra separator, or a quote that is not closed.",
                len(cells),
            )
            return [Problem(line, "", text % {"cells": len(cells), "columns": width})]
        return []

    def check_rounded(self, rows: list[Row]) -> None:
        for at, kind in self.kinds.items():
            if kind not in (Kind.NUMBER, Kind.CODE):
                continue
            column = self.header.columns[at]
            lines = {row.cells.get(column, ""): row.line for row in reversed(rows)}
            for value in numbers.rounded_ones(list(lines)):
                sentence = numbers.rounded_sentence(value)
                self.problems.append(Problem(lines[value], column, sentence))

    def notes(self, rows: list[Row]) -> list[str]:
        return [
            *self._unread_notes(),
            *self._skipped_notes(),
            *self._mended_notes(rows),
        ]

    def _unread_notes(self) -> list[str]:
        notes = []
        if self.header.unread:
            names = ", ".join(f"“{name[:_LONGEST_SHOWN]}”" for name in self.header.unread[:30])
            notes.append(_("Columns that were not read: %(names)s.") % {"names": names})
        if self.nameless:
            numbers_ = ", ".join(str(at + 1) for at in sorted(self.nameless))
            note = _("Columns without a name were not read: %(columns)s.")
            notes.append(note % {"columns": numbers_})
        return notes

    def _skipped_notes(self) -> list[str]:
        named = [
            _("line %(line)d “%(text)s”") % {"line": line, "text": text}
            for line, text in self.skipped
        ]
        return [_("Left out, since they are no data: %(lines)s.") % {"lines": listed(named)}] * (
            1 if named else 0
        )

    def _mended_notes(self, rows: list[Row]) -> list[str]:
        notes = []
        mended = [
            _("line %(line)d, %(column)s: “%(was)s” was read as “%(value)s”")
            % {"line": row.line, "column": column, "was": was, "value": row.cells[column]}
            for row in rows
            for column, was in row.literals.items()
            if column in self._number_columns or _is_scrambled(was)
        ]
        if mended:
            note = _("Changed back from what a spreadsheet or a copy made of it: %(cells)s.")
            notes.append(note % {"cells": listed(mended)})
        if self.hidden:
            note = _("Signs that nobody sees were taken out: %(cells)s.")
            notes.append(note % {"cells": listed(self.hidden)})
        if self.turned:
            note = ngettext(
                "%(n)d name was turned around, such as “Berg, Ann” into “Ann Berg”.",
                "%(n)d names were turned around, such as “Berg, Ann” into “Ann Berg”.",
                self.turned,
            )
            notes.append(note % {"n": self.turned})
        return notes

    @property
    def _number_columns(self) -> frozenset[str]:
        kinds = (Kind.NUMBER, Kind.CODE)
        return frozenset(self.header.columns[at] for at, k in self.kinds.items() if k in kinds)


def _is_scrambled(text: str) -> bool:
    try:
        return unscrambled(text) != text
    except ValueError:  # it was read in another way
        return False


def _bare(cell: str, kind: Kind, marked: bool) -> str:
    is_name = marked and kind in (Kind.NAME, Kind.NAME_PART, Kind.TEXT) and not is_defused(cell)
    return cell[1:] if is_name and cell[:1] == "'" and cell[1:2].isalpha() else cell


def _guess_notes(text: Text | None) -> list[str]:
    if text is None or not text.is_guess:
        return []
    told = _(
        "The encoding was detected as %(encoding)s. Check the names with accents. "
        "If they are wrong, choose another encoding."
    )
    return [told % {"encoding": text.encoding}]


def _title_notes(lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    named = [
        _("line %(line)d “%(text)s”")
        % {"line": line, "text": visible(" ".join(cells))[:_LONGEST_SHOWN]}
        for line, cells in lines
    ]
    return [_("Left out above the names of the columns: %(lines)s.") % {"lines": listed(named)}]


def listed(texts: Sequence[str]) -> str:
    """The texts, and how many more there are where they are too many to read."""
    more = len(texts) - MOST_NAMED
    last = [ngettext("%(n)d more", "%(n)d more", more) % {"n": more}] if more > 0 else []
    return "; ".join([*texts[:MOST_NAMED], *last])
