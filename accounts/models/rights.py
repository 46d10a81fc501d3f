"""What people said about their data: consent, and the wish to be erased."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class ConsentAction(models.TextChoices):
    GIVEN = "given", _("Given")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentEvent(models.Model):
    """What a person agreed to, declined or withdrew. Append-only: the latest row counts."""

    FACE = "face_recognition"
    PICTURE = "face_picture"  # showing a picture of an enrolment to who approves it

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consent_events")
    purpose = models.CharField(max_length=40, default=FACE)
    version = models.CharField(max_length=20)
    action = models.CharField(max_length=10, choices=ConsentAction)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["user", "purpose", "-at"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.action} {self.at:%Y-%m-%d}"


class ErasureState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    BEGUN = "begun", _("Started")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ErasureRequest(models.Model):
    """A student's request to be erased, and what came of it. The row stays as its record.

    ``is_open`` is true in the states waiting and begun. The constraint needs it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="erasure_requests")
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.WAITING)
    is_open = models.BooleanField(default=True, editable=False)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was taken back, or all was erased."
    )

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_open=True), name="one_open_erasure_per_user"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="erasure_user"),
            models.Index(fields=["is_open", "asked_at"], name="erasure_open"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"
