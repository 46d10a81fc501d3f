"""All that an admin may read of one student. Keys, images and templates are not part of it.

Each row names the fields that may be read, so that a new column of a model is not read before
somebody adds it here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import ConsentAction, ConsentEvent, Device, DeviceStatus, Role, User
from reports.queries.rows import CourseNames, read_off
from reports.queries.students import StudentCourse, StudentStatistics, student_overall
from sessions_app.models import Enrolment
from verification.domain.reasons import Severity
from verification.models import FaceTemplate, TemplateStatus, Warning, WarningVerdict

LATEST_WARNINGS = 50
"""Warnings that stand in the profile itself. The others are read page by page."""


@dataclass(frozen=True, kw_only=True)
class ProfilePerson:
    id: UUID
    email: str
    full_name: str
    institution_number: str
    department: str
    is_active: bool
    created_at: datetime
    last_login: datetime | None


@dataclass(frozen=True, kw_only=True)
class ProfileEnrolment:
    course: CourseNames
    is_active: bool
    enrolled_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProfileWarning:
    id: UUID
    session_id: UUID
    reason: str
    severity: Severity
    created_at: datetime
    appeal: str
    appealed_at: datetime | None
    verdict: WarningVerdict
    verdict_note: str
    verdict_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ProfileDevice:
    id: UUID
    name: str
    status: DeviceStatus
    registered_at: datetime
    activates_at: datetime | None
    activated_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ProfileConsent:
    purpose: str
    version: str
    action: ConsentAction
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ProfileFace:
    """The state of a face enrolment. The template is not part of it."""

    status: TemplateStatus
    consent_version: str
    enrolled_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class StudentProfile:
    """All about one student. Lists are newest first, but ``consent`` is sorted by purpose.

    ``warnings`` are the latest ones, and ``warnings_count`` says how many there are.
    """

    person: ProfilePerson
    enrolments: list[ProfileEnrolment]
    attendance: StudentStatistics
    warnings: list[ProfileWarning]
    warnings_count: int
    devices: list[ProfileDevice]
    consent: list[ProfileConsent]
    face: list[ProfileFace]


def student_profile(
    student_id: UUID, *, viewer: User, now: datetime, most_warnings: int | None = None
) -> StudentProfile | None:
    """Read all about a student, with at most so many warnings, or all. Returns None where there is
    no such student."""
    student = User.objects.filter(pk=student_id, role=Role.STUDENT).first()
    if student is None:
        return None
    overall = student_overall(student, viewer=viewer, now=now)
    warnings = warnings_of(student.pk)
    latest = in_profile(warnings[:most_warnings])
    return StudentProfile(
        person=read_off(student, ProfilePerson, institution_number=student.number),
        enrolments=enrolments(student, overall.courses),
        attendance=overall,
        warnings=latest,
        warnings_count=len(latest) if most_warnings is None else warnings.count(),
        devices=devices(student),
        consent=_consent(student),
        face=_face(student),
    )


def warnings_of(student_id: UUID) -> QuerySet[Warning]:
    """All warnings of a student, newest first."""
    return Warning.objects.filter(student_id=student_id).order_by("-created_at", "pk")


def in_profile(warnings: Iterable[Warning]) -> list[ProfileWarning]:
    return [read_off(row, ProfileWarning) for row in warnings]


def enrolments(student: User, courses: Iterable[StudentCourse]) -> list[ProfileEnrolment]:
    """The student's places on the courses given, newest first."""
    rows = Enrolment.objects.filter(student_id=student.pk).order_by("-enrolled_at", "pk")
    names = {standing.course.course_id: standing.course for standing in courses}
    return [
        read_off(row, ProfileEnrolment, course=names[row.course_id])
        for row in rows
        if row.course_id in names
    ]


def devices(student: User) -> list[ProfileDevice]:
    rows = Device.objects.filter(user_id=student.pk).order_by("-registered_at", "pk")
    return [read_off(row, ProfileDevice) for row in rows]


def _consent(student: User) -> list[ProfileConsent]:
    """The student's latest answer on each purpose."""
    events = ConsentEvent.objects.filter(user_id=student.pk).order_by("at", "pk")
    latest = {event.purpose: event for event in events}
    return [read_off(latest[purpose], ProfileConsent) for purpose in sorted(latest)]


def _face(student: User) -> list[ProfileFace]:
    templates = FaceTemplate.objects.filter(student_id=student.pk).order_by("-enrolled_at", "pk")
    return [read_off(template, ProfileFace) for template in templates.defer("ciphertext")]
