"""Telling students by mail that their attendance is low."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reports.models import AttendanceNotice
from reports.queries import low_attendance
from reports.queries.low_attendance import Due, LowAttendance


def due_notices(*, now: datetime) -> Iterator[Due]:
    """Whom `send_notice` is to be called for."""
    return low_attendance.due(now=now)


def words_of(notice: Due) -> tuple[str, str]:
    """Subject and text of the mail."""
    return (
        _("Your attendance is low"),
        render_to_string("reports/mail/low_attendance.txt", {"notice": notice}),
    )


def send_notice(notice: Due, *, now: datetime) -> bool:
    """Mail it; False if another run of the job was quicker.

    The row comes first: two runs at once must not both mail, and a crash between the row and
    the mail costs one notice, which the next absence brings again. A mail that is refused
    takes its row back.
    """
    subject, text = words_of(notice)
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
