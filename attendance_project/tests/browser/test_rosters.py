"""An admin imports a list with a status that nobody knows, and says what it means."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import Enrolment, StatusWord

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = """Student ID,Email,Full name,Class,Status
S701,ann@school.test,Ann Berg,CSE-A,aktiv
S702,bo@school.test,Bo Lind,CSE-A,Gasthörer
S703,cy@school.test,Cy Dahl,CSE-A,zurückgestellt
"""


def test_a_status_is_asked_about_and_remembered(logged_in, watch, admin_user, course, pictures):
    page = logged_in(admin_user)
    page.goto("/imports/enrolments/")
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.get_by_label("CSV file or workbook").set_input_files(file)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("heading", name="What the statuses mean")).to_be_visible()
    assert max(screenshots(page, pictures, "statuses").values()) == 0
    assert watch.audit(page) == []
    page.get_by_label("Gasthörer").select_option("here")
    page.get_by_label("zurückgestellt").select_option("gone")
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_text("Cy Dahl, zurückgestellt")).to_be_visible()
    page.get_by_role("button", name="Apply changes").click()
    expect(page.get_by_role("status")).to_be_visible()
    numbers = Enrolment.objects.values_list("student__institution_number", flat=True)
    assert {"S701", "S702"} <= set(numbers)
    assert "S703" not in numbers
    assert StatusWord.objects.get(word="zurückgestellt").is_gone
