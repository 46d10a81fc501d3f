"""A student has one active phone, and a phone has one student."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts import services
from accounts.models import ConsentAction, ConsentEvent, Device
from accounts.queries import face_consent
from accounts.services import devices
from accounts.tests.phone import API, DeviceKey, Phone, log_in, signed_in
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests.threads import at_once


def standing(user, key: DeviceKey, now=None) -> str:
    return services.device_standing(user, key.jkt, now=now or clock.now())[1]


def statuses(user) -> list[str]:
    return sorted(Device.objects.filter(user=user).values_list("status", flat=True))


def assert_refused(response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.content


@pytest.fixture
def old(student) -> Phone:
    return Phone(student)


@pytest.fixture
def new(old, student) -> Phone:
    """A second phone of the same student, which waits."""
    return Phone(student)


def test_first_phone_is_active_at_once(student, old):
    assert old.device["status"] == "active"
    assert standing(student, old.key) == "active"


def test_same_phone_again_stays_what_it_is(student, old):
    again = old.log_in(student)
    assert again["device"]["id"] == old.login["device"]["id"]
    assert statuses(student) == ["active"]


def test_second_phone_waits_and_says_how_long(student, old, new, settings):
    assert new.device["status"] == "pending"
    assert new.device["activates_at"]
    assert new.device["message"]
    assert standing(student, new.key) == "waiting"
    assert standing(student, old.key) == "active"
    device = Device.objects.get(jkt=new.key.jkt)
    assert device.activates_at - device.registered_at == settings.DEVICE_COOLING_OFF


def test_log_ins_do_not_shorten_or_restart_the_wait(student, old, new):
    before = Device.objects.get(jkt=new.key.jkt).activates_at
    new.log_in(student)
    assert Device.objects.get(jkt=new.key.jkt).activates_at == before


def test_waiting_phone_takes_over_when_its_time_has_come(student, old, new, settings):
    due = clock.now() + settings.DEVICE_COOLING_OFF
    assert standing(student, new.key, due - timedelta(minutes=1)) == "waiting"
    assert standing(student, new.key, due + timedelta(seconds=1)) == "active"
    assert standing(student, old.key, due + timedelta(seconds=1)) == "revoked"
    assert statuses(student) == ["active", "revoked"]


def test_take_over_that_broke_off_is_finished_by_the_next_call(student, old, new, settings):
    Device.objects.filter(jkt=old.key.jkt).update(status="revoked")
    due = clock.now() + settings.DEVICE_COOLING_OFF + timedelta(seconds=1)
    assert standing(student, new.key, due) == "active"


def test_several_waiting_phones_are_no_pool_to_swap_between(student, old, new, settings):
    third = Phone(student)
    due = clock.now() + settings.DEVICE_COOLING_OFF + timedelta(seconds=1)
    assert standing(student, new.key, due) == "active"
    assert standing(student, third.key, due) == "waiting"
    assert standing(student, third.key, due + settings.DEVICE_COOLING_OFF) == "active"


def meanwhile(monkeypatch, change):
    """Let ``change`` happen after the active phone is retired and before the new one is active."""
    retire = devices._retire

    def then_change(pk, now):
        retired = retire(pk, now)
        change()
        return retired

    monkeypatch.setattr(devices, "_retire", then_change)


def test_take_over_of_a_phone_that_is_revoked_meanwhile_leaves_the_old_one_active(
    student, teacher, old, new, monkeypatch
):
    waiting = Device.objects.get(jkt=new.key.jkt)
    meanwhile(monkeypatch, lambda: services.revoke_device(waiting, now=clock.now()))
    with pytest.raises(Refusal) as caught:
        services.approve_device(waiting, by=teacher, now=clock.now())
    assert caught.value.code == "device_revoked"
    assert standing(student, old.key) == "active"
    assert standing(student, new.key) == "revoked"


def test_take_over_that_another_phone_wins_is_refused_and_leaves_one_active(
    student, teacher, old, new, monkeypatch
):
    third = Device.objects.filter(jkt=Phone(student).key.jkt)
    meanwhile(monkeypatch, lambda: third.update(status="active"))
    waiting = Device.objects.get(jkt=new.key.jkt)
    with pytest.raises(Refusal) as caught:
        services.approve_device(waiting, by=teacher, now=clock.now())
    assert caught.value.code == "device_changed"
    assert statuses(student) == ["active", "pending", "revoked"]
    assert third.get().status == "active"


@pytest.mark.django_db(transaction=True)
def test_phones_that_take_over_at_once_leave_one_active(student, settings):
    keys = [Phone(student).key for _ in range(5)]
    due = clock.now() + settings.DEVICE_COOLING_OFF + timedelta(seconds=5)
    at_once(16, lambda n: standing(student, keys[1 + n % 4], due))
    assert Device.objects.filter(user=student, status="active").count() == 1
    assert Device.objects.filter(user=student).count() == 5


@pytest.mark.django_db(transaction=True)
def test_first_log_ins_at_once_with_several_phones_make_one_active(student, settings):
    settings.LOGIN_FAILURES_PER_ACCOUNT = 8
    keys = [DeviceKey() for _ in range(8)]
    at_once(8, lambda n: log_in(APIClient(), student, keys[n]))
    assert statuses(student) == ["active"] + ["pending"] * 7


@pytest.mark.django_db(transaction=True)
def test_log_ins_at_once_with_one_phone_make_one_device(student, settings):
    settings.LOGIN_FAILURES_PER_ACCOUNT = 16
    key = DeviceKey()
    answers = at_once(8, lambda _: log_in(APIClient(), student, key)["device"])
    assert {answer["id"] for answer in answers} == {str(Device.objects.get().pk)}
    assert statuses(student) == ["active"]


def test_second_student_on_the_same_phone_gets_no_device(student, old, classmate):
    theirs = Phone(classmate, key=old.key)
    assert theirs.device is None
    assert theirs.login["notice"]["code"] == "device_of_another_student"
    assert theirs.get("/devices").json()["results"] == []
    device, found = services.device_standing(classmate, old.key.jkt, now=clock.now())
    assert (device.user, found) == (student, "of_another_student")
    assert standing(student, old.key) == "active"


def test_revoked_phone_is_not_free_for_another_student(student, old, classmate):
    old.delete(f"/devices/{old.device['id']}")
    assert Phone(classmate, key=old.key).device is None
    assert standing(classmate, old.key) == "of_another_student"


@pytest.mark.django_db(transaction=True)
def test_two_students_who_register_one_phone_at_once(student, classmate):
    key = DeviceKey()
    people = [student, classmate]
    answers = at_once(2, lambda n: log_in(APIClient(), people[n], key)["device"])
    assert sorted(answer is None for answer in answers) == [False, True]
    assert Device.objects.count() == 1


def test_key_nobody_registered_is_unknown(student, db):
    assert services.device_standing(student, "nothing", now=clock.now()) == (None, "unknown")


def test_revoked_phone_is_logged_out_and_waits_when_it_comes_back(student, old):
    assert old.delete(f"/devices/{old.device['id']}").status_code == 204
    assert old.get("/devices").status_code == 401
    assert standing(student, old.key) == "revoked"
    assert old.log_in(student)["device"]["status"] == "pending"
    assert standing(student, old.key) == "waiting"


def test_revoking_ones_phone_does_not_make_the_next_one_first(student, old):
    old.delete(f"/devices/{old.device['id']}")
    assert Phone(student).device["status"] == "pending"


def test_others_neither_see_nor_revoke_a_phone(old, classmate, teacher):
    path = f"{API}/devices/{old.device['id']}"
    for person in (classmate, teacher):
        client = signed_in(person)
        assert client.delete(path).status_code == 404
        listed = client.get(f"{API}/devices", {"user": str(old.login["user"]["id"])})
        assert listed.json()["results"] == []
    assert Device.objects.get().status == "active"


def test_admin_sees_and_revokes_all(old, student, classmate, admin_user):
    Phone(classmate)
    client = signed_in(admin_user)
    assert client.get(f"{API}/devices").json()["count"] == 2
    mine = client.get(f"{API}/devices", {"user": str(student.pk)}).json()["results"]
    assert [device["user"] for device in mine] == [str(student.pk)]
    assert client.delete(f"{API}/devices/{old.device['id']}").status_code == 204
    assert standing(student, old.key) == "revoked"


@pytest.mark.parametrize("role", ["teacher", "admin_user"])
def test_approved_phone_takes_over_at_once(student, course, old, new, role, request):
    approver = request.getfixturevalue(role)
    client = signed_in(approver)
    listed = client.get(f"{API}/devices", {"status": "pending"}).json()["results"]
    assert [device["id"] for device in listed] == [new.device["id"]]
    for _ in range(2):
        answer = client.post(f"{API}/devices/{new.device['id']}/approve")
        assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert standing(student, old.key) == "revoked"
    assert Device.objects.get(jkt=new.key.jkt).approved_by == approver


def test_a_teacher_of_others_neither_sees_nor_approves_a_phone(course, colleague, student, new):
    client = signed_in(colleague)
    assert client.get(f"{API}/devices", {"status": "pending"}).json()["results"] == []
    assert client.post(f"{API}/devices/{new.device['id']}/approve").status_code == 404
    assert standing(student, new.key) == "waiting"


def test_students_approve_nothing(student, classmate, new):
    path = f"/devices/{new.device['id']}/approve"
    assert_refused(new.post(path), 403, "role_not_allowed")
    assert_refused(Phone(classmate).post(path), 403, "role_not_allowed")
    assert standing(student, new.key) == "waiting"


def test_revoked_phone_cannot_be_approved(old, student, admin_user):
    old.delete(f"/devices/{old.device['id']}")
    answer = signed_in(admin_user).post(f"{API}/devices/{old.device['id']}/approve")
    assert_refused(answer, 409, "device_revoked")


@pytest.mark.parametrize("query", [{"user": "x"}, {"status": "lost"}, {"page": "x"}])
def test_malformed_filter_is_refused(admin_user, query):
    assert signed_in(admin_user).get(f"{API}/devices", query).status_code in (400, 404)


def test_latest_answer_on_consent_counts_and_all_are_kept(student, classmate):
    assert face_consent(student) is None
    at = clock.now()
    for n, say in enumerate(
        [services.decline_consent, services.give_consent, services.withdraw_consent]
    ):
        say(student, "2027-01", now=at + timedelta(seconds=n))
    assert face_consent(student).action == ConsentAction.WITHDRAWN
    assert face_consent(classmate) is None
    assert ConsentEvent.objects.count() == 3
