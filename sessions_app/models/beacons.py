"""Beacons that may learn a session's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from sessions_app.models.sessions import ROOM_LENGTH, Session

if TYPE_CHECKING:
    from accounts.models import User


def room_key_of(room: str) -> str:
    """One spelling of a room's name: "b-204 " and "B-204" are one room, and empty is none."""
    return " ".join(room.split()).casefold()


class BeaconKind(models.TextChoices):
    FETCHING = "fetching", _("Fetches each session's key")
    STATIC = "static", _("Keeps a key for the room")


class BeaconTokenQuerySet(models.QuerySet["BeaconToken"]):
    def visible_to(self, user: User) -> BeaconTokenQuerySet:
        """Admins see all, and teachers those of their own sessions."""
        if user.role == Role.ADMIN:
            return self
        ids = Session.objects.taught_by(user).values_list("pk", flat=True)
        return self.filter(session_id__in=list(ids))


class BeaconToken(models.Model):
    """Lets one beacon do one thing: read the key of its session, or of its room's sessions.

    Only a digest of what was handed out is stored. Rows are never deleted, so that they tell who
    let which beacon in, when it was last heard of, and who shut it out. A static one is no token:
    it is the key that a microcontroller is given, derived from this row's id.
    """

    kind = models.CharField(max_length=10, choices=BeaconKind, default=BeaconKind.FETCHING)
    digest = models.CharField(max_length=64, unique=True)
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.PROTECT, related_name="beacon_tokens"
    )
    room = models.CharField(max_length=ROOM_LENGTH, blank=True)
    room_key = models.CharField(max_length=ROOM_LENGTH, blank=True, editable=False)
    is_for_session = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty where a command did it.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty where a newer token took its place.",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = BeaconTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(is_active=True, is_for_session=True),
                name="one_active_beacon_token",
            )
        ]
        indexes = [
            models.Index(fields=["digest"], name="beacon_digest"),
            models.Index(fields=["session", "is_active"], name="beacon_session"),
            models.Index(fields=["room_key", "is_active"], name="beacon_room"),
            models.Index(fields=["kind"], name="beacon_kind"),
        ]

    def __str__(self) -> str:
        return f"Beacon of {self.room or self.session_id}"
