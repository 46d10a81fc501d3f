"""What moved when a series was moved as a whole."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from sessions_app.models.courses import Course


class SeriesMove(models.Model):
    """One act that moved sessions of a series, so that it can be finished and undone as one.

    ``changes`` has a row for each session: ``{"session": id, "before": {...}, "after": {...}}``
    with ``starts_at`` and ``ends_at`` in ISO 8601, UTC, and ``room``. It is stored before the
    sessions are changed.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="series_moves")
    series = models.UUIDField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    changes = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["course", "-at"], name="series_move_course")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.at:%Y-%m-%d %H:%M}"
