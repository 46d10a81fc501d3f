"""Finds what moving a series did."""

from datetime import datetime, timedelta

from sessions_app.models import Course, SeriesMove

UNDO_WITHIN = timedelta(days=7)
"""How long a course's page offers to undo a move. The next lectures show whether it was right."""


def move_to_undo(course: Course, now: datetime) -> SeriesMove | None:
    """The latest move of a series of the course, unless it was undone or is long ago."""
    recent = SeriesMove.objects.filter(course_id=course.pk, at__gt=now - UNDO_WITHIN)
    latest = recent.order_by("-at", "pk").first()
    return latest if latest and latest.undone_at is None else None
