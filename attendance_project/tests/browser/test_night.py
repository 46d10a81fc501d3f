"""The site by night: pages of each kind can be read, and the projector's page stays as it is."""

import pytest
from playwright.sync_api import Page, expect

from attendance_project.tests.browser.term import live_a_term
from attendance_project.tests.browser.watching import screenshots
from attendance_project.tests.crowd import gather
from attendance_project.tests.test_access import ROWS, path_of

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

PAPER = {"light": "rgb(247, 246, 242)", "dark": "rgb(11, 20, 34)"}
NIGHT = "rgb(15, 27, 45)"
BACKGROUND = "element => getComputedStyle(element).backgroundColor"
TEACHERS = [
    "",
    "courses/<uuid:course_id>/",
    "courses/<uuid:course_id>/plan/",
    "courses/<uuid:course_id>/students/",
    "sessions/<uuid:session_id>/register/",
    "sessions/<uuid:session_id>/register/<uuid:student_id>/",
    "approvals/",
    "reports/courses/<uuid:course_id>/",
    "reports/students/<uuid:student_id>/",
]
ADMINS = ["office/", "people/", "closed-days/", "imports/enrolments/", "reports/attendance/"]


def look_at(page: Page, path: str, scheme: str, watch, pictures, name: str) -> list[str]:
    """What is wrong with the page in this colour scheme, in words."""
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    expect(page.locator("h1")).to_have_count(1)
    paper = page.locator("body").evaluate(BACKGROUND)
    wrong = [] if paper == PAPER[scheme] else [f"its paper is {paper}"]
    overflow = screenshots(page, pictures, f"{name}-{scheme}")
    wrong += [f"{px} px too wide at {width}" for width, px in overflow.items() if px]
    page.set_viewport_size({"width": 1280, "height": 800})
    return wrong + watch.audit(page)


@pytest.mark.parametrize(("role", "routes"), [("teacher", TEACHERS), ("admin", ADMINS)])
def test_pages_can_be_read_by_night(role, routes, logged_in, watch, world, open_session, pictures):
    live_a_term(open_session)
    gather(world, 2)
    page = logged_in(world.people[role])
    found = {}
    for row in ROWS:
        if row.method == "GET" and row.route in routes:
            name = row.route.replace("/", "-").replace("<uuid:", "").replace(">", "") or "home"
            path = path_of(row, world)
            found[row.route] = look_at(page, path, "dark", watch, pictures, f"night-{role}-{name}")
    assert len(found) == len(routes)
    assert {route: wrong for route, wrong in found.items() if wrong} == {}


def test_a_page_follows_the_system_while_it_is_open(logged_in, watch, world, open_session):
    live_a_term(open_session)
    page = logged_in(world.people["teacher"])
    page.emulate_media(color_scheme="light")
    page.goto(f"/reports/courses/{open_session.course_id}/")
    expect(page.locator("canvas")).to_be_visible()
    ticks = "() => Chart.getChart(document.querySelector('canvas')).options.scales.x.ticks.color"
    by_day = page.evaluate(ticks)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"day => ({ticks})() !== day", arg=by_day)
    assert page.locator("body").evaluate(BACKGROUND) == PAPER["dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_projectors_page_is_dark_in_any_scheme(
    scheme, logged_in, watch, teacher, open_session, pictures
):
    page = logged_in(teacher)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/sessions/{open_session.pk}/live/")
    expect(page.locator("[data-code-image]")).to_be_visible()
    assert page.locator("body").evaluate(BACKGROUND) == NIGHT
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Register")).to_be_visible()
    assert page.locator(".panel").evaluate(BACKGROUND) == PAPER[scheme]
    assert max(screenshots(page, pictures, f"night-live-{scheme}").values()) == 0
    page.set_viewport_size({"width": 1280, "height": 800})
    assert watch.audit(page) == []


def test_log_in_and_error_pages_follow_the_system(context, watch, pictures):
    watch.expect("status of 404")
    page = context.new_page()
    for name, path in (("login", "/login/"), ("error", "/nowhere/")):
        assert look_at(page, path, "dark", watch, pictures, f"night-{name}") == []


def test_paper_is_white_by_night(logged_in, watch, teacher, course):
    page = logged_in(teacher)
    page.emulate_media(color_scheme="dark", media="print")
    page.goto(f"/courses/{course.pk}/")
    ink = page.locator("h1").evaluate("element => getComputedStyle(element).color")
    assert ink == "rgb(15, 27, 45)"


def test_the_description_of_the_api_follows_the_system(logged_in, watch, admin_user):
    page = logged_in(admin_user)
    papers = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        if scheme == "light":
            page.goto("/api/v1/docs")
        heading = page.get_by_role("heading", name="Attendance API")
        expect(heading).to_be_visible()
        night = page.locator("html.dark-mode")
        expect(night).to_have_count(int(scheme == "dark"))
        papers.add(page.locator("html").evaluate(BACKGROUND))
    assert len(papers) == 2
