"""Who gets an account, and with which rights."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts import services
from accounts.models import Invitation, RegistrationTry, Role, RosterEntry, User
from accounts.services import registration
from accounts.tests.phone import API, PASSWORD, log_in, signed_in
from attendance_project import clock
from attendance_project.tests.threads import at_once

NEW = {
    "email": "New.Person@School.test",
    "password": "a quiet blue lamp",
    "full_name": "New Person",
    "institution_number": "n-100",
}


def register(kind: str, client: APIClient | None = None, **changes):
    return (client or APIClient()).post(f"{API}/register/{kind}", NEW | changes, "json")


def invite(role: Role, **kwargs) -> str:
    kwargs.setdefault("now", clock.now())
    return services.create_invitation(role=role, by=None, **kwargs)[1]


def assert_refused(response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.content


def test_student_registers_and_logs_in(db):
    answer = register("student")
    assert answer.status_code == 201
    assert answer.json()["email"] == "new.person@school.test"
    assert answer.json()["institution_number"] == "N-100"
    assert "password" not in answer.json()
    logged_in = log_in(APIClient(), NEW["email"], password=NEW["password"])
    assert logged_in["user"]["role"] == "student"


@pytest.mark.parametrize("kind", ["student", "teacher"])
def test_no_power_is_had_by_asking_for_it(db, kind):
    wishes = {
        "role": "admin",
        "is_superuser": True,
        "is_staff": True,
        "is_active": True,
        "is_approved": True,
        "approved_by": "me",
        "groups": [1],
        "user_permissions": [1],
        "id": "11111111-1111-1111-1111-111111111111",
    }
    assert register(kind, **wishes).status_code == 201
    user = User.objects.get(email="new.person@school.test")
    assert user.role == kind
    assert not user.is_superuser
    assert not user.is_staff
    assert user.is_approved == (kind == "student")
    assert str(user.pk) != wishes["id"]


def test_teacher_waits_until_an_admin_approves(admin_user):
    user_id = register("teacher").json()["id"]
    body = {"email": NEW["email"], "password": NEW["password"]}
    assert_refused(
        APIClient().post(f"{API}/login", body, "json"), 403, "account_waiting_for_approval"
    )
    admin = signed_in(admin_user)
    waiting = admin.get(f"{API}/accounts/waiting").json()["results"]
    assert [person["id"] for person in waiting] == [user_id]
    too_early = admin.post(f"{API}/accounts/{user_id}/approve")
    assert_refused(too_early, 409, "email_not_confirmed")
    services.confirm_email(User.objects.get(pk=user_id), now=clock.now())
    for _ in range(2):
        answer = admin.post(f"{API}/accounts/{user_id}/approve")
        assert answer.json()["is_approved"] is True
    assert User.objects.get(pk=user_id).approved_by == admin_user
    assert log_in(APIClient(), NEW["email"], password=NEW["password"])["user"]["role"] == "teacher"
    assert admin.get(f"{API}/accounts/waiting").json()["results"] == []


def test_only_admins_approve_invite_and_see_who_waits(student, teacher):
    waiting = register("teacher").json()["id"]
    for person in (student, teacher):
        client = signed_in(person)
        assert client.post(f"{API}/accounts/{waiting}/approve").status_code == 403
        assert client.get(f"{API}/accounts/waiting").status_code == 403
        body = {"role": "admin"}
        assert client.post(f"{API}/invitations", body, "json").status_code == 403
    assert not User.objects.get(pk=waiting).is_approved
    assert not Invitation.objects.exists()


def test_invited_teacher_is_in_at_once(admin_user):
    invitation = signed_in(admin_user).post(f"{API}/invitations", {"role": "teacher"}, "json")
    assert invitation.status_code == 201
    code = invitation.json()["code"]
    assert code not in str(Invitation.objects.values_list("code_digest", flat=True))
    assert register("teacher", invitation=code).json()["is_approved"] is True
    used = Invitation.objects.get()
    assert used.used_by.email == "new.person@school.test"
    again = {"email": "b@school.test", "institution_number": "B1"}
    assert_refused(register("teacher", invitation=code, **again), 400, "invitation_invalid")


def test_invitation_that_does_not_fit_is_refused(db, settings):
    other_role = invite(Role.ADMIN)
    other_address = invite(Role.TEACHER, email="someone@school.test")
    too_early = clock.now() - settings.INVITATION_LIFETIME - timedelta(seconds=1)
    expired = invite(Role.TEACHER, now=too_early)
    for code in (other_role, other_address, expired, "made-up", "x" * 100):
        assert_refused(register("teacher", invitation=code), 400, "invitation_invalid")
    assert not User.objects.exists()
    assert not Invitation.objects.exclude(used_at=None).exists()


def test_invitation_for_an_address_fits_it_in_any_spelling(db):
    code = invite(Role.TEACHER, email="NEW.person@school.test")
    assert register("teacher", invitation=code).status_code == 201


def test_invitation_survives_a_registration_that_fails(student):
    code = invite(Role.TEACHER)
    assert_refused(register("teacher", invitation=code, email=student.email), 409, "email_taken")
    assert_refused(register("teacher", invitation=code, password="short"), 400, "invalid_input")
    assert register("teacher", invitation=code).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_invitation_used_16_times_at_once_lets_one_in():
    code = invite(Role.ADMIN)

    def use(n: int) -> str:
        own = {"email": f"p{n}@school.test", "institution_number": f"P{n}"}
        return register("admin", invitation=code, **own).json().get("code", "ok")

    assert sorted(at_once(16, use)) == ["invitation_invalid"] * 15 + ["ok"]
    assert User.objects.filter(role=Role.ADMIN).count() == 1


def test_admin_is_made_by_an_admin(admin_user):
    answer = register("admin", signed_in(admin_user))
    assert (answer.status_code, answer.json()["role"]) == (201, "admin")
    assert User.objects.get(email="new.person@school.test").is_superuser


def test_admin_is_made_by_nobody_else(student, teacher):
    for client in (APIClient(), signed_in(student), signed_in(teacher)):
        assert_refused(register("admin", client, role="admin"), 403, "invitation_required")
        assert_refused(register("admin", client, invitation="made-up"), 400, "invitation_invalid")
    assert_refused(register("admin", invitation=invite(Role.TEACHER)), 400, "invitation_invalid")
    assert not User.objects.filter(role=Role.ADMIN).exists()


def test_no_student_invitations_are_made(admin_user):
    answer = signed_in(admin_user).post(f"{API}/invitations", {"role": "student"}, "json")
    assert_refused(answer, 400, "invalid_input")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "S1@School.test"}, "email_taken"),
        ({"institution_number": "s1"}, "number_taken"),
    ],
)
def test_what_someone_has_is_taken_in_any_spelling(student, changes, code):
    assert_refused(register("student", **changes), 409, code)


@pytest.mark.django_db(transaction=True)
def test_16_registrations_at_once_with_one_email_make_one_account():
    def use(n: int) -> str:
        return register("student", institution_number=f"P{n}").json().get("code", "ok")

    assert sorted(at_once(16, use)) == ["email_taken"] * 15 + ["ok"]
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "1234567890123", "qwertyuiop", "New Person"])
def test_weak_password_is_refused(db, password):
    answer = register("student", password=password)
    assert_refused(answer, 400, "invalid_input")
    assert answer.json()["fields"]["password"]


@pytest.mark.parametrize("number", ["Ѕ1", "S 1", "../S1", "S1\u200b", "١٢٣", "-1"])
def test_number_that_could_pass_for_another_is_refused(db, number):
    answer = register("student", institution_number=number)
    assert_refused(answer, 400, "invalid_input")
    assert list(answer.json()["fields"]) == ["institution_number"]


def test_domain_limit_holds_for_students_and_uninvited_teachers(db, settings):
    settings.REGISTRATION_EMAIL_DOMAINS = ["uni.test"]
    for kind in ("student", "teacher"):
        assert_refused(register(kind), 403, "email_domain_not_allowed")
        for email in ("a@evil.uni.test", "uni.test@school.test", "a@uni.test.evil.test"):
            assert_refused(register(kind, email=email), 403, "email_domain_not_allowed")
    assert register("student", email="A@UNI.test").status_code == 201
    assert (
        register("teacher", invitation=invite(Role.TEACHER), institution_number="N2").status_code
        == 201
    )


def test_roster_admits_only_who_is_on_it(db, settings):
    settings.REGISTRATION_ROSTER_ONLY = True
    RosterEntry.objects.create(email="new.person@school.test", institution_number="N-100")
    RosterEntry.objects.create(email="other@school.test", institution_number="N-200")
    for changes in (
        {"institution_number": "N-200"},
        {"email": "other@school.test"},
        {"email": "stranger@school.test"},
        {"institution_number": "N-300"},
    ):
        assert_refused(register("student", **changes), 403, "not_on_roster")
    assert register("student").status_code == 201


def test_password_is_stored_hashed(db):
    register("student")
    user = User.objects.get()
    assert NEW["password"] not in user.password
    assert user.check_password(NEW["password"])
    assert not user.check_password(PASSWORD)


def another(number: int) -> dict[str, str]:
    return {"email": f"p{number}@school.test", "institution_number": f"P{number}"}


def test_too_many_from_one_address_have_to_wait(db, settings):
    settings.REGISTRATIONS_PER_ADDRESS = 2
    assert [register("student", **another(n)).status_code for n in range(2)] == [201, 201]
    for kind in ("student", "teacher"):
        refused = register(kind, **another(3))
        assert_refused(refused, 429, "too_many_attempts")
        assert int(refused.headers["Retry-After"]) >= 3600
    elsewhere = APIClient(REMOTE_ADDR="192.0.2.7")
    assert register("student", elsewhere, **another(4)).status_code == 201
    RegistrationTry.objects.update(at=clock.now() - registration.WINDOW)
    assert register("student", **another(3)).status_code == 201


def test_tries_that_fail_count_or_addresses_could_be_tried_out(student, settings):
    settings.REGISTRATIONS_PER_ADDRESS = 2
    taken = {"email": student.email, "institution_number": "P1"}
    assert [register("student", **taken).status_code for _ in range(3)] == [409, 409, 429]


def test_an_invitation_is_a_way_past_the_limit(db, settings):
    settings.REGISTRATIONS_PER_ADDRESS = 0
    assert_refused(register("teacher"), 429, "too_many_attempts")
    assert register("teacher", invitation=invite(Role.TEACHER)).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_tries_at_one_moment_are_counted_together(settings):
    settings.REGISTRATIONS_PER_ADDRESS = 2
    codes = at_once(6, lambda n: register("student", **another(n)).status_code)
    assert codes.count(201) <= 2
    assert User.objects.count() == codes.count(201)
    assert RegistrationTry.objects.count() <= 2
