"""Phones that several tests of check-ins use."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.models import User
from attendance_project import clock
from sessions_app.models import Session
from verification import services
from verification.models import AccessPurpose, FaceTemplate, TemplateStatus
from verification.services.faces.access import log_access
from verification.services.faces.enrolment import measure_enrolment
from verification.services.faces.sealing import FACE, seal_template
from verification.tests.support import SEEN, StudentPhone, enrolment_pictures


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
    """Write what enrolling and approving leave behind. Their own tests go through both."""
    student, now = User.objects.get(pk=phone.user_id), clock.now()
    services.give_consent(student, version=settings.FACE_CONSENT_VERSION, now=now)
    face = measure_enrolment(enrolment_pictures(who)).face
    FaceTemplate.objects.create(
        student=student,
        status=TemplateStatus.APPROVED,
        engine=face.engine,
        ciphertext=seal_template(student.pk, FACE, face),
        consent_version=settings.FACE_CONSENT_VERSION,
        enrolled_at=now,
        compared_with=0,
        decided_by=teacher,
        decided_at=now,
        note=SEEN,
    )
    # MongoDB keeps milliseconds, and what comes later has to be later there as well.
    purposes = {AccessPurpose.ENROLLED: student, AccessPurpose.APPROVED: teacher}
    for ago_ms, (purpose, actor) in zip((2, 1), purposes.items(), strict=True):
        log_access(student, actor=actor, purpose=purpose, now=now - timedelta(milliseconds=ago_ms))
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
