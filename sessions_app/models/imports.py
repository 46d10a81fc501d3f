"""Imports that were carried out, and what each of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role

if TYPE_CHECKING:
    from accounts.models import User

FILE_NAME_LENGTH = 255


class ImportKind(models.TextChoices):
    ENROLMENTS = "enrolments", _("People and courses")
    TIMETABLE = "timetable", _("Timetable")
    SESSIONS = "sessions", _("Table of sessions")
    MARKS = "marks", _("Marks")


class ImportRecordQuerySet(models.QuerySet["ImportRecord"]):
    def visible_to(self, user: User) -> ImportRecordQuerySet:
        """Admins see all imports, and teachers their own."""
        if user.role == Role.ADMIN:
            return self
        return self.filter(by_id=user.pk, by_id__isnull=False)


class ImportRecord(models.Model):
    """One import that was carried out. Rows are never deleted.

    ``changes`` lists what it changed, each as ``imports.records.change_of`` wrote it. No names of
    people are in it: their rows are named by id only.
    """

    kind = models.CharField(max_length=20, choices=ImportKind)
    source = models.CharField(
        max_length=500,
        blank=True,
        help_text="What the same calendar or system is known by the next time.",
    )
    file_name = models.CharField(max_length=FILE_NAME_LENGTH, blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file's bytes, in hex.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty where a command did it.",
    )
    at = models.DateTimeField()
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    stayed = models.JSONField(
        null=True,
        encoder=DjangoJSONEncoder,
        help_text="What stayed when it was taken back: kind, why, and how many.",
    )

    objects = ImportRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["-at"], name="import_time"),
            models.Index(fields=["by", "-at"], name="import_person"),
            models.Index(fields=["kind", "source", "-at"], name="import_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.file_name or self.source} ({self.at:%Y-%m-%d})"

    @property
    def plans_sessions(self) -> bool:
        """Whether it changed sessions, so that it is taken back as a whole or not at all."""
        return self.kind in (ImportKind.TIMETABLE, ImportKind.SESSIONS)
