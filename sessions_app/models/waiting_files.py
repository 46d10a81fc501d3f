"""A file that was uploaded, and waits until the person has looked at what it would change."""

from __future__ import annotations

from django.conf import settings
from django.db import models

NAME_LENGTH = 255


class WaitingFile(models.Model):
    """One file a person. It holds names and numbers, so it has an end, and erasing finds it.

    ``data`` is compressed. ``options`` is how the person chose to have it read, and ``kind`` the
    name of the import.
    """

    # The index below serves it. MongoDB refuses a second one of the same field.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="waiting_files",
        db_index=False,
    )
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=NAME_LENGTH)
    data = models.BinaryField()
    options = models.JSONField(default=dict)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner"], name="one_waiting_file_each")]
        indexes = [
            models.Index(fields=["owner"], name="waiting_file_owner"),
            models.Index(fields=["expires_at"], name="waiting_file_end"),
        ]

    def __str__(self) -> str:
        return self.name
