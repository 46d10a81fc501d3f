"""Lists that a page holds whole: dates, questions of an import, and what a reload keeps."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from attendance_project import clock
from attendance_project.tests.browser.watching import screenshots
from sessions_app.models import CalendarMapping, CalendarSubscription, Session
from sessions_app.tests.calendar_files import calendar, lecture

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]
UNSURE = "Operating Systems for Poets {}, CSE-A"


def fill_plan(page: Page, weeks: int) -> None:
    """Every day of the week for some weeks, from a Monday on."""
    first = clock.now().date() + timedelta(days=7 - clock.now().weekday())
    page.locator("[name=first]").fill(first.isoformat())
    page.locator("[name=starts]").fill("09:00")
    page.locator("[name=ends]").fill("10:00")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        page.get_by_role("checkbox", name=day, exact=True).check()
    page.locator("[name=until]").fill((first + timedelta(days=7 * weeks - 1)).isoformat())


def test_the_dates_of_a_plan_and_of_a_move_are_searched_turned_and_paged(
    logged_in, watch, teacher, course, pictures
):
    page = logged_in(teacher)
    page.goto(f"/courses/{course.pk}/plan/")
    fill_plan(page, weeks=12)
    page.get_by_role("button", name="Preview dates").click()
    rows = page.locator("[data-rows] > li:visible")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("Page 2 of 2, 60 rows")).to_be_visible()
    expect(rows.first).to_have_attribute("value", "51")
    page.get_by_label("Sort by").select_option("Latest first")
    expect(rows.first).to_have_attribute("value", "60")
    page.get_by_label("Search").fill("fri")
    page.get_by_label("Search").press("Enter")  # it sends nothing
    expect(rows).to_have_count(12)
    assert not Session.objects.exists()
    assert max(screenshots(page, pictures, "long-plan").values()) == 0
    assert watch.audit(page) == []
    page.get_by_role("button", name="Plan 60 sessions").click()
    expect(page.get_by_text("60 sessions planned.")).to_be_visible()
    session = Session.objects.order_by("starts_at")[0]
    page.goto(f"/sessions/{session.pk}/move-series/")
    page.get_by_label("Room").fill("Hall 2")
    page.get_by_role("button", name="Preview").click()
    expect(rows).to_have_count(50)
    page.get_by_label("Search").fill("wed")
    expect(rows).to_have_count(12)
    assert max(screenshots(page, pictures, "long-move").values()) == 0
    assert watch.audit(page) == []


def test_what_is_chosen_on_any_page_of_questions_is_sent(
    logged_in, watch, teacher, course, pictures
):
    day = (clock.now() + timedelta(days=7)).strftime("%Y%m%d")
    events = [
        lecture(
            UNSURE.format(n), f"{day}T{n % 10 + 8:02}0000", f"{day}T{n % 10 + 8:02}4500", uid=str(n)
        )
        for n in range(60)
    ]
    page = logged_in(teacher)
    page.goto("/imports/timetable/")
    file = {"name": "term.ics", "mimeType": "text/calendar", "buffer": calendar(*events)}
    page.get_by_label("Calendar file (.ics)").set_input_files(file)
    page.get_by_role("button", name="Preview changes").click()
    questions = page.locator(".choice:visible")
    asked = page.get_by_role("region", name="Which course is meant?")
    expect(questions).to_have_count(50)
    asked.get_by_label("Search").fill("poets 57")
    asked.get_by_label("Search").press("Enter")  # it sends nothing
    expect(questions).to_have_count(1)
    assert max(screenshots(page, pictures, "long-questions").values()) == 0
    assert watch.audit(page) == []
    page.get_by_label(UNSURE.format(57)).select_option(str(course.pk))
    asked.get_by_label("Search").fill("poets 3")
    page.get_by_role("button", name="Preview with these choices").click()
    expect(page.get_by_text("1 change. Nothing has been saved yet.")).to_be_visible()
    page.get_by_role("button", name="Apply changes").click()
    expect(page.get_by_text("Imported: 1 added, 0 changed, 0 removed.")).to_be_visible()
    assert CalendarMapping.objects.get().course == course


def test_a_reload_keeps_what_a_register_shows(logged_in, watch, teacher, classmate, open_session):
    page = logged_in(teacher)
    page.goto(f"/sessions/{open_session.pk}/register/?register-show=constructor&register-sort=x")
    names = page.locator(".row [data-name]")
    expect(names).to_have_count(2)
    page.get_by_label("Search").fill(classmate.institution_number)
    page.get_by_label("Sort by").select_option("Status")
    page.get_by_role("button", name="Not checked in").click()
    number = classmate.institution_number
    kept = f"register-show=missing&register-sort=status&register-q={number}"
    expect(page).to_have_url(f"{page.url.partition('?')[0]}?{kept}")
    page.reload()
    expect(names).to_have_text([classmate.full_name])
    expect(page.get_by_label("Search")).to_have_value(number)
    expect(page.get_by_label("Sort by")).to_have_value("status")
    expect(page.get_by_role("button", name="Not checked in")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_label("Search").fill("")
    page.get_by_label("Sort by").select_option("Name")
    page.get_by_role("button", name="All").click()
    expect(page).to_have_url(page.url.partition("?")[0])


def test_a_reload_keeps_what_was_searched_in_a_waiting_calendar(logged_in, watch, teacher):
    CalendarSubscription.objects.create(
        owner=teacher,
        address="https://calendar.school.test/term.ics",
        created_at=clock.now(),
        waiting=[f"Lecture {n}" for n in range(20)],
    )
    page = logged_in(teacher)
    page.goto("/imports/calendars/")
    page.get_by_text("20 changes wait").click()
    rows = page.locator("[data-rows] > li:visible")
    page.get_by_label("Search").fill("lecture 13")
    page.get_by_label("Sort by").select_option("Text")
    expect(rows).to_have_text(["Lecture 13"])
    expect(page).to_have_url(re.compile("q=lecture[+]13&.*-sort=name"))
    page.reload()
    expect(rows).to_have_text(["Lecture 13"])
    expect(page.get_by_label("Sort by")).to_have_value("name")
