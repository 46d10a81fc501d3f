"""What this app does when a student is erased."""

from datetime import datetime

from accounts.models import User
from reports.models import AttendanceNotice, ErrorEvent


def erase_notices(student: User, now: datetime) -> None:
    """Delete the student's notices, which repeat how the student stood in each course.

    Rows of the error log stay, but no longer name the student.
    """
    AttendanceNotice.objects.filter(student_id=student.pk).delete()
    ErrorEvent.objects.filter(user_id=student.pk).update(user=None)
