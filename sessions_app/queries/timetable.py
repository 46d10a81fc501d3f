"""Finds sessions: today's, the next ones, and those between two days."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from sessions_app.models import Course, Enrolment, Session, SessionState

_ON_THE_FIRST_PAGE = (
    SessionState.OPEN,
    SessionState.PLANNED,
    SessionState.CLOSED,
    SessionState.CANCELLED,
    SessionState.ANNULLED,
)
_MOST_TODAY = 100
"""Sessions of one person in a day. Nobody has half as many."""
_DAYS_APART = timedelta(hours=36)
"""No zone's today begins or ends further away than this."""
_SHOWN = ("subject", "class_group", "teacher", "substitute")
NEXT_WITHIN = timedelta(days=14)


def sessions_today(user: User, now: datetime) -> list[Session]:
    """Sessions that the user runs and that are open, or today by their own calendar.

    The open ones come first and the closed ones last, each by start.
    """
    near = Q(starts_at__gt=now - _DAYS_APART, starts_at__lt=now + _DAYS_APART)
    rows = Session.objects.run_by(user).filter(near | Q(state=SessionState.OPEN))
    rows = rows.select_related(*_SHOWN).order_by("starts_at", "pk")
    today = (s for s in rows if s.is_open or s.is_today(now))
    return sorted(today, key=lambda s: _ON_THE_FIRST_PAGE.index(s.state))


def sessions_next(user: User, now: datetime, *, at_most: int) -> list[Session]:
    """Planned sessions that the user runs after today, within two weeks, by start."""
    rows = Session.objects.run_by(user).filter(
        starts_at__gt=now, starts_at__lt=now + NEXT_WITHIN, state=SessionState.PLANNED
    )
    rows = rows.select_related(*_SHOWN).order_by("starts_at", "pk")
    later = [s for s in rows[: at_most + _MOST_TODAY] if not s.is_today(now)]
    return later[:at_most]


def note_courses_run(user: User, sessions: Iterable[Session]) -> None:
    """Give each session the attribute ``runs_course``: whether the user may open the pages of its
    course, and say when it takes place and whether at all. A substitute may not."""
    rows = list(sessions)
    asked = {row.course_id for row in rows if row.substitute_id == user.pk}
    run = Course.objects.run_by(user).filter(pk__in=list(asked)) if asked else Course.objects.none()
    closed = asked - set(run.values_list("pk", flat=True))
    for row in rows:
        row.runs_course = row.course_id not in closed  # type: ignore[attr-defined]


def sessions_between(
    course_ids: Iterable[UUID], from_date: str, until_date: str
) -> Iterator[Session]:
    """The courses' sessions on these days of their own calendar, both included."""
    first, last = (datetime.fromisoformat(f"{day}T12:00+00:00") for day in (from_date, until_date))
    rows = Session.objects.filter(
        course_id__in=list(course_ids),
        starts_at__gt=first - _DAYS_APART,
        starts_at__lt=last + _DAYS_APART,
    )
    return (s for s in rows if from_date <= s.local_start.date().isoformat() <= until_date)


def students_taught_by(teacher: User) -> list[UUID]:
    """Ids of everyone who is enrolled in a course of the teacher's."""
    courses = Course.objects.visible_to(teacher).values_list("pk", flat=True)
    enrolments = Enrolment.objects.filter(course_id__in=list(courses), is_active=True)
    return list(enrolments.values_list("student_id", flat=True).distinct())
