"""What stays on the disk of what was erased or is over, and who on the machine may read it."""

import stat
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from subprocess import run

import pytest
from django.contrib.sessions.models import Session as LogIn
from django.core.management import call_command
from django.db import connection

from accounts import services as people
from accounts.models import Role
from accounts.tests.phone import PASSWORD
from attendance_project import clock
from attendance_project.overwriting import empty_log
from conftest import make_user
from sessions_app.models import Enrolment, WaitingFile
from verification.models import FaceTemplate, TemplateStatus
from verification.tests.support import StudentPhone, enrol

AGREED = {"consent_version": "2027-01"}
ROSTER = b"student_number,student_email,student_name\nS77,eva@school.test,Eva Sand\n"


def files() -> list[Path]:
    """The database and the files beside it."""
    file = Path(connection.settings_dict["NAME"])
    return sorted(file.parent.glob(f"{file.name}*"))


def where_is(data: bytes) -> list[str]:
    """The files that hold these bytes.

    Another process reads them: one that closes a file of its own database loses SQLite's locks.
    """
    held = {file.name: run(["/bin/cat", file], capture_output=True).stdout for file in files()}
    return [name for name, content in held.items() if data in content]


def enrolled(phone: StudentPhone, who: str) -> bytes:
    """Enrol, and return the sealed template, which then is on the disk."""
    assert enrol(phone, who, **AGREED).status_code == 201
    sealed = bytes(FaceTemplate.objects.get().ciphertext)
    assert where_is(sealed)
    return sealed


@pytest.mark.once  # it is about the files of SQLite
def test_nothing_of_an_erased_face_is_on_the_disk(fake_engine, phone_of, course, student):
    phone = phone_of(student)
    sealed = enrolled(phone, "me")
    assert phone.delete("/face").status_code in (200, 204)
    assert not FaceTemplate.objects.exists()
    assert where_is(sealed) == []


@pytest.mark.once  # it is about the files of SQLite
def test_nothing_of_a_face_that_was_not_the_students_is_on_the_disk(
    fake_engine, phone_of, course, student
):
    phone = phone_of(student)
    sealed = enrolled(phone, "a thief")
    assert phone.post("/face/not-me").status_code == 200
    assert where_is(sealed) == []


@pytest.mark.once  # it is about the files of SQLite
def test_nothing_of_a_face_that_was_replaced_is_on_the_disk(fake_engine, phone_of, course, student):
    phone = phone_of(student)
    sealed = enrolled(phone, "me")
    assert enrol(phone, "a thief", **AGREED).status_code == 201
    assert where_is(sealed) == []


@pytest.mark.once  # it is about the files of SQLite
def test_nothing_of_a_face_that_was_rejected_is_on_the_disk(
    fake_engine, phone_of, come, course, student, teacher
):
    sealed = enrolled(phone_of(student), "me")
    approver = come()
    approver.log_in(teacher.email)
    path = f"/faces/{FaceTemplate.objects.get().pk}/verdict/"
    approver.form(path, {"verdict": "reject", "note": "Not this student."}, page="/approvals/")
    assert FaceTemplate.objects.get().status == TemplateStatus.REJECTED
    assert where_is(sealed) == []


@pytest.mark.once  # it is about the files of SQLite
def test_who_still_reads_rows_keeps_the_log_and_no_error(course):
    with connection.cursor() as cursor, connection.cursor() as other:
        other.execute("PRAGMA busy_timeout")
        before = other.fetchone()
        cursor.execute("SELECT 1 UNION ALL SELECT 2 FROM accounts_user")
        cursor.fetchone()
        empty_log()
        other.execute("PRAGMA busy_timeout")
        assert other.fetchone() == before


@pytest.mark.once  # it is about the files of SQLite
def test_nothing_of_an_erased_person_is_on_the_disk(come, course, student):
    name = "Zacharias Einmalig"
    type(student).objects.filter(pk=student.pk).update(full_name=name)
    student.refresh_from_db()
    assert come().take_token(student.email).status_code == 200
    assert where_is(name.encode())
    people.erase_person(student, now=clock.now(), unasked=True)
    assert where_is(name.encode()) == []


@pytest.mark.once  # it is about the files of SQLite
def test_only_the_servers_user_reads_the_database(come, course):
    come().get("/login/")
    modes = {}
    for file in files():
        with suppress(FileNotFoundError):
            modes[file.suffix] = stat.S_IMODE(file.stat().st_mode)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3  # the database, its log, and the memory that its connections share


def test_log_ins_whose_time_is_over_are_deleted(come, teacher, colleague):
    over, standing = come(), come()
    over.log_in(teacher.email)
    standing.log_in(colleague.email)
    LogIn.objects.filter(session_key=over.http.cookies["sessionid"]).update(
        expire_date=clock.now() - timedelta(seconds=1)
    )
    call_command("purge_expired")
    assert not over.is_in()
    assert standing.is_in()
    assert [row.session_key for row in LogIn.objects.all()] == [standing.http.cookies["sessionid"]]


# --- a roster that waits for a look ---------------------------------------------------


@pytest.fixture
def waiting(come, admin_user, course):
    """An admin's browser, which has uploaded a roster and not applied it."""
    visitor = come()
    visitor.log_in(admin_user.email)
    answer = visitor.form("/imports/enrolments/", {}, files={"file": ("term.csv", ROSTER)})
    assert answer.status_code in (200, 302)
    assert WaitingFile.objects.count() == 1
    return visitor


def apply(visitor):
    token = visitor.http.cookies["csrftoken"]
    return visitor.http.post("/imports/enrolments/apply/", data={"csrfmiddlewaretoken": token})


def is_added() -> bool:
    return Enrolment.objects.filter(student__institution_number="S77").exists()


def test_nobody_else_applies_or_sees_a_roster_that_waits(waiting, come, outsider, admin_user):
    make_user(Role.ADMIN, "A2")
    for email in ("a2@school.test", outsider.email):
        other = come()
        other.log_in(email, PASSWORD)
        other.get("/account/")
        assert "eva@school.test" not in apply(other).text
        assert WaitingFile.objects.count() == 1


def test_a_roster_that_waited_too_long_is_deleted_and_not_applied(waiting):
    WaitingFile.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    answer = apply(waiting)
    assert "eva@school.test" not in answer.text
    assert not is_added()
    call_command("purge_expired")
    assert not WaitingFile.objects.exists()


def test_an_erasure_finds_a_roster_that_waits(waiting, student):
    people.erase_person(student, now=clock.now(), unasked=True)
    assert not WaitingFile.objects.exists()
    apply(waiting)
    assert not is_added()
