"""Whatever is sent, the answer is a 4xx in the one shape, and nothing is stored."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessions_app.models import Attendance, Course, Enrolment, Session, Subject

pytestmark = pytest.mark.slow

API = "/api/v1"
PATHS = {
    "/subjects": ["code", "name", "department"],
    "/classes": ["code", "name"],
    "/courses": ["subject", "class_group", "teacher", "time_zone"],
    "/courses/{course}/enrolments": ["students", "institution_numbers"],
    "/sessions": ["course", "starts_at", "ends_at", "time_zone", "qr_slot_s", "face", "room"],
    "/attendance/manual": ["session", "student", "status", "reason", "nonce"],
}
NEVER = [
    *(None, True, "", "\0", "x" * 10_000, "\ud800", 10**30, [], {}, [[]], [None], {"$gt": ""}),
    *(["\0"], "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", str(uuid.UUID(int=0))),
]
AT_MOST_A_NAME = [-1, 1e308, "not-a-uuid", "../../etc/passwd", "Mars/Base", 31, "١"]
BAD = NEVER + AT_MOST_A_NAME
NAMED = {"/subjects", "/classes"}


def tables():
    models = (Attendance, Course, Enrolment, Session, Subject)
    return [model.objects.count() for model in models]


def send(api, path, raw):
    return api.generic("POST", path, raw, content_type="application/json")


def must_be_refused(response):
    assert 400 <= response.status_code < 500, response.content
    assert set(response.json()) == {"code", "detail", "fields"}


@pytest.mark.parametrize(
    ("path", "bad"),
    [(path, bad) for path in PATHS for bad in (NEVER if path in NAMED else BAD)],
    ids=lambda x: ascii(x)[:20],
)
def test_one_bad_value_in_every_field_is_refused(api_as, admin_user, course, path, bad):
    before = tables()
    body = json.dumps(dict.fromkeys(PATHS[path], bad))
    must_be_refused(send(api_as(admin_user), API + path.format(course=course.pk), body))
    assert tables() == before


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        *(("starts_at", x) for x in (*BAD, "1969-01-01T00:00:00Z")),
        *(("qr_slot_s", x) for x in (0, 31, "2.5", None, [], 10**30)),
        *(("qr_slots_needed", x) for x in (0, 6, -1)),
        *(("late_after_min", x) for x in (-1, 601, "soon")),
        *(("face", x) for x in ("", "maybe", None, {}, True)),
        *(("time_zone", x) for x in ("", "Mars/Base", "../UTC", "\0", 5, None)),
        *(("room", x) for x in ("x" * 256, "\0", None, {}, [])),
    ],
    ids=lambda x: ascii(x)[:20],
)
def test_a_session_with_one_bad_field_is_refused(api_as, teacher, course, field, bad):
    body = {
        "course": str(course.pk),
        "starts_at": "2026-12-01T09:00:00Z",
        "ends_at": "2026-12-01T10:00:00Z",
        field: bad,
    }
    must_be_refused(send(api_as(teacher), f"{API}/sessions", json.dumps(body)))
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "raw", ["", "{", "[]", "null", "1", '"x"', "{}{}", "\ufeff{}", "[" * 5_000, '{"a":' * 900]
)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_no_json_object_is_refused(api_as, admin_user, course, path, raw):
    must_be_refused(send(api_as(admin_user), API + path.format(course=course.pk), raw))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "%00", "1e3", "last&page_size=-1"])
@pytest.mark.parametrize("path", ["/subjects", "/classes", "/courses", "/sessions"])
def test_odd_pages_are_answered(api_as, admin_user, path, page):
    assert api_as(admin_user).get(f"{API}{path}?page={page}").status_code in (200, 404)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("path", PATHS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_json_is_answered_without_an_error_of_ours(api_as, admin_user, course, path, data):
    names = st.sampled_from(PATHS[path]) | st.text(max_size=8)
    body = data.draw(st.dictionaries(names, json_values, max_size=6))
    response = send(api_as(admin_user), API + path.format(course=course.pk), json.dumps(body))
    assert response.status_code < 500
