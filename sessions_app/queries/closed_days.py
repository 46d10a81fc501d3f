"""Finds the days on which the institution is closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from sessions_app.models import ClosedDay, Course, Session
from sessions_app.queries.timetable import NEXT_WITHIN


@dataclass(frozen=True)
class ClosedRange:
    """Closed days in a row, of one name and from one calendar. It may be a single day."""

    days: tuple[ClosedDay, ...]

    @property
    def pk(self) -> UUID:
        """The key of its first day."""
        return self.days[0].pk

    @property
    def first(self) -> date:
        return self.days[0].date

    @property
    def last(self) -> date:
        return self.days[-1].date

    @property
    def name(self) -> str:
        return self.days[0].name

    @property
    def source(self) -> str:
        return self.days[0].source

    def goes_on_with(self, day: ClosedDay) -> bool:
        is_next = day.date - self.last == timedelta(days=1)
        return is_next and (day.name, day.source) == (self.name, self.source)


def in_ranges(days: Iterable[ClosedDay]) -> list[ClosedRange]:
    """The days in ranges as long as they can be, earliest first."""
    found: list[ClosedRange] = []
    for day in sorted(days, key=lambda each: each.date):
        if found and found[-1].goes_on_with(day):
            found[-1] = ClosedRange((*found[-1].days, day))
        else:
            found.append(ClosedRange((day,)))
    return found


def range_of(day: ClosedDay) -> ClosedRange:
    """The range to which a closed day belongs. One that was removed meanwhile is its own range."""
    alike = ClosedDay.objects.filter(name=day.name, source=day.source)
    ranges = in_ranges(alike)
    its_own = (each for each in ranges if each.first <= day.date <= each.last)
    return next(its_own, ClosedRange((day,)))


def closed_on(days: Iterable[date]) -> dict[date, ClosedDay]:
    """Those of the days on which the institution is closed."""
    asked = sorted(set(days))
    if not asked:
        return {}
    rows = ClosedDay.objects.filter(date__gte=asked[0], date__lte=asked[-1])
    wanted = set(asked)
    return {row.date: row for row in rows if row.date in wanted}


def closed_between(first: date, last: date) -> list[ClosedDay]:
    """The closed days from the first to the last, both included."""
    return list(ClosedDay.objects.filter(date__gte=first, date__lte=last))


def closed_soon(now: datetime) -> list[ClosedDay]:
    """The closed days of today and the next two weeks, on the viewer's clock."""
    today = timezone.localdate(now)
    return closed_between(today, today + NEXT_WITHIN)


def closed_days_of(course: Course, coming: Sequence[Session], now: datetime) -> dict[str, Any]:
    """``closed_days``: from today until the last session to come. Each session to come is given
    ``closed_day``: the closed day on which it would take place, or None."""
    if not coming:
        return {"closed_days": []}
    today = now.astimezone(course.zone).date()
    days = [session.local_start.date() for session in coming]
    rows = closed_between(min(today, *days), max(days))
    by_date = {row.date: row for row in rows}
    for session, day in zip(coming, days, strict=True):
        session.closed_day = by_date.get(day)  # type: ignore[attr-defined]
    return {"closed_days": rows}
