"""What waits for a teacher's word, decided on one page."""

import pytest
from playwright.sync_api import expect

from verification.models import FaceTemplate

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_waiting_face_is_approved_with_one_tap(logged_in, world, teacher, student):
    page = logged_in(teacher)
    page.goto("/")
    page.get_by_role("link", name="Approvals").click()
    page.get_by_role("button", name=f"Approve the face of {student.full_name}").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert FaceTemplate.objects.get(student=student).status == "approved"
    expect(page.get_by_role("button", name="Approve the face of")).to_have_count(0)
