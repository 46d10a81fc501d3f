"""What was done to a session besides its marks. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.sessions import Session


class SessionEventKind(models.TextChoices):
    ANNULLED = "annulled", _("Annulled")
    RESTORED = "restored", _("Restored")
    RECORDED = "recorded", _("Recorded from a list")
    UNRECORDED = "unrecorded", _("Recording taken back")
    CLOSED_ITSELF = "closed", _("Closed by itself")
    OPENED_EARLY = "early", _("Opened before its day")


class SessionEvent(models.Model):
    """One act on a session: what, by whom and when. ``by`` is empty where the system did it."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=SessionEventKind)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["session", "-at"], name="session_event")]

    def __str__(self) -> str:
        return f"{self.kind} {self.session_id}"
