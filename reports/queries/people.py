"""Which people's attendance a viewer may read."""

from uuid import UUID

from accounts.models import Role, User
from sessions_app.models import Course, Enrolment


def visible_person(user_id: UUID, *, viewer: User) -> User | None:
    """Return the student or teacher, or None where the viewer may not read their statistics.

    People may read their own. Teachers may read those of students who are or were on their
    courses, and admins those of everybody.
    """
    person = User.objects.filter(pk=user_id, role__in=[Role.STUDENT, Role.TEACHER]).first()
    if person is None or viewer.pk == person.pk or viewer.role == Role.ADMIN:
        return person
    if viewer.role == Role.TEACHER and person.role == Role.STUDENT:
        visible = Course.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True)
        taught = Enrolment.objects.filter(student_id=person.pk, course_id__in=list(visible))
        return person if taught.exists() else None
    return None
