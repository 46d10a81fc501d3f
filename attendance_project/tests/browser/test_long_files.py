"""A long file is looked through before it is applied: found by words, sorted, and page by page."""

import re

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.test_dashboard import COURSE, FILE, choose
from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import Enrolment

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

STUDENTS = 120
HEAD = FILE.splitlines()[0]


def roster(rows: list[str]) -> str:
    return "\n".join([HEAD, *(f"{COURSE};{row}" for row in rows)])


def test_a_long_preview_is_searched_sorted_and_paged(
    logged_in, watch, admin_user, course, pictures
):
    rows = [f"N{n:03};new{n}@school.test;Newcomer {n:03}" for n in range(STUDENTS)]
    page = logged_in(admin_user)
    choose(page, roster(rows))
    added = page.locator("details.added")
    shown = added.locator("[data-rows] > li:visible")
    expect(shown).to_have_count(50)
    expect(added.get_by_text("Page 1 of 5, 240 rows")).to_be_visible()
    added.get_by_role("button", name="Next page").press("Enter")
    expect(added.get_by_text("Page 2 of 5, 240 rows")).to_be_visible()
    added.get_by_label("Search").fill("newcomer 119")
    expect(shown).to_have_count(2)
    expect(added.get_by_role("button", name="Next page")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/preview/\?added-q=newcomer\+119$"))
    page.reload()
    expect(shown).to_have_count(2)
    added.get_by_label("Search").fill("nobody")
    expect(added.get_by_text("Nothing found.")).to_be_visible()
    added.get_by_label("Search").fill("")
    added.get_by_label("Sort by").select_option("Text")
    expect(shown.first).to_contain_text("Newcomer 000")
    added.get_by_role("button", name="Next page").press("Enter")
    expect(page).to_have_url(re.compile("(?=.*added-sort=name)(?=.*added-page=2)"))
    page.reload()
    expect(added.get_by_text("Page 2 of 5, 240 rows")).to_be_visible()
    assert max(screenshots(page, pictures, "long-preview").values()) == 0
    assert watch.audit(page) == []
    page.get_by_role("button", name="Apply changes").click()
    expect(page.get_by_text("Imported")).to_be_visible()
    assert Enrolment.objects.filter(course=course, is_active=True).count() == STUDENTS + 2


def test_the_problems_of_a_long_file_are_searched(logged_in, watch, admin_user, course, pictures):
    page = logged_in(admin_user)
    watch.expect("status of 400")
    rounded = [f"2.{n:02}1E+11;new{n}@school.test;Newcomer {n}" for n in range(20)]
    choose(page, roster(rounded))
    rows = page.locator("[data-rows] > tr:visible")
    expect(rows).to_have_count(20)
    page.get_by_label("Search").fill("2.131")
    expect(rows).to_have_count(1)
    assert watch.audit(page) == []
    assert max(screenshots(page, pictures, "long-problems").values()) == 0
