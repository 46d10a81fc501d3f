"""Names that people wish to have, and what an admin said to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class NameState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    REPLACED = "replaced", _("Replaced by a later request")


class NameRequest(models.Model):
    """A person's wish for another name. ``is_open`` is true while it waits, for the constraint.

    ``was_vouched`` says whether somebody had answered for the old name, so that an undo gives the
    old name back as it was.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="name_requests")
    old_name = models.CharField(max_length=150)
    new_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=300, blank=True)
    was_vouched = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=10, choices=NameState, default=NameState.WAITING)
    is_open = models.BooleanField(default=True, editable=False)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_open=True), name="one_open_name_per_user"
            )
        ]
        indexes = [
            models.Index(fields=["user", "is_open"], name="name_request_user"),
            models.Index(fields=["is_open", "asked_at"], name="name_request_open"),
        ]

    def __str__(self) -> str:
        return f"{self.old_name} → {self.new_name}"
