"""Merges accounts and undoes it, and makes what the two accounts have."""

from datetime import timedelta

from accounts import services
from accounts.models import AccountMerge
from attendance_project import clock
from sessions_app import services as teaching
from sessions_app.models import Attendance, Enrolment


def merge(kept, merged, **how) -> AccountMerge:
    return services.merge_accounts(kept, merged, by=None, now=how.get("now", clock.now()))


def undo(row, **how) -> AccountMerge:
    return services.undo_merge(row, by=None, now=how.get("now", clock.now()))


def mark(session, student, status, source="check_in", now=None):
    return teaching.record_mark(
        session=session,
        student=student,
        status=status,
        source=source,
        key=f"{session.pk.hex[:8]}:{student.pk.hex}:{source}",
        now=now or clock.now(),
    )


def statuses(student) -> dict:
    rows = Attendance.objects.filter(student=student)
    return dict(rows.values_list("session_id", "status"))


def enrolment(course, student, from_days, until_days=None, **values):
    now = clock.now()
    until = now - timedelta(days=until_days) if until_days is not None else None
    Enrolment.objects.filter(course=course, student=student).delete()
    return Enrolment.objects.create(
        course=course,
        student=student,
        enrolled_at=now - timedelta(days=from_days),
        withdrawn_at=until,
        is_active=until is None,
        **values,
    )
