"""A teacher adds a guest by the number of somebody of another name, and is asked who was here."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import Guest

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


def test_whose_number_it_is_is_asked(logged_in, watch, teacher, open_session, outsider, pictures):
    watch.expect("status of 409")
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/")
    page.get_by_label("Name", exact=True).fill("Gus Guest")
    page.get_by_label("Student number").fill(outsider.institution_number)
    page.get_by_role("button", name="Add a guest").click()
    number = outsider.institution_number
    expect(page.get_by_role("heading", name=f"Whose number is {number}?")).to_be_visible()
    assert max(screenshots(page, pictures, "guest-whose").values()) == 0
    assert watch.audit(page) == []
    assert not Guest.objects.exists()
    page.get_by_role("button", name=f"Add {outsider.full_name} with the number").click()
    expect(
        page.get_by_role("button", name=f"Remove the guest {outsider.full_name}")
    ).to_be_visible()
    assert Guest.objects.get().number == number
