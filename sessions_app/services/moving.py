"""Moves a student from one course to another in the middle of a term."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import Course, Enrolment
from sessions_app.services import excuses, teaching


def move_student(
    course: Course, student: User, *, to: Course, now: datetime, same_names: bool = False
) -> Enrolment:
    """Take the student off one course and put them on another, from now on.

    What was recorded stays with the course where it was. Excuses that last beyond now go along. The
    new place is made first, so that a crash leaves the student on both courses and not on none, and
    moving again finishes it. ``same_names`` says that the caller knows the student and answers for
    the name. Raises same_course, not_enrolled, name_like_classmate.
    """
    if course.pk == to.pk:
        sentence = _("The student is on this course already. Choose another one.")
        raise Refusal("same_course", sentence, Kind.INVALID, fields={"to": [sentence]})
    on_it = Enrolment.objects.filter(course_id=course.pk, student_id=student.pk, is_active=True)
    if not on_it.exists():
        raise Refusal(
            "not_enrolled", _("This student is not on the course any more."), Kind.CONFLICT
        )
    if not same_names:
        teaching.require_joinable(to, [student])
    excuses.follow(student, course, to=to, now=now)
    [enrolment] = teaching.enrol(to, [student], now=now, same_names=same_names)
    teaching.end_enrolment(course, student.pk, now=now)
    return enrolment
