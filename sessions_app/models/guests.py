"""Guests: people who were at a session without being on its course."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from sessions_app.models.sessions import Session


class Guest(models.Model):
    """Somebody who was at a session without being on its course. A guest is part of no rate.

    ``key`` makes a retry harmless: it is the number within the session, or the caller's nonce. A
    guest who was taken off the list, or was enrolled, stays stored.
    """

    key = models.CharField(max_length=90, unique=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="guests")
    name = models.CharField(max_length=150, blank=True)
    number = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    enrolled_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="guest_visits",
    )

    class Meta:
        ordering = ["at"]
        indexes = [
            models.Index(fields=["key"], name="guest_key"),
            models.Index(fields=["number"], name="guest_number"),
        ]

    def __str__(self) -> str:
        return self.name or self.number
