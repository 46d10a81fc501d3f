"""Turns a sheet with a column for each session into lines of one mark each.

Moodle's attendance sheet is such a table, and so are most lists that teachers keep themselves.
"""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from attendance_project.tables import Layout
from attendance_project.tables.headers import find_header, understand
from attendance_project.tables.moments import dated_moment_of, moment_of
from attendance_project.tables.reading import listed
from attendance_project.tables.several_days import has_several_days
from attendance_project.tables.sources import Line, Source
from sessions_app.imports.marks_layout import FAMILY, GIVEN

_OF_A_LINE = frozenset(
    [
        *("student_number", "student_email", "student_name", GIVEN, FAMILY),
        *("subject_code", "class_code"),
    ]
)
"""Columns that stay in front of each mark."""
_OF_ONE_SESSION = frozenset({"date", "session", "joined"})
"""Columns that say of which session a line is, so that the sheet has no column for each."""


_OF_A_MARK = frozenset({"status", "minutes", "left"})
"""Columns that say more than a name such as 1.2, which may be no day at all."""
_NUMBERED = re.compile(r"\s*(\d{1,3})\.?\s*[-–—]\s*(\S.*)", re.S)
_READ = 100
"""Signs of a name in which a day is looked for."""


def one_mark_a_line(source: Source, layout: Layout) -> Source:
    """The lines with the columns ``date`` and ``status``, or as they are where no column is named
    after a day. A cell that is empty is no mark."""
    at = find_header(source.lines, layout)
    if at >= len(source.lines):
        return source
    line, names = source.lines[at]
    columns = understand(line, names, layout, None).columns
    names = _without_numbers(names)
    days = _days(names)
    is_whole = any(moment_of(names[place][:_READ]).days for place in days)
    of_one = _OF_ONE_SESSION if is_whole else _OF_ONE_SESSION | _OF_A_MARK
    if not days or of_one & set(columns):
        return source
    kept = [place for place, column in enumerate(columns) if column in _OF_A_LINE]
    kept = kept or [place for place in range(len(names)) if place not in days]
    header = (line, [*(names[place] for place in kept), "date", "status"])
    marks = _marks(source.lines[at + 1 :], names, kept, days)
    notes = [*source.notes, *_notes(names)]
    return Source([*source.lines[:at], header, *marks], source.text, notes)


def _without_numbers(names: Sequence[str]) -> list[str]:
    """The names without the numbers of meetings in front of their days: “1 - 14.10.2026” and
    “2 - 21.10.2026”. Numbers that do not count up may be days themselves, and stay."""
    found = {at: match for at, name in enumerate(names) if (match := _numbered(name))}
    numbers = [int(match[1]) for match in found.values()]
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return list(names)
    return [found[at][2] if at in found else name for at, name in enumerate(names)]


def _numbered(name: str) -> re.Match[str] | None:
    match = _NUMBERED.fullmatch(name[:_READ])
    return match if match and dated_moment_of(match[2]).tells_day else None


def _notes(names: Sequence[str]) -> Iterator[str]:
    if several := [f"“{name}”" for name in names if has_several_days(name[:_READ])]:
        told = _("Columns of several days were not read: %(names)s. Make a column for each day.")
        yield told % {"names": listed(several)}


def _days(names: Sequence[str]) -> list[int]:
    """The places of the names that are days, also without a year, or as spreadsheets keep them."""
    return [at for at, name in enumerate(names) if dated_moment_of(name[:_READ]).tells_day]


def _marks(
    lines: Sequence[Line], names: Sequence[str], kept: Sequence[int], days: Sequence[int]
) -> Iterator[Line]:
    for line, cells in lines:
        begin = [cells[place] if place < len(cells) else "" for place in kept]
        for place in days:
            if place < len(cells) and cells[place].strip():
                yield line, [*begin, names[place], cells[place]]
