"""The reference client's calls against the running server."""

import pytest

from conftest import PASSWORD
from phone.api import API, Blocked, read
from phone.client import Phone
from phone.key import DeviceKey

pytestmark = pytest.mark.django_db(transaction=True)


def blocked(call, *arguments):
    with pytest.raises(Blocked) as caught:
        call(*arguments)
    return caught.value.status, caught.value.code


def test_logging_in_makes_the_phone_the_students(phone, student):
    answer = phone.log_in(student.email, PASSWORD)
    assert answer["device"]["status"] == "active"
    assert phone.get("/devices")["results"][0]["name"] == "Reference client"


def test_a_wrong_password_is_told_by_its_code(phone, student):
    assert blocked(phone.log_in, student.email, "wrong") == (401, "wrong_credentials")


def test_a_worn_token_is_renewed_on_the_way(phone, student):
    phone.log_in(student.email, PASSWORD)
    before = phone.refresh
    phone.access = "worn"
    assert phone.get("/face")["faces"] == []
    assert phone.refresh != before


def test_a_clock_that_is_off_by_an_hour_is_set_by_the_servers(phone, student):
    phone.clock_offset_s = -3600
    phone.log_in(student.email, PASSWORD)
    assert phone.clock_offset_s > -1800
    assert phone.get("/face")["faces"] == []


def test_a_token_is_worth_nothing_with_another_key(phone, connections, student):
    phone.log_in(student.email, PASSWORD)
    thief = Phone(connections, DeviceKey())
    thief.access, thief.refresh = phone.access, phone.refresh
    assert blocked(thief.get, "/face") == (401, "invalid_device_proof")
    assert blocked(thief.renew) == (401, "invalid_device_proof")


def test_a_proof_is_good_once(phone, student):
    phone.log_in(student.email, PASSWORD)
    headers = phone.headers("GET", "/face")
    answers = [phone.client.get(API + "/face", headers=headers) for _ in range(2)]
    assert answers[0].status_code == 200
    assert blocked(read, answers[1]) == (401, "device_proof_replayed")


def test_logging_out_ends_it(phone, student):
    phone.log_in(student.email, PASSWORD)
    kept = phone.access
    phone.log_out()
    phone.access = kept
    assert blocked(phone.get, "/face") == (401, "token_revoked")
