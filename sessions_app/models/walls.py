"""What is known to be on in a session's room."""

from __future__ import annotations

from django.db import models

from sessions_app.models.sessions import Session


class Wall(models.Model):
    """When the page last showed the code, and from which network, and when the teacher's own beacon
    or the page's loudspeaker was last given what to send.

    Only a digest of the network under the session's key is stored. It can be compared with that of
    a phone at the same session, and with nothing else.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="wall")
    shown_at = models.DateTimeField(null=True, blank=True)
    network_kind = models.CharField(max_length=10, blank=True)
    network_digest = models.CharField(max_length=64, blank=True)
    sound_at = models.DateTimeField(null=True, blank=True)
    beacon_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Wall of {self.session_id}"
