"""The admin's pages: a file is previewed, applied and read back, and figures lead to lists."""

import csv
import io

import pytest
from playwright.sync_api import Page, expect

from attendance_project.tests.browser.term import NAMES, live_a_term
from sessions_app.models import Enrolment

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

PEOPLE = "/imports/enrolments/"
COURSE = "CSE-A;Computer Science A;OS;Operating Systems;T1"
FILE = (
    "class_code;class_name;subject_code;subject_name;teacher_number;"
    "student_number;student_email;student_name\n"
    f"{COURSE};S1;s1@school.test;Student S1\n"
    f"{COURSE};S50;zoe@school.test;Zoë Müller\n"
)


def choose(page: Page, text: str, encoding: str = "cp1252") -> None:
    page.goto(PEOPLE)
    file = {"name": "class.csv", "mimeType": "text/csv", "buffer": text.encode(encoding)}
    page.get_by_label("CSV file or workbook").set_input_files(files=[file])
    page.get_by_role("button", name="Preview changes").click()


def rows_of(page: Page, link: str) -> list[list[str]]:
    """The rows of the CSV that a link downloads."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_file_is_shown_then_applied_and_comes_back_as_a_file(logged_in, admin_user, course):
    page = logged_in(admin_user)
    choose(page, FILE)
    expect(page.get_by_role("heading", name="Preview changes")).to_be_visible()
    expect(page.get_by_text("Zoë Müller").first).to_be_visible()
    assert Enrolment.objects.filter(course=course).count() == 2, "nothing is written yet"
    page.get_by_role("button", name="Apply changes").click()
    expect(page.get_by_role("status")).to_be_visible()
    names = Enrolment.objects.filter(course=course).values_list("student__full_name", flat=True)
    assert sorted(names) == ["Student S1", "Student S2", "Zoë Müller"]
    page.goto(PEOPLE)
    exported = rows_of(page, "Download CSV")
    assert any("Zoë Müller" in row for row in exported)
    again = io.StringIO()
    csv.writer(again).writerows(exported)
    choose(page, again.getvalue(), "utf-8")
    expect(page.get_by_role("heading", name="No changes")).to_be_visible()


def test_a_wrong_file_is_told_by_line_and_column(logged_in, watch, admin_user, course):
    watch.expect("status of 400")
    page = logged_in(admin_user)
    choose(page, FILE.replace("zoe@school.test", "not an address"))
    expect(page.get_by_role("alert")).to_contain_text("1 problem")
    expect(page.get_by_role("row", name="student_email")).to_contain_text("3")
    assert Enrolment.objects.filter(course=course).count() == 2


def test_the_course_report_downloads_what_it_shows(logged_in, teacher, open_session):
    live_a_term(open_session)
    page = logged_in(teacher)
    page.goto(f"/reports/courses/{open_session.course_id}/")
    for name in NAMES:
        expect(page.get_by_role("row", name=name)).to_be_visible()
    rows = rows_of(page, "Download CSV")
    assert {name for name in NAMES if any(name in row for row in rows)} == set(NAMES)


def test_the_dashboards_charts_are_drawn_and_stand_as_tables_too(
    logged_in, admin_user, open_session
):
    live_a_term(open_session)
    page = logged_in(admin_user)
    page.goto("/office/")
    drawn = "canvas => canvas.toDataURL() !== Object.assign(document.createElement('canvas'), "
    drawn += "{width: canvas.width, height: canvas.height}).toDataURL()"
    for canvas in page.locator("canvas").all():
        canvas.scroll_into_view_if_needed()
        assert canvas.evaluate(drawn)
    tables = page.get_by_text("Show as table")
    assert tables.count() == page.locator("canvas").count() > 0
    tables.last.click()
    expect(page.locator("details[open] table")).to_be_visible()


def test_every_figure_of_the_dashboard_leads_to_its_list(logged_in, admin_user, open_session):
    live_a_term(open_session)
    page = logged_in(admin_user)
    page.goto("/office/")
    links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.href)")
    here = [link for link in dict.fromkeys(links) if "/office/" in link or "/reports/" in link]
    assert len(here) > 5
    answers = {link: page.request.get(link).status for link in here}
    assert {link: status for link, status in answers.items() if status != 200} == {}
