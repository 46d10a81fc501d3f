"""Keeps the lines of one person together where one of them is left out: what is left of a stay in
several parts would count as too short.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import normalise_email, normalise_number
from attendance_project.spellings import code_key
from attendance_project.tables import ImportRefused, Problem, Row
from sessions_app.imports.marks_lines import named

IN_PARTS = frozenset({"minutes", "joined", "left"})
"""Columns of files in which several lines may be parts of one stay."""


def check_alone(rows: Sequence[Row], left_out: Sequence[Row]) -> None:
    """Raises ImportRefused for lines of people who have another line that is left out, and for the
    whole file where nobody knows whose such a line is."""
    lines: dict[tuple[str, str], int] = {}
    for row in left_out:
        persons = list(_persons(row))
        if not persons:
            told = _("does not say whose it is. Correct it: it may be a part of somebody's stay.")
            raise ImportRefused([Problem(row.line, "", told), _no_way()])
        lines |= dict.fromkeys(persons, row.line)
    found = [
        Problem(row.line, "", _told(lines[same[0]]))
        for row in rows
        if (same := [person for person in _persons(row) if person in lines])
    ]
    if found:
        raise ImportRefused(found)


def _persons(row: Row) -> Iterator[tuple[str, str]]:
    """What the row says of whose it is, spelled so that it can be compared."""
    cells = named(row).cells
    said = {
        "number": normalise_number(cells.get("student_number", "")),
        "email": normalise_email(cells.get("student_email", "")),
        "name": code_key(cells.get("student_name", "")),
    }
    return ((kind, value) for kind, value in said.items() if value)


def _told(line: int) -> str:
    return _("is of the same person as line %(line)d, which cannot be used.") % {"line": line}


def _no_way() -> Problem:
    return Problem(0, "", _("Lines cannot be left out while it is not known whose they are."))
