"""Tells what single letters of a status column mean, which differs between languages.

A is absent in English, anwesend (there) in German, and both aanwezig (there) and afwezig (absent)
in Dutch. What else stands in the column tells which, or a person has to look.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from attendance_project.tables import Row
from attendance_project.tables.placeholders import is_dashes
from sessions_app.imports.marks_layout import STATUSES
from sessions_app.models import AttendanceStatus

_GERMAN = {"a": "anwesend", "f": "fehlt", "v": "verspätet"}
_THERE = {AttendanceStatus.PRESENT, AttendanceStatus.LATE}


def spelled_out(rows: Sequence[Row]) -> list[Row]:
    """The rows with whole words in place of the German letters of a column with A and F, and in
    place of the dashes of a column with ``+``. Elsewhere a dash stands for nothing."""
    words = {_word(row) for row in rows}
    if "+" in words:
        rows = [_without_dash(row) for row in rows]
    if not {"a", "f"} <= words or "p" in words:
        return list(rows)
    return [_in_words(row) for row in rows]


def doubts(rows: Sequence[Row]) -> list[str]:
    """A note where A is read as absent, and nothing else in the column says who was there."""
    words = {_word(row) for row in rows}
    if "a" not in words or any(STATUSES.get(word) in _THERE for word in words):
        return []
    return [
        _(
            "A is read as absent. In some languages it stands for there: if it does here, write "
            "whole words, such as present and absent."
        )
    ]


def _word(row: Row) -> str:
    return row.cells.get("status", "").strip().strip(".").casefold()


def _without_dash(row: Row) -> Row:
    is_minus = is_dashes(row.cells.get("status", ""))
    return replace(row, cells={**row.cells, "status": "absent"}) if is_minus else row


def _in_words(row: Row) -> Row:
    word = _GERMAN.get(_word(row))
    return replace(row, cells={**row.cells, "status": word}) if word else row
