"""Reads a calendar and reckons the dates of its series, in a process of its own (tables.apart).

It asks the caller's process in between which series are needed, since only there is a database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum

from django.utils.translation import gettext as _

from attendance_project.tables import ImportRefused, refuse
from sessions_app.domain.ical.dates import Date, Reader, Stray, dates_of
from sessions_app.domain.ical.events import Series
from sessions_app.domain.ical.recurrence import TooMuch
from sessions_app.imports.calendars import Calendar, read_calendar

MOST_OCCURRENCES = 5_000
"""Sessions that one file may ask for: different starts of one course that are to come."""
MOST_RECKONED = 50_000
"""Dates of one file, those that are past, cancelled or too far ahead among them."""


@dataclass(frozen=True)
class Wish:
    """A series whose dates are needed: for which course, by its id, and on whose clock."""

    series: Series
    course: str
    own: tzinfo


class Trouble(Enum):
    """Why a series has no dates."""

    TOO_MUCH = "too_much"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Reckoned:
    dates: list[Date]
    strays: list[Stray]
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Answer:
    """What came of each wish, in the order of the wishes, and the zones that nobody knows.

    ``floats`` says whether times without a zone were read by the calendar's own one."""

    reckoned: list[Reckoned]
    unknown_zones: set[str]
    floats: bool


def reckon(
    data: bytes,
    since: datetime,
    planned_until: datetime,
    until: datetime,
    choose: Callable[[Calendar], Sequence[Wish]],
) -> Answer:
    """The dates of the series that ``choose`` picks from the calendar. Raises ImportRefused.

    Dates from ``since`` until ``planned_until`` make sessions. Later ones are only compared with
    those that are there.
    """
    calendar = read_calendar(data)
    count = _Count(since, planned_until)
    reckoned = []
    for wish in choose(calendar):
        found = _one(calendar, wish, since, until)
        count.add(wish, found.dates)
        reckoned.append(found)
    return Answer(reckoned, calendar.zones.unknown, calendar.zones.floats)


class _Count:
    """Counts dates while they are reckoned, so that no file goes on for long."""

    def __init__(self, since: datetime, planned_until: datetime) -> None:
        self.since, self.planned_until = since, planned_until
        self.reckoned = 0
        self.planned: set[tuple[str, datetime]] = set()

    def add(self, wish: Wish, dates: Sequence[Date]) -> None:
        """Raises ImportRefused."""
        self.reckoned += len(dates)
        self.planned |= {(wish.course, one.starts_at) for one in dates if self._is_planned(one)}
        if self.reckoned > MOST_RECKONED:
            raise _too_many(MOST_RECKONED)
        if len(self.planned) > MOST_OCCURRENCES:
            raise _too_many(MOST_OCCURRENCES)

    def _is_planned(self, date: Date) -> bool:
        return date.why is None and self.since <= date.starts_at < self.planned_until


def _too_many(most: int) -> ImportRefused:
    return refuse(
        _("There are more than %(most)s dates. Split the file into several.") % {"most": most}
    )


def _one(calendar: Calendar, wish: Wish, since: datetime, until: datetime) -> Reckoned:
    reader = Reader(calendar.zones, wish.own, since, until, calendar.budget)
    try:
        return Reckoned(dates_of(wish.series, reader), reader.strays)
    except TooMuch:
        return Reckoned([], [], Trouble.TOO_MUCH)
    except (OverflowError, ValueError):
        return Reckoned([], [], Trouble.UNREADABLE)
