"""What went wrong, and who was told of low attendance."""

from django.conf import settings
from django.db import models


class ErrorEvent(models.Model):
    """Append-only: an unhandled error, or a call that was refused. Nothing personal but who."""

    request_id = models.CharField(max_length=36)
    at = models.DateTimeField()
    method = models.CharField(max_length=10)
    route = models.CharField(max_length=200, help_text="The pattern, without ids or queries.")
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, help_text="Stable code, or the exception's class.")
    detail = models.TextField(blank=True, help_text="Redacted.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["-at"], name="error_time"),
            models.Index(fields=["status", "-at"], name="error_status"),
            models.Index(fields=["request_id"], name="error_request"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


class AttendanceNotice(models.Model):
    """That a student was told of low attendance: the nth time, so that each is told once.

    ``last_absence`` is the latest day (``YYYY-MM-DD``) that it named; without a later one
    there is nothing new to tell.
    """

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendance_notices"
    )
    number = models.PositiveIntegerField()
    courses = models.JSONField(help_text="What it said of each course.")
    last_absence = models.CharField(max_length=10)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["student", "number"], name="one_notice_per_number")
        ]
        indexes = [models.Index(fields=["student", "-number"], name="notice_student")]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.number}"
