"""Attacks with a student's password and no phone, and what a link in a mail does instead."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.views.debug import SafeExceptionReporterFilter
from rest_framework.test import APIClient

from accounts import services
from accounts.models import Device, ErasureRequest, ReservedEmail, User
from accounts.services import links, new_emails
from accounts.tests.phone import PASSWORD, Phone, log_in, signed_in
from attendance_project import clock
from attendance_project.tests.threads import at_once, wait_for_mails

NEW = "ann.new@school.test"


def no_phone(student: User):
    """A call of somebody who knows the password and logged in without a phone."""
    client = signed_in(student)
    return lambda method, path, body=None: getattr(client, method)(
        "/api/v1" + path, body, format="json"
    )


def other_phone(student: User):
    """A call of somebody who knows the password and logged in on a phone, which waits."""
    phone = Phone(student)
    assert phone.device["status"] == "pending"
    return lambda method, path, body=None: phone.call(method.upper(), path, body)


ACTS = [
    ("delete", "/face", None),
    ("post", "/face/consent", {"action": "withdraw", "purpose": "face_recognition"}),
    ("post", "/erasure", None),
    ("delete", "/erasure", None),
    ("delete", "/devices/{device}", None),
    ("patch", "/profile/update/{user}", {"full_name": "Somebody Else"}),
    (
        "patch",
        "/profile/update/{user}",
        {"email": "thief@school.test", "current_password": PASSWORD},
    ),
    (
        "post",
        "/password/change",
        {"current_password": PASSWORD, "new_password": "a quiet blue lamp"},
    ),
]


@pytest.mark.parametrize("whose", [no_phone, other_phone])
@pytest.mark.parametrize(("method", "path", "body"), ACTS)
def test_password_alone_changes_nothing(student, whose, method, path, body):
    mine = Phone(student)
    call = whose(student)
    path = path.format(device=mine.device["id"], user=student.pk)
    answer = call(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "active_phone_required")
    assert Device.objects.get(pk=mine.device["id"]).status == "active"
    assert not ErasureRequest.objects.exists()
    before = (student.full_name, student.email)
    student.refresh_from_db()
    assert (student.full_name, student.email) == before
    assert student.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/passkeys/options", "/passkeys"])
def test_waiting_phone_makes_no_passkey(student, path):
    Phone(student)
    answer = other_phone(student)("post", path, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "active_phone_required")


def test_password_alone_reads_and_logs_out(student):
    Phone(student)
    call = no_phone(student)
    for path in ("/face", "/erasure", "/devices", f"/profile/{student.pk}", "/my-data"):
        assert call("get", path).status_code == 200
    refresh = log_in(APIClient(), student)["refresh"]
    assert call("post", "/logout", {"refresh": refresh}).status_code == 204


def test_active_phone_does_it_all_and_a_waiting_one_removes_itself(student):
    mine, waiting = Phone(student), Phone(student)
    assert waiting.delete(f"/devices/{waiting.device['id']}").status_code == 204
    assert mine.delete("/face").status_code == 204
    assert mine.post("/erasure").status_code == 201
    assert mine.delete("/erasure").status_code == 204
    assert mine.delete(f"/devices/{mine.device['id']}").status_code == 204


def link_in(sent) -> str:
    """The secret of the link, which stands behind the # so that no server logs it."""
    (link,) = re.findall(r"https?://\S+", sent.body)
    parts = urlsplit(link)
    assert (parts.path, parts.query) == ("/confirm/", "")
    return parts.fragment


def look(code: str) -> int:
    """The status of the page that says what the link does."""
    return Client().post("/confirm/", {"code": code}).status_code


def follow(code: str, password: str = PASSWORD) -> int:
    """The status of the answer to the page's button, with the password where the page asks."""
    pressed = {"code": code, "confirmed": "true", "current_password": password}
    return Client().post("/confirm/", pressed).status_code


def ask(student: User, act: str, **details: str):
    answer = no_phone(student)("post", "/links", {"act": act} | details)
    wait_for_mails()
    return answer


def test_link_removes_the_lost_phone_once_and_on_a_button_only(student):
    lost = Phone(student)
    assert ask(student, "revoke_phones").status_code == 202
    (sent,) = mail.outbox
    assert sent.to == [student.email]
    code = link_in(sent)
    assert look(code) == 200
    assert Device.objects.get(pk=lost.device["id"]).status == "active"
    assert follow(code) == 200
    assert Device.objects.get(pk=lost.device["id"]).status == "revoked"
    assert follow(code) == 400
    assert look(code) == 400


def test_link_asks_for_erasure_and_erases_the_face(student):
    for act in ("ask_for_erasure", "erase_face"):
        ask(student, act)
        assert follow(link_in(mail.outbox[-1])) == 200
    assert ErasureRequest.objects.filter(user=student, is_open=True).exists()


@pytest.mark.parametrize("change", ["password", "time", "token", "closed"])
def test_link_ends_with_what_it_rests_on(student, change, monkeypatch):
    ask(student, "ask_for_erasure")
    code = link_in(mail.outbox[0])
    if change == "password":
        student.set_password("a quiet blue lamp")
        student.save()
    elif change == "time":
        monkeypatch.setattr(links, "LINK_LIFETIME", timedelta(seconds=-1))
    elif change == "closed":
        User.objects.filter(pk=student.pk).update(is_active=False)
    else:
        code = code[:-8]
    assert follow(code) == 400
    assert not ErasureRequest.objects.exists()


@pytest.mark.parametrize("act", ["take_email", "approve", "", "x" * 300])
def test_no_link_does_what_is_not_offered(student, act):
    answer = ask(student, act, email="thief@school.test")
    assert answer.status_code == 400
    assert mail.outbox == []


def test_links_do_not_fill_an_inbox(student, stopped_clock):
    answers = [ask(student, "ask_for_erasure") for _ in range(8)]
    assert [a.status_code for a in answers] == [202] * 5 + [429] * 3
    assert answers[-1].headers["Retry-After"] == "61"


@pytest.mark.django_db(transaction=True)
def test_link_opened_16_times_at_once_acts_once(student):
    Phone(student)
    ask(student, "revoke_phones")
    code = link_in(mail.outbox[0])
    answers = at_once(16, lambda _: follow(code))
    assert answers.count(200) == 1


# --- a new e-mail address -------------------------------------------------------------


def wish(person: User, email: str = NEW):
    phone = Phone(person)
    body = {"email": email, "current_password": PASSWORD}
    answer = phone.patch(f"/profile/update/{person.pk}", body)
    wait_for_mails()
    return answer


def test_new_address_counts_once_confirmed_and_the_old_one_is_told(student):
    old = student.email
    answer = wish(student)
    assert (answer.json()["email"], answer.json()["email_to_confirm"]) == (old, NEW)
    (sent,) = mail.outbox
    assert sent.to == [NEW]
    assert follow(link_in(sent)) == 200
    wait_for_mails()
    assert mail.outbox[-1].to == [old]
    student.refresh_from_db()
    assert student.email == NEW
    assert follow(link_in(sent)) == 400


def test_new_address_asks_for_the_password(student):
    """Its owner may open the link of somebody else, whose account would get the address."""
    wish(student)
    code = link_in(mail.outbox[0])
    assert [follow(code, "not the password"), follow(code, "")] == [400, 400]
    student.refresh_from_db()
    assert student.email != NEW
    assert follow(code) == 200


def test_lost_phone_changes_the_address_by_both_mailboxes(student):
    ask(student, "change_email", email=NEW)
    assert mail.outbox[0].to == [student.email]
    follow(link_in(mail.outbox[0]))
    wait_for_mails()
    assert mail.outbox[1].to == [NEW]
    follow(link_in(mail.outbox[1]))
    student.refresh_from_db()
    assert student.email == NEW


def test_address_of_another_domain_is_refused_as_at_registering(student, settings):
    settings.REGISTRATION_EMAIL_DOMAINS = ["school.test"]
    answer = wish(student, "ann@elsewhere.test")
    assert (answer.status_code, answer.json()["code"]) == (403, "email_domain_not_allowed")
    assert mail.outbox == []


def register(email: str, number: str = "N7"):
    new = {"email": email, "password": "a quiet blue lamp", "full_name": "New Person"}
    body = new | {"institution_number": number}
    return Client().post("/api/v1/register/student", body, "application/json")


def test_freed_address_is_kept_for_a_year(student, classmate, monkeypatch):
    old = student.email
    wish(student)
    follow(link_in(mail.outbox[0]))
    assert register(old).json()["code"] == "email_taken"
    assert wish(classmate, old).json()["code"] == "email_taken"
    later = clock.now() + new_emails.EMAIL_RESERVED_FOR + timedelta(seconds=1)
    assert services.purge_expired(now=later)["reserved addresses"] == 1
    assert register(old).status_code == 201


def test_owner_takes_the_old_address_back(student):
    old = student.email
    for address in (NEW, old):
        body = {"email": address}
        services.update_profile(
            student,
            body,
            by=User.objects.create_superuser(
                f"admin.{address}", PASSWORD, full_name="A", institution_number=address
            ),
            caller=None,
            now=clock.now(),
        )
        student.refresh_from_db()
        assert student.email == address
    assert [each.email for each in ReservedEmail.objects.all()] == [NEW]


def test_nobody_registers_where_registration_is_closed(db, settings):
    settings.REGISTRATION_OPEN = False
    answer = register("new@school.test")
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")
    form = {
        "role": "teacher",
        "email": "t@school.test",
        "full_name": "T",
        "institution_number": "T7",
        "new_password": "a quiet blue lamp",
        "again": "a quiet blue lamp",
    }
    assert Client().post("/join/", form).status_code == 403
    assert not User.objects.exists()


def test_reports_of_faults_hold_no_secret_of_the_links_page(student):
    ask(student, "revoke_phones")
    pressed = {"code": link_in(mail.outbox[0]), "current_password": PASSWORD}
    request = Client().post("/confirm/", pressed).wsgi_request
    reported = SafeExceptionReporterFilter().get_post_parameters(request)
    assert not set(pressed.values()) & set(reported.values())
    assert reported.keys() == pressed.keys()
