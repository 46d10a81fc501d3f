"""Keeping others out, taking an account over by its password, and being somebody else."""

import pytest

from accounts.models import Device, ErasureRequest, User
from accounts.services import resets
from accounts.tests.phone import HOST, PASSWORD, DeviceKey
from attendance_project.tests.doors.outsider import (
    at_once,
    mails_to,
    secret_in,
    told,
    wait_for_mail,
)
from sessions_app.models import Enrolment

CHOSEN = "a quiet blue lamp"

# --- nobody is kept out ---------------------------------------------------------------


@pytest.mark.parametrize("way", ["page", "administration", "API"])
def test_guesses_keep_no_teacher_out_of_a_known_browser(come, admin_user, way):
    def try_from(who, password):
        if way == "API":
            return who.take_token(admin_user.email, password)
        path = "/login/" if way == "page" else "/admin/login/"
        return who.form(path, {"username": admin_user.email, "password": password})

    own, thief = come(), come()
    try_from(own, PASSWORD)
    for _ in range(12):
        try_from(thief, "wrong")
    assert try_from(thief, PASSWORD).status_code == 429
    own.http.cookies.delete("sessionid", domain="localhost.local")
    assert try_from(own, PASSWORD).status_code in (200, 302)
    assert own.is_in() or own.access


def test_a_phone_that_logged_in_before_is_not_kept_out(come, phone_of, student):
    own = phone_of(student)
    for _ in range(12):
        come().take_token(student.email, "wrong")
    assert come().take_token(student.email).status_code == 429
    own.log_in(student)
    assert own.get("/profile/" + str(student.pk)).status_code == 200


def test_guesses_at_invented_accounts_count_against_nobody_else(come, teacher):
    for number in range(30):
        come().take_token(f"invented{number}@school.test", "wrong")
    assert come().take_token(teacher.email).status_code == 200


def test_an_invented_account_is_answered_like_a_real_one(come, teacher):
    real = [come().take_token(teacher.email, "wrong") for _ in range(8)]
    invented = [come().take_token("nobody@school.test", "wrong") for _ in range(8)]
    assert [told(answer) for answer in real] == [told(answer) for answer in invented]


def test_requests_for_links_end_nobodys_requests(come, server, teacher):
    own = come()
    own.log_in(teacher.email)
    own.form("/logout/", {}, page="/account/")
    for number in range(40):
        come().form("/password/forgotten/", {"email": f"invented{number}@school.test"})
    answer = own.form("/password/forgotten/", {"email": teacher.email})
    assert answer.status_code == 200, answer.text
    assert "#" in wait_for_mail(server, teacher.email, about="/password/new/")


def test_requests_at_once_send_few_mails(come, server, colleague):
    at_once(16, lambda: come().form("/password/forgotten/", {"email": colleague.email}))
    wait_for_mail(server, colleague.email, about="/password/new/")
    assert len(mails_to(server, colleague.email)) <= resets.RESETS_PER_ACCOUNT.free


# --- the password alone ---------------------------------------------------------------

ACTS = [
    ("DELETE", "/face", None),
    ("POST", "/face/consent", {"action": "withdraw", "purpose": "face_recognition"}),
    ("POST", "/erasure", None),
    ("DELETE", "/devices/{device}", None),
    ("PUT", "/profile/update/{user}", {"full_name": "Somebody Else", "email": "s1@school.test"}),
    ("PATCH", "/profile/update/{user}", {"email": "thief@x.test", "current_password": PASSWORD}),
    ("POST", "/password/change", {"current_password": PASSWORD, "new_password": CHOSEN}),
]


def test_the_password_alone_changes_nothing_and_reads(come, phone_of, student):
    device = phone_of(student).device
    thief = come()
    thief.take_token(student.email)
    for method, path, body in ACTS:
        answer = thief.call(method, path.format(device=device["id"], user=student.pk), body)
        assert told(answer) == (403, "active_phone_required"), path
    assert thief.call("GET", f"/profile/{student.pk}").status_code == 200
    assert Device.objects.get(pk=device["id"]).status == "active"
    assert not ErasureRequest.objects.exists()


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_no_header_turns_reading_into_deleting(come, student, name):
    thief = come()
    thief.take_token(student.email)
    headers = {"Authorization": f"Bearer {thief.access}", name: "DELETE"}
    assert thief.get("/api/v1/face", headers=headers).status_code == 200
    assert thief.http.post("/api/v1/face", headers=headers).status_code in (403, 405)


def test_a_token_of_the_phone_is_worth_nothing_without_its_key(come, phone_of, student):
    stolen = phone_of(student).access
    for scheme in ("Bearer", "DPoP"):
        headers = {"Authorization": f"{scheme} {stolen}"}
        assert come().get(f"/api/v1/profile/{student.pk}", headers=headers).status_code == 401
    proof = DeviceKey().proof("GET", f"{HOST}/api/v1/profile/{student.pk}", stolen)
    headers = {"Authorization": f"DPoP {stolen}", "DPoP": proof, "Host": "testserver"}
    assert come().get(f"/api/v1/profile/{student.pk}", headers=headers).status_code == 401


def test_a_refresh_token_is_no_access_token(come, student):
    visitor = come()
    refresh = visitor.take_token(student.email).json()["refresh"]
    headers = {"Authorization": f"Bearer {refresh}"}
    assert come().get(f"/api/v1/profile/{student.pk}", headers=headers).status_code == 401


# --- who one is -----------------------------------------------------------------------


def register(come, name, number="N7", **more):
    body = {"email": f"{name}@school.test", "password": CHOSEN, "full_name": name.title()}
    return come().call("POST", "/register/student", body | {"institution_number": number} | more)


def test_an_account_counts_once_its_mailbox_confirmed_it(come, server, course, teacher):
    assert register(come, "ann").status_code == 201
    desk = come()
    desk.take_token(teacher.email)
    enrol = ("POST", f"/courses/{course.pk}/enrolments", {"institution_numbers": ["N7"]})
    assert desk.call(*enrol).status_code in (400, 404, 409)
    assert not Enrolment.objects.filter(student__email="ann@school.test").exists()
    secret = secret_in(wait_for_mail(server, "ann@school.test", about="/confirm/"))
    fields = {"code": secret, "confirmed": "true", "current_password": CHOSEN}
    assert come().form("/confirm/", fields).status_code == 200
    assert desk.call(*enrol).status_code in (200, 201)


def test_a_role_and_rights_are_not_to_be_asked_for(come):
    wishes = {"role": "admin", "is_superuser": True, "is_staff": True, "is_approved": True}
    wishes |= {"email_confirmed": True, "is_active": True, "id": "1" * 32, "groups": [1]}
    answer = register(come, "eve", **wishes)
    account = User.objects.get(email="eve@school.test")
    assert answer.status_code == 201
    assert (account.role, account.is_superuser, account.is_confirmed) == ("student", False, False)


@pytest.mark.parametrize("name", ["Ann\u202eeeL", "Ann\u200bLee", "Ann\nLee", "Ann\x00Lee", "123"])
def test_a_name_that_hides_something_is_refused(come, name):
    answer = register(come, "ann", full_name=name)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["full_name"])


def test_a_classmates_name_in_other_letters_is_not_taken(phone_of, student, classmate, course):
    User.objects.filter(pk=classmate.pk).update(full_name="Kavya Rao")
    body = {"full_name": "K\u0430vy\u0430 R\u0430o", "email": student.email}
    phone_of(student).put(f"/profile/update/{student.pk}", body)
    student.refresh_from_db()
    assert student.full_name == "Student S1"


def test_nobody_registers_with_anothers_address(come, student):
    before = student.password
    answer = register(come, "s1")
    assert answer.status_code == 409
    student.refresh_from_db()
    assert student.password == before
