"""The error log."""

from django.conf import settings
from django.db import models


class ErrorEvent(models.Model):
    """An unhandled error or a refused call. Rows are only added, and purged after some time.

    Nothing personal is kept but who made the call.
    """

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
