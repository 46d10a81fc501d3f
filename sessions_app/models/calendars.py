"""What the titles of a calendar's events mean, as a person chose it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from sessions_app.models.courses import Course

TEXT_LENGTH = 500
SOURCE_LENGTH = 500


ADDRESS_LENGTH = 500


class CalendarSubscription(models.Model):
    """A calendar at an address, which is read on a schedule for the person who subscribed.

    What a reading would change is applied by itself, or kept in ``waiting`` until its owner looks.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_subscriptions"
    )
    address = models.CharField(max_length=ADDRESS_LENGTH)
    course = models.ForeignKey(
        Course,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="All events are this course's. Empty: found by their titles.",
    )
    drop_missing = models.BooleanField(default=False)
    applies_itself = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=500, blank=True, help_text="Why the last reading failed.")
    waiting = models.JSONField(
        default=list, help_text="What the last reading would change, in words."
    )
    unsure = models.PositiveIntegerField(
        default=0, help_text="Titles of the last reading that are asked about."
    )

    class Meta:
        ordering = ["address"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "address"], name="one_subscription_each")
        ]
        indexes = [
            models.Index(fields=["read_at"], name="subscription_read"),
        ]

    def __str__(self) -> str:
        return self.address


class CalendarMapping(models.Model):
    """A text in the titles of one calendar, and the course that it means.

    Without a course its events are left out. ``owner`` is the id of the person who chose, or empty
    where a command did, so that no teacher's choice changes what another one's import does.
    """

    owner = models.CharField(max_length=36, blank=True, editable=False)
    source = models.CharField(
        max_length=SOURCE_LENGTH,
        help_text="The calendar's own name, its file's, or its host's.",
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
