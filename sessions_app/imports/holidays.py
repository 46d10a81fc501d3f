"""Reads closed days from a calendar of holidays: the events that last whole days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from attendance_project.tables import refuse
from attendance_project.tables.apart import read_apart
from sessions_app.domain.ical.dates import Date, Reader, Why, dates_of
from sessions_app.domain.ical.events import Series
from sessions_app.domain.ical.recurrence import TooMuch
from sessions_app.imports.calendars import Calendar, events_in, read_calendar, short
from sessions_app.models import NAME_LENGTH
from sessions_app.services import Day

BACK, AHEAD = timedelta(days=366), timedelta(days=3 * 366)
"""Days are read from so long ago until so far ahead: a yearly holiday has no end of its own."""
MOST_DAYS = 1000


@dataclass(frozen=True)
class Holidays:
    days: list[Day]
    """The closed days, sorted by date. Each date stands once."""
    left_out: list[str]
    """Titles of events that do not last whole days or cannot be read."""


def read_holidays(data: bytes, *, now: datetime) -> Holidays:
    """The closed days of a calendar, from a year ago until three years ahead. Raises
    ImportRefused."""
    found: Holidays = read_apart(_read, data, now)
    return found


def _read(data: bytes, now: datetime) -> Holidays:
    calendar = read_calendar(data)
    since, until = now - BACK, now + AHEAD
    reader = Reader(calendar.zones, UTC, since, until, calendar.budget)
    days: dict[date, str] = {}
    left_out: set[str] = set()
    for series in calendar.series:
        found = _whole_days(series, reader)
        if found is None:
            left_out.add(short(series.master.title))
            continue
        for one in found:
            for day in _days_of(one):
                if since.date() <= day <= until.date():
                    days.setdefault(day, short(one.event.title)[:NAME_LENGTH])
    _check(days, calendar)
    return Holidays([Day(day, days[day]) for day in sorted(days)], sorted(left_out))


def _whole_days(series: Series, reader: Reader) -> list[Date] | None:
    """The dates of an event that lasts whole days. None for any other event."""
    events = events_in(series)
    if any(event.fault[0] or event.start is None for event in events):
        return None
    if not series.master.lasts_days:
        return None
    try:
        dates = dates_of(series, reader)
    except TooMuch:
        return None
    return [one for one in dates if one.why is Why.WHOLE_DAY]


def _days_of(one: Date) -> Iterator[date]:
    """Each day of it. The end of an event is the day after its last (RFC 5545, 3.6.1)."""
    event, first = one.event, one.starts_at.date()
    length = event.length or timedelta(days=1)
    if event.end is not None:
        length = event.end.wall - event.begin.wall
    return (first + timedelta(days=n) for n in range(min(max(1, length.days), MOST_DAYS)))


def _check(days: dict[date, str], calendar: Calendar) -> None:
    if len(days) > MOST_DAYS:
        raise refuse(
            _("There are more than %(most)s closed days. Is this the calendar of holidays?")
            % {"most": MOST_DAYS}
        )
    if not days:
        raise refuse(
            _("No event of this calendar lasts whole days. Choose the calendar of holidays.")
        )
