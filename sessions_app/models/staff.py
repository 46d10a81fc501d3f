"""Who teaches a course beside its main teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


class StaffRole(models.TextChoices):
    TEACHER = "teacher", _("Teacher")
    ASSISTANT = "assistant", _("Assistant")


class CourseStaff(models.Model):
    """A person who teaches a course beside its main teacher, or who helps there.

    A teacher may do all that the main teacher may, but hand the course over. An assistant opens
    sessions, shows the code, marks and confirms, but changes neither policy nor enrolments.
    """

    course = models.ForeignKey(
        "sessions_app.Course", on_delete=models.CASCADE, related_name="staff"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="course_staff"
    )
    role = models.CharField(max_length=10, choices=StaffRole, default=StaffRole.TEACHER)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty where a command did it.",
    )

    class Meta:
        ordering = ["added_at"]
        verbose_name_plural = "course staff"
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="one_staff_row_per_course")
        ]
        indexes = [
            models.Index(fields=["course", "person"], name="staff_course"),
            models.Index(fields=["person", "role"], name="staff_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} of {self.course_id}"


class StaffEventKind(models.TextChoices):
    MAIN = "main", _("Main teacher")
    ADDED = "added", _("Added")
    ROLE = "role", _("Role changed")
    REMOVED = "removed", _("Removed")


class StaffEvent(models.Model):
    """One change of who teaches a course: what, whom, by whom and when. Append-only.

    ``former`` is who was the main teacher before, and ``role`` the role on the staff, where there
    is one. ``by`` is empty where a command did it.
    """

    course = models.ForeignKey(
        "sessions_app.Course", on_delete=models.CASCADE, related_name="staff_events"
    )
    kind = models.CharField(max_length=10, choices=StaffEventKind)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    former = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=10, choices=StaffRole, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["course", "-at"], name="staff_event")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id} of {self.course_id}"


def courses_staffed_by(user: User, *roles: str) -> list[UUID]:
    """Ids of the courses on whose staff the user is, in one of the roles, or in any if none is
    given. The main teacher of a course is none of its staff."""
    rows = CourseStaff.objects.filter(person_id=user.pk).order_by()
    if roles:
        rows = rows.filter(role__in=roles)
    return list(rows.values_list("course_id", flat=True))
