"""Picking days for a list that is a text as well: the days that a series skips."""

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.watching import screenshots

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]


def test_days_are_picked_into_the_text_each_once(logged_in, teacher, course, pictures):
    page = logged_in(teacher)
    page.goto(f"/courses/{course.pk}/plan/")
    days, day = page.get_by_label("Skip these days"), page.get_by_label("Day to skip")
    add = page.get_by_role("button", name="Add this day")
    day.fill("2026-12-24")
    add.click()
    expect(days).to_have_value("2026-12-24")
    day.fill("2026-12-31")
    day.press("Enter")
    expect(days).to_have_value("2026-12-24, 2026-12-31")
    day.fill("2026-12-24")
    add.click()
    expect(day).to_have_value("")
    expect(days).to_have_value("2026-12-24, 2026-12-31")
    screenshots(page, pictures, "days-to-skip")
