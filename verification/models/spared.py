"""Sessions at which students were spared a check, which are counted."""

from django.conf import settings
from django.db import models

from sessions_app.models import Session


class SparedCheck(models.Model):
    """A session at which a student was spared a check that others pass, such as the face step.

    ``number`` counts the student's sessions of the term from 1. As each number is there once, no
    more are spared at the same moment than may be. ``term`` is the day on which the term began.
    """

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    term = models.DateField()
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "term", "number"], name="one_spared_check_per_number"
            ),
            models.UniqueConstraint(
                fields=["student", "session"], name="one_spared_check_per_session"
            ),
        ]
        indexes = [
            models.Index(fields=["student", "term"], name="spared_term"),
            models.Index(fields=["student", "session"], name="spared_session"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.term}"
