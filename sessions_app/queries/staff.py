"""Who teaches a course, who takes a session, and who else was shown a session's code."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from sessions_app.models import CodeShowing, Course, CourseStaff, Session


@dataclass(frozen=True)
class StaffMember:
    """A person who teaches a course. ``role`` is main, teacher or assistant."""

    person: User
    role: str
    row: CourseStaff | None
    """None for the main teacher."""


def staff_of(course: Course) -> list[StaffMember]:
    """The main teacher first, then the others by name."""
    rows = CourseStaff.objects.filter(course_id=course.pk).select_related("person")
    others = [StaffMember(row.person, row.role, row) for row in rows]
    others.sort(key=lambda member: (member.person.full_name.casefold(), str(member.person.pk)))
    return [StaffMember(course.teacher, "main", None), *others]


def showings_of(session: Session) -> QuerySet[CodeShowing]:
    """The admins to whom the session's code was shown, the first showing first."""
    rows = CodeShowing.objects.filter(session_id=session.pk).select_related("by")
    return rows.order_by("shown_at", "pk")
