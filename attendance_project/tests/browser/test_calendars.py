"""A teacher imports a calendar in which one title is not sure, and takes the import back."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from attendance_project import clock
from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import CalendarMapping, Session
from sessions_app.tests.calendar_files import calendar, lecture

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]
UNSURE = "Operating Systems for Poets, CSE-A"


def week() -> bytes:
    """Next week: a lecture, one whose title is not sure, and a dentist."""
    day = (clock.now() + timedelta(days=7)).strftime("%Y%m%d")
    return calendar(
        lecture("OS CSE-A lecture", f"{day}T090000", f"{day}T103000", uid="1"),
        lecture(UNSURE, f"{day}T130000", f"{day}T143000", uid="2"),
        lecture("Dentist", f"{day}T160000", f"{day}T163000", uid="3"),
    )


def test_the_preview_asks_plans_and_remembers(logged_in, watch, teacher, course, pictures):
    page = logged_in(teacher)
    page.goto("/imports/timetable/")
    file = {"name": "term.ics", "mimeType": "text/calendar", "buffer": week()}
    page.get_by_label("Calendar file (.ics)").set_input_files(file)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_text("1 change. Nothing has been saved yet.")).to_be_visible()
    page.get_by_text("Nothing to do with your courses (1)").click()
    expect(page.get_by_role("listitem").filter(has_text="Dentist")).to_be_visible()
    assert max(screenshots(page, pictures, "calendar-choices").values()) == 0
    assert watch.audit(page) == []
    page.get_by_label(UNSURE).select_option(str(course.pk))
    page.get_by_role("button", name="Preview with these choices").click()
    expect(page.get_by_text("2 changes. Nothing has been saved yet.")).to_be_visible()
    assert not Session.objects.exists()
    page.get_by_role("button", name="Apply changes").click()
    expect(page.get_by_text("Imported: 2 added, 0 changed, 0 removed.")).to_be_visible()
    assert Session.objects.count() == 2
    assert CalendarMapping.objects.get().course == course
    page.get_by_label("Calendar file (.ics)").set_input_files(file)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("heading", name="No changes")).to_be_visible()


def test_an_import_is_taken_back(logged_in, watch, teacher, course, pictures):
    page = logged_in(teacher)
    page.goto("/imports/timetable/")
    file = {"name": "term.ics", "mimeType": "text/calendar", "buffer": week()}
    page.get_by_label("Calendar file (.ics)").set_input_files(file)
    page.get_by_role("button", name="Preview changes").click()
    page.get_by_role("button", name="Apply changes").click()
    expect(page.get_by_text("Imported: 1 added, 0 changed, 0 removed.")).to_be_visible()
    page.get_by_role("link", name="Imports so far").click()
    assert max(screenshots(page, pictures, "imports-so-far").values()) == 0
    assert watch.audit(page) == []
    page.get_by_role("row", name="term.ics").get_by_role("link").click()
    page.get_by_role("button", name="Take this import back").click()
    expect(page.get_by_text("The import was taken back.")).to_be_visible()
    assert not Session.objects.exists()
