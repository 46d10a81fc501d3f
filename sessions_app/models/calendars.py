"""What the titles of a calendar's events mean, as a person chose it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from sessions_app.models.courses import Course

TEXT_LENGTH = 500
SOURCE_LENGTH = 500


class CalendarMapping(models.Model):
    """A text in the titles of one calendar, and the course that it means.

    Without a course its events are left out. ``owner`` is the id of the person who chose, or empty
    where a command did, so that no teacher's choice changes what another one's import does.
    """

    owner = models.CharField(max_length=36, blank=True, editable=False)
    source = models.CharField(
        max_length=SOURCE_LENGTH, help_text="The calendar's own name, or its file's or address."
    )
    text = models.CharField(
        max_length=TEXT_LENGTH, help_text="As it is compared: of one case and one composition."
    )
    is_part = models.BooleanField(
        default=False, help_text="Whether the text may stand among other words of a title."
    )
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["source", "text"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "source", "text"], name="one_meaning_per_text")
        ]
        indexes = [models.Index(fields=["source", "owner"], name="mapping_source")]

    def __str__(self) -> str:
        return f"{self.text}: {self.course_id or '-'}"
