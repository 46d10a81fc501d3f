"""The pages of imports: what they show before they write, and what they write."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role, User
from accounts.services import new_person
from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from sessions_app.imports.rows import COLUMNS
from sessions_app.models import Course, Enrolment, Session
from sessions_app.tests.import_files import ANN, CLASS, EXISTING, TEACHING, csv_of
from sessions_app.tests.test_timetable import event, ics

PEOPLE = "/imports/enrolments/"
TIMETABLE = "/imports/timetable/"
INVITATIONS = "/imports/invitations/"


@pytest.fixture
def as_admin(admin_user) -> PageClient:
    client = PageClient()
    client.force_login(admin_user)
    return client


def upload(client: PageClient, path: str, data: bytes, name: str = "class.csv", **fields) -> str:
    sent = {"file": SimpleUploadedFile(name, data), **fields}
    response = client.post(path, sent, follow=True)
    html: str = response.content.decode()
    signs = ("was not imported", "errorlist", "Please correct the fields")
    is_refused = any(sign in html for sign in signs)
    assert response.status_code == (400 if is_refused else 200)
    return html


def digest_of(html: str) -> str:
    return re.search(r'name="digest" value="(\w+)"', html)[1]


def apply(client: PageClient, path: str, digest: str) -> list[str]:
    response = client.post(f"{path}apply/", {"digest": digest})
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_diff_is_shown_first_and_then_applied(as_admin):
    html = upload(as_admin, PEOPLE, CLASS)
    assert "8 changes. Nothing has been saved yet." in html
    assert "Ann Ågren (S7) in OS · CSE-A · T7" in html
    assert not Enrolment.objects.exists()
    told = apply(as_admin, PEOPLE, digest_of(html))
    assert told == ["Imported: 8 added, 0 changed, 0 removed."]
    assert Enrolment.objects.count() == 2
    assert "No changes" in upload(as_admin, PEOPLE, CLASS)


def test_problems_stand_in_a_table_and_nothing_waits_to_be_applied(as_admin):
    html = upload(as_admin, PEOPLE, csv_of(TEACHING | ANN | {"student_email": "no"}))
    assert "class.csv was not imported: 1 problem" in html
    assert '<td class="figures">2</td><td>student_email</td>' in html
    assert apply(as_admin, PEOPLE, "x") == ["The file is no longer here. Choose it again."]
    assert not User.objects.filter(role=Role.STUDENT).exists()


def test_what_changed_since_it_was_looked_at_is_shown_again(as_admin, course, classmate):
    html = upload(as_admin, PEOPLE, csv_of(EXISTING | {"student_number": "S1"}), drop_missing="on")
    digest = digest_of(html)
    Enrolment.objects.filter(student=classmate).update(is_active=False)
    told = apply(as_admin, PEOPLE, digest)
    assert told == ["Something has changed since this preview. Please check it again."]


def test_nothing_is_applied_that_was_not_looked_at(as_admin):
    upload(as_admin, PEOPLE, CLASS)
    for digest in ("", "0" * 64):
        apply(as_admin, PEOPLE, digest)
    assert not Enrolment.objects.exists()


def test_pressing_twice_imports_once(as_admin):
    digest = digest_of(upload(as_admin, PEOPLE, CLASS))
    apply(as_admin, PEOPLE, digest)
    assert "Choose it again" in apply(as_admin, PEOPLE, digest)[-1]
    assert Enrolment.objects.count() == 2


def test_dropping_is_named_before_it_is_done(as_admin, course, student):
    data = csv_of(EXISTING | {"student_number": "S1"})
    html = upload(as_admin, PEOPLE, data)
    assert "Not in the file (1)" in html
    html = upload(as_admin, PEOPLE, data, drop_missing="on")
    assert "Removed (1)" in html
    assert "Student S2 (S2) in OS · CSE-A · T1" in html
    apply(as_admin, PEOPLE, digest_of(html))
    assert [e.student_id for e in Enrolment.objects.filter(is_active=True)] == [student.pk]


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "The file is empty."), (b"x" * (5 * 2**20 + 1), "The file is larger than 5 MB")],
    ids=["empty", "huge"],
)
def test_files_that_cannot_be_are_told_at_the_field(as_admin, data, told):
    assert told in upload(as_admin, PEOPLE, data)


@pytest.mark.parametrize("path", [PEOPLE, TIMETABLE, "/api/v1/face/enroll"])
@pytest.mark.parametrize("checks_csrf", [True, False])
def test_an_upload_beyond_all_bounds_is_refused_unread(admin_user, path, checks_csrf):
    client = PageClient(enforce_csrf_checks=checks_csrf)
    client.force_login(admin_user)
    client.get(path)  # it sets the cookie that makes the check read the body
    response = client.post(path, {"file": SimpleUploadedFile("a.csv", b"x" * (25 * 2**20))})
    assert response.status_code == (401 if path.startswith("/api") else 400)


def test_an_empty_form_says_what_to_do(as_admin):
    assert "Choose a file." in as_admin.post(PEOPLE).content.decode()


def test_cells_cannot_break_out_of_the_page(as_admin):
    html = upload(as_admin, PEOPLE, csv_of(ANN | {"student_name": "<script>alert(1)</script>"}))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_refused_file_does_not_leave_the_one_before_waiting(as_admin):
    digest = digest_of(upload(as_admin, PEOPLE, CLASS))
    upload(as_admin, PEOPLE, b"nonsense")
    assert "Choose it again" in apply(as_admin, PEOPLE, digest)[-1]
    assert not Enrolment.objects.exists()


def test_a_file_for_one_import_is_not_applied_by_the_other(as_admin):
    digest = digest_of(upload(as_admin, PEOPLE, CLASS))
    assert "Choose it again" in apply(as_admin, TIMETABLE, digest)[-1]
    assert digest_of(upload(as_admin, PEOPLE, CLASS)) == digest


def test_another_persons_upload_does_not_wait_for_me(as_admin, db):
    digest = digest_of(upload(as_admin, PEOPLE, CLASS))
    other = PageClient()
    other.force_login(
        User.objects.create_superuser(
            "b@school.test", "x", full_name="Admin Two", institution_number="A2"
        )
    )
    assert "Choose it again" in apply(other, PEOPLE, digest)[0]
    assert not Enrolment.objects.exists()


def test_the_download_reads_back_without_a_change(as_admin, course, outsider):
    response = as_admin.get(f"{PEOPLE}export/")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    assert "No changes" in upload(as_admin, PEOPLE, response.content)


# Timetable


def next_week(data: bytes) -> bytes:
    """The helper's event, on a day that is always to come."""
    day = clock.now() + timedelta(days=7)
    return data.replace(b"20261019", day.strftime("%Y%m%d").encode())


def test_a_teacher_imports_a_timetable_for_their_own_course(teacher, course, colleague):
    client = PageClient()
    client.force_login(teacher)
    html = upload(client, TIMETABLE, next_week(ics(event())), "week.ics")
    assert "1 change. Nothing has been saved yet." in html
    apply(client, TIMETABLE, digest_of(html))
    assert Session.objects.get().course == course
    client.force_login(colleague)
    html = upload(client, TIMETABLE, next_week(ics(event())), "week.ics", course=str(course.pk))
    assert "Select a valid choice" in html
    assert str(course.pk) not in client.get(TIMETABLE).content.decode()


def test_a_course_that_was_taken_away_meanwhile_is_not_planned_for(teacher, course, colleague):
    client = PageClient()
    client.force_login(teacher)
    html = upload(client, TIMETABLE, next_week(ics(event())), "week.ics", course=str(course.pk))
    Course.objects.update(teacher=colleague)
    response = client.post(f"{TIMETABLE}apply/", {"digest": digest_of(html)})
    assert response.status_code == 404
    assert not Session.objects.exists()


# Invitations


@pytest.fixture
def ann(db) -> User:
    ann = new_person(
        role=Role.STUDENT, email="ann@school.test", institution_number="S7", full_name="Ann Ågren"
    )
    ann.save()
    return ann


def test_the_ticked_are_mailed(as_admin, ann, mailoutbox):
    assert "Ann Ågren" in as_admin.get(INVITATIONS).content.decode()
    as_admin.post(INVITATIONS, {"person": [str(ann.pk), "nobody", ""]})
    assert [sent.to for sent in mailoutbox] == [["ann@school.test"]]


def test_nobody_with_a_password_gets_a_link(as_admin, ann, student, admin_user, mailoutbox):
    ids = [str(student.pk), str(admin_user.pk)]
    as_admin.post(INVITATIONS, {"person": ids})
    assert as_admin.post(f"{INVITATIONS}print/", {"person": ids}).status_code == 302
    assert mailoutbox == []


def test_slips_carry_the_link_as_text_and_as_a_code(as_admin, ann):
    html = as_admin.post(f"{INVITATIONS}print/", {"person": str(ann.pk)}).content.decode()
    assert "/password/new/#" in html
    assert 'src="data:image/svg+xml' in html


def test_everybody_with_a_password_is_told(as_admin, db):
    assert "Everyone has a password" in as_admin.get(INVITATIONS).content.decode()


def test_the_columns_of_the_page_and_of_the_document_are_those_of_the_import(as_admin):
    page = as_admin.get(PEOPLE).content.decode()
    document = (Path(__file__).parents[2] / "docs" / "imports.md").read_text()
    for column in COLUMNS:
        assert f"<code>{column}</code>" in page
        assert f"`{column}`" in document
