"""Profiles and passwords: people change their own, and gain no rights by it."""

import uuid

import pytest
from rest_framework.test import APIClient

from accounts.models import Role, User
from accounts.tests.phone import API, PASSWORD, Phone, log_in, signed_in
from attendance_project.tests.threads import at_once


def update(client, user: User, **body):
    return client.patch(f"{API}/profile/update/{user.pk}", body, format="json")


def assert_refused(response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.content


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.fixture
def second_admin(admin_user) -> User:
    return User.objects.create_superuser(
        "second@school.test", PASSWORD, full_name="Admin Two", institution_number="A2"
    )


def test_own_profile_is_shown(student):
    profile = Phone(student).get(f"/profile/{student.pk}").json()
    assert profile["institution_number"] == "S1"
    assert "password" not in profile


def test_profile_of_others_is_not_there(student, classmate, teacher, admin_user):
    for person in (student, teacher):
        client = Phone(person) if person.is_student else signed_in(person)
        for other in (classmate, admin_user):
            assert client.get(f"{API}/profile/{other.pk}").status_code == 404
            assert update(client, other, full_name="Stolen").status_code == 404
            path = f"{API}/profile/update/{other.pk}"
            assert client.put(path, {}, format="json").status_code == 404
    assert fresh(classmate).full_name == classmate.full_name


def test_admin_sees_and_changes_anyones(admin_user, student):
    client = signed_in(admin_user)
    assert client.get(f"{API}/profile/{student.pk}").json()["email"] == student.email
    changes = {"full_name": "Right Name", "institution_number": "s77", "email": "x@school.test"}
    assert update(client, student, **changes).status_code == 200
    changed = fresh(student)
    assert (changed.full_name, changed.institution_number) == ("Right Name", "S77")
    assert changed.email == "x@school.test"


def test_profile_nobody_has_is_not_there(admin_user):
    assert signed_in(admin_user).get(f"{API}/profile/{uuid.uuid4()}").status_code == 404


def test_own_department_can_be_changed_and_a_name_waits(student):
    answer = update(Phone(student), student, full_name="Ann B", department="CS").json()
    assert (answer["full_name"], answer["name_to_approve"]) == (student.full_name, "Ann B")
    assert (fresh(student).full_name, fresh(student).department) == (student.full_name, "CS")


def test_whole_profile_can_be_sent_back(student):
    client = Phone(student)
    profile = client.get(f"{API}/profile/{student.pk}").json()
    answer = client.put(
        f"{API}/profile/update/{student.pk}", profile | {"department": "CS"}, format="json"
    )
    assert (answer.status_code, answer.json()["department"]) == (200, "CS")


def test_put_needs_the_whole(student):
    path = f"{API}/profile/update/{student.pk}"
    answer = Phone(student).put(path, {"department": "CS"}, format="json")
    assert_refused(answer, 400, "invalid_input")
    assert set(answer.json()["fields"]) == {"full_name", "email"}


@pytest.mark.parametrize("role", ["teacher", "admin"])
def test_nobody_raises_their_own_role(student, role):
    answer = update(Phone(student), student, role=role, full_name="Boss")
    assert_refused(answer, 403, "admin_only")
    assert list(answer.json()["fields"]) == ["role"]
    assert (fresh(student).role, fresh(student).full_name) == ("student", student.full_name)


def test_fields_that_are_no_inputs_are_not_obeyed(teacher):
    User.objects.filter(pk=teacher.pk).update(department="CS")
    wishes = {"is_superuser": True, "is_staff": True, "groups": [1], "is_approved": False}
    answer = update(signed_in(teacher), teacher, **wishes)
    assert_refused(answer, 400, "not_changeable")
    assert set(answer.json()["fields"]) == set(wishes)
    user = fresh(teacher)
    assert not user.is_superuser
    assert user.is_approved


@pytest.mark.parametrize("body", [{"institution_number": "S99"}, {"is_active": False}])
def test_student_changes_neither_number_nor_standing(student, body):
    assert_refused(update(Phone(student), student, **body), 403, "admin_only")


@pytest.mark.parametrize("body", [{"role": "teacher"}, {"is_active": False}])
def test_admin_cannot_demote_or_close_themself(admin_user, second_admin, body):
    assert_refused(update(signed_in(admin_user), admin_user, **body), 403, "not_on_yourself")
    assert fresh(admin_user).is_admin


def test_demoted_admin_has_no_power_left(admin_user, second_admin):
    theirs = signed_in(second_admin)
    assert update(signed_in(admin_user), second_admin, role="teacher").status_code == 200
    user = fresh(second_admin)
    assert (user.role, user.is_superuser, user.is_staff) == ("teacher", False, False)
    assert theirs.get(f"{API}/devices").status_code == 401


def test_closed_account_is_out_at_once(admin_user, student):
    phone = Phone(student)
    assert update(signed_in(admin_user), student, is_active=False).status_code == 200
    assert phone.get("/devices").status_code == 401
    body = {"email": student.email, "password": PASSWORD}
    assert_refused(APIClient().post(f"{API}/login", body, "json"), 401, "wrong_credentials")


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_close_each_other_at_once_do_not_both_win(admin_user, second_admin):
    pairs = [(signed_in(admin_user), second_admin), (signed_in(second_admin), admin_user)]
    at_once(2, lambda n: update(pairs[n][0], pairs[n][1], is_active=False))
    assert User.objects.filter(role=Role.ADMIN, is_active=True).exists()


def test_own_email_needs_the_password(student):
    client = Phone(student)
    assert_refused(update(client, student, email="new@school.test"), 400, "wrong_password")
    assert_refused(
        update(client, student, email="new@school.test", current_password="wrong"),
        400,
        "wrong_password",
    )
    assert fresh(student).email == "s1@school.test"
    answer = update(client, student, email="New@School.test", current_password=PASSWORD)
    assert answer.json()["email"] == "s1@school.test"
    assert answer.json()["email_to_confirm"] == "new@school.test"


def test_email_or_number_of_someone_else_is_taken(admin_user, student, classmate):
    own = {"email": classmate.email.upper(), "current_password": PASSWORD}
    assert_refused(update(Phone(student), student, **own), 409, "email_taken")
    admin = signed_in(admin_user)
    assert_refused(update(admin, student, email=classmate.email), 409, "email_taken")
    assert_refused(update(admin, student, institution_number="s2"), 409, "number_taken")


@pytest.mark.django_db(transaction=True)
def test_16_people_who_take_one_email_at_once(admin_user):
    people = [
        User.objects.create_user(
            f"p{n}@school.test",
            PASSWORD,
            full_name=f"P {n}",
            institution_number=f"P{n}",
            is_approved=True,
        )
        for n in range(16)
    ]
    admin = log_in(APIClient(), admin_user)["access"]

    def take(n: int) -> str:
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {admin}")
        return update(client, people[n], email="wanted@school.test").json().get("code", "ok")

    assert sorted(at_once(16, take)) == ["email_taken"] * 15 + ["ok"]


def change_password(client, current: str = PASSWORD, new: str = "a quiet blue lamp"):
    body = {"current_password": current, "new_password": new}
    return client.post(f"{API}/password/change", body, "json")


def test_new_password_ends_every_log_in(teacher):
    here, there = signed_in(teacher), log_in(APIClient(), teacher)
    assert change_password(here).status_code == 204
    assert here.get(f"{API}/devices").status_code == 401
    refresh = {"refresh": there["refresh"]}
    assert APIClient().post(f"{API}/token/refresh", refresh, "json").status_code == 401
    assert log_in(APIClient(), teacher, password="a quiet blue lamp")["access"]


def test_password_changed_behind_our_back_ends_every_log_in_too(teacher):
    answer = log_in(APIClient(), teacher)
    teacher.set_password("a quiet blue lamp")  # `manage.py changepassword` does it this way
    teacher.save()
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {answer['access']}")
    assert_refused(client.get(f"{API}/devices"), 401, "token_not_valid")
    body = {"refresh": answer["refresh"]}
    refreshed = APIClient().post(f"{API}/token/refresh", body, "json")
    assert_refused(refreshed, 401, "refresh_token_invalid")


def test_new_password_needs_the_old_one_and_some_strength(teacher):
    client = signed_in(teacher)
    assert_refused(change_password(client, current="wrong"), 400, "wrong_password")
    answer = change_password(client, new="12345")
    assert_refused(answer, 400, "invalid_input")
    assert list(answer.json()["fields"]) == ["new_password"]
    assert fresh(teacher).check_password(PASSWORD)


def test_stolen_token_does_not_open_a_way_to_guess_the_password(teacher, stopped_clock):
    client = signed_in(teacher)
    answers = [change_password(client, current=f"guess {n}").status_code for n in range(6)]
    assert answers == [400] * 5 + [429]
    email = {"email": "thief@school.test", "current_password": PASSWORD}
    assert_refused(update(client, teacher, **email), 429, "too_many_attempts")
