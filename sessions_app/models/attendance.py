"""Attendance, and the marks from which it follows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.courses import ClassGroup, Course, Subject
from sessions_app.models.excuses import ExcuseKind
from sessions_app.models.sessions import Session


class AttendanceStatus(models.TextChoices):
    PRESENT = "present", _("Present")
    LATE = "late", _("Late")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


class MarkStatus(models.TextChoices):
    """What a mark may say: a status, or that there is none."""

    PRESENT = "present", _("Present")
    LATE = "late", _("Late")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")
    NO_MARK = "", _("No mark")


class MarkSource(models.TextChoices):
    """The way in which an attendance came about."""

    CHECK_IN = "check_in", _("Checked in")
    REVIEW = "review", _("Confirmed by the teacher")
    IMPORT = "import", _("Imported from a file")
    MANUAL = "manual", _("Marked by hand")
    EXCUSE = "excuse", _("Excuse")
    CLOSING = "closing", _("Not checked in when the session closed")


class Attendance(models.Model):
    """A student's status in a session: one row, which follows from its marks.

    ``local_date`` is the session's day in its own time zone, ``YYYY-MM-DD``, so that days can be
    grouped without date arithmetic in the database. ``excuse_kind`` is there where the status is
    excused because of an excuse that has a kind.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    local_date = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=AttendanceStatus)
    source = models.CharField(max_length=10, choices=MarkSource)
    evidence = models.JSONField(
        default=list, blank=True, help_text="Kinds that counted: code, bluetooth, sound, face."
    )
    excuse_kind = models.ForeignKey(
        ExcuseKind,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ["-marked_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "student"], name="one_attendance")
        ]
        indexes = [
            models.Index(fields=["session", "student"], name="attendance_session"),
            models.Index(fields=["student", "local_date"], name="attendance_student_day"),
            models.Index(fields=["class_group", "local_date"], name="attendance_class_day"),
            models.Index(fields=["subject", "local_date"], name="attendance_subject_day"),
            models.Index(fields=["course", "student"], name="attendance_course"),
            models.Index(fields=["local_date", "status"], name="attendance_day_status"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.status}"


class AttendanceMark(models.Model):
    """A stored statement on a student's status in a session: by whom or what, and why. Append-only.

    A mark that was undone stays, but does not count. A mark whose status is empty clears: as long
    as it counts, the student has no attendance in the session, and closing notes no absence.

    ``key`` makes a retry harmless. It is the check-in decision's id, the review verdict's id, or
    the caller's own nonce.
    """

    key = models.CharField(max_length=80, unique=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="marks")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendance_marks"
    )
    status = models.CharField(max_length=10, choices=MarkStatus, blank=True)
    source = models.CharField(max_length=10, choices=MarkSource)
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    excuse_kind = models.ForeignKey(
        ExcuseKind,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="marks_made",
        help_text="Who signed for it; empty where the system did.",
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["key"], name="mark_key"),
            models.Index(fields=["session", "student", "-at"], name="mark_history"),
        ]

    def __str__(self) -> str:
        return f"{self.status or 'no mark'} ({self.source})"
