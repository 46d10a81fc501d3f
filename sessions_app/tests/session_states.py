"""Sessions put into the state that a test needs."""

from datetime import timedelta

from attendance_project import clock
from sessions_app.models import Attendance, Session


def state_of(session) -> str:
    return Session.objects.get(pk=session.pk).state


def moved(session, hours: float, **fields) -> Session:
    """The session so many hours from now."""
    starts_at = clock.now() + timedelta(hours=hours)
    fields |= {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=50)}
    Session.objects.filter(pk=session.pk).update(**fields)
    session.refresh_from_db()
    return session


def absences() -> int:
    return Attendance.objects.filter(status="absent").count()
