"""Fills a database as it was in earlier versions, and brings it to the newest one.

It runs as a program of its own, on the database that the environment names, since the migrations of
a test's own database are all applied before the test begins.
"""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADDRESS = "https://calendar.school.test/private-4711/term.ics"
FIRST = [("accounts", "0005_plainer_labels"), ("sessions_app", "0019_calendar_subscription")]
WITH_PICTURES = [("verification", "0011_enrolment_challenges")]


def main() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    for targets, fill in ((FIRST, fill_first), (WITH_PICTURES, fill_pictures)):
        executor = MigrationExecutor(connection)
        fill(executor.migrate(targets).apps)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def fill_first(apps: Any) -> None:
    teacher = _people(apps)
    course = _courses(apps, teacher)
    _imports(apps, teacher, course)


def _people(apps: Any) -> Any:
    """Hosts as machines write them, one of them twice: somebody has its other spelling already."""
    user = apps.get_model("accounts", "User")
    for number, email in (
        ("S1", "ann@xn--bcher-kva.example"),
        ("S2", "bo@xn--bcher-kva.example"),
        ("S3", "bo@bücher.example"),
    ):
        user.objects.create(email=email, full_name=number, institution_number=number)
    apps.get_model("accounts", "RosterEntry").objects.create(
        email="eva@xn--bcher-kva.example", institution_number="S9"
    )
    return user.objects.create(
        email="teacher@school.test", full_name="T", institution_number="T1", role="teacher"
    )


def _courses(apps: Any, teacher: Any) -> Any:
    """A closed and an open session, and a subject whose code is there in two spellings."""
    subject = apps.get_model("sessions_app", "Subject").objects
    first = subject.create(code="OS-1", name="Operating Systems")
    subject.create(code="os-1", name="Operating systems")
    group = apps.get_model("sessions_app", "ClassGroup").objects.create(code="CSE-A", name="A")
    course = apps.get_model("sessions_app", "Course").objects.create(
        subject=first, class_group=group, teacher=teacher
    )
    for hours, (state, face) in enumerate((("closed", "preferred"), ("open", "off"))):
        begins = AT + timedelta(hours=2 * hours)
        apps.get_model("sessions_app", "Session").objects.create(
            course=course,
            subject=first,
            class_group=group,
            teacher=teacher,
            state=state,
            face=face,
            starts_at=begins,
            ends_at=begins + timedelta(hours=1),
            time_zone="UTC",
        )
    return course


def _imports(apps: Any, teacher: Any, course: Any) -> None:
    """What was kept of a calendar by its private address, of a table of sessions, and choices of
    columns."""
    records = apps.get_model("sessions_app", "ImportRecord").objects
    records.create(
        kind="timetable", source=ADDRESS, file_name="term.ics", digest="0" * 64, at=AT, changes=[]
    )
    records.create(kind="timetable", file_name="Term.XLSX", digest="0" * 64, at=AT, changes=[])
    mappings = apps.get_model("sessions_app", "CalendarMapping").objects
    mappings.create(source=ADDRESS, text="OS", course=course, at=AT)
    columns = apps.get_model("sessions_app", "ColumnMapping").objects
    columns.create(kind="enrolments", signature="a", by=teacher, at=AT)
    columns.create(kind="enrolments", signature="b", at=AT)


def fill_pictures(apps: Any) -> None:
    """Two pictures of one enrolment, as they were stored until the twelfth migration."""
    student = apps.get_model("accounts", "User").objects.get(institution_number="S1")
    face = apps.get_model("verification", "FaceTemplate").objects.create(
        student_id=student.pk,
        engine="fake",
        ciphertext=b"sealed",
        consent_version="2026-12",
        status="waiting",
        enrolled_at=AT,
    )
    for number in (1, 2):
        apps.get_model("verification", "EnrolmentFrame").objects.create(
            student_id=student.pk,
            template=face,
            number=number,
            ciphertext=b"a-picture-of-a-face" * 100,
            consent_version="2026-12",
            kept_at=AT,
            expires_at=AT + timedelta(days=30),
        )


if __name__ == "__main__":
    django.setup()
    sys.exit(main())
