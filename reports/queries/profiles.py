"""Everything an admin may read of one student: no keys, no images, no templates."""

from typing import Any
from uuid import UUID

from django.db.models import Model

from accounts.models import ConsentEvent, Device, Role, User
from reports.queries import statistics
from sessions_app.models import Enrolment
from verification.models import FaceTemplate, Warning

DEVICE_FIELDS = (
    *("id", "name", "status"),
    *("registered_at", "activates_at", "activated_at", "revoked_at"),
)
WARNING_FIELDS = (
    *("id", "session_id", "reason", "severity", "created_at"),
    *("appeal", "appealed_at", "verdict", "verdict_note", "verdict_at"),
)
CONSENT_FIELDS = ("purpose", "version", "action", "at")
FACE_FIELDS = ("status", "consent_version", "enrolled_at", "decided_at")
PERSON_FIELDS = (
    *("id", "email", "full_name", "institution_number", "department"),
    *("is_active", "created_at", "last_login"),
)
WARNINGS_SHOWN = 50


def student_profile(student_id: UUID, *, viewer: User) -> dict[str, Any] | None:
    """None where there is no such student."""
    student = User.objects.filter(pk=student_id, role=Role.STUDENT).first()
    if student is None:
        return None
    overall = statistics.student_overall(student, viewer=viewer)
    warnings = Warning.objects.filter(student_id=student.pk).order_by("-created_at", "pk")
    devices = Device.objects.filter(user_id=student.pk).order_by("-registered_at", "pk")
    return {
        "person": fields(student, PERSON_FIELDS),
        "enrolments": enrolments(student, overall["courses"]),
        "attendance": overall,
        "warnings": [fields(row, WARNING_FIELDS) for row in warnings[:WARNINGS_SHOWN]],
        "devices": [fields(row, DEVICE_FIELDS) for row in devices],
        "consent": _consent(student),
        "face": _face(student),
    }


def enrolments(student: User, courses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = Enrolment.objects.filter(student_id=student.pk).order_by("-enrolled_at", "pk")
    names = {course["course_id"]: course for course in courses}
    return [
        {
            "course_id": row.course_id,
            "subject": names[row.course_id]["subject"],
            "class_group": names[row.course_id]["class_group"],
            "is_active": row.is_active,
            "enrolled_at": row.enrolled_at,
        }
        for row in rows
        if row.course_id in names
    ]


def _consent(student: User) -> list[dict[str, Any]]:
    """The latest word on each purpose."""
    events = ConsentEvent.objects.filter(user_id=student.pk).order_by("at", "pk")
    latest = {event.purpose: event for event in events}
    return [fields(latest[purpose], CONSENT_FIELDS) for purpose in sorted(latest)]


def _face(student: User) -> list[dict[str, Any]]:
    """Where each enrolment of a face stands, newest first, without the template."""
    templates = FaceTemplate.objects.filter(student_id=student.pk).order_by("-enrolled_at", "pk")
    return [fields(template, FACE_FIELDS) for template in templates.defer("ciphertext")]


def fields(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
