"""Every page of the role table can be read by everyone, at every width, with nothing wrong.

The pages are those of attendance_project/tests/test_access.py, so a new page is tested without
a line here.
"""

import re

import pytest
from playwright.sync_api import expect

from attendance_project.tests.browser.term import live_a_term
from attendance_project.tests.browser.watching import overflow_px, screenshots, squeezed
from attendance_project.tests.crowd import gather
from attendance_project.tests.test_access import ROWS, Row, path_of

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

NOT_PAGES = re.compile(
    r"^api/|^texts\.js$|^(health|ready)z$|^admin/|^office/today/|/state$|/short-code$"
    r"|/live/sound$|/export/$|\.(csv|xlsx|webmanifest)$|/(sw|worker)\.js$"
)
"""What is no page of ours: data, downloads, parts that a page fetches, and Django's own pages."""
COLUMN = {"anonymous": 0, "teacher": 4, "admin": 5}
PARTS = 3
"""How many parts a role's pages are split into, so that workers can test them side by side."""


def pages_of(role: str) -> list[Row]:
    """The pages that this role sees and no role before it does, and everybody's own first page."""
    seen = set(list(COLUMN)[: list(COLUMN).index(role)])
    return [
        row
        for row in ROWS
        if row.method == "GET"
        and row.statuses[COLUMN[role]] == 200
        and not NOT_PAGES.search(row.route)
        and (row.route == "" or all(row.statuses[COLUMN[other]] != 200 for other in seen))
    ]


PAGES = [(role, part) for role in COLUMN for part in range(PARTS)]


def name_of(role: str, row: Row) -> str:
    route = re.sub(r"<(?:uuid|str):(\w+)>", r"\1", row.route)
    return role + "-" + (re.sub(r"\W+", "-", route).strip("-") or "home")


@pytest.mark.parametrize(("role", "part"), PAGES)
def test_pages(role, part, logged_in, watch, world, open_session, pictures):
    live_a_term(open_session)
    page = logged_in(world.people[role])
    rows = pages_of(role)[part::PARTS]
    assert rows
    looked_at = {row.route: look_at(page, role, row, watch, world, pictures) for row in rows}
    assert {route: amiss for route, amiss in looked_at.items() if amiss} == {}


def look_at(page, role, row, watch, world, pictures) -> list[str]:
    """What is wrong with the page, in words."""
    answer = page.goto(path_of(row, world))
    amiss = [] if answer.status == 200 else [f"status {answer.status}"]
    try:
        # Scripts build the student's page, in place of the heading that it comes with.
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.locator("h1")).to_have_count(1)
    except AssertionError:
        amiss.append("not one h1, or busy for ever")
    if page.title().strip("· ") in ("", "Attendance"):
        amiss.append("no title")
    overflow = screenshots(page, pictures, name_of(role, row))
    amiss += [f"{px} px too wide at {width}" for width, px in overflow.items() if px]
    page.set_viewport_size({"width": 1280, "height": 800})
    return amiss + watch.audit(page) + watch.taken()


@pytest.mark.parametrize("role", ["teacher", "admin"])
def test_names_of_any_length_fit_a_phone(role, logged_in, watch, world):
    gather(world, 3)
    page = logged_in(world.people[role])
    page.set_viewport_size({"width": 390, "height": 844})
    overflow, narrow = {}, {}
    for row in pages_of(role):
        page.goto(path_of(row, world))
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        overflow[row.route] = overflow_px(page)
        narrow[row.route] = squeezed(page)
    assert {route: px for route, px in overflow.items() if px} == {}
    assert {route: texts for route, texts in narrow.items() if texts} == {}


def test_an_error_page_looks_like_the_rest(logged_in, watch, teacher, pictures):
    watch.expect("status of 404")
    page = logged_in(teacher)
    assert page.goto("/nowhere/").status == 404
    assert watch.audit(page) == []
    overflow = screenshots(page, pictures, "error-404")
    assert max(overflow.values()) == 0, overflow
