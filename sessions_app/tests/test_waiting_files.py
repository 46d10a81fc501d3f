"""A file that waits for a look: where it is kept, for how long, and what deletes it."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as WebSession
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role, User
from accounts.services import erase_person, purge_expired
from attendance_project import clock
from conftest import make_user
from sessions_app.models import ClassGroup, Enrolment, WaitingFile
from sessions_app.services import waiting_files

LINE = "S1,s1@school.test,Zebedee Quillfeather,OS,Systems,NEW,New class,T1,t1@school.test,Tea Cher"
HEADER = (
    "student_number,student_email,student_name,subject_code,subject_name,class_code,class_name,"
    "teacher_number,teacher_email,teacher_name"
)


@pytest.fixture
def uploaded(client, admin_user):
    """The preview of a file that an admin uploaded."""
    client.force_login(admin_user)
    file = SimpleUploadedFile("people.csv", f"{HEADER}\n{LINE}\n".encode())
    return client.post("/imports/enrolments/", {"file": file}, follow=True)


def apply(client, preview):
    digest = preview.context["plan"].digest
    return client.post("/imports/enrolments/apply/", {"digest": digest}, follow=True)


def test_a_file_waits_in_its_own_table_and_not_in_the_session(client, uploaded, admin_user):
    row = WaitingFile.objects.get()
    assert (row.owner, row.name, row.kind) == (admin_user, "people.csv", "import-enrolments")
    for session in WebSession.objects.all():
        assert "import" not in session.get_decoded()
    apply(client, uploaded)

    assert not WaitingFile.objects.exists()
    assert ClassGroup.objects.filter(code="NEW").exists()


def test_a_second_file_takes_the_place_of_the_first(client, uploaded):
    file = SimpleUploadedFile("other.csv", f"{HEADER}\n{LINE}\n".encode())
    client.post("/imports/enrolments/", {"file": file})

    assert WaitingFile.objects.get().name == "other.csv"


def test_another_persons_file_is_not_read(client, uploaded, django_user_model):
    other = django_user_model.objects.create_superuser(
        "other@school.test", "x", full_name="Other", institution_number="A2"
    )
    client.force_login(other)

    assert "no longer here" in apply(client, uploaded).content.decode()
    assert not Enrolment.objects.exists()


def test_a_file_whose_time_is_over_is_neither_read_nor_kept(client, uploaded):
    WaitingFile.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    assert "no longer here" in apply(client, uploaded).content.decode()
    assert purge_expired(now=clock.now())["waiting files"] == 1
    assert not WaitingFile.objects.exists()


def test_a_file_that_waits_is_not_purged_before_its_end(uploaded):
    assert purge_expired(now=clock.now())["waiting files"] == 0
    later = clock.now() + waiting_files.WAITS + timedelta(seconds=1)
    assert purge_expired(now=later)["waiting files"] == 1


def test_erasing_a_person_deletes_the_files_that_may_name_them(student, uploaded):
    erase_person(student, now=clock.now(), unasked=True)

    assert not WaitingFile.objects.exists()


PREVIEW = "/imports/enrolments/preview/"


def test_a_preview_can_be_loaded_again_until_it_is_applied(client, uploaded):
    assert uploaded.redirect_chain == [(PREVIEW, 302)]
    again = client.get(f"{PREVIEW}?added-q=zebedee")
    assert again.context["plan"].digest == uploaded.context["plan"].digest
    assert not ClassGroup.objects.filter(code="NEW").exists()
    apply(client, uploaded)
    assert "no longer here" in client.get(PREVIEW, follow=True).content.decode()


def test_a_preview_is_only_its_owners(client, uploaded, django_user_model):
    other = django_user_model.objects.create_superuser(
        "other@school.test", "x", full_name="Other", institution_number="A2"
    )
    client.force_login(other)
    page = client.get(PREVIEW, follow=True)
    assert page.redirect_chain == [("/imports/enrolments/", 302)]
    assert "Zebedee" not in page.content.decode()


def test_a_preview_of_what_is_wrong_by_now_says_so(client, uploaded):
    other = make_user(Role.STUDENT, "S9")
    User.objects.filter(pk=other.pk).update(email="s1@school.test")
    page = client.get(PREVIEW)
    assert page.status_code == 400
    assert "s1@school.test is the address of" in page.content.decode()


def test_an_upload_is_kept_unread_and_planned_once_by_the_page_that_it_leads_to(client, admin_user):
    client.force_login(admin_user)
    file = SimpleUploadedFile("class.csv", b"nonsense")
    sent = client.post("/imports/enrolments/", {"file": file, "drop_missing": "on"})
    assert (sent.status_code, sent.headers["Location"]) == (302, PREVIEW)
    page = client.get(PREVIEW)
    assert page.status_code == 400
    assert page.context["form"]["drop_missing"].value() is True
    assert not WaitingFile.objects.exists()
