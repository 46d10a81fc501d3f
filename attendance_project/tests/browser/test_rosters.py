"""An admin imports a list with a status that nobody knows, and says what it means."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import Enrolment, StatusWord

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]
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


def test_an_encoding_is_chosen_beside_the_columns_and_fits_a_phone(
    logged_in, watch, admin_user, course, pictures
):
    page = logged_in(admin_user)
    page.goto("/imports/enrolments/")
    name, column = f"Şahin Yıldız{'x' * 60}", "ÇokUzunBirSütunAdı" * 6
    text = f"Sicil,Öğrenci Adı,Posta,{column}\nS701,{name},a@x.example,1\n"
    file = {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode("cp1254")}
    page.get_by_label("CSV file or workbook").set_input_files(file)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("heading", name="Choose columns")).to_be_visible()
    assert max(screenshots(page, pictures, "encodings").values()) == 0
    assert watch.audit(page) == []
    for number, meant in enumerate(("number", "name", "e-mail")):
        page.locator("select").nth(number).select_option(label=f"Student: {meant}")
    page.get_by_role("radio", name="Turkish").check()
    page.get_by_role("button", name="Read in this encoding").click()
    expect(page.get_by_role("radio", name="Turkish")).to_be_checked()
    expect(page.get_by_text(f"In the file: {name[:50]}")).to_be_visible()
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_text("(S701)")).to_have_text(f"{name} (S701)")
