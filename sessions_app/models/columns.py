"""What columns and words of a file mean, where a person had to say so."""

from __future__ import annotations

from django.conf import settings
from django.db import models

SIGNATURE_LENGTH = 64


class ColumnMapping(models.Model):
    """What the columns of files with one header mean, as a person chose it once.

    ``columns`` has, for the key of each name in the header, the column of the import, or an empty
    text for a column that is not read. ``owner`` is the id of the person who chose, so that no
    teacher's choice changes what another one's files mean. What an admin chose serves everybody who
    has not chosen.
    """

    owner = models.CharField(max_length=36, blank=True, default="", editable=False)
    kind = models.CharField(max_length=20, help_text="The import: enrolments or marks.")
    signature = models.CharField(
        max_length=SIGNATURE_LENGTH, help_text="SHA-256 of the header's names, in hex."
    )
    columns = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "signature", "owner"], name="one_mapping_per_owner"
            )
        ]
        indexes = [models.Index(fields=["kind", "signature"], name="column_mapping_header")]

    def __str__(self) -> str:
        return f"{self.kind} {self.signature[:8]}"


class StatusWord(models.Model):
    """What the institution means by a word in a column of statuses: still there, or gone.

    Only admins import people, so that there is one meaning for all.
    """

    key = models.CharField(max_length=100, unique=True, help_text="The word in one spelling.")
    word = models.CharField(max_length=100)
    is_gone = models.BooleanField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.word}: {'gone' if self.is_gone else 'there'}"
