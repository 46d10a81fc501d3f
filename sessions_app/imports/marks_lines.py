"""The lines of a file of marks: when each was, and what has to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from attendance_project.tables import Problem, Row
from attendance_project.tables.moments import (
    Moment,
    dated_moment_of,
    in_one_order,
    moment_of,
    serial_moment,
)
from attendance_project.tables.placeholders import is_placeholder
from attendance_project.tables.reading import listed
from sessions_app.imports.beside_names import without_brackets
from sessions_app.imports.marks_layout import ABSENCE, FAMILY, GIVEN, STATUSES
from sessions_app.imports.marks_moments import joined_up
from sessions_app.imports.persons import joined_name
from sessions_app.imports.serial_days import serial_notes
from sessions_app.models import AttendanceStatus

SAYS_MARK = ("status", "minutes", "joined")
"""Columns from which a mark follows. A list without any of them is of those who were there."""
WITH_ALL = "student_name_with_all"
"""The name with all that stands beside it in the file, such as a number."""
_MOMENTS = ("date", "time", "session", "joined", "left")


@dataclass
class Line:
    """A row with its moments: ``day`` is what it says of the session, the others of the person."""

    row: Row
    day: Moment
    joined: Moment
    left: Moment


def lines_of(rows: Sequence[Row]) -> list[Line]:
    """The rows with their moments, where the other days of the file show which number of a day is
    the month."""
    read = [_moment(name, row.cells.get(name, "")) for row in rows for name in _MOMENTS]
    moments = in_one_order(read)
    lines = []
    for at, row in enumerate(rows):
        day, start, session, joined, left = moments[5 * at : 5 * at + 5]
        lines.append(Line(row, joined_up(day, start, session), joined, left))
    return lines


def _moment(name: str, text: str) -> Moment:
    if name == "date":
        return dated_moment_of(text)
    return (serial_moment(text) if name in ("joined", "left") else None) or moment_of(text)


def named(row: Row) -> Row:
    """The row with one name of the person, from one cell or from two."""
    cells = dict(row.cells)
    parts = [cells.pop(GIVEN, ""), cells.pop(FAMILY, "")]
    cells[WITH_ALL] = joined_name(parts, cells.get("student_name", ""))
    cells["student_name"] = without_brackets(cells[WITH_ALL])  # Zoom's "(original name)"
    return replace(row, cells=cells)


_NO = frozenset(
    [
        "0",
        "n",
        "no",
        "nein",
        "non",
        "nej",
        "nee",
        "não",
        "όχι",
        "false",
        "falsch",
        "faux",
        "falso",
        "لا",
        "-",
        "–",
    ]
)
"""Words by which a column of absences says that somebody was there."""


def with_status(row: Row) -> Row:
    """The row with a status in place of what a column of absences says. An empty cell says
    nothing."""
    if ABSENCE not in row.cells:
        return row
    cells = dict(row.cells)
    text = cells.pop(ABSENCE)
    word = text.strip().casefold()
    if word in _NO:
        text = AttendanceStatus.PRESENT
    elif STATUSES.get(word) == AttendanceStatus.PRESENT:
        text = AttendanceStatus.ABSENT
    cells["status"] = cells.get("status") or text
    return replace(row, cells=cells)


def is_open(told: dict[str, str]) -> bool:
    """Whether the status is all that is told, and stands for nothing, or nothing yet: ``?``, ``-``,
    ``n/a``."""
    others = [value for name, value in told.items() if name != "status"]
    return is_placeholder(told.get("status", "")) and not any(others)


@dataclass
class Remarks:
    """What is wrong with the lines, and what has to be said of them."""

    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    too_short: list[str] = field(default_factory=list)
    years: dict[str, str] = field(default_factory=dict)
    """Days without a year, as they stand in the file, with the day that was taken for each."""
    times: list[str] = field(default_factory=list)
    """Lines with a time only, which are of the only day that the file names."""
    serials: dict[str, int] = field(default_factory=dict)

    def leave(self, row: Row, why: str) -> None:
        cells = row.cells
        who = cells.get("student_number") or cells.get("student_email") or cells.get("student_name")
        self.left_out.append(
            _("line %(line)d “%(text)s”, %(why)s") % {"line": row.line, "text": who, "why": why}
        )

    def note_time(self, row: Row) -> None:
        text = next((row.cells[name] for name in ("time", "joined") if row.cells.get(name)), "")
        self.times.append(_("line %(line)d “%(text)s”") % {"line": row.line, "text": text})

    def note_serials(self, row: Row) -> None:
        for name in ("date", "joined", "left"):
            if serial_moment(text := row.cells.get(name, "")):
                self.serials.setdefault(text, row.line)

    def sentences(self) -> list[str]:
        years = [f"“{text}”: {day}" for text, day in self.years.items()]
        told = (
            (_("Left out: %(lines)s."), self.left_out),
            (_("There for too short a time, and not marked: %(lines)s."), self.too_short),
            (_("Times without a day are those of the file's only day: %(lines)s."), self.times),
            (_("Days without a year are those of the course's sessions: %(lines)s."), years),
        )
        found = [text % {"lines": listed(list(dict.fromkeys(ls)))} for text, ls in told if ls]
        return [*found, *serial_notes((line, text) for text, line in self.serials.items())]
