"""Whatever anybody sends, no answer is a server error, and no record goes missing."""

import random
from collections.abc import Iterable
from typing import Any

import pytest
import schemathesis
from django.db import connection
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from accounts.models import User
from attendance_project.tests import malformed
from attendance_project.tests.malformed import Call, Examples
from attendance_project.tests.world import World
from sessions_app.models import Attendance, AttendanceMark
from verification.models import CheckInDecision
from verification.services import face_calls

pytestmark = [pytest.mark.slow, pytest.mark.long]

SEED = 20260302
ROLES = ("anonymous", "student", "teacher", "admin")
CALLS_PER_OPERATION = 24
DRAWS_PER_OPERATION = 4


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def kept(world: World, open_session, student, classmate, settings, monkeypatch):
    """Records from before the calls, all of which must be there afterwards."""
    settings.FACE_ENGINE = "fake"
    monkeypatch.setattr(face_calls, "MOST_CALLS", 9999)  # most calls would be throttled otherwise
    for person in (student, classmate):
        Attendance.objects.create(
            session=open_session,
            student=person,
            course_id=open_session.course_id,
            subject_id=open_session.subject_id,
            class_group_id=open_session.class_group_id,
            teacher_id=open_session.teacher_id,
            local_date="2026-03-02",
            status="present",
            source="check_in",
            marked_at=open_session.starts_at,
        )
    models = (User, Attendance, AttendanceMark, CheckInDecision)
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in models}
    yield world
    for model, ids in before.items():
        assert ids <= set(model.objects.values_list("pk", flat=True)), model


def operations(description: dict[str, Any]) -> list[tuple[str, str, malformed.Operation]]:
    return [
        (method.upper(), path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def address(path: str, world: World) -> str:
    """The path with ids of things that exist, so that the call gets as far as it can."""
    ids = world.ids | {"id": world.ids["student_id"]}
    for segment, replaced in (("devices/", "device_id"), ("accounts/", "account_id")):
        if segment in path:
            ids["id"] = world.ids[replaced]
    return path.format(**ids)


def answers(calls: Iterable[Call], world: World, roles: tuple[str, ...]) -> set[int]:
    """The statuses when every call is made as every role. None of them is a 5xx.

    On MongoDB the roles take turns: what is refused for a role does not depend on the database.
    """
    seen: set[int] = set()
    wrong = []
    for number, call in enumerate(calls):
        turn = (roles[number % len(roles)],) if connection.vendor == "mongodb" else roles
        for role in turn:
            status = call.send(world.client(role, call.path)).status_code
            seen.add(status)
            if status >= 500:
                wrong.append(f"{status} {role} {str(call)[:300]}")
    assert wrong == []
    return seen


def test_odd_values_in_sensible_bodies_never_break_the_server(description, kept):
    examples, chance = Examples(description, kept.ids), random.Random(SEED)
    calls = []
    for method, path, operation in operations(description):
        good = examples.body_of(operation)
        odd = list(malformed.odd_values_of(method, address(path, kept), operation, good))
        calls += chance.sample(odd, min(CALLS_PER_OPERATION, len(odd)))
    assert len(calls) > 500
    seen = answers(calls, kept, ("student", "teacher", "admin"))
    assert {200, 201, 400, 403, 404} <= seen


def test_odd_queries_never_break_the_server(description, kept):
    calls: list[Call] = []
    chance = random.Random(SEED)
    for method, path, operation in operations(description):
        names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        if method == "GET":
            odd = list(malformed.odd_texts_of(method, address(path, kept), sorted(names)))
            calls += chance.sample(odd, min(CALLS_PER_OPERATION, len(odd)))
    assert len(calls) > 500
    assert {200, 400, 403, 404} <= answers(calls, kept, ("teacher", "admin"))


@pytest.mark.once
def test_odd_bodies_types_and_headers_never_break_the_server(description, kept):
    chance = random.Random(SEED)
    calls = []
    for method, path, _ in operations(description):
        odd = list(malformed.odd_requests_of(method, address(path, kept)))
        calls += chance.sample(odd, 12)
    assert len(calls) > 500
    assert {200, 400, 401, 406, 415} <= answers(calls, kept, ("anonymous", "admin"))


def test_odd_paths_never_break_the_server(description, kept):
    ids = ("0", "x", "%00", "..", "00000000-0000-0000-0000-000000000000", "é", "a" * 3000)
    calls = [
        Call(method, path.format(**dict.fromkeys((*kept.ids, "id"), odd)))
        for method, path, _ in operations(description)
        for odd in ids
        if "{" in path
    ]
    assert len(calls) > 100
    assert answers(calls, kept, ("admin",)) <= {400, 403, 404}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_inputs_drawn_from_the_description_never_break_the_server(mode, description, kept):
    calls = list(_drawn(description, mode, kept))
    assert len(calls) > 100
    assert {200, 400, 401, 403} <= answers(calls, kept, ROLES)


def _drawn(description: dict[str, Any], mode: GenerationMode, world: World) -> list[Call]:
    calls: list[Call] = []
    for result in schemathesis.openapi.from_dict(description).get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=DRAWS_PER_OPERATION,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def draw(case: Any) -> None:
            calls.append(_call_of(case, world))

        draw()
    return calls


def _call_of(case: Any, world: World) -> Call:
    query = {name: str(value) for name, value in (case.query or {}).items()}
    path = address(case.path, world)
    if isinstance(case.body, dict) and case.media_type == "multipart/form-data":
        return Call("POST", path, fields=malformed.as_form(case.body))
    sent = case.body if isinstance(case.body, bytes) else None
    if sent is None and isinstance(case.body, dict | list | str | int | float | None):
        sent = malformed.as_json(case.body)
    return Call(case.method, path, query=query, body=sent)
