"""The notices of low attendance that were sent."""

from django.conf import settings
from django.db import models


class AttendanceNotice(models.Model):
    """A notice of low attendance that was sent to a student.

    ``number`` counts the student's notices from 1, so that no notice is sent twice.
    ``last_absence`` is the latest day (``YYYY-MM-DD``) that the notice named. Without a later
    absence there is nothing new to tell.
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
