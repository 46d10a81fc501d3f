"""Everything kept about one student, for the student: no keys, no pictures, no templates.

Scores and measurements stay out as well: they describe a face. What each of them led to is told
by the reasons.
"""

from datetime import datetime
from typing import Any

from accounts.models import ConsentEvent, Device, ErasureRequest, User
from reports.models import AttendanceNotice
from reports.queries import profiles, statistics
from sessions_app.models import AttendanceMark, Excuse
from verification.models import CheckInDecision, Warning
from verification.queries import accesses_of, face_standing
from verification.words import label_of, words_of

MARK_FIELDS = ("session_id", "status", "source", "reason", "at", "undone_at")
EXCUSE_FIELDS = ("course_id", "from_date", "until_date", "note", "at", "revoked_at")
DECISION_FIELDS = ("session_id", "decided_at", "outcome", "counted", "policy_version")
VERDICT_FIELDS = ("verdict", "note", "at", "undone_at")
ERASURE_FIELDS = ("state", "asked_at", "closed_at")


def of_student(student: User, *, now: datetime) -> dict[str, Any]:
    """Newest first; as many queries however much there is."""
    mine, fields = {"student_id": student.pk}, profiles.fields
    overall = statistics.student_overall(student, viewer=student)
    devices = Device.objects.filter(user_id=student.pk).order_by("-registered_at", "pk")
    notices = AttendanceNotice.objects.filter(**mine).order_by("-sent_at", "pk")
    consents = ConsentEvent.objects.filter(user_id=student.pk).order_by("-at", "pk")
    requests = ErasureRequest.objects.filter(user_id=student.pk).order_by("-asked_at", "pk")
    return {
        "made_at": now,
        "account": fields(student, profiles.PERSON_FIELDS),
        "devices": [fields(row, profiles.DEVICE_FIELDS) for row in devices],
        "courses": profiles.enrolments(student, overall["courses"]),
        "statistics": overall,
        "attendance": statistics.student_sessions(student, viewer=student),
        "marks": _marks(student),
        "excuses": _excuses(student),
        "decisions": _decisions(student),
        "warnings": _warnings(student),
        "notices": [fields(row, ("sent_at", "courses")) for row in notices],
        "consents": [fields(row, profiles.CONSENT_FIELDS) for row in consents],
        "face": _face(student),
        "erasure_requests": [fields(row, ERASURE_FIELDS) for row in requests],
    }


def _marks(student: User) -> list[dict[str, Any]]:
    rows = AttendanceMark.objects.filter(student_id=student.pk).select_related("by")
    return [
        profiles.fields(row, MARK_FIELDS) | {"by": row.by.full_name if row.by else None}
        for row in rows.order_by("-at", "pk")
    ]


def _excuses(student: User) -> list[dict[str, Any]]:
    rows = Excuse.objects.filter(student_id=student.pk).select_related("by")
    return [
        profiles.fields(row, EXCUSE_FIELDS) | {"by": row.by.full_name}
        for row in rows.order_by("-at", "pk")
    ]


def _decisions(student: User) -> list[dict[str, Any]]:
    rows = CheckInDecision.objects.filter(student_id=student.pk).order_by("-decided_at", "pk")
    return [_decision(row) for row in rows.prefetch_related("verdicts__by")]


def _decision(row: CheckInDecision) -> dict[str, Any]:
    return profiles.fields(row, DECISION_FIELDS) | {
        "reasons": [
            {"code": code, "label": label_of(code), "message": words_of(code)}
            for code in row.reasons
        ],
        "verdicts": [
            profiles.fields(verdict, VERDICT_FIELDS) | {"by": verdict.by.full_name}
            for verdict in row.verdicts.all()
        ],
    }


def _warnings(student: User) -> list[dict[str, Any]]:
    rows = Warning.objects.filter(student_id=student.pk).order_by("-created_at", "pk")
    return [
        profiles.fields(row, profiles.WARNING_FIELDS) | {"message": words_of(row.reason)}
        for row in rows
    ]


def _face(student: User) -> dict[str, Any]:
    standing = face_standing(student)
    return {
        "enrolments": standing["faces"],
        "photo_measured_at": standing["photo_measured_at"],
        "accesses": list(accesses_of(student)),
    }
