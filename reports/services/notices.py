"""Services that tell students by mail that their attendance is low."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reports.models import AttendanceNotice
from reports.queries import low_attendance
from reports.queries.low_attendance import DueNotice, LowAttendance


def due_notices(*, now: datetime) -> Iterator[DueNotice]:
    """The notices with which `send_notice` should be called."""
    return low_attendance.due(now=now)


def mail_of(notice: DueNotice) -> tuple[str, str]:
    """The subject and the text of the mail."""
    return (
        _("Your attendance is low"),
        render_to_string("reports/mail/low_attendance.txt", {"notice": notice}),
    )


def send_notice(notice: DueNotice, *, now: datetime) -> bool:
    """Mail the notice. Returns False where another run of the job was quicker.

    The row is written first, so that two runs at the same time do not both mail. After a crash
    between the row and the mail this notice is lost, and the next absence brings another. Where
    the mail server refuses the mail, the row is deleted again.
    """
    subject, text = mail_of(notice)
    row, is_ours = AttendanceNotice.objects.get_or_create(
        student=notice.student,
        number=notice.number,
        defaults={
            "courses": [_kept(low) for low in notice.about],
            "last_absence": notice.last_absence,
            "sent_at": now,
        },
    )
    if not is_ours:
        return False
    try:
        send_mail(subject, text, from_email=None, recipient_list=[notice.student.email])
    except Exception:
        row.delete()
        raise
    return True


def _kept(low: LowAttendance) -> dict[str, Any]:
    return {
        "course": str(low.course.pk),
        "rate_percent": low.tally.rate_percent,
        "absence_streak": low.absence_streak,
        "signs": [sign.value for sign in low.signs],
    }
