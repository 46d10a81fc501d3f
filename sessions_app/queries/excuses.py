"""Finds the excuses that cover a session, and those of a course."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from sessions_app.domain.excuses import ExcuseSpan
from sessions_app.models import Course, Excuse, Session


def excuses_covering(session: Session) -> dict[UUID, Excuse]:
    """The excuses that cover the session, by student. Of several the first given counts."""
    first, last = (moment.date().isoformat() for moment in (session.local_start, session.local_end))
    rows = Excuse.objects.filter(
        Q(course_id=session.course_id) | Q(course_id=None),
        from_date__lte=last,
        until_date__gte=first,
        revoked_at=None,
    )
    given = rows.select_related("kind").order_by("-at", "pk")
    return {row.student_id: row for row in given if is_covered(session, row)}


def excuses_of(student_id: UUID, sessions: Sequence[Session]) -> dict[UUID, Excuse]:
    """The excuses of one student that cover these sessions, by session. Of several the first given
    counts. Without any session it asks nothing."""
    if not sessions:
        return {}
    first = min(session.local_start.date().isoformat() for session in sessions)
    rows = Excuse.objects.filter(student_id=student_id, until_date__gte=first, revoked_at=None)
    given = list(rows.select_related("kind").order_by("-at", "pk"))
    return {
        session.pk: excuse
        for session in sessions
        for excuse in given
        if excuse.course_id in (None, session.course_id) and is_covered(session, excuse)
    }


def is_covered(session: Session, excuse: Excuse) -> bool:
    """Whether the excuse's time span covers the session. `domain.excuses` has the rule."""
    return excuse.span.covers(session.starts_at, session.ends_at, session.zone)


def days_near(span: ExcuseSpan) -> tuple[str, str]:
    """The first and the last day on which a session may start that the span covers: a session of
    the evening before may last until after midnight."""
    first = date.fromisoformat(span.from_date) - timedelta(days=1)
    return first.isoformat(), span.until_date


def excuses_on(course: Course) -> QuerySet[Excuse]:
    """The excuses for the course and those for all courses, latest days first."""
    return Excuse.objects.filter(Q(course_id=course.pk) | Q(course_id=None))
