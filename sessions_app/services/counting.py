"""How a course counts attendance."""

from typing import Any

from sessions_app.models import Course


def change_counting(course: Course, **changes: Any) -> Course:
    """Change ``lates_per_absence`` and ``count_by``. Every figure follows at once, since figures
    are made of the marks when somebody asks."""
    if changes:
        Course.objects.filter(pk=course.pk).update(**changes)
        course.refresh_from_db()
    return course
