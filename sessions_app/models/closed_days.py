"""The days on which the institution is closed."""

from __future__ import annotations

from django.db import models

NAME_LENGTH = 150
SOURCE_LENGTH = 255


class ClosedDay(models.Model):
    """A day on which nothing takes place anywhere: a holiday, or a day of moving house.

    It is a day of each course's own calendar. Series that are planned leave it out. Sessions that
    stand on it already stay until somebody moves or cancels them.
    """

    date = models.DateField(unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    source = models.CharField(
        max_length=SOURCE_LENGTH,
        blank=True,
        help_text="The calendar file that it came from. Empty where a person wrote it.",
    )

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
