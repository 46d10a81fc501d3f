"""A further face enrolment: announced, approved by a person, disowned if it was another's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from accounts.tests.phone import signed_in
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests.threads import wait_for_mails
from conftest import NOW
from sessions_app.models import Enrolment
from verification import services
from verification.models import FaceTemplate, TemplateAccess
from verification.services import face_calls
from verification.services.faces import comparing, enrolment
from verification.tests.support import SEEN, StudentPhone, enrol, face_of
from verification.tests.test_look_alikes import keep_face


def mails():
    wait_for_mails()
    return mail.outbox


def enrolled(phone, who="me"):
    answer = enrol(phone, who, consent_version="2027-01")
    assert answer.status_code == 201
    return answer


def decide(teacher, verdict, **body):
    pk = FaceTemplate.objects.get(status="waiting").pk
    path = f"/api/v1/face/waiting/{pk}"
    return signed_in(teacher).post(path, {"verdict": verdict, "note": SEEN, **body}, format="json")


def test_the_first_enrolment_is_not_announced(bare, course):
    enrolled(bare)
    assert mails() == []
    assert bare.get("/face").json()["re_enrolment_waits"] is False


@pytest.mark.parametrize("before", ["waiting", "approved", "rejected", "erased", "disowned"])
def test_every_further_one_is_announced_to_the_student(bare, student, teacher, course, before):
    """This holds after an erasure too: whoever stole an account could erase first."""
    enrolled(bare)
    if before == "erased":
        bare.delete("/face")
    elif before == "disowned":
        bare.post("/face/not-me")
    elif before != "waiting":
        decide(teacher, {"approved": "approve", "rejected": "reject"}[before])
    mails().clear()
    enrolled(bare, "a thief")
    [mail] = mails()
    assert mail.to == [student.email]
    assert student.full_name in mail.body
    assert "This was not me" in mail.body
    assert bare.get("/face").json()["re_enrolment_waits"] is True


def test_the_approved_face_counts_until_the_new_one_is_approved(phone, teacher, open_session):
    enrolled(phone, "a new haircut")
    assert phone.check_in(open_session, who="me")["outcome"] == "present"
    assert phone.check_in(open_session, who="a new haircut")["outcome"] == "refused"
    decide(teacher, "approve")
    assert phone.check_in(open_session, who="a new haircut")["outcome"] == "present"


def test_a_mail_that_cannot_be_sent_costs_nobody_the_enrolment(phone, monkeypatch, caplog):
    def away(_mail, **_):
        raise OSError("the mail server is away")

    monkeypatch.setattr(mail.EmailMessage, "send", away)
    enrolled(phone)
    wait_for_mails()
    assert "A mail could not be sent" in caplog.text


def test_who_did_not_enrol_says_so_and_the_teacher_is_told(phone, student, teacher, client):
    enrolled(phone, "a thief")
    mails().clear()
    answer = phone.post("/face/not-me")
    assert (answer.status_code, answer.json()["status"]) == (200, "disowned")
    assert "new password" in answer.json()["message"]
    [mail] = mails()
    assert mail.to == [teacher.email]
    assert "(S1)" in mail.body
    stored = FaceTemplate.objects.get(status="disowned")
    assert (bytes(stored.ciphertext), stored.decided_by_id) == (b"", student.pk)
    assert FaceTemplate.objects.filter(status="approved").exists()
    client.force_login(teacher)
    page = client.get("/approvals/").content.decode()
    assert "was not theirs" in page
    assert "No faces to approve." in page


def test_the_admins_are_told_where_the_student_has_no_teacher(
    fake_engine, outsider, admin_user, course
):
    place = Enrolment.objects.create(course=course, student=outsider, enrolled_at=clock.now())
    phone = StudentPhone(outsider)
    enrolled(phone)
    place.delete()
    phone.post("/face/not-me")
    [mail] = mails()
    assert mail.to == [admin_user.email]


def test_disowning_needs_no_signed_call(bare, student, course):
    """A person whose account was stolen may have nothing but the password."""
    enrolled(bare)
    assert signed_in(student).post("/api/v1/face/not-me").status_code == 200


@pytest.mark.parametrize("standing", ["nothing", "approved", "decided", "twice"])
def test_there_has_to_be_one_that_waits(bare, teacher, course, standing):
    if standing != "nothing":
        enrolled(bare)
    if standing in ("approved", "decided"):
        decide(teacher, "approve" if standing == "approved" else "reject")
    if standing == "twice":
        bare.post("/face/not-me")
    answer = bare.post("/face/not-me")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_waits")
    assert FaceTemplate.objects.filter(status="approved").count() == (standing == "approved")


def test_a_disowned_face_cannot_be_approved_any_more(phone, teacher):
    enrolled(phone, "a thief")
    pk = FaceTemplate.objects.get(status="waiting").pk
    phone.post("/face/not-me")
    path = f"/api/v1/face/waiting/{pk}"
    answer = signed_in(teacher).post(path, {"verdict": "approve", "note": SEEN}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
    assert FaceTemplate.objects.get(status="approved").pk != pk


def test_nobody_disowns_for_another(phone, friend):
    enrolled(phone)
    assert friend.post("/face/not-me").status_code == 409
    assert FaceTemplate.objects.filter(status="waiting").exists()


def test_a_lost_race_gives_the_approved_face_back(phone, teacher):
    """The waiting face was rejected between the two steps of its approval."""
    approved = FaceTemplate.objects.get()
    enrolled(phone)
    waiting = FaceTemplate.objects.get(status="waiting")
    services.answer_face(waiting, approve=False, by=teacher, now=NOW)
    with pytest.raises(Refusal) as caught:
        services.answer_face(waiting, approve=True, by=teacher, now=NOW, note=SEEN)
    assert caught.value.code == "already_decided"
    assert FaceTemplate.objects.get(status="approved") == approved


def test_after_a_crash_between_the_two_steps_approving_again_finishes(phone, teacher):
    FaceTemplate.objects.update(status="replaced")
    enrolled(phone)
    waiting = FaceTemplate.objects.get(status="waiting")
    services.answer_face(waiting, approve=True, by=teacher, now=NOW, note=SEEN)
    assert [face.pk for face in FaceTemplate.objects.all()] == [waiting.pk]


def test_the_page_says_since_when_and_what_it_replaces(phone, teacher, client):
    enrolled(phone)
    client.force_login(teacher)
    page = client.get("/approvals/").content.decode()
    assert "Enrolled again" in page
    assert "Until you approve" in page
    assert signed_in(teacher).get("/api/v1/face/waiting").json()["results"][0]["replaces"]


def test_enrolling_over_and_over_ends_for_the_day(bare, student, course, monkeypatch):
    monkeypatch.setattr(face_calls, "MOST_CALLS", 9999)
    for _ in range(enrolment.ENROLMENTS_A_DAY):
        enrolled(bare)
    answer = enrol(bare, "me")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_enrolments")
    yesterday = clock.now() - timedelta(days=1, seconds=1)
    TemplateAccess.objects.filter(student=student).update(at=yesterday)
    enrolled(bare)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_one_that_waits_and_break_nothing(
    bare, student, classmate, course, monkeypatch
):
    monkeypatch.setattr(face_calls, "MOST_CALLS", 9999)
    bare.post("/face/consent", {"action": "give", "version": "2027-01"})

    def one(_):
        try:
            return enrol(bare, "me").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(one, range(8)))
    assert statuses <= {201, 404, 409}  # a newer challenge ends the one before
    assert FaceTemplate.objects.get().status == "waiting"


def test_one_that_comes_in_between_stays_and_the_later_is_told(bare, student, course, monkeypatch):
    compare = comparing.compare_with_photo

    def another_just_before(*args, **kwargs):
        keep_face(student, face_of("me"), status="waiting")
        return compare(*args, **kwargs)

    monkeypatch.setattr(comparing, "compare_with_photo", another_just_before)
    answer = enrol(bare, "me", consent_version="2027-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "enrolment_raced")
    assert FaceTemplate.objects.get().status == "waiting"
    assert mails() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gone", ["the enrolment", "the other"])
def test_what_is_erased_while_it_is_compared_breaks_nothing(
    bare, student, classmate, course, monkeypatch, gone
):
    other = keep_face(classmate, face_of("me"))
    whose = {"the enrolment": student, "the other": classmate}[gone]
    note = comparing.note_look_alike

    def erased_just_before(*args):
        FaceTemplate.objects.filter(student=whose).delete()
        note(*args)

    monkeypatch.setattr(comparing, "note_look_alike", erased_just_before)
    answer = enrol(bare, "me", consent_version="2027-01")
    assert answer.status_code == (409 if gone == "the enrolment" else 201)
    assert FaceTemplate.objects.filter(pk=other.pk).exists() == (gone == "the enrolment")
