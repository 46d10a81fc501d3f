"""Who else than a session's own teachers showed its code."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models.sessions import Session


class ShowingWay(models.TextChoices):
    CODE = "code", _("Code")
    SHORT_CODE = "short_code", _("Short code")
    SOUND = "sound", _("Sound")


class CodeShowing(models.Model):
    """That an admin was shown the code of a session that others teach: from when, until when.

    The session's teachers see these rows. They are only added, and ``shown_until``
    moves on while the page stays open.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="code_showings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=ShowingWay)
    shown_at = models.DateTimeField()
    shown_until = models.DateTimeField()

    class Meta:
        ordering = ["shown_at"]
        indexes = [models.Index(fields=["session", "by", "way"], name="showing_session")]

    def __str__(self) -> str:
        return f"{self.way} of {self.session_id} to {self.by_id}"
