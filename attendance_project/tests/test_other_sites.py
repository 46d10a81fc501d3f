"""No page of another site can send a form of this one with a person's cookies."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from attendance_project.tests.test_access import V1


def pages(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each address that is no part of the API, as its route, and what answers there."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from pages(pattern, route)
        elif not route.startswith(V1):
            yield route, pattern


PAGES = dict(pages(get_resolver()))


def test_each_page_asks_for_the_token_of_its_form():
    assert len(PAGES) > 100
    open_ones = [
        route for route, page in PAGES.items() if getattr(page.callback, "csrf_exempt", False)
    ]
    assert open_ones == []


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://testserver:81"])
def test_a_form_of_another_site_is_refused_although_it_has_a_token(teacher, origin):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(teacher)
    browser.get("/account/")
    token = browser.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token}
    for path in ("/logout/", "/account/password/", "/imports/timetable/"):
        answer = browser.post(path, sent, headers={"Origin": origin})
        assert answer.status_code == 403
    assert browser.get("/account/").status_code == 200


def test_a_form_without_a_token_is_refused(teacher):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(teacher)
    assert browser.post("/logout/").status_code == 403
    assert browser.get("/account/").status_code == 200


def test_cookies_alone_open_nothing_of_the_api(teacher):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(teacher)
    assert browser.get(f"/{V1}courses").status_code == 401
    assert browser.post(f"/{V1}sessions", {}).status_code == 401
