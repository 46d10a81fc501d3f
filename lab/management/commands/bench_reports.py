"""``python manage.py bench_reports``: how long the course report takes, on a database of its own.

The page is fetched through every middleware, as by a browser. The same run times a peer, which
reads the same rows by the bare driver, without Django: no report over them can be quicker. The
ratio of the two says how much the page adds, whatever the machine.
"""

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from lab.management.benchmarks import median_ms, own_database
from sessions_app.models import Attendance, ClassGroup, Course, Enrolment, Session, Subject

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATUSES = ("present", "present", "present", "present", "late", "excused", "absent")


class Command(BaseCommand):
    help = "Measure the matrix of a course in a database made for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--students", type=int, default=300)
        parser.add_argument("--sessions", type=int, default=40)
        parser.add_argument("--runs", type=int, default=9)

    def handle(self, *args: Any, **options: Any) -> None:
        with own_database():
            course = _fill(options["students"], options["sessions"])
            self._measure(course, options)

    def _measure(self, course: Course, options: dict[str, Any]) -> None:
        client = Client()
        client.force_login(course.teacher)
        page = reverse("report-course", args=[course.pk])
        peer_ms = median_ms(lambda: _read_bare(course), options["runs"])
        page_ms = median_ms(lambda: _fetch(client, page), options["runs"])
        self.stdout.write(
            f"{connection.vendor}: {options['students']} students x {options['sessions']} "
            f"sessions, median of {options['runs']}: page {page_ms:.0f} ms, "
            f"the same rows by the bare driver {peer_ms:.0f} ms, ratio {page_ms / peer_ms:.1f}"
        )


def _fetch(client: Client, page: str) -> None:
    response = client.get(page)
    if response.status_code != 200:
        raise RuntimeError(f"The page answered {response.status_code}.")


def _read_bare(course: Course) -> list[Any]:
    """Student, session and status of every row, as the driver gives them."""
    key = Course._meta.pk.get_db_prep_value(course.pk, connection)
    if connection.vendor == "mongodb":
        wanted = {"student_id": 1, "session_id": 1, "status": 1, "_id": 0}
        mongodb: Any = connection
        rows = mongodb.get_collection(Attendance._meta.db_table)
        return list(rows.find({"course_id": key}, wanted))
    with connection.cursor() as cursor:
        # The table's name is our own; the value goes as a parameter.
        table = connection.ops.quote_name(Attendance._meta.db_table)
        query = f"SELECT student_id, session_id, status FROM {table} WHERE course_id = %s"  # noqa: S608
        cursor.execute(query, [key])
        return cursor.fetchall()


def _fill(students: int, sessions: int) -> Course:
    course = _course()
    people = [_student(number) for number in range(students)]
    _create(User, people)
    _create(Enrolment, [Enrolment(course=course, student=p, enrolled_at=START) for p in people])
    meetings = [_session(course, number) for number in range(sessions)]
    _create(Session, meetings)
    pairs = itertools.product(enumerate(meetings), enumerate(people))
    rows = [_row(meeting, person, n * 31 + m * 17) for (n, meeting), (m, person) in pairs]
    _create(Attendance, rows)
    return course


def _create(model: type[Model], rows: list[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=2000)


def _course() -> Course:
    teacher = User.objects.create_user(
        "bench@example.org",
        role=Role.TEACHER,
        full_name="Bench",
        institution_number="T",
        is_approved=True,
    )
    subject = Subject.objects.create(code="B", name="Bench")
    group = ClassGroup.objects.create(code="B", name="Bench")
    return Course.objects.create(subject=subject, class_group=group, teacher=teacher)


def _student(number: int) -> User:
    return User(
        email=f"s{number}@example.org",
        full_name=f"Student {uuid.UUID(int=number * 7919)}",
        institution_number=f"S{number}",
        role=Role.STUDENT,
    )


def _session(course: Course, number: int) -> Session:
    starts_at = START + timedelta(days=number)
    return Session(
        course=course,
        subject_id=course.subject_id,
        class_group_id=course.class_group_id,
        teacher_id=course.teacher_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        time_zone="UTC",
        state="closed",
    )


def _row(session: Session, student: User, seed: int) -> Attendance:
    return Attendance(
        session=session,
        student=student,
        course_id=session.course_id,
        subject_id=session.subject_id,
        class_group_id=session.class_group_id,
        teacher_id=session.teacher_id,
        local_date=session.starts_at.date().isoformat(),
        status=STATUSES[seed % len(STATUSES)],
        source="check_in",
        marked_at=session.starts_at,
    )
