"""Refreshing tokens, using one again, and logging out."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.models import RefreshToken, User
from accounts.tests.phone import API, HOST, DeviceKey, Phone, log_in, signed_in
from attendance_project import clock
from attendance_project.tests.threads import at_once

REFRESH = f"{API}/token/refresh"


def refresh(token: str, key: DeviceKey | None = None):
    extra = {"HTTP_DPOP": key.proof("POST", HOST + REFRESH)} if key else {}
    return APIClient().post(REFRESH, {"refresh": token}, "json", **extra)


def assert_refused(response, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (401, code)


def works(access: str) -> bool:
    client = APIClient()
    return client.get(f"{API}/devices", HTTP_AUTHORIZATION=f"Bearer {access}").status_code == 200


def let_grace_pass() -> None:
    earlier = clock.now() - timedelta(minutes=1)
    RefreshToken.objects.exclude(spent_at=None).update(spent_at=earlier)


def test_refresh_gives_a_pair_that_works(teacher):
    first = log_in(APIClient(), teacher)
    second = refresh(first["refresh"]).json()
    assert works(second["access"])
    assert refresh(second["refresh"]).status_code == 200


def test_double_tap_is_refused_and_ends_nothing(teacher):
    first = log_in(APIClient(), teacher)
    second = refresh(first["refresh"]).json()
    assert_refused(refresh(first["refresh"]), "refresh_token_spent")
    assert works(second["access"])
    assert refresh(second["refresh"]).status_code == 200


def test_reuse_of_a_spent_token_ends_the_whole_family(teacher):
    first = log_in(APIClient(), teacher)
    second = refresh(first["refresh"]).json()
    elsewhere = log_in(APIClient(), teacher)
    let_grace_pass()
    assert_refused(refresh(first["refresh"]), "refresh_token_reused")
    assert_refused(refresh(second["refresh"]), "refresh_token_revoked")
    assert not works(second["access"])
    assert works(elsewhere["access"])


@pytest.mark.django_db(transaction=True)
def test_16_refreshes_of_one_token_at_once_give_one_pair(teacher):
    token = log_in(APIClient(), teacher)["refresh"]
    answers = at_once(16, lambda _: refresh(token))
    codes = sorted(answer.json().get("code", "ok") for answer in answers)
    assert codes == ["ok"] + ["refresh_token_spent"] * 15
    assert RefreshToken.objects.filter(spent_at=None).count() == 1


def test_a_phone_whose_answer_was_lost_stays_in_however_often(student):
    phone = Phone(student)
    token, lost = phone.refresh_token, []
    for _ in range(3):
        lost.append(refresh(token, phone.key).json())
        assert_refused(refresh(token, phone.key), "refresh_token_spent")
        let_grace_pass()
    arrived = refresh(token, phone.key).json()
    assert refresh(arrived["refresh"], phone.key).status_code == 200
    for pair in lost:
        assert_refused(refresh(pair["refresh"], phone.key), "refresh_token_invalid")


def test_a_bound_token_whose_answer_was_used_ends_its_family(student):
    phone = Phone(student)
    second = refresh(phone.refresh_token, phone.key).json()
    third = refresh(second["refresh"], phone.key).json()
    let_grace_pass()
    assert_refused(refresh(phone.refresh_token, phone.key), "refresh_token_reused")
    assert_refused(refresh(third["refresh"], phone.key), "refresh_token_revoked")


def test_nobody_else_gets_the_answer_that_was_lost(student):
    phone = Phone(student)
    refresh(phone.refresh_token, phone.key)
    let_grace_pass()
    assert_refused(refresh(phone.refresh_token), "device_proof_required")
    assert_refused(refresh(phone.refresh_token, DeviceKey()), "invalid_device_proof")


@pytest.mark.django_db(transaction=True)
def test_of_calls_at_once_for_a_lost_answer_one_gets_a_pair(student):
    phone = Phone(student)
    refresh(phone.refresh_token, phone.key)
    let_grace_pass()
    answers = at_once(8, lambda _: refresh(phone.refresh_token, phone.key))
    codes = sorted(answer.json().get("code", "ok") for answer in answers)
    assert codes == ["ok"] + ["refresh_token_spent"] * 7


def test_row_that_slipped_past_a_revocation_is_dead_with_its_family(teacher):
    # A rotation at the same moment as a log-out can leave a younger row unmarked.
    first = log_in(APIClient(), teacher)
    second = refresh(first["refresh"]).json()
    RefreshToken.objects.exclude(spent_at=None).update(revoked_at=clock.now())
    assert_refused(refresh(second["refresh"]), "refresh_token_revoked")
    assert not works(second["access"])


def test_bound_refresh_needs_its_key(student):
    phone = Phone(student)
    assert_refused(refresh(phone.refresh_token), "device_proof_required")
    assert_refused(refresh(phone.refresh_token, DeviceKey()), "invalid_device_proof")
    assert refresh(phone.refresh_token, phone.key).status_code == 200


def test_refreshed_token_stays_bound(student):
    phone = Phone(student)
    phone.access = refresh(phone.refresh_token, phone.key).json()["access"]
    assert not works(phone.access)
    assert phone.get("/devices").status_code == 200


def test_thief_without_the_key_cannot_end_the_family(student):
    phone = Phone(student)
    second = refresh(phone.refresh_token, phone.key).json()
    let_grace_pass()
    assert_refused(refresh(phone.refresh_token, DeviceKey()), "invalid_device_proof")
    assert refresh(second["refresh"], phone.key).status_code == 200


def test_refresh_proof_works_once(student):
    phone = Phone(student)
    proof = phone.key.proof("POST", HOST + REFRESH)
    send = APIClient().post
    first = send(REFRESH, {"refresh": phone.refresh_token}, "json", HTTP_DPOP=proof)
    body = {"refresh": first.json()["refresh"]}
    assert_refused(send(REFRESH, body, "json", HTTP_DPOP=proof), "device_proof_replayed")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "x" * 4096])
def test_nonsense_is_refused(db, token):
    assert_refused(refresh(token), "refresh_token_invalid")


def test_access_token_is_no_refresh_token(teacher):
    assert_refused(refresh(log_in(APIClient(), teacher)["access"]), "refresh_token_invalid")


def test_refresh_of_a_closed_or_waiting_account_is_refused(teacher):
    token = log_in(APIClient(), teacher)["refresh"]
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    assert_refused(refresh(token), "refresh_token_revoked")
    User.objects.filter(pk=teacher.pk).update(is_approved=True, is_active=False)
    assert_refused(refresh(token), "refresh_token_revoked")


def test_log_out_ends_this_log_in_only_and_may_be_repeated(teacher):
    here, there = log_in(APIClient(), teacher), log_in(APIClient(), teacher)
    for _ in range(2):
        response = APIClient().post(f"{API}/logout", {"refresh": here["refresh"]}, "json")
        assert response.status_code == 204
    assert not works(here["access"])
    assert_refused(refresh(here["refresh"]), "refresh_token_revoked")
    assert works(there["access"])
    assert refresh(there["refresh"]).status_code == 200


def test_log_out_with_nonsense_is_harmless(db, teacher):
    client = signed_in(teacher)
    assert APIClient().post(f"{API}/logout", {"refresh": "x"}, "json").status_code == 204
    assert client.get(f"{API}/devices").status_code == 200
