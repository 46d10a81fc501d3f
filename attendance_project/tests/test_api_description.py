"""The OpenAPI description, and the page that shows it."""

import re
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.utils.module_loading import import_string
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from attendance_project.csp import STRICT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_description_is_valid_and_made_without_warnings(capsys):
    GENERATOR_STATS.reset()
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert out.getvalue().startswith("openapi: 3.")


def test_description_names_every_reading_route(description):
    reading = (
        *("attendance/statistics/today/{user_id}", "attendance/statistics/all/{user_id}"),
        *("attendance/data/class/{class_id}", "attendance/data/subject/{subject_id}"),
        "attendance/weeks",
        *("admin/student-profile/{student_id}", "admin/stats", "errors", "warned-users"),
    )
    assert {f"/api/v1/{route}" for route in reading} <= set(description["paths"])


def test_every_operation_documents_its_errors_in_the_one_shape(description):
    assert operations(description)
    for name, operation in operations(description):
        errors = {s: r for s, r in operation["responses"].items() if s[0] in "45d"}
        assert "default" in errors, name
        if any(operation.get("security", [])):
            assert {"401", "403"} <= set(errors), name
        if "{" in name:
            assert "404" in errors, name
        if "requestBody" in operation:
            assert "400" in errors, name
        for status, answer in errors.items():
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Error"}, (name, status)


def test_the_one_shape_has_code_detail_and_fields(description):
    shape = description["components"]["schemas"]["Error"]
    assert set(shape["properties"]) == set(shape["required"]) == {"code", "detail", "fields"}


def test_every_operation_says_what_it_does_and_what_it_answers(description):
    for name, operation in operations(description):
        assert operation.get("description"), name
        assert any(status[0] == "2" for status in operation["responses"]), name


def test_no_enum_takes_the_name_of_another(description):
    named = settings.SPECTACULAR_SETTINGS["ENUM_NAME_OVERRIDES"]
    schemas = description["components"]["schemas"]
    for name in named.keys() & schemas.keys():
        assert set(schemas[name]["enum"]) == values_of(named[name]) - {""}, name


def values_of(choices: str | list[str]) -> set[str]:
    """The values of a list, of an enum by its name, or of pairs by the name of a model's list."""
    found = import_string(choices) if isinstance(choices, str) else choices
    pairs = getattr(found, "choices", found)
    return {pair if isinstance(pair, str) else pair[0] for pair in pairs}


def test_what_comes_in_pages_is_described_so(description):
    paged = (
        *("attendance/statistics/sessions/{user_id}", "attendance/data/class/{class_id}"),
        *("attendance/data/subject/{subject_id}", "errors", "sessions", "devices", "warnings"),
        "warned-users",
    )
    for route in paged:
        answer = description["paths"][f"/api/v1/{route}"]["get"]["responses"]["200"]
        shape = answer["content"]["application/json"]["schema"]["$ref"]
        assert "/Paginated" in shape, route


def test_description_is_served(client, db):
    response = client.get("/api/v1/schema")
    assert response.status_code == 200
    assert response.content.startswith(b"openapi: 3.")


def test_docs_need_nothing_from_elsewhere_and_nothing_inline(client):
    response = client.get("/api/v1/docs")
    page = response.content.decode()
    assert response["Content-Security-Policy"] == STRICT
    assert not re.search(r"<style|style=|\son\w+=|https?://|//cdn", page)
    assert re.search(r"<script(?! src=)", page) is None
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    static = [source for source in sources if source.startswith("/static/")]
    assert len(static) == 5
    assert all(finders.find(source.removeprefix("/static/")) for source in static)
    [script] = [source for source in sources if source not in static]
    answered = client.get(script.replace("&amp;", "&"))
    assert answered["Content-Type"] == "application/javascript"
    assert b"/api/v1/schema" in answered.content
