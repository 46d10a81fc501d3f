"""Sessions of some days, each by the calendar of its own place, and how the class stood in them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count

from accounts.models import User
from reports.domain import rates
from sessions_app.models import Attendance, Session

LONGEST_DAY = timedelta(hours=25)
"""A local day that contains a moment starts and ends at most this far away from it. It is the
day on which clocks go back."""


def local_day(moment: datetime, time_zone: str) -> str:
    """The calendar day of a moment in a zone, ``YYYY-MM-DD`` as on `Attendance.local_date`."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def sessions_today(*, now: datetime, **filters: Any) -> list[Session]:
    """Sessions whose day, in their own time zone, is the day that it is there now, by start."""
    near = Session.objects.filter(
        starts_at__gte=now - LONGEST_DAY, starts_at__lte=now + LONGEST_DAY, **filters
    ).order_by("starts_at", "pk")
    near = near.select_related("teacher")
    return [s for s in near if local_day(s.starts_at, s.time_zone) == local_day(now, s.time_zone)]


def sessions_of_today(viewer: User, *, now: datetime, **exact: Any) -> list[Session]:
    """Sessions that the viewer runs whose own local day it is now, by start."""
    return _run_by(viewer, sessions_today(now=now, **exact))


def sessions_between(
    viewer: User, *, first_day: date, last_day: date, **exact: Any
) -> list[Session]:
    """Sessions that the viewer runs on those local days (both included), by start."""
    rows = Session.objects.filter(
        starts_at__gte=_midnight(first_day) - LONGEST_DAY,
        starts_at__lte=_midnight(last_day) + 2 * LONGEST_DAY,
        **exact,
    ).order_by("starts_at", "pk")
    first, last = first_day.isoformat(), last_day.isoformat()
    days = [s for s in rows if first <= local_day(s.starts_at, s.time_zone) <= last]
    return _run_by(viewer, days)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _run_by(viewer: User, sessions: list[Session]) -> list[Session]:
    return sessions if viewer.is_admin else [s for s in sessions if s.teacher_id == viewer.pk]


def tallies_by_session(sessions: list[Session]) -> dict[UUID, rates.Tally]:
    """A tally for every session given, from one query."""
    states = {s.pk: s.state for s in sessions}
    marks: dict[UUID, list[rates.StudentSession]] = {pk: [] for pk in states}
    rows = Attendance.objects.filter(session_id__in=list(states)).order_by("session_id", "status")
    grouped = rows.values_list("session_id", "status").annotate(n=Count("pk"))
    for session_id, status, n in grouped:
        marks[session_id] += [rates.StudentSession(states[session_id], status)] * n
    return {pk: rates.tally(of_one) for pk, of_one in marks.items()}
