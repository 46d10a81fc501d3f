"""Phones that several tests of check-ins use."""

import pytest

from attendance_project import clock
from sessions_app.models import Session
from verification import services
from verification.models import FaceTemplate
from verification.tests.support import SEEN, StudentPhone


@pytest.fixture
def fake_engine(settings):
    """The fake engine, whose pictures are small texts: the tests are about everything around it."""
    settings.FACE_ENGINE = "fake"


@pytest.fixture
def bare(fake_engine, student, course) -> StudentPhone:
    """A phone whose student is on a course, and has neither agreed nor enrolled a face."""
    return StudentPhone(student)


@pytest.fixture
def phone(fake_engine, student, teacher, open_session) -> StudentPhone:
    """The student's phone, active, with a face that a teacher approved."""
    return _with_approved_face(StudentPhone(student), teacher)


@pytest.fixture
def friend(fake_engine, classmate, teacher, open_session) -> StudentPhone:
    """A classmate's phone, in the same state."""
    return _with_approved_face(StudentPhone(classmate), teacher, who="friend")


def _with_approved_face(phone: StudentPhone, teacher, who: str = "me") -> StudentPhone:
    assert phone.enrol(who).status_code == 201
    template = FaceTemplate.objects.get(student_id=phone.login["user"]["id"])
    services.answer_face(template, approve=True, by=teacher, now=clock.now(), note=SEEN)
    return phone


@pytest.fixture
def other_session(course, teacher, open_session):
    return Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=teacher,
        starts_at=open_session.starts_at,
        ends_at=open_session.ends_at,
        time_zone="UTC",
        state="open",
        opened_at=open_session.opened_at,
    )
