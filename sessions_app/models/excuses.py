"""Excuses, and the kinds of them that an institution knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from sessions_app.domain.excuses import DAY_BEGINS, DAY_ENDS, STATUS_OF, ExcuseSpan
from sessions_app.models.courses import Course, Enrolment

if TYPE_CHECKING:
    from accounts.models import User

# The names of the kinds with which every institution begins, for translators.
gettext_noop("Medical")
gettext_noop("Official")
gettext_noop("Sport")
gettext_noop("Religious")
gettext_noop("Other")


class CountsAs(models.TextChoices):
    """What an excused absence is in the attendance rate."""

    NOT_COUNTED = "not_counted", _("Not counted")
    PRESENT = "present", _("Present")
    ABSENT = "absent", _("Absent")


class ExcuseKind(models.Model):
    """A kind of excuse. It can be switched off, and is never deleted, since excuses have it."""

    code = models.CharField(
        max_length=30, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$")]
    )
    name = models.CharField(max_length=60)
    counts_as = models.CharField(max_length=20, choices=CountsAs, default=CountsAs.NOT_COUNTED)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """The name in the reader's language, where it is one of those that every site has."""
        return gettext(self.name) if self.name else ""


class ExcuseQuerySet(models.QuerySet["Excuse"]):
    def visible_to(self, user: User) -> ExcuseQuerySet:
        """A student's own. Of others those for the courses that the user runs, and those for all
        courses of students on them. An admin sees all."""
        if user.role == Role.STUDENT:
            return self.filter(student_id=user.pk)
        if user.role == Role.ADMIN:
            return self
        courses = list(Course.objects.run_by(user).order_by("pk").values_list("pk", flat=True))
        places = Enrolment.objects.filter(course_id__in=courses).order_by("pk")
        students = set(places.values_list("student_id", flat=True))
        return self.filter(
            Q(course_id__in=courses) | Q(course_id=None, student_id__in=list(students))
        )

    def run_by(self, user: User) -> ExcuseQuerySet:
        """Excuses that the user may take back: those of one's own courses, and for admins all."""
        if user.role == Role.ADMIN:
            return self
        courses = Course.objects.run_by(user).order_by("pk").values_list("pk", flat=True)
        return self.filter(course_id__in=list(courses))


class Excuse(models.Model):
    """Why a student need not be at sessions for some time. It is never deleted.

    It is for one course or, where ``course`` is empty, for all of the student's courses. The span
    is on the clock of the sessions' own place: days ``YYYY-MM-DD``, both included, which compare as
    text, and times ``HH:MM`` on the first and on the last of them. An excuse without a ``kind`` is
    from before there were kinds and is not counted.
    """

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="excuses"
    )
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.PROTECT, related_name="excuses"
    )
    kind = models.ForeignKey(
        ExcuseKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    from_date = models.CharField(max_length=10)
    from_time = models.CharField(max_length=5, default=DAY_BEGINS)
    until_date = models.CharField(max_length=10)
    until_time = models.CharField(max_length=5, default=DAY_ENDS)
    note = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        ordering = ["-from_date"]
        indexes = [
            models.Index(fields=["course", "until_date"], name="excuse_course"),
            models.Index(fields=["student", "until_date"], name="excuse_student"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.from_date} to {self.until_date}"

    @property
    def status(self) -> str:
        """The status of the student where they do not come to a session that is covered."""
        return STATUS_OF[self.kind.counts_as if self.kind else CountsAs.NOT_COUNTED]

    @property
    def span(self) -> ExcuseSpan:
        return ExcuseSpan(self.from_date, self.from_time, self.until_date, self.until_time)
