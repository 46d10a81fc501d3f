"""A token without its key, and a proof that is used a second time, are refused."""

import secrets
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import SpentProof, User
from accounts.tests.phone import API, HOST, DeviceKey, Phone, log_in, signed_in
from attendance_project import clock
from attendance_project.tests.threads import at_once

PATH = f"{API}/devices"
URL = HOST + PATH


def assert_refused(response, code: str, status: int = 401) -> None:
    assert response.status_code == status, response.content
    assert response.json()["code"] == code
    if status == 401:
        assert "DPoP" in response.headers["WWW-Authenticate"]


def call(phone: Phone, proof: str | None, *, token: str | None = None, scheme: str = "DPoP"):
    extra = {"HTTP_DPOP": proof} if proof is not None else {}
    extra["HTTP_AUTHORIZATION"] = f"{scheme} {token or phone.access}"
    return APIClient().get(PATH, **extra)


def test_phone_with_its_key_is_let_in(student):
    phone = Phone(student)
    assert phone.get("/devices").status_code == 200
    assert phone.get("/devices?status=active").status_code == 200


def test_scheme_is_read_without_case(student):
    phone = Phone(student)
    assert call(phone, phone.key.proof("GET", URL, phone.access), scheme="dpop").status_code == 200


def test_token_without_key_goes_by_bearer(teacher):
    assert signed_in(teacher).get(PATH).status_code == 200


def test_nobody_is_logged_in_without_a_token(api, db):
    assert_refused(api.get(PATH), "not_authenticated")


def test_stolen_token_sent_as_bearer_is_refused(student):
    phone = Phone(student)
    assert_refused(call(phone, None, scheme="Bearer"), "device_proof_required")


def test_bound_token_as_bearer_is_refused_even_with_its_proof(student):
    phone = Phone(student)
    proof = phone.key.proof("GET", URL, phone.access)
    assert_refused(call(phone, proof, scheme="Bearer"), "device_proof_required")


def test_stolen_token_without_a_proof_is_refused(student):
    assert_refused(call(Phone(student), None), "device_proof_required")


def test_stolen_token_with_the_thiefs_own_key_is_refused(student):
    phone = Phone(student)
    proof = DeviceKey().proof("GET", URL, phone.access)
    assert_refused(call(phone, proof), "invalid_device_proof")


def test_plain_token_dressed_up_as_bound_is_refused(teacher):
    token = log_in(APIClient(), teacher)["access"]
    key = DeviceKey()
    response = APIClient().get(
        PATH, HTTP_AUTHORIZATION=f"DPoP {token}", HTTP_DPOP=key.proof("GET", URL, token)
    )
    assert_refused(response, "token_not_bound")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"htm": "POST"}, "wrong_method"),
        ({"htu": HOST + API + "/profile"}, "wrong_address"),
        ({"htu": "http://evil.test" + PATH}, "wrong_address"),
        ({"ath": None}, "wrong_token"),
        ({"ath": "another"}, "wrong_token"),
        ({"iat": 0}, "bad_time"),
        ({"jti": "x"}, "bad_jti"),
    ],
)
def test_proof_of_something_else_is_refused(student, change, why):
    phone = Phone(student)
    response = call(phone, phone.key.proof("GET", URL, phone.access, **change))
    assert_refused(response, "invalid_device_proof")
    assert response.json()["fields"] == {"DPoP": [why]}


@pytest.mark.parametrize("side", [-1, 1])
def test_proof_from_long_ago_or_ahead_is_refused(student, side):
    phone = Phone(student)
    moment = clock.now() + side * (settings.DPOP_MAX_AGE + timedelta(seconds=5))
    proof = phone.key.proof("GET", URL, phone.access, now=moment)
    assert_refused(call(phone, proof), "invalid_device_proof")


@pytest.mark.parametrize("proof", ["x", "a.b.c", "é", "x" * 9000])
def test_proof_that_is_no_proof_is_refused(student, proof):
    assert_refused(call(Phone(student), proof), "invalid_device_proof")


def test_proof_shown_twice_is_refused(student):
    phone = Phone(student)
    proof = phone.key.proof("GET", URL, phone.access)
    assert call(phone, proof).status_code == 200
    assert_refused(call(phone, proof), "device_proof_replayed")


def test_id_of_a_proof_is_spent_for_its_key_only(student, classmate):
    jti = secrets.token_hex(16)
    for person in (student, classmate):
        phone = Phone(person)
        proof = phone.key.proof("GET", URL, phone.access, jti=jti)
        assert call(phone, proof).status_code == 200


def test_spent_proof_is_kept_until_it_is_too_old_to_pass(student):
    phone = Phone(student)
    SpentProof.objects.all().delete()
    ahead = clock.now() + settings.DPOP_MAX_AGE - timedelta(seconds=20)
    assert call(phone, phone.key.proof("GET", URL, phone.access, now=ahead)).status_code == 200
    assert SpentProof.objects.get().expires_at > ahead + settings.DPOP_MAX_AGE


@pytest.mark.django_db(transaction=True)
def test_proof_shown_16_times_at_once_works_once(student):
    phone = Phone(student)
    proof = phone.key.proof("GET", URL, phone.access)
    answers = at_once(16, lambda _: call(phone, proof))
    codes = sorted(answer.json().get("code", "ok") for answer in answers)
    assert codes == ["device_proof_replayed"] * 15 + ["ok"]


def _forge(token: str, key: str, algorithm: str = "HS256", **changes) -> str:
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    return jwt.encode(claims, key, algorithm=algorithm)


def test_binding_cannot_be_cut_off_a_token(student):
    phone = Phone(student)
    forged = _forge(phone.access, "a guessed signing key, long enough", cnf=None)
    assert_refused(call(phone, None, token=forged, scheme="Bearer"), "token_not_valid")


def test_unsigned_token_is_refused(student):
    phone = Phone(student)
    forged = _forge(phone.access, "", algorithm="none", cnf=None)
    assert_refused(call(phone, None, token=forged, scheme="Bearer"), "token_not_valid")


def test_refresh_token_is_no_access_token(teacher):
    refresh = log_in(APIClient(), teacher)["refresh"]
    response = APIClient().get(PATH, HTTP_AUTHORIZATION=f"Bearer {refresh}")
    assert_refused(response, "token_not_valid")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer a b", "Bearer " + "x" * 9000, "Bearer é.é.é", "DPoP x"]
)
def test_malformed_token_is_refused(api, db, header):
    assert_refused(api.get(PATH, HTTP_AUTHORIZATION=header), "token_not_valid")


def test_expired_token_is_refused(teacher):
    token = log_in(APIClient(), teacher)["access"]
    key = settings.SIMPLE_JWT["SIGNING_KEY"]
    past = int((clock.now() - timedelta(seconds=1)).timestamp())
    assert APIClient().get(PATH, HTTP_AUTHORIZATION=f"Bearer {_forge(token, key)}").status_code == (
        200
    )
    response = APIClient().get(PATH, HTTP_AUTHORIZATION=f"Bearer {_forge(token, key, exp=past)}")
    assert_refused(response, "token_not_valid")


def test_token_outlives_neither_account_nor_approval(teacher):
    client = signed_in(teacher)
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    assert_refused(client.get(PATH), "account_waiting_for_approval", 403)
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    assert_refused(client.get(PATH), "token_not_valid")
    User.objects.filter(pk=teacher.pk).delete()
    assert_refused(client.get(PATH), "token_not_valid")


def test_role_is_read_from_the_account_and_not_from_the_token(teacher):
    token = log_in(APIClient(), teacher)["access"]
    forged = _forge(token, settings.SIMPLE_JWT["SIGNING_KEY"], role="admin")
    response = APIClient().get(f"{API}/accounts/waiting", HTTP_AUTHORIZATION=f"Bearer {forged}")
    assert_refused(response, "role_not_allowed", 403)
