"""Cheats with accounts, tokens and phones.

Each is tried over HTTP, lets nobody in, and is answered with its own reason.
"""

from rest_framework.test import APIClient

from accounts.models import Device
from accounts.tests.phone import HOST, DeviceKey, signed_in
from lab.fake_engine import honest_burst
from verification.models import Warning
from verification.tests.support import (
    StudentPhone,
    challenge_of,
    codes_of,
    new_nonce,
    nobody_got_in,
    refused,
    sightings,
    tokens,
)


def test_a_student_who_is_not_enrolled_is_refused(fake_engine, outsider, open_session):
    stranger = StudentPhone(outsider)
    refused(stranger.scan(tokens(open_session)), "not_enrolled", open_session)


def test_a_student_who_left_the_course_is_refused(phone, student, open_session):
    student.enrolments.update(is_active=False)
    refused(phone.scan(tokens(open_session)), "not_enrolled", open_session)


def test_another_students_attempt_is_not_found(phone, friend, open_session):
    step = phone.scan(tokens(open_session)).json()
    for answer in (
        friend.mark(step["attempt"]),
        friend.hear(step["attempt"], sightings(open_session)),
        friend.show(step["attempt"], 1, honest_burst("friend", challenge_of(step))),
        friend.scan(tokens(open_session), attempt=step["attempt"]),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "attempt_not_found")
    nobody_got_in(open_session)


def test_a_stolen_token_without_the_key_does_nothing(phone, open_session):
    body = {"tokens": tokens(open_session), "nonce": new_nonce()}
    for scheme in ("Bearer", "DPoP"):
        thief = APIClient()
        thief.credentials(HTTP_AUTHORIZATION=f"{scheme} {phone.access}")
        answer = thief.post("/api/v1/qr/scan", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (401, "device_proof_required")
    other = DeviceKey()
    proof = other.proof("POST", f"{HOST}/api/v1/qr/scan", phone.access)
    thief.credentials(HTTP_AUTHORIZATION=f"DPoP {phone.access}", HTTP_DPOP=proof)
    answer = thief.post("/api/v1/qr/scan", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_device_proof")
    nobody_got_in(open_session)


def test_a_replayed_proof_is_refused(phone, open_session):
    headers = phone.headers("POST", "/qr/scan")
    body = {"tokens": tokens(open_session), "nonce": new_nonce()}
    first = phone.client.post("/api/v1/qr/scan", body, format="json", **headers)
    again = phone.client.post("/api/v1/qr/scan", body, format="json", **headers)
    assert first.status_code == 200
    assert (again.status_code, again.json()["code"]) == (401, "device_proof_replayed")


def test_a_token_without_a_key_cannot_check_in(phone, student, open_session):
    plain = signed_in(student)
    body = {"tokens": tokens(open_session), "nonce": new_nonce()}
    answer = plain.post("/api/v1/qr/scan", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "device_key_required")


def test_a_second_student_on_the_same_phone_is_refused_with_a_warning(
    phone, classmate, open_session
):
    borrowed = StudentPhone(classmate, key=phone.key)
    refused(borrowed.scan(tokens(open_session)), "device_of_another_student", open_session)
    assert Warning.objects.get().student == classmate


def test_a_new_phone_minutes_before_class_waits(phone, student, open_session):
    new = StudentPhone(student)
    refused(new.scan(tokens(open_session)), "device_waiting", open_session)
    assert not Warning.objects.exists()


def test_an_attempt_cannot_move_to_another_phone(phone, student, open_session):
    """The old phone opens the attempt in the room, and a new one elsewhere would end it."""
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    phone.show(step["attempt"], 1, honest_burst("me", challenge_of(step)))
    new = StudentPhone(student)
    Device.objects.filter(jkt=phone.key.jkt).update(status="revoked")
    Device.objects.filter(jkt=new.key.jkt).update(status="active")
    answer = new.mark(step["attempt"]).json()
    assert answer["outcome"] == "refused"
    assert "device_changed" in codes_of(answer)
