"""Accounts that turned out to be one person's."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models.people import User


class AccountMerge(models.Model):
    """A merge of a person's second account into the one that they keep.

    ``moved`` says by name of each kind of row what was moved, so that it can be moved back. It is
    written before anything is moved. ``done_at`` is empty where a crash came between, and then the
    same merge again finishes it. ``is_standing`` is false once the merge was undone as a whole.
    """

    kept = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merged_into")
    was_active = models.BooleanField(help_text="Whether the merged account was switched on.")
    moved = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)
    by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty where a command did it.",
    )
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_standing = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(is_standing=True), name="one_standing_merge"
            )
        ]
        indexes = [
            models.Index(fields=["merged", "is_standing"], name="merge_merged"),
            models.Index(fields=["kept", "is_standing"], name="merge_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"
