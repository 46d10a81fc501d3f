"""Every PATCH of the API either changes what it was asked to change, or says that it cannot."""

from typing import Any

import pytest

from attendance_project.tests.test_access import ROWS, Row, path_of
from attendance_project.tests.world import World

PATCHES = [row for row in ROWS if row.method == "PATCH"]


def _changer(row: Row) -> str:
    """Who may change it: an admin, or the owner of what belongs to one person alone."""
    return "admin" if row.statuses[-1] != 404 else "teacher"


def _refused(row: Row, world: World, body: dict[str, Any]) -> dict[str, Any]:
    path = path_of(row, world)
    response = world.client(_changer(row), path).patch(path, body, format="json")
    assert response.status_code == 400, (body, response.content)
    told: dict[str, Any] = response.json()
    return told


@pytest.mark.slow
def test_a_field_that_does_not_exist_is_named(world: World, subtests):
    for row in PATCHES:
        with subtests.test(row.route):
            _names_a_field_that_does_not_exist(row, world)


def _names_a_field_that_does_not_exist(row: Row, world: World) -> None:
    told = _refused(row, world, {"no_such_field": 1, "id": "1"})
    assert told["code"] == "not_changeable"
    assert set(told["fields"]) == {"no_such_field", "id"}


@pytest.mark.slow
def test_no_field_of_the_answer_is_passed_over(world: World, subtests):
    for row in PATCHES:
        with subtests.test(row.route):
            _passes_over_no_field_of_the_answer(row, world)


def _passes_over_no_field_of_the_answer(row: Row, world: World) -> None:
    path = path_of(row, world)
    answer = world.client(_changer(row), path).patch(path, {}, format="json").json()
    for name in answer:
        told = _refused(row, world, {name: []})  # no field of any answer can become a list
        assert told["code"] in ("not_changeable", "invalid_input")
        assert name in told["fields"]


@pytest.mark.slow
def test_a_body_without_fields_is_refused(world: World, subtests):
    for row in PATCHES:
        path = path_of(row, world)
        for body in ([], [1], "text", 7):
            with subtests.test(f"{row.route} {body}"):
                response = world.client(_changer(row), path).patch(path, body, format="json")
                assert response.status_code == 400
