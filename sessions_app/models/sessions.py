"""Sessions: when a course takes place."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from sessions_app.models.counting import OFFERING_LENGTH, validate_weight
from sessions_app.models.courses import (
    ClassGroup,
    Course,
    CourseQuerySet,
    Subject,
    courses_of_student,
    teaches,
)
from sessions_app.models.imports import ImportRecord
from sessions_app.models.policy import PolicyFields, validate_time_zone

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User


ROOM_LENGTH = 255
"""Timetable systems write several rooms with building and street into one place."""


class SessionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    ANNULLED = "annulled", _("Annulled")


OF_NO_EFFECT = (SessionState.CANCELLED, SessionState.ANNULLED)
"""The states of sessions that count for nobody, whatever is recorded in them."""


def new_session_code() -> int:
    """Four random bytes, which stand for the session inside the QR code."""
    return secrets.randbits(32)


def _ids(courses: CourseQuerySet) -> list[UUID]:
    return list(courses.order_by().values_list("pk", flat=True))


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, user: User) -> SessionQuerySet:
        if user.role == Role.STUDENT:
            return self.filter(course_id__in=courses_of_student(user))
        return self.run_by(user)

    def run_by(self, user: User) -> SessionQuerySet:
        """Sessions that the user may open, close and mark: one's own, and for admins all."""
        return self if user.role == Role.ADMIN else self.taught_by(user)

    def taught_by(self, user: User) -> SessionQuerySet:
        """Sessions of the courses on which the user teaches or assists, and those in which the
        user is the substitute. Who was a course's teacher before has none of them."""
        if not teaches(user):
            return self.none()
        courses = _ids(Course.objects.taught_by(user))
        return self.filter(Q(course_id__in=courses) | Q(substitute_id=user.pk))

    def managed_by(self, user: User) -> SessionQuerySet:
        """Sessions whose policy and substitute the user may change."""
        if user.role == Role.ADMIN:
            return self
        return self.filter(course_id__in=_ids(Course.objects.managed_by(user)))


class Session(PolicyFields):
    """One time that a course takes place, with the policy by which its check-ins are judged.

    ``subject``, ``class_group`` and ``teacher`` repeat the course's, so that lists and reports
    filter on one collection. ``teacher`` stays as it was once the session is closed. Who may run
    the session follows from the course and from ``substitute`` alone.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions_taught"
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sessions_substituted",
        help_text="Who takes this session in the teacher's place.",
    )
    code = models.BigIntegerField(unique=True, default=new_session_code, editable=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=50, validators=[validate_time_zone])
    room = models.CharField(max_length=ROOM_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    opened_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was opened again, the last time."
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When everything that follows from its closing was done.",
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    cancelled_import = models.ForeignKey(
        ImportRecord,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        help_text="The import that cancelled it. A later one may restore it, and no person's.",
    )
    calendar_event = models.CharField(
        max_length=40, blank=True, default="", db_index=True, editable=False
    )
    """The event of a calendar that asked for this session: its UID, hashed. Empty where a person
    planned it. By it an import knows what became of the event."""

    annulled_at = models.DateTimeField(null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    annul_reason = models.CharField(max_length=300, blank=True, default="")
    state_before_annulled = models.CharField(
        max_length=10, blank=True, default="", choices=SessionState, editable=False
    )
    recorded_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was recorded from a list, without check-ins."
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    imported = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="The calendar that planned it, and what an import gave it last.",
    )
    weight_h = models.FloatField(
        null=True,
        blank=True,
        validators=[validate_weight],
        help_text="Weight in hours, where the course counts by hours. Empty: its length.",
    )
    offering = models.CharField(
        max_length=OFFERING_LENGTH,
        blank=True,
        default="",
        help_text="A student needs one of the sessions of a course with the same text.",
    )

    series = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Shared by sessions planned together."
    )
    moved_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When somebody gave this one session another time or room by hand.",
    )
    head_count = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="How many the teacher counted in the room."
    )
    head_counted_at = models.DateTimeField(null=True, blank=True)
    change_stamp = models.UUIDField(
        null=True, editable=False, help_text="Another one after each change of the register."
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["code"], name="session_code"),
            models.Index(fields=["course", "starts_at"], name="session_course_start"),
            models.Index(fields=["teacher", "starts_at"], name="session_teacher_start"),
            models.Index(fields=["substitute", "starts_at"], name="session_substitute_start"),
            models.Index(fields=["state", "starts_at"], name="session_state_start"),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.local_start:%Y-%m-%d %H:%M}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local_time(self, moment: datetime) -> datetime:
        """The moment on the clock of the session's place."""
        return moment.astimezone(self.zone)

    @property
    def local_start(self) -> datetime:
        return self.local_time(self.starts_at)

    @property
    def local_end(self) -> datetime:
        return self.local_time(self.ends_at)

    @property
    def weight_s(self) -> int:
        """Its weight in whole seconds, where its course counts by hours."""
        length_s = (self.ends_at - self.starts_at).total_seconds()
        return max(1, round(length_s if self.weight_h is None else self.weight_h * 3600))

    def is_today(self, now: datetime) -> bool:
        """Whether it begins today by the calendar of its own place, or is still going on, as one
        that began before midnight may be."""
        begins_today = self.local_start.date() == self.local_time(now).date()
        return begins_today or self.starts_at <= now < self.ends_at

    @property
    def late_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.late_after_min)

    @property
    def has_effect(self) -> bool:
        """Whether what is recorded in it counts, so that its register may be changed."""
        return self.state not in OF_NO_EFFECT

    @property
    def is_open(self) -> bool:
        return self.state == SessionState.OPEN

    @property
    def closes_itself_at(self) -> datetime:
        """The moment from which an open session lets no more check-ins in and is closed by the next
        run of the job: AUTO_CLOSE_AFTER_MIN after its end, or after it was opened again if that was
        later."""
        latest = max(self.ends_at, self.reopened_at or self.ends_at)
        return latest + timedelta(minutes=settings.AUTO_CLOSE_AFTER_MIN)

    def shows_code_at(self, now: datetime) -> bool:
        """Whether the session's code and beacon are good now. They die with the session's time,
        also where nobody closes it and no job runs."""
        return self.is_open and now < self.closes_itself_at

    @property
    def let_in_from(self) -> datetime | None:
        """The moment from which check-ins were let in. One that was recorded from a list lets them
        in only once it is opened again."""
        return self.opened_at or self.reopened_at

    def let_in_at(self, moment: datetime) -> bool:
        """Whether check-ins were let in at that moment, as far as is known now."""
        let_in_from = self.let_in_from
        if let_in_from is None or not let_in_from <= moment < self.closes_itself_at:
            return False
        if self.state == SessionState.CLOSED:
            return self.closed_at is not None and moment <= self.closed_at
        return self.is_open

    @property
    def is_unfinished(self) -> bool:
        """Whether it was closed and something that follows from it was not done, after a crash."""
        return self.state == SessionState.CLOSED and self.finished_at is None

    def is_forgotten(self, now: datetime) -> bool:
        """Whether the session is over and was never opened, so that nobody knows if it was held."""
        return self.state == SessionState.PLANNED and self.ends_at <= now
