"""A session that took place without check-ins is recorded from the teacher's list on paper."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from attendance_project import clock
from attendance_project.tests.browser.term import live_a_term
from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import Attendance, Session

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def forgotten(session) -> Session:
    """A session that is over and was never opened, with a class of long and foreign names."""
    live_a_term(session)
    ended = clock.now() - timedelta(hours=2)
    Session.objects.filter(pk=session.pk).update(
        starts_at=ended - timedelta(minutes=50), ends_at=ended
    )
    session.course.enrolments.update(enrolled_at=ended - timedelta(days=1))
    return session


def test_students_are_found_sorted_and_marked_from_a_list(
    logged_in, watch, teacher, forgotten, pictures
):
    page = logged_in(teacher)
    page.goto(f"/sessions/{forgotten.pk}/record/")
    rows = page.locator("[data-rows] > li:visible")
    expect(rows).to_have_count(16)
    for words, status in (("tanaka MEI", "present"), ("ÁLVAREZ", "late")):
        page.get_by_label("Search").fill(words)
        expect(rows).to_have_count(1)
        rows.get_by_role("combobox").select_option(status)
    page.get_by_label("Search").press("Enter")  # it sends nothing
    expect(page.get_by_text("2 of 16 chosen")).to_be_visible()
    page.get_by_label("Search").fill("nobody")
    expect(page.get_by_text("No student found.")).to_be_visible()
    page.get_by_label("Search").fill("")
    page.get_by_label("Sort by").select_option("status")
    expect(rows.first).to_contain_text("Álvarez")
    page.get_by_label("Sort by").select_option("number")
    expect(rows.first).to_contain_text("Aarav Mehta")
    assert max(screenshots(page, pictures, "record").values()) == 0
    assert watch.audit(page) == []
    page.get_by_role("button", name="Record session").click()
    expect(page.get_by_role("heading", name="Guests")).to_be_visible()
    marked = Attendance.objects.filter(session=forgotten)
    statuses = dict(marked.values_list("student__full_name", "status"))
    assert len(statuses) == 16
    assert statuses.pop("Mei Tanaka") == "present"
    assert statuses.pop("María del Carmen Fernández de Córdoba y Álvarez de Toledo") == "late"
    assert set(statuses.values()) == {"absent"}


def test_all_who_were_not_chosen_are_present_by_one_button(logged_in, watch, teacher, forgotten):
    page = logged_in(teacher)
    page.goto(f"/sessions/{forgotten.pk}/record/")
    page.get_by_label("Mei Tanaka").select_option("late")
    page.get_by_role("button", name="Choose Present for all others").click()
    expect(page.get_by_text("16 of 16 chosen")).to_be_visible()
    page.get_by_label("Aarav Mehta").select_option("")
    expect(page.get_by_text("15 of 16 chosen")).to_be_visible()
    page.get_by_role("button", name="Record session").click()
    expect(page.get_by_role("heading", name="Guests")).to_be_visible()
    marked = Attendance.objects.filter(session=forgotten)
    statuses = dict(marked.values_list("student__full_name", "status"))
    assert (statuses.pop("Mei Tanaka"), statuses.pop("Aarav Mehta")) == ("late", "absent")
    assert set(statuses.values()) == {"present"}
