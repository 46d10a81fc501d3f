"""Who teaches a course, who takes a session, and who else was shown a session's code."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Role, User
from attendance_project.alphabet import folded
from sessions_app.models import (
    CodeShowing,
    Course,
    CourseStaff,
    Session,
    StaffEvent,
    StaffRole,
)


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
    others.sort(key=lambda member: (folded(member.person.full_name), str(member.person.pk)))
    return [StaffMember(course.teacher, "main", None), *others]


def teachers_of_session(session: Session) -> list[User]:
    """Who teaches the session: the teachers of its course, the main one among them, and the
    substitute, as far as their accounts are switched on. Assistants are not among them."""
    rows = CourseStaff.objects.filter(course_id=session.course_id, role=StaffRole.TEACHER)
    ids = {session.course.teacher_id, *rows.order_by().values_list("person_id", flat=True)}
    if session.substitute_id:
        ids.add(session.substitute_id)
    people = User.objects.filter(pk__in=list(ids), role=Role.TEACHER, is_active=True)
    return list(people.filter(is_approved=True).order_by("full_name", "pk"))


def staff_events_of(course: Course) -> QuerySet[StaffEvent]:
    """What was done to the course's staff, the latest first, with the people's names."""
    rows = StaffEvent.objects.filter(course_id=course.pk)
    return rows.select_related("person", "former", "by").order_by("-at", "pk")


def showings_of(session: Session) -> QuerySet[CodeShowing]:
    """The admins to whom the session's code was shown, the first showing first."""
    rows = CodeShowing.objects.filter(session_id=session.pk).select_related("by")
    return rows.order_by("shown_at", "pk")
