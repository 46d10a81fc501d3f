"""Teaching: what is taught to whom, when it meets, and who was there."""

from __future__ import annotations

import functools
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Role

if TYPE_CHECKING:
    from accounts.models import User


@functools.cache
def _time_zones() -> set[str]:
    return available_timezones()  # walks the disk, so once


def validate_time_zone(name: str) -> None:
    if name not in _time_zones():
        raise ValidationError(f"{name!r} is not a time zone such as Europe/Paris.")


def teaches(user: User) -> bool:
    """Whether the account may do what teachers do: an unapproved one may do nothing."""
    return user.role == Role.TEACHER and user.is_approved


def _courses_of_student(user: User) -> list[object]:
    """Ids, since MongoDB is slow at filtering across relations."""
    enrolled = Enrolment.objects.filter(student_id=user.pk, is_active=True)
    return list(enrolled.values_list("course_id", flat=True))


class Subject(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=150)
    department = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ClassGroup(models.Model):
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=150)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User) -> CourseQuerySet:
        if user.role == Role.STUDENT:
            return self.filter(pk__in=_courses_of_student(user))
        return self.run_by(user)

    def run_by(self, user: User) -> CourseQuerySet:
        """Those whose sessions and enrolments the user may manage."""
        if user.role == Role.ADMIN:
            return self
        return self.filter(teacher_id=user.pk) if teaches(user) else self.none()


class Course(models.Model):
    """A teacher teaches a subject to a class group."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="courses")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="courses")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="courses_taught"
    )
    time_zone = models.CharField(max_length=50, default="UTC", validators=[validate_time_zone])
    is_active = models.BooleanField(default=True)

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


class Enrolment(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments"
    )
    is_active = models.BooleanField(default=True)
    enrolled_at = models.DateTimeField()

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


class Requirement(models.TextChoices):
    """What a session asks of a kind of evidence.

    Without required evidence a check-in is refused; without preferred evidence it goes to
    the teacher for review; evidence that is off is not asked for and not judged.
    """

    REQUIRED = "required", "Required"
    PREFERRED = "preferred", "Preferred"
    OFF = "off", "Not asked"


class SessionState(models.TextChoices):
    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


def new_session_code() -> int:
    """Four random bytes that stand for the session inside the QR code."""
    return secrets.randbits(32)


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> SessionQuerySet:
        if user.role == Role.STUDENT:
            return self.filter(course_id__in=_courses_of_student(user))
        return self.run_by(user)

    def run_by(self, user: User) -> SessionQuerySet:
        """Those that the user may open, close and mark: their own. An admin's are all."""
        return self if user.role == Role.ADMIN else self.taught_by(user)

    def taught_by(self, user: User) -> SessionQuerySet:
        """Those whose code and beacon the user may show: nobody's but their own."""
        return self.filter(teacher_id=user.pk) if teaches(user) else self.none()


class Session(models.Model):
    """One meeting of a course, with the policy that its check-ins are judged by.

    ``subject``, ``class_group`` and ``teacher`` repeat the course's, so that lists and
    reports filter on one collection.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions_taught"
    )
    code = models.BigIntegerField(unique=True, default=new_session_code, editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=50, validators=[validate_time_zone])
    room = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    face = models.CharField(max_length=10, choices=Requirement, default=Requirement.REQUIRED)
    bluetooth = models.CharField(max_length=10, choices=Requirement, default=Requirement.PREFERRED)
    qr_slot_s = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    qr_slots_needed = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    late_after_min = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(600)]
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["code"], name="session_code"),
            models.Index(fields=["course", "starts_at"], name="session_course_start"),
            models.Index(fields=["teacher", "starts_at"], name="session_teacher_start"),
            models.Index(fields=["state", "starts_at"], name="session_state_start"),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.local_start:%Y-%m-%d %H:%M}"

    def local_time(self, moment: datetime) -> datetime:
        """The moment on the clock of the session's place."""
        return moment.astimezone(ZoneInfo(self.time_zone))

    @property
    def local_start(self) -> datetime:
        return self.local_time(self.starts_at)

    @property
    def local_end(self) -> datetime:
        return self.local_time(self.ends_at)

    @property
    def late_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.late_after_min)

    @property
    def is_open(self) -> bool:
        return self.state == SessionState.OPEN


class AttendanceStatus(models.TextChoices):
    PRESENT = "present", "Present"
    LATE = "late", "Late"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"


class MarkSource(models.TextChoices):
    """How an attendance came about."""

    CHECK_IN = "check_in", "Checked in"
    REVIEW = "review", "Confirmed by the teacher"
    MANUAL = "manual", "Marked by hand"
    CLOSING = "closing", "Not seen when the session closed"


class Attendance(models.Model):
    """Where a student stands in a session: one row, the outcome of its marks.

    ``local_date`` is the session's day in its own time zone, ``YYYY-MM-DD``, so that days
    are grouped without date arithmetic in the database.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    local_date = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=AttendanceStatus)
    source = models.CharField(max_length=10, choices=MarkSource)
    evidence = models.JSONField(
        default=list, blank=True, help_text="Kinds that counted: code, bluetooth, face."
    )
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ["-marked_at"]
        constraints = [
            models.UniqueConstraint(fields=["session", "student"], name="one_attendance")
        ]
        indexes = [
            models.Index(fields=["session", "student"], name="attendance_session"),
            models.Index(fields=["student", "local_date"], name="attendance_student_day"),
            models.Index(fields=["class_group", "local_date"], name="attendance_class_day"),
            models.Index(fields=["subject", "local_date"], name="attendance_subject_day"),
            models.Index(fields=["course", "student"], name="attendance_course"),
            models.Index(fields=["local_date", "status"], name="attendance_day_status"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.status}"


class AttendanceMark(models.Model):
    """Append-only: every time someone or something set an attendance, and why.

    ``key`` makes a retry harmless: the check-in decision's id, the review verdict's id, or
    the caller's own nonce.
    """

    key = models.CharField(max_length=80, unique=True)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="marks")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendance_marks"
    )
    status = models.CharField(max_length=10, choices=AttendanceStatus)
    source = models.CharField(max_length=10, choices=MarkSource)
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="marks_made",
        help_text="Who signed for it; empty where the system did.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["key"], name="mark_key"),
            models.Index(fields=["session", "student", "-at"], name="mark_history"),
        ]

    def __str__(self) -> str:
        return f"{self.status} ({self.source})"
