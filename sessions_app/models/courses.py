"""Subjects, class groups, courses and enrolments."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Role
from attendance_project.spans import Span, from_json
from sessions_app.models.code_keys import CodeKeyField
from sessions_app.models.counting import MOST_LATES, CountBy
from sessions_app.models.policy import PolicyFields, validate_time_zone
from sessions_app.models.staff import StaffRole, courses_staffed_by

if TYPE_CHECKING:
    from accounts.models import User


def teaches(user: User) -> bool:
    """Whether the account may do what teachers do. An unapproved one may do nothing."""
    return user.role == Role.TEACHER and user.is_approved


def courses_of_student(user: User) -> list[object]:
    """Ids of the student's courses. MongoDB is slow at filtering across relations."""
    enrolled = Enrolment.objects.filter(student_id=user.pk, is_active=True)
    return list(enrolled.values_list("course_id", flat=True))


class Subject(models.Model):
    code = models.CharField(max_length=20, unique=True)
    code_key = CodeKeyField()
    name = models.CharField(max_length=150)
    department = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code_key"], name="one_subject_per_code")]
        indexes = [models.Index(fields=["code_key"], name="subject_code_key")]

    def __str__(self) -> str:
        return self.name


class ClassGroup(models.Model):
    code = models.CharField(max_length=20, unique=True)
    code_key = CodeKeyField()
    name = models.CharField(max_length=150)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code_key"], name="one_class_per_code")]
        indexes = [models.Index(fields=["code_key"], name="class_code_key")]

    def __str__(self) -> str:
        return self.code


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User) -> CourseQuerySet:
        if user.role == Role.STUDENT:
            return self.filter(pk__in=courses_of_student(user))
        return self.run_by(user)

    def run_by(self, user: User) -> CourseQuerySet:
        """Courses whose sessions the user may plan, open and mark: an admin's are all."""
        return self if user.role == Role.ADMIN else self.taught_by(user)

    def taught_by(self, user: User) -> CourseQuerySet:
        """Courses of which the user is the main teacher, another teacher or an assistant."""
        return self._of(user)

    def managed_by(self, user: User) -> CourseQuerySet:
        """Courses whose policy, enrolments and staff the user may change. Assistants may not."""
        return self if user.role == Role.ADMIN else self._of(user, StaffRole.TEACHER)

    def _of(self, user: User, *roles: str) -> CourseQuerySet:
        if not teaches(user):
            return self.none()
        return self.filter(Q(teacher_id=user.pk) | Q(pk__in=courses_staffed_by(user, *roles)))


class Course(PolicyFields):
    """A subject that is taught to a class group. ``teacher`` is its main teacher; who teaches it
    besides is in ``CourseStaff``.

    A student below ``at_risk_percent``, or who missed ``at_risk_absences`` in a row, is at risk.
    ``lates_per_absence`` and ``count_by`` say what counts, in sessions that are over as well.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="courses")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="courses")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="courses_taught"
    )
    time_zone = models.CharField(max_length=50, default="UTC", validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)
    at_risk_percent = models.PositiveSmallIntegerField(
        default=75, validators=[MaxValueValidator(100)]
    )
    at_risk_absences = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    lates_per_absence = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(MOST_LATES)],
        help_text="So many lates of a student count as one absence. 0: a late is never one.",
    )
    count_by = models.CharField(
        max_length=10,
        choices=CountBy,
        default=CountBy.SESSIONS,
        help_text="Whether each session weighs the same in a rate, or its hours.",
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["subject__code", "class_group__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "class_group", "teacher"], name="one_course_per_teaching"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.class_group}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Enrolment(models.Model):
    """A student's place on a course. It ends with a withdrawal and may begin again.

    ``earlier_spans`` are the times on the course that are over, oldest first, as pairs of moments
    in UTC: ``[["2026-01-12T08:00:00+00:00", "2026-02-02T08:00:00+00:00"]]``. They are never
    changed, since they tell from which sessions the student could be absent. ``withdrawn_at`` is
    empty while the student is on the course, and where nobody noted when they left.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments"
    )
    is_active = models.BooleanField(default=True)
    enrolled_at = models.DateTimeField(help_text="When the latest time on the course began.")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    earlier_spans = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "student"], name="one_enrolment_per_course")
        ]
        indexes = [
            models.Index(fields=["course", "is_active"], name="enrolment_course"),
            models.Index(fields=["student", "is_active"], name="enrolment_student"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.course_id}"

    @property
    def spans(self) -> list[Span]:
        """All the times on the course that are known, oldest first."""
        earlier = from_json(self.earlier_spans)
        if not self.is_active and self.withdrawn_at is None:
            return earlier
        return [*earlier, Span(self.enrolled_at, self.withdrawn_at)]
