"""Calls that bring pictures or a trace of the beacon, which are counted."""

from django.db import models


class FaceCall(models.Model):
    """A call that makes work, kept while it counts. ``who`` is a keyed digest."""

    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["who", "at"], name="face_call_who"),
            models.Index(fields=["at"], name="face_call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.who[:12]} {self.at:%Y-%m-%d %H:%M}"
