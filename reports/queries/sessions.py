"""The sessions of some days, by the calendar of each session's own place, and their tallies."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count

from accounts.models import User
from reports.domain import rates
from sessions_app.models import Attendance, Session

LONGEST_DAY = timedelta(hours=25)
"""A local day that contains a moment starts and ends at most this far away from that moment. The
longest day is the one on which clocks go back by an hour."""


def local_day(moment: datetime, time_zone: str) -> str:
    """The calendar day of a moment in a zone: ``YYYY-MM-DD``, as in `Attendance.local_date`."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def all_sessions_today(*, now: datetime, **filters: Any) -> list[Session]:
    """Sessions that take place today by the calendar of their own time zone, sorted by start."""
    near = Session.objects.filter(
        starts_at__gte=now - LONGEST_DAY, starts_at__lte=now + LONGEST_DAY, **filters
    ).order_by("starts_at", "pk")
    near = near.select_related("teacher")
    return [session for session in near if session.is_today(now)]


def sessions_of_today(viewer: User, *, now: datetime, **exact: Any) -> list[Session]:
    """Those of `all_sessions_today` that the viewer runs."""
    return _run_by(viewer, all_sessions_today(now=now, **exact))


def sessions_between(
    viewer: User, *, first_day: date, last_day: date, **exact: Any
) -> list[Session]:
    """Sessions that the viewer runs on those local days, both included, sorted by start."""
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
    if viewer.is_admin:
        return sessions
    own = Session.objects.run_by(viewer).filter(pk__in=[s.pk for s in sessions]).order_by()
    ids = set(own.values_list("pk", flat=True))
    return [s for s in sessions if s.pk in ids]


def tallies_by_session(sessions: list[Session]) -> dict[UUID, rates.Tally]:
    """Count the statuses of every session given, in one query. Those of open sessions are the
    counts so far, which are not final."""
    recorded: dict[UUID, list[str]] = {s.pk: [] for s in sessions}
    rows = Attendance.objects.filter(session_id__in=list(recorded)).order_by("session_id", "status")
    for session_id, status, n in rows.values_list("session_id", "status").annotate(n=Count("pk")):
        recorded[session_id] += [status] * n
    return {s.pk: rates.of_one_session(s.state, recorded[s.pk]) for s in sessions}


def standing(session: Session, status: str | None, *, now: datetime) -> rates.StudentSession:
    """How a student with this status stands in the session."""
    is_dead = session.is_open and not session.shows_code_at(now)
    return rates.StudentSession(session.state, status, session.is_forgotten(now) or is_dead)
