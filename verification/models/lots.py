"""Whether Standard asks a student for the face at a session."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Course, Session
from verification.domain.evidence import FaceAsk

FACE_ASKS = [
    (FaceAsk.FIRST.value, _("First check-in of the course")),
    (FaceAsk.DOUBT.value, _("After a doubt")),
    (FaceAsk.LEFT.value, _("Left when asked last time")),
    (FaceAsk.NEW_PHONE.value, _("New phone")),
    (FaceAsk.NO_PASSKEY.value, _("No passkey any more")),
    (FaceAsk.INSTEAD.value, _("In place of the passkey")),
    (FaceAsk.LOT.value, _("By lot")),
    (FaceAsk.NOT_ASKED.value, _("Not asked")),
]
"""Each answer with its name on screens."""


class FaceLot(models.Model):
    """Whether and why a student is asked for the face at a session of level Standard.

    It is drawn when good codes were taken, and there is one for each student and session, so that
    another attempt or another phone draws none. It changes once at most, from not asked to asked,
    and never back. ``passkey`` says whether a passkey stands for the face where that is not asked.
    """

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    ask = models.CharField(max_length=12, choices=FACE_ASKS)
    passkey = models.BooleanField()
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-drawn_at"]
        constraints = [
            models.UniqueConstraint(fields=["student", "session"], name="one_face_lot_per_session")
        ]
        indexes = [
            models.Index(fields=["student", "session"], name="lot_session"),
            models.Index(fields=["student", "course", "-drawn_at"], name="lot_course"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.ask}"
