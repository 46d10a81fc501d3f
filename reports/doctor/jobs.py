"""Jobs of cron: what they would have done long ago, had they run."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session as WebLogIn

from attendance_project import clock
from reports.doctor.lines import Line, ok, warning
from reports.models import ErrorEvent
from sessions_app.imports import subscriptions
from sessions_app.models import Session, SessionState

LATE_CLOSING = timedelta(hours=1)
"""The job that closes sessions runs every few minutes."""
LATE_PURGE = timedelta(days=3)
"""The jobs that delete run daily."""
LATE_READING = timedelta(hours=6)
"""The job that reads calendars runs each hour."""


def overdue() -> Iterator[Line]:
    """Nothing is left that a job should have done."""
    now = clock.now()
    left = {
        "settle_attempts": ("sessions are open long after their end", _left_open(now)),
        "purge_errors": ("rows of the error log are over their time", _old_errors(now)),
        "purge_expired": ("web log-ins are long over", _old_log_ins(now)),
        "read_calendars": ("calendars were not read when they were due", _unread(now)),
    }
    late = {job: what for job, (what, is_late) in left.items() if is_late}
    for job, what in late.items():
        step = f"Let cron run manage.py {job} (docs/commands.md)."
        yield warning("jobs", f"Some {what}, so {job} seems not to run.", step)
    if not late:
        yield ok("jobs", "Nothing is left that a job should have done.")


def _left_open(now: datetime) -> bool:
    limit = now - timedelta(minutes=settings.AUTO_CLOSE_AFTER_MIN) - LATE_CLOSING
    rows = Session.objects.filter(state=SessionState.OPEN, ends_at__lte=limit)
    return any(now - session.closes_itself_at > LATE_CLOSING for session in rows)


def _old_errors(now: datetime) -> bool:
    limit = now - settings.ERROR_LOG_KEPT - LATE_PURGE
    return ErrorEvent.objects.filter(at__lt=limit).exists()


def _old_log_ins(now: datetime) -> bool:
    return WebLogIn.objects.filter(expire_date__lt=now - LATE_PURGE).exists()


def _unread(now: datetime) -> bool:
    late = [
        row for row in subscriptions.due(now - LATE_READING) if row.created_at < now - LATE_READING
    ]
    return bool(late)
