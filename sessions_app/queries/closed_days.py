"""Finds the days on which the institution is closed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from sessions_app.models import ClosedDay, Course, Session
from sessions_app.queries.timetable import NEXT_WITHIN


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
