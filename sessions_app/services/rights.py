"""What a person who runs a session may not do with it: it is the course's teachers' to decide."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import COUNTING_FIELDS, POLICY_FIELDS, Course, CourseQuerySet, Session

FOR_TEACHERS = frozenset({*POLICY_FIELDS, *COUNTING_FIELDS})
"""What an assistant may not set: how check-ins are judged, and how the session counts."""
FOR_SUBSTITUTES = frozenset({"ends_at", "room"})
"""What a substitute may change of the session."""


def check_may_plan(course: Course, names: Iterable[str], *, by: User) -> None:
    """Check what is set for a new session. Raises not_yours_to_change for an assistant who sets a
    policy, or how the session counts."""
    if not Course.objects.managed_by(by).filter(pk=course.pk).exists():
        _check(FOR_TEACHERS.intersection(names))


def check_may_change(session: Session, names: Iterable[str], *, by: User) -> None:
    """Check what is changed of a session. Raises not_yours_to_change for what assistants may not
    change, and for all but the end and the room, of substitutes."""
    wanted = frozenset(names)
    if Course.objects.managed_by(by).filter(pk=session.course_id).exists():
        return
    if Course.objects.run_by(by).filter(pk=session.course_id).exists():
        _check(wanted & FOR_TEACHERS)
    else:
        _check(wanted - FOR_SUBSTITUTES)


def courses_to_hand_over(user: User) -> CourseQuerySet:
    """Courses to which the user may give another main teacher: one's own, and for admins all."""
    managed = Course.objects.managed_by(user)
    return managed if user.is_admin else managed.filter(teacher_id=user.pk)


def may_hand_over(course: Course, user: User) -> bool:
    return courses_to_hand_over(user).filter(pk=course.pk).exists()


def _check(refused: frozenset[str]) -> None:
    if not refused:
        return
    sentence = _("Only the course's teachers may change this. Ask one of them.")
    raise Refusal(
        "not_yours_to_change",
        sentence,
        Kind.NOT_ALLOWED,
        fields={name: [sentence] for name in sorted(refused)},
    )
