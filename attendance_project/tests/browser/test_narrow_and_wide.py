"""Names of any length and many places leave the layout of pages whole, on phones and on desks."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from attendance_project import clock
from attendance_project.tests.browser.term import live_a_term
from attendance_project.tests.browser.watching import overflow_px, squeezed
from attendance_project.tests.crowd import gather
from attendance_project.tests.many_rows import LONG_NAME
from sessions_app import services
from sessions_app.domain.moving import SeriesChange
from sessions_app.domain.series import meetings
from sessions_app.models import ImportRecord, Session

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

TOPS = "items => [...new Set(items.map(item => item.getBoundingClientRect().top))]"
SIZE = "element => element.getBoundingClientRect().toJSON()"


def at_phone(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)


@pytest.mark.parametrize("width", [1280, 1920])
def test_an_admins_places_stand_on_one_line(width, logged_in, watch, admin_user):
    page = logged_in(admin_user)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/people/")
    tops = page.locator(".places > ul > li").evaluate_all(TOPS)
    assert len(tops) == 1
    page.get_by_text("More", exact=True).click()
    for place in ("Closed days", "Beacons", "Errors", "Administration"):
        expect(page.get_by_role("link", name=place, exact=True)).to_be_visible()


@pytest.mark.parametrize(("width", "most_px"), [(360, 200), (1280, 400)])
def test_a_name_without_a_break_leaves_room_for_the_other_columns(
    width, most_px, logged_in, watch, world, admin_user
):
    gather(world, 2)
    page = logged_in(admin_user)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/people/?q=Assistant%200{LONG_NAME[:8]}")
    name = page.get_by_role("rowheader").filter(has_text=LONG_NAME)
    assert name.evaluate(SIZE)["width"] <= most_px


def test_a_long_name_in_the_register_has_the_width_of_a_phone(
    logged_in, watch, world, open_session
):
    gather(world, 2)
    page = logged_in(world.people["teacher"])
    at_phone(page, f"/sessions/{open_session.pk}/register/")
    row = page.locator(".row").filter(has_text=LONG_NAME).first
    expect(row).to_be_visible()
    who, status = (row.locator(part).evaluate(SIZE) for part in (".who", ".status"))
    assert who["width"] > 240
    assert status["top"] >= who["bottom"]


def test_each_sign_of_the_legend_stands_beside_its_word_on_a_phone(
    logged_in, watch, world, open_session
):
    live_a_term(open_session)
    page = logged_in(world.people["teacher"])
    at_phone(page, f"/reports/courses/{open_session.course_id}/")
    entries = page.locator(".legend li")
    expect(entries).to_have_count(5)
    heights = entries.evaluate_all("all => all.map(li => li.getBoundingClientRect().height)")
    assert max(heights) < 32  # each is one line


def test_a_long_name_takes_three_lines_at_most_in_a_report_on_a_phone(
    logged_in, watch, world, open_session
):
    live_a_term(open_session)
    gather(world, 2)
    page = logged_in(world.people["teacher"])
    at_phone(page, f"/reports/courses/{open_session.course_id}/")
    name = page.locator(".matrix .who a").filter(has_text=LONG_NAME).first
    assert name.evaluate(SIZE)["height"] <= 3 * 20


def test_what_a_move_can_undo_stands_apart_from_the_search_below(logged_in, watch, world, session):
    course, teacher = session.course, world.people["teacher"]
    first, last = date(2027, 3, 1), date(2027, 3, 15)
    asked = {"weekdays": [0], "first": first, "until": last, "zone": course.zone}
    dates = meetings(starts=time(9), ends=time(10), **asked)
    series, now = services.plan_sessions(course, dates, key=uuid4()), clock.now()
    plan = services.plan_move(series[0], SeriesChange(room="C-2"), from_day=first, now=now)
    services.move_series(series[0], plan, key=uuid4(), by=teacher, now=now)
    page = logged_in(teacher)
    for width in (360, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/courses/{course.pk}/")
        box = page.locator("form.message").evaluate(SIZE)
        assert page.get_by_role("search").first.evaluate(SIZE)["top"] - box["bottom"] >= 8


def test_forgotten_sessions_name_their_course_in_words_on_a_phone(
    logged_in, watch, world, session, teacher
):
    over = clock.now() - timedelta(days=3)
    Session.objects.filter(pk=session.pk).update(
        starts_at=over, ends_at=over + timedelta(minutes=50), state="planned"
    )
    page = logged_in(teacher)
    for path in ("/sessions/forgotten/", f"/courses/{session.course_id}/"):
        at_phone(page, path)
        expect(page.get_by_role("link", name="It took place")).to_be_visible()
        assert squeezed(page) == []
        assert overflow_px(page) == 0


def test_all_of_an_import_is_seen_on_a_phone(logged_in, watch, world, admin_user):
    about = {"kind": "enrolments", "at": clock.now(), "by": admin_user, "changes": []}
    ImportRecord.objects.create(file_name=f"{LONG_NAME}.csv", digest="0" * 64, **about)
    page = logged_in(admin_user)
    at_phone(page, "/imports/")
    state = page.get_by_role("region", name="Imports so far").get_by_text("Carried out").first
    assert state.evaluate(SIZE)["right"] <= 360
    expect(state).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.get_by_role("columnheader", name="State").evaluate(SIZE)["right"] <= 1280


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_that_goes_on_beside_a_phone_has_a_shade_there(
    scheme, logged_in, watch, world, admin_user
):
    gather(world, 2)
    page = logged_in(admin_user)
    page.emulate_media(color_scheme=scheme, reduced_motion="no-preference")
    at_phone(page, "/people/")
    table = page.get_by_role("region", name="People")
    assert table.evaluate("box => box.scrollWidth > box.clientWidth")
    kinds = table.evaluate("box => getComputedStyle(box).backgroundAttachment")
    assert kinds == "local, local, scroll, scroll"
