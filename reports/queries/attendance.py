"""Rows of the register: of a class group, of a subject, or of all that a viewer may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Role, User
from reports.queries.courses import courses_by_id
from reports.queries.rows import CourseNames
from sessions_app.domain.attendance import ATTENDED
from sessions_app.models import (
    OF_NO_EFFECT,
    Attendance,
    AttendanceStatus,
    ClassGroup,
    Course,
    MarkSource,
    Session,
    Subject,
)

NO_DEPARTMENT = "-"
PRESENT_OR_LATE = "attended"
"""A filter may ask for this in place of a status. It stands for present and late."""


@dataclass(frozen=True, kw_only=True)
class AttendanceRow:
    """What the register holds of one student and one session, with names for a list.

    ``local_date`` is the session's day ``YYYY-MM-DD`` in its own time zone.
    """

    course: CourseNames
    attendance_id: UUID
    session_id: UUID
    starts_at: datetime
    time_zone: str
    local_date: str
    student_id: UUID
    student_name: str
    institution_number: str
    status: AttendanceStatus
    source: MarkSource
    evidence: list[str]
    marked_at: datetime


def class_attendance(class_id: UUID, *, viewer: User) -> QuerySet[Attendance] | None:
    """The rows of a class group, or None where the viewer may not know of the group."""
    return _visible_rows({"class_group_id": class_id}, ClassGroup, class_id, viewer)


def subject_attendance(subject_id: UUID, *, viewer: User) -> QuerySet[Attendance] | None:
    """The rows of a subject, or None where the viewer may not know of the subject."""
    return _visible_rows({"subject_id": subject_id}, Subject, subject_id, viewer)


def _visible_rows(
    about: dict[str, UUID], model: type[ClassGroup] | type[Subject], pk: UUID, viewer: User
) -> QuerySet[Attendance] | None:
    """An admin sees all of the rows, a teacher those of courses that they teach. Those of cancelled
    and annulled sessions are left out."""
    # Sorted also by the session and by the row's own key, so that no page repeats a row.
    rows = Attendance.objects.filter(**about).order_by("-local_date", "session_id", "pk")
    void = Session.objects.filter(**about, state__in=OF_NO_EFFECT).values_list("pk", flat=True)
    rows = rows.exclude(session_id__in=list(void.order_by()))
    if viewer.role == Role.ADMIN:
        return rows if model.objects.filter(pk=pk).exists() else None
    mine = Course.objects.visible_to(viewer).filter(**about).values_list("pk", flat=True)
    course_ids = list(mine.order_by("pk"))
    return rows.filter(course_id__in=course_ids) if course_ids else None


def all_attendance(*, viewer: User) -> QuerySet[Attendance]:
    """An admin sees all rows, a teacher those of courses that they teach."""
    rows = Attendance.objects.order_by("-local_date", "session_id", "pk")
    if viewer.role == Role.ADMIN:
        return rows
    mine = Course.objects.visible_to(viewer).values_list("pk", flat=True)
    return rows.filter(course_id__in=list(mine.order_by("pk")))


def of_department(rows: QuerySet[Attendance], department: str) -> QuerySet[Attendance]:
    """Select the rows of a department's subjects. ``-`` selects subjects without a department."""
    name = "" if department == NO_DEPARTMENT else department
    subjects = Subject.objects.filter(department=name).values_list("pk", flat=True)
    return rows.filter(subject_id__in=list(subjects.order_by("pk")))


def narrowed(
    rows: QuerySet[Attendance],
    *,
    first_day: str | None = None,
    last_day: str | None = None,
    student_id: UUID | None = None,
    course_id: UUID | None = None,
    class_id: UUID | None = None,
    subject_id: UUID | None = None,
    status: str | None = None,
) -> QuerySet[Attendance]:
    """Select the rows between two local days (``YYYY-MM-DD``, both included), and those of a
    student, of a course, class group or subject, and of a status. The status ``attended`` selects
    present and late."""
    if first_day:
        rows = rows.filter(local_date__gte=first_day)
    if last_day:
        rows = rows.filter(local_date__lte=last_day)
    about = {
        "student_id": student_id,
        "course_id": course_id,
        "class_group_id": class_id,
        "subject_id": subject_id,
    }
    rows = rows.filter(**{column: pk for column, pk in about.items() if pk})
    if status == PRESENT_OR_LATE:
        return rows.filter(status__in=ATTENDED)
    return rows.filter(status=status) if status else rows


def with_names(rows: Iterable[Attendance]) -> list[AttendanceRow]:
    """Read the people, courses and sessions that a page of rows names, in three more queries."""
    page = list(rows)
    students = User.objects.in_bulk({row.student_id for row in page})
    sessions = Session.objects.in_bulk({row.session_id for row in page})
    courses = courses_by_id({row.course_id for row in page})
    names = {pk: CourseNames.of(course) for pk, course in courses.items()}
    return [
        _named(row, students[row.student_id], sessions[row.session_id], names[row.course_id])
        for row in page
    ]


def _named(row: Attendance, student: User, session: Session, course: CourseNames) -> AttendanceRow:
    return AttendanceRow(
        course=course,
        attendance_id=row.pk,
        session_id=row.session_id,
        starts_at=session.starts_at,
        time_zone=session.time_zone,
        local_date=row.local_date,
        student_id=row.student_id,
        student_name=student.full_name,
        institution_number=student.institution_number,
        status=AttendanceStatus(row.status),
        source=MarkSource(row.source),
        evidence=row.evidence,
        marked_at=row.marked_at,
    )
