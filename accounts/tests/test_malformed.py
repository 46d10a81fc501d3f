"""Whatever is sent, nothing breaks."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.phone import API, Phone

pytestmark = pytest.mark.slow

OPEN = ["login", "token/refresh", "logout", "register/student", "register/teacher"]
GOOD = {
    "email": "a@school.test",
    "password": "a quiet blue lamp",
    "full_name": "A B",
    "institution_number": "N1",
    "department": "CS",
    "invitation": "code",
    "refresh": "token",
    "device_name": "phone",
}
BAD_VALUES = [
    None,
    5,
    1.5,
    True,
    [],
    {},
    ["a@school.test"],
    {"a": 1},
    "\0",
    "a\0b",
    "\ud800",
    "line\nbreak",
    "x" * 100_000,
    "\u202e" * 300,
]


def raw_post(path: str, body: bytes, content_type: str = "application/json", **extra):
    return Client(raise_request_exception=True).generic(
        "POST", f"{API}/{path}", body, content_type, **extra
    )


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"5",
        b"\xff\xfe",
        b"{}",
        b"[" * 5000,
        b'{"email":' * 2000,
        b'{"email": NaN, "password": Infinity}',
        b'{"email": ' + b"9" * 5000 + b"}",
    ],
)
def test_body_that_is_no_object_is_refused(db, path, body):
    response = raw_post(path, body)
    assert response.status_code == 400, response.content
    assert set(response.json()) == {"code", "detail", "fields"}


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "nonsense", ""])
def test_other_content_types_are_refused(db, path, content_type):
    response = raw_post(path, json.dumps(GOOD).encode(), content_type)
    assert response.status_code == 415
    assert response.json()["code"] == "unsupported_media_type"


@pytest.mark.parametrize("charset", ["nonsense", "bz2_codec", "utf-16", "idna"])
def test_odd_charsets_are_refused(db, charset):
    response = raw_post("login", b'{"email": "x"}', f"application/json; charset={charset}")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("login", "email"),
        ("login", "password"),
        ("login", "device_name"),
        ("token/refresh", "refresh"),
        ("logout", "refresh"),
        ("register/student", "email"),
        ("register/student", "password"),
        ("register/student", "full_name"),
        ("register/student", "institution_number"),
        ("register/student", "department"),
        ("register/teacher", "invitation"),
    ],
)
def test_field_of_the_wrong_kind_is_named(db, path, field):
    for value in BAD_VALUES:
        if value == "\u202e" * 300 and field in ("refresh",):
            continue  # it is short enough to be read as a token, and is none
        response = raw_post(path, json.dumps(GOOD | {field: value}).encode())
        assert response.status_code == 400, (value, response.content)
        assert list(response.json()["fields"]) == [field], value
    assert not User.objects.exists()


@pytest.mark.parametrize("body", [{"is_active": "no"}, {"is_active": 0}, {"role": ["admin"]}])
def test_profile_takes_no_look_alikes(student, body):
    phone = Phone(student)
    response = phone.patch(f"/profile/update/{student.pk}", body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


@pytest.mark.parametrize("key", ["x", "0" * 36, "..", "%00", "11111111-1111-1111-1111-11111111111"])
def test_malformed_key_in_the_address_is_not_there(student, key):
    phone = Phone(student)
    for path in (f"/profile/{key}", f"/devices/{key}"):
        assert phone.get(path).status_code in (404, 405)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=st.sampled_from([*OPEN, "register/admin"]),
    changes=st.dictionaries(st.sampled_from(sorted(GOOD)), values, max_size=4),
    header=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40),
)
def test_200_malformed_calls_are_answered(path, changes, header):
    response = APIClient().post(
        f"{API}/{path}",
        json.dumps(GOOD | changes),
        content_type="application/json",
        HTTP_DPOP=header,
        HTTP_AUTHORIZATION=f"DPoP {header}",
    )
    assert response.status_code in {200, 201, 204, 400, 401, 403, 409, 429}
