"""A term of data, so that pages show what they show in use: long names and many rows."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password

from accounts.models import Role, User
from sessions_app.models import Attendance, Enrolment, Session

NAMES = (
    "Aarav Mehta",
    "Beatriz Lopes",
    "Chen Wei",
    "Divya Nair",
    "Elif Kaya",
    "Friederike Wolfeschlegelsteinhausenbergerdorff",
    "Grace Okoye",
    "Hugo Martin",
    "Ines Costa",
    "Jonas Weber",
    "Kavya Rao",
    "María del Carmen Fernández de Córdoba y Álvarez de Toledo",
    "Mei Tanaka",
    "Noor Ali",
)
WEEKS = 12
PATTERN = ("present", "present", "late", "present", "absent", "present", "excused")


def live_a_term(session: Session) -> None:
    """Classmates for the session's course, and a session in each of the weeks before."""
    students = User.objects.bulk_create(_student(n, name) for n, name in enumerate(NAMES))
    Enrolment.objects.bulk_create(
        Enrolment(course=session.course, student=student, enrolled_at=session.starts_at)
        for student in students
    )
    past = Session.objects.bulk_create(_before(session, week) for week in range(1, WEEKS + 1))
    Attendance.objects.bulk_create(
        _attendance(meeting, student, PATTERN[(week * (n % 5) + n) % len(PATTERN)])
        for week, meeting in enumerate(past)
        for n, student in enumerate(students)
    )


def _student(number: int, name: str) -> User:
    return User(
        email=f"term{number}@school.test",
        full_name=name,
        institution_number=f"CS-2026-{number:04}",
        role=Role.STUDENT,
        is_approved=True,
        password=make_password(None),
    )


def _before(session: Session, weeks: int) -> Session:
    starts_at = session.starts_at - timedelta(weeks=weeks)
    return Session(
        course=session.course,
        subject=session.subject,
        class_group=session.class_group,
        teacher=session.teacher,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        time_zone=session.time_zone,
        room=session.room,
        state="closed",
        opened_at=starts_at,
        closed_at=starts_at + timedelta(minutes=50),
    )


def _attendance(session: Session, student: User, status: str) -> Attendance:
    return Attendance(
        session=session,
        student=student,
        course=session.course,
        subject=session.subject,
        class_group=session.class_group,
        teacher=session.teacher,
        local_date=session.local_start.date().isoformat(),
        status=status,
        source="closing" if status == "absent" else "check_in",
        evidence=[] if status in ("absent", "excused") else ["code", "bluetooth", "face"],
        marked_at=session.starts_at,
    )
