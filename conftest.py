"""Fixtures that every app's tests share: people with roles, a course, a clock, photographs."""

import gc
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir

import cv2
import numpy as np
import pytest
from _pytest.runner import pytest_runtest_protocol as run_test
from django.apps import apps
from django.conf import settings as project_settings
from django.db import connection
from hypothesis import HealthCheck, settings

from accounts.models import Role, User
from attendance_project import clock
from attendance_project.own_process import calls
from attendance_project.tests.deep_calls import with_room
from attendance_project.tests.lanes import waiting_first
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.reading_here import run_here
from lab.pictures import photographs as archive
from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject

# How long an example takes depends on the machine, so no example has a deadline. The suite draws
# the same examples in each run, `make test-quick` and the run on MongoDB the first half of them.
# `make test-examples` draws new and more ones, to look for faults.
UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, database=None, max_examples=50, **UNTIMED)
settings.register_profile("few", settings.get_profile("same"), max_examples=25)
settings.register_profile("new", max_examples=1000, print_blob=True, **UNTIMED)
settings.load_profile(os.environ.get("EXAMPLES", "same"))

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make_user(role: Role, number: str, **fields) -> User:
    fields.setdefault("full_name", f"{role.label} {number}")
    fields.setdefault("is_approved", True)
    return User.objects.create_user(
        f"{number.lower()}@school.test", PASSWORD, role=role, institution_number=number, **fields
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_use_migrations, django_db_blocker) -> None:
    """Write the rows that a migration adds, since `make test-quick` leaves migrations out."""
    if not django_db_use_migrations:
        kinds = import_module("sessions_app.migrations.0016_standard_kinds")
        with django_db_blocker.unblock(), connection.schema_editor() as editor:
            kinds.write_kinds(apps, editor)


@pytest.fixture
def client() -> PageClient:
    return PageClient()


@pytest.fixture
def student(db) -> User:
    return make_user(Role.STUDENT, "S1")


@pytest.fixture
def classmate(db) -> User:
    return make_user(Role.STUDENT, "S2")


@pytest.fixture
def outsider(db) -> User:
    """A student who is on no course."""
    return make_user(Role.STUDENT, "S9")


@pytest.fixture
def teacher(db) -> User:
    return make_user(Role.TEACHER, "T1")


@pytest.fixture
def colleague(db) -> User:
    """A teacher of other courses."""
    return make_user(Role.TEACHER, "T2")


@pytest.fixture
def admin_user(db) -> User:
    return User.objects.create_superuser(
        "admin@school.test", PASSWORD, full_name="Admin One", institution_number="A1"
    )


@pytest.fixture
def course(teacher, student, classmate) -> Course:
    """The teacher's course, with the student and the classmate enrolled."""
    subject = Subject.objects.create(code="OS", name="Operating Systems", department="CS")
    group = ClassGroup.objects.create(code="CSE-A", name="Computer Science A")
    course = Course.objects.create(
        subject=subject, class_group=group, teacher=teacher, time_zone="Europe/Paris"
    )
    for person in (student, classmate):
        Enrolment.objects.create(course=course, student=person, enrolled_at=NOW)
    return course


@pytest.fixture
def session(course) -> Session:
    """A session of the next 50 minutes of real time, since the API reads the real clock."""
    starts_at = clock.now() - timedelta(minutes=1)
    return Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=course.teacher,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        time_zone=course.time_zone,
        room="B-204",
    )


@pytest.fixture
def open_session(session) -> Session:
    Session.objects.filter(pk=session.pk).update(
        state="open", opened_at=session.starts_at - timedelta(minutes=5)
    )
    session.refresh_from_db()
    return session


@pytest.fixture(scope="session")
def photographs_directory() -> Path:
    """The folder of `manage.py fetch_photographs`, so that photographs are downloaded once."""
    return Path(project_settings.VAR_DIR) / "photographs"


@pytest.fixture(scope="session")
def photographs(photographs_directory: Path) -> dict[str, list[bytes]]:
    """Photographs by identity. They are downloaded at the first run."""
    return archive.faces(photographs_directory)


@pytest.fixture(scope="session")
def jpeg_of() -> Callable[[int, int], bytes]:
    """Makes a JPEG of the given width and height that shows nobody."""

    def make(width: int, height: int) -> bytes:
        grey = np.random.default_rng(1).integers(90, 120, (height, width, 3), np.uint8)
        return cv2.imencode(".jpg", grey)[1].tobytes()

    return make


@pytest.fixture
def stopped_clock(monkeypatch) -> datetime:
    """The moment that the program's clock shows all through the test, however long that takes."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


_run_in_own_process = calls.run


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Read files in the test's own process, where coverage sees it, with copies made as they are
    between processes. Tests of the real thing are marked `own_process`."""
    calls.run = _run_in_own_process if item.get_closest_marker("own_process") else run_here


@pytest.hookimpl(tryfirst=True)
@with_room
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    return run_test(item, nextitem)


def pytest_unconfigure() -> None:
    """Remove what SQLite kept beside the test's database (-wal, -shm), which outlives its file."""
    for left in Path(gettempdir()).glob(f"attendance-test-{os.getpid()}.*"):
        left.unlink(missing_ok=True)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave out what was made before the first test, which stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(trylast=True)  # what `-m` leaves out takes no place in the order
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on MongoDB the tests that use no database or are marked `once`."""
    if connection.vendor == "mongodb":
        once = [item for item in items if not _depends_on_database(item)]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if _depends_on_database(item)]
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = waiting_first(items, workers=workers)


def _depends_on_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or bool(
        {"db", "transactional_db", "live_server", "django_db_setup"}.intersection(fixtures)
    )
