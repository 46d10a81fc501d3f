"""A student's wish to be erased: asking, asking twice, and taking it back."""

import pytest

from accounts.models import ErasureRequest
from accounts.tests.phone import DeviceKey, Phone, signed_in
from attendance_project.tests.threads import at_once


@pytest.fixture
def phone(student) -> Phone:
    return Phone(student)


def test_where_nobody_asked_all_is_empty(phone):
    assert phone.get("/erasure").json() == {"state": None, "asked_at": None, "closed_at": None}


def test_asking_twice_is_one_request(phone, student):
    first = phone.post("/erasure")
    assert first.status_code == 201
    assert first.json()["state"] == "waiting"
    waiting = phone.get("/erasure").json()
    assert phone.post("/erasure").json() == waiting
    assert ErasureRequest.objects.filter(user=student).count() == 1


def test_it_is_taken_back_and_asked_for_anew(phone, student):
    phone.post("/erasure")
    assert phone.delete("/erasure").status_code == 204
    told = phone.get("/erasure").json()
    assert told["state"] == "withdrawn"
    assert told["closed_at"]
    assert phone.delete("/erasure").status_code == 204
    assert phone.post("/erasure").json()["state"] == "waiting"
    assert ErasureRequest.objects.filter(user=student).count() == 2


def test_what_was_begun_cannot_be_taken_back(phone):
    phone.post("/erasure")
    ErasureRequest.objects.update(state="begun")
    answer = phone.delete("/erasure")
    assert answer.status_code == 409
    assert answer.json()["code"] == "erasure_begun"
    assert ErasureRequest.objects.get().is_open


def test_nobody_asks_for_another(phone, classmate):
    phone.post("/erasure", {"user": str(classmate.pk), "state": "done"})
    assert ErasureRequest.objects.get().user_id != classmate.pk
    assert Phone(classmate).get("/erasure").json()["state"] is None


def test_a_teacher_has_no_such_wish(teacher):
    assert signed_in(teacher).post("/api/v1/erasure").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_the_same_moment_one_is_kept(student):
    key = DeviceKey()
    phones = [Phone(student, key) for _ in range(4)]
    answers = at_once(4, lambda n: phones[n].post("/erasure"))
    assert {answer.status_code for answer in answers} == {201}
    assert ErasureRequest.objects.count() == 1


def test_the_admin_sees_who_waits(client, phone, student, admin_user):
    client.force_login(admin_user)
    assert "erasure request" not in client.get("/").content.decode()
    phone.post("/erasure")
    assert "erasure request" in client.get("/").content.decode()
    page = client.get("/people/erasures/").content.decode()
    assert student.full_name in page
    assert f"manage.py erase_person {student.institution_number}" in page
    assert client.get("/admin/accounts/erasurerequest/").status_code == 200
