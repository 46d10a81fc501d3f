"""All that is kept about one student, for the student to read.

Keys, pictures and templates are not part of it. Scores and measurements are not either, because
they describe a face. The reasons tell what each of them led to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import AccountMerge, ConsentEvent, ErasureRequest, NameRequest, User
from accounts.queries import merges
from reports.models import AttendanceNotice
from reports.queries import profiles
from reports.queries.rows import read_off
from reports.queries.students import (
    RecordedSession,
    StudentStatistics,
    student_overall,
    student_sessions,
)
from sessions_app.models import AttendanceMark, Excuse, MarkSource, MarkStatus
from sessions_app.queries import visits_of
from verification.models import CheckInDecision, FaceLot, SparedCheck, TemplateAccess, Warning
from verification.queries import EnrolledFace, accesses_of, face_standing
from verification.words import label_of, words_of


@dataclass(frozen=True, kw_only=True)
class OwnMark:
    """One time that an attendance was set. ``by`` is a name, or None where the system did it."""

    session_id: UUID
    status: MarkStatus
    source: MarkSource
    reason: str
    by: str | None
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnVerdict:
    verdict: str
    note: str
    by: str
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnReason:
    """A reason of a decision: its ``label`` is for the teacher, its ``message`` for the student."""

    code: str
    label: str
    message: str


@dataclass(frozen=True, kw_only=True)
class OwnDecision:
    """A decision on a check-in."""

    session_id: UUID
    decided_at: datetime
    outcome: str
    reasons: list[OwnReason]
    counted: list[str]
    policy_version: str
    verdicts: list[OwnVerdict]


@dataclass(frozen=True, kw_only=True)
class OwnWarning(profiles.ProfileWarning):
    message: str


@dataclass(frozen=True, kw_only=True)
class OwnExcuse:
    """``course_id`` is None for all courses, and ``kind`` is the code of the kind."""

    course_id: UUID | None
    kind: str | None
    from_date: str
    from_time: str
    until_date: str
    until_time: str
    note: str
    by: str
    at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnVisit:
    """A session at which the student was a guest. ``is_enrolled`` says that they were put on its
    course afterwards."""

    session_id: UUID
    name: str
    number: str
    by: str
    at: datetime
    is_enrolled: bool


@dataclass(frozen=True, kw_only=True)
class OwnMerge:
    """A merge of two accounts. ``other_number`` is that of the student's other account: it is empty
    where the merge was undone, since that account may be somebody else's."""

    is_kept: bool
    other_number: str
    by: str | None
    at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnNotice:
    sent_at: datetime
    courses: Any
    """What the notice said of each course, as JSON."""


@dataclass(frozen=True, kw_only=True)
class OwnSparedCheck:
    """A session at which a check was spared. ``number`` counts those of the term, which began on
    ``term``."""

    session_id: UUID
    term: date
    number: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OwnFaceLot:
    """Whether and why a session of level Standard asked for the face. ``passkey``: whether one
    stood for it where it did not."""

    session_id: UUID
    ask: str
    passkey: bool
    drawn_at: datetime


@dataclass(frozen=True, kw_only=True)
class OwnFace:
    """Says how far the enrolments of a face are, and who read or changed them."""

    enrolments: list[EnrolledFace]
    photo_measured_at: datetime | None
    accesses: Sequence[TemplateAccess]


@dataclass(frozen=True, kw_only=True)
class OwnData:
    made_at: datetime
    account: profiles.ProfilePerson
    devices: list[profiles.ProfileDevice]
    courses: list[profiles.ProfileEnrolment]
    statistics: StudentStatistics
    attendance: list[RecordedSession]
    marks: list[OwnMark]
    excuses: list[OwnExcuse]
    decisions: list[OwnDecision]
    warnings: list[OwnWarning]
    notices: list[OwnNotice]
    spared_checks: list[OwnSparedCheck]
    face_lots: list[OwnFaceLot]
    guest_visits: list[OwnVisit]
    merges: list[OwnMerge]
    consents: list[profiles.ProfileConsent]
    face: OwnFace
    erasure_requests: Sequence[ErasureRequest]
    name_requests: Sequence[NameRequest]


def of_student(student: User, *, now: datetime) -> OwnData:
    """Read everything, newest first. The number of queries does not depend on how much there is."""
    overall = student_overall(student, viewer=student, now=now)
    requests = ErasureRequest.objects.filter(user_id=student.pk).order_by("-asked_at", "pk")
    return OwnData(
        made_at=now,
        account=read_off(student, profiles.ProfilePerson, institution_number=student.number),
        devices=profiles.devices(student),
        courses=profiles.enrolments(student, overall.courses),
        statistics=overall,
        attendance=student_sessions(student, viewer=student, now=now),
        marks=_marks(student),
        excuses=_excuses(student),
        decisions=_decisions(student),
        warnings=_warnings(student),
        notices=_notices(student),
        spared_checks=_spared_checks(student),
        face_lots=_face_lots(student),
        guest_visits=_visits(student),
        merges=_merges(student),
        consents=_consents(student),
        face=_face(student),
        erasure_requests=list(requests),
        name_requests=list(NameRequest.objects.filter(user_id=student.pk).select_related("user")),
    )


def _marks(student: User) -> list[OwnMark]:
    rows = AttendanceMark.objects.filter(student_id=student.pk).select_related("by")
    return [
        read_off(row, OwnMark, by=row.by.full_name if row.by else None)
        for row in rows.order_by("-at", "pk")
    ]


def _excuses(student: User) -> list[OwnExcuse]:
    rows = Excuse.objects.filter(student_id=student.pk).select_related("by", "kind")
    return [
        read_off(row, OwnExcuse, by=row.by.full_name, kind=row.kind.code if row.kind else None)
        for row in rows.order_by("-at", "pk")
    ]


def _decisions(student: User) -> list[OwnDecision]:
    rows = CheckInDecision.objects.filter(student_id=student.pk).order_by("-decided_at", "pk")
    return [
        read_off(row, OwnDecision, reasons=_reasons(row), verdicts=_verdicts(row))
        for row in rows.prefetch_related("verdicts__by")
    ]


def _reasons(decision: CheckInDecision) -> list[OwnReason]:
    return [
        OwnReason(code=code, label=label_of(code), message=words_of(code))
        for code in decision.reasons
    ]


def _verdicts(decision: CheckInDecision) -> list[OwnVerdict]:
    return [read_off(row, OwnVerdict, by=row.by.full_name) for row in decision.verdicts.all()]


def _warnings(student: User) -> list[OwnWarning]:
    rows = Warning.objects.filter(student_id=student.pk).order_by("-created_at", "pk")
    return [read_off(row, OwnWarning, message=words_of(row.reason)) for row in rows]


def _notices(student: User) -> list[OwnNotice]:
    rows = AttendanceNotice.objects.filter(student_id=student.pk).order_by("-sent_at", "pk")
    return [read_off(row, OwnNotice) for row in rows]


def _spared_checks(student: User) -> list[OwnSparedCheck]:
    rows = SparedCheck.objects.filter(student_id=student.pk).order_by("-at", "pk")
    return [read_off(row, OwnSparedCheck) for row in rows]


def _face_lots(student: User) -> list[OwnFaceLot]:
    rows = FaceLot.objects.filter(student_id=student.pk).order_by("-drawn_at", "pk")
    return [read_off(row, OwnFaceLot) for row in rows]


def _visits(student: User) -> list[OwnVisit]:
    return [
        read_off(row, OwnVisit, by=row.by.full_name, is_enrolled=row.enrolled_as_id is not None)
        for row in visits_of(student)
    ]


def _merges(student: User) -> list[OwnMerge]:
    return [
        _own_merge(row, student) for row in merges().filter(Q(kept=student) | Q(merged=student))
    ]


def _own_merge(row: AccountMerge, student: User) -> OwnMerge:
    is_kept = row.kept_id == student.pk
    other = row.merged if is_kept else row.kept
    return read_off(
        row,
        OwnMerge,
        is_kept=is_kept,
        other_number=other.institution_number if row.is_standing else "",
        by=row.by.full_name if row.by else None,
    )


def _consents(student: User) -> list[profiles.ProfileConsent]:
    rows = ConsentEvent.objects.filter(user_id=student.pk).order_by("-at", "pk")
    return [read_off(row, profiles.ProfileConsent) for row in rows]


def _face(student: User) -> OwnFace:
    standing = face_standing(student)
    return OwnFace(
        enrolments=standing.faces,
        photo_measured_at=standing.photo_measured_at,
        accesses=list(accesses_of(student)),
    )
