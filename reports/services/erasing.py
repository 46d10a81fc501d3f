"""What erasing a student does here."""

from datetime import datetime

from accounts.models import User
from reports.models import AttendanceNotice, ErrorEvent


def erase_notices(student: User, now: datetime) -> None:
    """Notices repeat what they said of each course; errors stay, of nobody."""
    AttendanceNotice.objects.filter(student_id=student.pk).delete()
    ErrorEvent.objects.filter(user_id=student.pk).update(user=None)
