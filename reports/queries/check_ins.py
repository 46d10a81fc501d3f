"""Sessions and check-ins of a stretch of days, as lists to look through."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from reports.queries.statistics import LONGEST_DAY, local_day, sessions_today
from sessions_app.models import Session
from verification.models import CheckInDecision
from verification.queries import decisions_run_by

MINUTES_SHOWN = 30


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


def decisions_at(
    viewer: User, session_ids: list[UUID], *, outcome: str = "", reason: str = ""
) -> QuerySet[CheckInDecision]:
    """Decisions at those sessions, newest first; a reason is any of the decision's."""
    rows = decisions_run_by(viewer).filter(session_id__in=session_ids)
    if outcome:
        rows = rows.filter(outcome=outcome)
    if reason:
        # JSON lists cannot be searched alike on both databases, so it is done here.
        named = rows.order_by().values_list("pk", "reasons")
        rows = rows.filter(pk__in=[pk for pk, reasons in named if reason in reasons])
    return rows.order_by("-decided_at", "pk")


def per_minute(*, now: datetime) -> list[tuple[datetime, int]]:
    """Check-ins decided in each of the last 30 full or begun minutes, oldest first."""
    latest = now.replace(second=0, microsecond=0)
    minutes = [latest - timedelta(minutes=n) for n in range(MINUTES_SHOWN - 1, -1, -1)]
    found = dict.fromkeys(minutes, 0)
    decided = CheckInDecision.objects.filter(decided_at__gte=minutes[0], decided_at__lte=now)
    for at in decided.order_by().values_list("decided_at", flat=True):
        found[at.replace(second=0, microsecond=0)] += 1
    return list(found.items())
