"""Ids of things that are somebody else's, inside of bodies and queries.

The access test names such things in addresses. Here the address is one's own, or names nothing, and
each field of a body or parameter of a query that takes an id is given one of the teacher's course:
by the colleague, who teaches another course, and by the outsider, who is a student on that one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from attendance_project.tests.described import description
from attendance_project.tests.malformed import Examples, Operation, as_form, is_form
from attendance_project.tests.taking_back import taken_back
from attendance_project.tests.world import World
from beacon.protocol import sound_payload
from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject
from verification.models import CheckInDecision

API = "/api/v1"
FILTERS = {"class": "class_id", "course": "course_id", "session": "session_id",
           "student": "student_id", "subject": "subject_id", "user": "student_id"}  # fmt: skip
"""Parameters of queries that take an id, and what of the teacher's course they are given."""
FIELDS = {
    "attempt": "attempt_id",
    "class_group": "",
    "course": "course_id",
    "key": "",
    "marks[].student": "student_id",
    "person": "student_id",
    "reject": "",
    "session": "session_id",
    "student": "student_id",
    "students[]": "",
    "subject": "",
    "teacher": "",
    "to": "course_id",
}
"""Fields of bodies that take an id, and the same. Those without are of the catalogue, which only
admins write, keys that the caller makes up, faces of the pair that the address names, and students
of any course, whom a teacher may enrol."""


ROLES = ("colleague", "outsider")
NAMES_ALONE = ("not_enrolled",)
"""Codes that say by themselves which of the ids is refused."""
NONCE = "foreign-id-nonce"
HEARD = {"payload": sound_payload(b"key", 1).hex(), "heard_s_ago": 1}
CODE = {"short_code": "123456"}
BODIES: dict[str, dict[str, Any]] = {
    "/attendance/check-in": {"tokens": [], "nonce": NONCE},
    "/bluetooth/check": {"answers": ["01" + "00" * 19]},
    "/excuses": {"from_date": "2026-03-02", "until_date": "2026-03-02", "course": "{course_id}"},
    "/face/verify": {"times_s": [0.1], "nonce": NONCE},
    "/qr/scan": CODE,
    "/sound/check": {"heard": [HEARD]},
}
"""Fields for which an example from the description is refused for another reason."""


DESCRIPTION = description()
EXAMPLES = Examples(DESCRIPTION, {"student_id": ""})


@dataclass(frozen=True)
class Place:
    """A field or parameter that takes an id."""

    method: str
    path: str
    operation: Any
    name: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.name}"


def _operations() -> Iterator[tuple[str, str, Operation]]:
    for path, methods in DESCRIPTION["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _filters(operation: Operation) -> list[str]:
    named = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    return [name for name in named if name in FILTERS]


def _fields(operation: Operation) -> Iterator[str]:
    for content in list(operation.get("requestBody", {}).get("content", {}).values())[:1]:
        yield from _ids_in("", content["schema"])


def _ids_in(name: str, schema: dict[str, Any]) -> Iterator[str]:
    schema = EXAMPLES._resolved(schema)
    if schema.get("format") == "uuid":
        yield name
    for key, part in schema.get("properties", {}).items():
        yield from _ids_in(f"{name}.{key}".strip("."), part)
    if schema.get("type") == "array":
        yield from _ids_in(f"{name}[]", schema["items"])


QUERIED = [Place(*each, name) for each in _operations() for name in _filters(each[2])]
WRITTEN = [Place(*each, name) for each in _operations() for name in _fields(each[2])]


def test_each_place_that_takes_an_id_is_in_the_tables():
    parameters = (p for each in _operations() for p in each[2].get("parameters", []))
    queried = [p for p in parameters if p["in"] == "query"]
    named = {p["name"] for p in queried if p.get("schema", {}).get("format") == "uuid"}
    assert named <= FILTERS.keys()
    assert {place.name for place in WRITTEN} == FIELDS.keys()
    assert len(QUERIED) >= 13
    assert len(WRITTEN) >= 25


@pytest.fixture
def own(world: World, colleague, outsider, open_session) -> dict[str, Any]:
    """Ids of the colleague's own course, on which the outsider is."""
    subject = Subject.objects.create(code="ML", name="Machine Learning", department="CS")
    group = ClassGroup.objects.create(code="CSE-B", name="Computer Science B")
    course = Course.objects.create(
        subject=subject, class_group=group, teacher=colleague, time_zone="Europe/Paris"
    )
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=open_session.starts_at)
    session = Session.objects.create(
        course=course,
        subject=subject,
        class_group=group,
        teacher=colleague,
        starts_at=open_session.starts_at - timedelta(hours=3),
        ends_at=open_session.ends_at - timedelta(hours=3),
        time_zone=course.time_zone,
    )
    return world.ids | {
        "course_id": course.pk,
        "session_id": session.pk,
        "subject_id": subject.pk,
        "class_id": group.pk,
        "student_id": outsider.pk,
        "user_id": outsider.pk,
        "id": outsider.pk,
    }


@pytest.mark.slow
def test_a_query_by_a_foreign_id_finds_nothing(world: World, own, subtests):
    for place in QUERIED:
        with subtests.test(str(place)):
            _finds_nothing(place, world, own)


def _finds_nothing(place: Place, world: World, own: dict[str, Any]) -> None:
    foreign = str(world.ids[FILTERS[place.name]])
    path = place.path.format(**own)
    for role in ROLES:
        answer = world.client(role, path).get(path, {place.name: foreign})
        if answer.status_code != 403:
            assert answer.status_code == 200
            assert found_in(answer.json()) == [], role


def found_in(answer: dict[str, Any]) -> list[Any]:
    """The rows of an answer, whichever they are."""
    rows: list[Any] = answer["results"] if "results" in answer else answer["weeks"]
    return rows


@pytest.mark.slow
def test_a_body_with_a_foreign_id_changes_nothing(world: World, own, subtests):
    for place in WRITTEN:
        if FIELDS[place.name]:
            with subtests.test(str(place)), taken_back():
                _changes_nothing(place, world, own)


def _changes_nothing(place: Place, world: World, own: dict[str, Any]) -> None:
    ids = own | {"attempt_id": CheckInDecision.objects.get(pk=world.ids["decision_id"]).attempt_id}
    path, body = place.path.format(**own), body_with(place, ids, world)
    let_in = 0
    for role in ROLES:
        client = world.client(role, path)
        if is_form(place.operation):
            answer = client.post(path, as_form(body), format="multipart")
        else:
            answer = client.generic(place.method, path, json.dumps(body), "application/json")
        told = answer.json()
        if told["code"] == "role_not_allowed":
            continue
        let_in += 1
        assert answer.status_code in (400, 404), told
        named = {name for name in told["fields"] if place.name.startswith(name.partition(".")[0])}
        assert named == set(told["fields"]), told
        assert named or answer.status_code == 404 or told["code"] in NAMES_ALONE, told
    assert let_in


def body_with(place: Place, ids: dict[str, Any], world: World) -> dict[str, Any]:
    """A body that is in order, but for the foreign id."""
    content = place.operation["requestBody"]["content"]
    schema = EXAMPLES._resolved(next(iter(content.values()))["schema"])
    whole = Examples(DESCRIPTION, ids).body_of(place.operation)
    body = {name: whole[name] for name in schema.get("required", [])}
    for name, value in BODIES.get(place.path.removeprefix(API), {}).items():
        body[name] = value.format(**ids) if isinstance(value, str) else value
    named = FIELDS[place.name]
    foreign = str(ids["attempt_id"] if named == "attempt_id" else world.ids[named])
    name, _, inner = place.name.partition("[]")
    listed = {inner.strip("."): foreign, "status": "present"} if inner else foreign
    body[name] = [listed] if "[]" in place.name else foreign
    return json.loads(json.dumps(body, default=str)) if not is_form(place.operation) else body
