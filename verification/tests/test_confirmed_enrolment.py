"""A passkey beside a face enrolment: shown to the person who approves, and needed by nobody."""

import json

import pytest

from accounts.tests.authenticator import Authenticator
from accounts.tests.phone import signed_in
from accounts.tests.test_passkeys import ORIGIN, RP_ID, asked, register
from verification.models import FaceTemplate
from verification.tests.support import enrol, spoilt

PLAIN = {"consent_version": "2027-01"}


@pytest.fixture(autouse=True)
def address(settings):
    settings.PUBLIC_URL = ORIGIN


@pytest.fixture
def device(bare) -> Authenticator:
    made = Authenticator(origin=ORIGIN, rp_id=RP_ID)
    assert register(bare, made).status_code == 201
    return made


def confirmed(phone, device):
    answer = json.dumps(device.get(asked(phone, "enrol")))
    return enrol(phone, "me", passkey=answer, **PLAIN)


def test_who_approves_reads_how_the_enrolment_was_confirmed(bare, device, course, teacher):
    assert confirmed(bare, device).status_code == 201
    assert FaceTemplate.objects.get().confirmed_by == "device_bound"
    row = signed_in(teacher).get("/api/v1/face/waiting").json()["results"][0]
    assert row["confirmed_by"] == "device_bound"


def test_without_a_passkey_an_enrolment_waits_all_the_same(bare, course, teacher):
    assert enrol(bare, "me", **PLAIN).status_code == 201
    row = signed_in(teacher).get("/api/v1/face/waiting").json()["results"][0]
    assert row["confirmed_by"] == ""


def test_a_broken_answer_keeps_the_enrolment_out(bare, device):
    answer = device.get(asked(bare, "enrol"))
    answer["response"]["signature"] = "AAAA"
    refused = enrol(bare, "me", passkey=json.dumps(answer), **PLAIN)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_passkey")
    assert not FaceTemplate.objects.exists()


def test_an_answer_for_a_phone_does_not_confirm_a_face(bare, device):
    answer = json.dumps(device.get(asked(bare, "device")))
    refused = enrol(bare, "me", passkey=answer, **PLAIN)
    assert (refused.status_code, refused.json()["code"]) == (409, "passkey_challenge_over")


def test_bad_pictures_cost_no_answer(bare, device):
    answer = json.dumps(device.get(asked(bare, "enrol")))
    assert enrol(bare, spoilt(brightness=10.0), passkey=answer, **PLAIN).status_code == 200
    assert enrol(bare, "me", passkey=answer, **PLAIN).status_code == 201


@pytest.mark.parametrize("text", ["5", "[]", "{", '{"response": 5}', "null"])
def test_what_is_no_credential_is_a_clear_error(bare, text):
    refused = enrol(bare, "me", passkey=text, **PLAIN)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
