"""Every page of the role table: readable for everyone, at every width, with nothing amiss.

The pages are those of attendance_project/tests/test_access.py, so that a new one is looked at
without a line here.
"""

import re

import pytest

from attendance_project.tests.browser.watching import screenshots
from attendance_project.tests.test_access import ROWS, Row, path_of

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOT_PAGES = re.compile(r"^api/|/state$|/short-code$|\.(csv|xlsx)$|export")
OF_OTHERS = ("admin/",)
"""Django's own pages, which it tests itself."""


def pages_of(role: str) -> list[Row]:
    column = {"anonymous": 0, "teacher": 4, "admin": 5}[role]
    return [
        row
        for row in ROWS
        if row.method == "GET"
        and row.statuses[column] == 200
        and row.route not in OF_OTHERS
        and not NOT_PAGES.search(row.route)
    ]


PAGES = [
    *(("anonymous", row) for row in pages_of("anonymous")),
    *(("teacher", row) for row in pages_of("teacher") if row not in pages_of("anonymous")),
    *(("admin", row) for row in pages_of("admin") if row not in pages_of("anonymous")),
]


def name_of(role: str, row: Row) -> str:
    return role + "-" + (re.sub(r"<[^>]*>|\W+", "-", row.route).strip("-") or "home")


@pytest.mark.parametrize(("role", "row"), PAGES, ids=[name_of(*page) for page in PAGES])
def test_page(role, row, logged_in, watch, world, pictures):
    page = logged_in(world.people[role])
    answer = page.goto(path_of(row, world))
    assert answer.status == 200
    page.wait_for_load_state("load")
    assert page.title().strip("· ") not in ("", "Attendance")
    assert page.locator("h1").count() == 1
    assert watch.audit(page) == []
    overflow = screenshots(page, pictures, name_of(role, row))
    assert max(overflow.values()) == 0, overflow


def test_an_error_page_looks_like_the_rest(logged_in, watch, teacher, pictures):
    watch.expect("status of 404")
    page = logged_in(teacher)
    assert page.goto("/nowhere/").status == 404
    assert watch.audit(page) == []
    overflow = screenshots(page, pictures, "error-404")
    assert max(overflow.values()) == 0, overflow
