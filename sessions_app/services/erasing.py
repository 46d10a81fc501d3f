"""What erasing a student does to the register. Its rows stay, but no longer tell who it was."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from sessions_app.models import AttendanceMark, Enrolment, Excuse, Guest
from sessions_app.services.teaching import withdrawal


def erase_words(student: User, now: datetime) -> None:
    """End the enrolments, so that no later session counts them, and empty what was written."""
    on_courses = Enrolment.objects.filter(student_id=student.pk, is_active=True)
    on_courses.update(**withdrawal(now=now))
    AttendanceMark.objects.filter(student_id=student.pk).update(reason="")
    # A guest without an account is known by name and number alone.
    visits = Guest.objects.filter(Q(enrolled_as=student) | Q(number=student.institution_number))
    Guest.objects.filter(pk__in=list(visits.values_list("pk", flat=True))).update(
        name="", number=""
    )
    Excuse.objects.filter(student_id=student.pk).update(note="")
