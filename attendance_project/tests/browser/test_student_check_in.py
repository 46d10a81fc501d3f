"""The whole way of a check-in on the student's page, up to the name on the teacher's."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.student_phone import kept_in, open_phone
from sessions_app.models import Session

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FLOW_MS = 60_000
"""Two changes of the code, a countdown, a burst of up to 9 s, on a busy machine."""


@pytest.fixture
def phone(chromium, server, watch, transactional_db):
    context, phone = open_phone(chromium, server, watch)
    yield phone
    context.close()
    if phone.teacher is not None:
        phone.teacher.client.close()


@pytest.fixture
def lecture(open_session):
    """Without Bluetooth, so that code and face decide."""
    Session.objects.filter(pk=open_session.pk).update(bluetooth="off")
    open_session.refresh_from_db()
    return open_session


@pytest.fixture
def enrolled(phone, student, lecture):
    """The student's phone, logged in, the face approved, the code on the wall."""
    phone.session = lecture
    phone.log_in(student)
    phone.enrol(student)
    return phone


def test_a_student_checks_in_and_the_name_appears(enrolled, student, lecture, logged_in):
    page = enrolled.page
    teachers = logged_in(lecture.teacher)
    teachers.goto(f"/sessions/{lecture.pk}/register/")
    row = teachers.locator(".row", has_text=student.full_name)
    expect(row).to_have_attribute("data-status", "missing")
    page.goto(f"/student/#/check-in/{lecture.pk}")
    expect(page.get_by_text("You are present.")).to_be_visible(timeout=FLOW_MS)
    print(f"\n{enrolled.seconds():.1f} s from opening the camera to the outcome (fake engine)")
    expect(page.locator(".counted")).to_contain_text("Code on the screen")
    expect(row).to_have_attribute("data-status", "present")
    expect(row).to_contain_text("code · face")
    assert "extractable" in kept_in(page)
