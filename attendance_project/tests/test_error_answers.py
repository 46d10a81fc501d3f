"""Errors outside views, and the headers that every answer carries."""

from uuid import uuid4

import pytest
from django.test import Client

from attendance_project.csp import STRICT

PAGES = [
    "/nothing",
    "/login/",
    "/api/v1/docs",
    "/api/v1/schema",
    "/api/v1/nothing",
    "/admin/login/",
]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/", "/api/v1/errors/", "/api/v2/login"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_unknown_api_address_answers_in_the_one_shape(path, method, client, db):
    response = getattr(client, method)(path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert set(body) == {"code", "detail", "fields"}
    assert body["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/errors", 401, "not_authenticated"),
        ("get", "/api/v1/login", 405, "method_not_allowed"),
        ("put", "/api/v1/login", 405, "method_not_allowed"),
    ],
)
def test_refused_api_call_answers_in_the_one_shape(method, path, status, code, client, db):
    response = getattr(client, method)(path)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == {"code", "detail", "fields"}


def test_what_the_framework_refuses_says_what_to_do_too(world):
    api = {role: world.client(role, "/api/") for role in ("anonymous", "student", "teacher")}
    told = {
        "Log in": api["anonymous"].get("/api/v1/devices"),
        "Reload the list": api["teacher"].get(f"/api/v1/sessions/{uuid4()}"),
        "Ask an admin": api["student"].get("/api/v1/errors"),
    }
    for words, answer in told.items():
        assert words in answer.json()["detail"]
    assert [answer.status_code for answer in told.values()] == [401, 404, 403]


def test_unreadable_api_body_answers_in_the_one_shape(client, db):
    for body, kind, status in (
        ("{", "application/json", 400),
        ("a=1", "application/x-www-form-urlencoded", 415),
        (b"\xff\xfe", "application/json", 400),
        ("x", "multipart/form-data", 415),
    ):
        response = client.generic("POST", "/api/v1/login", body, kind)
        assert response.status_code == status, (body, kind)
        assert set(response.json()) == {"code", "detail", "fields"}


def test_unknown_host_is_a_bad_request_in_the_one_shape(client, db):
    response = client.get("/api/v1/errors", headers={"Host": "evil.example"})
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert "evil" not in response.content.decode()
    page = client.get("/login/", headers={"Host": "evil.example"})
    assert page.status_code == 400
    assert "This request could not be read" in page.content.decode()


def test_unknown_page_is_a_plain_page(client, db):
    response = client.get("/nothing?q=<script>")
    assert response.status_code == 404
    page = response.content.decode()
    assert "Page not found" in page
    assert "<script" not in page


def test_form_without_its_token_is_a_plain_page(db):
    response = Client(enforce_csrf_checks=True).post("/login/", {"username": "x"})
    assert response.status_code == 403
    assert "Please try again" in response.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_stand_alone_without_inline_style_or_script(name):
    from django.template.loader import render_to_string

    page = render_to_string(f"{name}.html")
    assert '<html lang="en-gb"' in page
    assert page.count("<h1>") == 1
    assert not any(part in page for part in ("<style", "style=", "<script", "src=", "{%"))


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy_and_its_request_id(path, client, db):
    response = client.get(path)
    assert response["Content-Security-Policy"] == STRICT
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Request-ID"]


def test_policy_allows_nothing_inline_and_no_other_site():
    assert "unsafe" not in STRICT
    assert "http" not in STRICT
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert part in STRICT
