"""What is said of a calendar as a whole before its sessions are planned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance_project.days import when
from sessions_app.domain.ical.lines import FALLBACK
from sessions_app.imports.calendars import Calendar, short

_MOST_LINES_TOLD = 20


@dataclass
class Told:
    """What was noticed while the events were gone through."""

    notes: list[str] = field(default_factory=list)
    begun_before: set[int] = field(default_factory=set)
    """Lines of repeating events with dates that are past."""
    goes_on: set[int] = field(default_factory=set)
    """Lines of repeating events with dates that are too far ahead."""
    shared: dict[str, set[int]] = field(default_factory=dict)
    """Lines of events that have one UID although they are no series."""
    by_date: dict[int, list[int]] = field(default_factory=dict)
    """Lines of older versions, by the line of the event that was changed last."""


def notes_of(calendar: Calendar, told: Told, *, until: datetime) -> Iterator[str]:
    """What a person has to know of the calendar as a whole."""
    yield from dict.fromkeys(told.notes)
    yield from _of_file(calendar)
    yield from _of_events(told, until)


def _of_file(calendar: Calendar) -> Iterator[str]:
    """What had to be guessed or mended while the file was read."""
    if calendar.is_cut_off:
        yield _(
            "This file is cut off: its end is missing. What is there was read, and nothing is "
            "cancelled for being missing. Export the calendar again."
        )
    if calendar.odd_lines:
        yield _(
            "Not UTF-8 text, and read as %(encoding)s instead: lines %(lines)s. Look at the names "
            "with accents."
        ) % {"encoding": FALLBACK, "lines": lines_in_words(calendar.odd_lines)}
    for name in sorted(calendar.zones.unknown):
        yield _(
            "The time zone “%(zone)s” is not known. Its times were read on the course's own "
            "clock: check them."
        ) % {"zone": short(name)}
    if calendar.zones.floats:
        yield _(
            "Times without a zone were read by the calendar's own zone, “%(zone)s”: check them "
            "where a course is elsewhere."
        ) % {"zone": short(calendar.zones.floating)}


def _of_events(told: Told, until: datetime) -> Iterator[str]:
    """What is odd in the events, and which of their dates are left out."""
    for line, older in told.by_date.items():
        yield _(
            "The events on lines %(lines)s have one UID. The one on line %(line)d was changed "
            "last, and it alone counts."
        ) % {"lines": lines_in_words(sorted([*older, line])), "line": line}
    for lines in told.shared.values():
        if len(lines) > 1:
            yield _(
                "The events on lines %(lines)s have one UID, and all of them are planned. If some "
                "are older versions of the same event, cancel their sessions."
            ) % {"lines": lines_in_words(sorted(lines))}
    if told.begun_before:
        yield ngettext(
            "Dates that are past were left out of %(n)d repeating event.",
            "Dates that are past were left out of %(n)d repeating events.",
            len(told.begun_before),
        ) % {"n": len(told.begun_before)}
    if told.goes_on:
        yield _(
            "Dates after %(day)s are too far ahead and not planned yet (repeating events: %(n)d). "
            "Import the calendar again later."
        ) % {"day": when(until, "long day"), "n": len(told.goes_on)}


def lines_in_words(numbers: Sequence[int]) -> str:
    """The numbers, and how many more there are where they are too many to read."""
    named = ", ".join(map(str, numbers[:_MOST_LINES_TOLD]))
    left = len(numbers) - _MOST_LINES_TOLD
    return named if left <= 0 else _("%(lines)s and %(n)d more") % {"lines": named, "n": left}
