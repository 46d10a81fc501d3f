"""Importing marks by the page and the command: the preview, where it leads, and who may."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.urls import reverse

from attendance_project.tests.page_client import PageClient
from sessions_app.models import (
    AttendanceMark,
    Enrolment,
    ImportRecord,
    Session,
)
from sessions_app.tests.test_import_marks import HEAD, PAGE, START, session_at, statuses
from sessions_app.tests.test_import_pages import digest_of, upload
from sessions_app.tests.test_overlaps import course_of


@pytest.fixture
def lecture(course) -> Session:
    return session_at(course)


@pytest.fixture
def client_of_teacher(teacher) -> PageClient:
    client = PageClient()
    client.force_login(teacher)
    return client


def test_the_page_marks_in_the_session_that_it_was_opened_from(client_of_teacher, lecture):
    register = client_of_teacher.get(
        reverse("session-register", args=[lecture.pk])
    ).content.decode()
    assert f"{PAGE}?session={lecture.pk}" in register
    html = client_of_teacher.get(f"{PAGE}?session={lecture.pk}").content.decode()
    assert "23 November 2026, 10:00" in html
    assert 'name="course"' not in html
    html = upload(client_of_teacher, PAGE, b"student_number\nS1\n", session=str(lecture.pk))
    assert "1 change. Nothing has been saved yet." in html
    response = client_of_teacher.post(f"{PAGE}apply/", {"digest": digest_of(html)})
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["Imported: 1 added, 0 changed, 0 removed."]
    assert statuses() == {"S1": "present"}


def applied_at(client: PageClient, html: str) -> str:
    """The address to which applying the changes of this preview leads."""
    return client.post(f"{PAGE}apply/", {"digest": digest_of(html)}).headers["Location"]


def test_the_preview_says_that_applying_is_signing(client_of_teacher, course, lecture):
    data = (HEAD + "S1,2026-11-23,present\n").encode()
    html = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    signing = (
        "Applying these changes is signing for them: each mark will say that Teacher T1 (T1) "
        "imported it. Registers: Operating Systems · CSE-A, 23 November 2026, 10:00."
    )
    assert signing in html
    assert "Apply and sign" in html
    client_of_teacher.post(f"{PAGE}apply/", {"digest": digest_of(html)})
    again = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    assert "is signing" not in again


def test_marks_of_one_session_lead_to_its_register(client_of_teacher, course, lecture):
    data = (HEAD + "S1,2026-11-23,present\n").encode()
    html = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    assert applied_at(client_of_teacher, html) == reverse("session-register", args=[lecture.pk])


def test_marks_of_several_sessions_lead_to_their_course(client_of_teacher, course, lecture):
    session_at(course, START + timedelta(days=1))
    data = (HEAD + "S1,2026-11-23,present\nS1,2026-11-24,present\n").encode()
    html = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    assert applied_at(client_of_teacher, html) == reverse("course", args=[course.pk])


def test_marks_of_several_courses_lead_to_what_was_changed(
    client_of_teacher, course, lecture, student, teacher
):
    other = course_of(teacher, "MA", "CSE-A")
    Enrolment.objects.create(course=other, student=student, enrolled_at=START)
    session_at(other, START + timedelta(days=1))
    head = b"subject_code,student_number,date,status\n"
    lines = b"OS,S1,2026-11-23,present\nMA,S1,2026-11-24,present\n"
    html = upload(client_of_teacher, PAGE, head + lines)
    led = applied_at(client_of_teacher, html)
    assert led == reverse("import-record", args=[ImportRecord.objects.get().pk])


def test_a_substitute_is_led_where_they_may_look(lecture, colleague):
    Session.objects.filter(pk=lecture.pk).update(substitute=colleague)
    client = PageClient()
    client.force_login(colleague)
    html = upload(client, PAGE, b"student_number,status\nS1,present\n", session=str(lecture.pk))
    assert client.get(applied_at(client, html)).status_code == 200


def test_columns_of_marks_are_chosen_and_remembered(client_of_teacher, lecture):
    data = b"Wer,Da\nS1,P\n"
    html = upload(client_of_teacher, PAGE, data, session=str(lecture.pk))
    assert "Choose columns" in html
    chosen = {"column-0": "student_number", "column-1": "status"}
    html = client_of_teacher.post(f"{PAGE}columns/", chosen, follow=True).content.decode()
    assert "1 change." in html
    assert "1 change." in upload(client_of_teacher, PAGE, data, session=str(lecture.pk))


def test_no_page_marks_in_anothers_session(colleague, lecture):
    client = PageClient()
    client.force_login(colleague)
    assert client.get(f"{PAGE}?session={lecture.pk}").status_code == 404
    assert client.get(f"{PAGE}?session=x").status_code == 404
    html = upload(client, PAGE, b"student_number\nS1\n", session=str(lecture.pk))
    assert "1 change." not in html
    assert not AttendanceMark.objects.exists()


def test_the_command_is_signed_for(course, lecture, teacher, tmp_path, capsys):
    path = tmp_path / "marks.csv"
    path.write_text(HEAD + "S1,2026-11-23,P\n")
    about = ["import_marks", str(path), "--by", "t1", "--course", "OS/CSE-A"]
    call_command(*about, "--dry-run")
    out = capsys.readouterr().out
    assert "+ mark Student S1 (S1)" in out
    assert "! Applying these changes is signing for them" in out
    assert not AttendanceMark.objects.exists()
    call_command(*about)
    assert AttendanceMark.objects.get().by == teacher
    for number in ("S1", "nobody"):
        with pytest.raises(CommandError, match="no teacher or admin"):
            call_command("import_marks", str(path), "--by", number)
    with pytest.raises(CommandError, match="no session"):
        call_command(*about, "--session", "00000000-0000-0000-0000-000000000000")
