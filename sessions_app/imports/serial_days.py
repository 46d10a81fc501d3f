"""Tells which numbers of a file were read as the days for which a spreadsheet keeps them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from attendance_project.days import when
from attendance_project.tables.moments import serial_moment
from attendance_project.tables.reading import listed


def serial_notes(found: Iterable[tuple[int, str]]) -> list[str]:
    """A note on these numbers, each once with its first line, or nothing where there are none."""
    first: dict[str, int] = {}
    for line, text in found:
        first.setdefault(text, line)
    told = [
        _("line %(line)d “%(number)s” as %(day)s")
        % {"line": line, "number": text, "day": when(moment.days[0], "long day")}
        for text, line in first.items()
        if (moment := serial_moment(text))
    ]
    note = _("Numbers by which a spreadsheet keeps days were read as days: %(cells)s.")
    return [note % {"cells": listed(told)}] if told else []
