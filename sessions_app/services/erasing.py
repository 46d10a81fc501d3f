"""What erasing a student does to the register. Its rows stay, but no longer tell who it was."""

from datetime import datetime

from accounts.models import User
from sessions_app.models import AttendanceMark, Enrolment, Excuse
from sessions_app.services.teaching import withdrawal


def erase_words(student: User, now: datetime) -> None:
    """End the enrolments, so that no later session counts them, and empty what was written."""
    on_courses = Enrolment.objects.filter(student_id=student.pk, is_active=True)
    on_courses.update(**withdrawal(now=now))
    AttendanceMark.objects.filter(student_id=student.pk).update(reason="")
    Excuse.objects.filter(student_id=student.pk).update(note="")
