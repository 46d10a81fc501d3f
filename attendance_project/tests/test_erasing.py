"""Erasing a student: nothing tells any more who it was, and the register still counts."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import hooks
from accounts.models import (
    Device,
    ErasureRequest,
    Invitation,
    Passkey,
    RefreshToken,
    RosterEntry,
    User,
)
from accounts.tests.phone import PASSWORD
from attendance_project import clock
from attendance_project.tests.threads import wait_for_mails
from reports.models import AttendanceNotice
from sessions_app.models import Attendance, Enrolment
from verification.models import (
    FaceLot,
    FaceTemplate,
    SparedCheck,
    StrikeNotice,
    TemplateAccess,
    Warning,
)
from verification.tests.support import StudentPhone

OURS = ("accounts", "sessions_app", "verification", "reports", "admin")
NAME, EMAIL, SAID = "Zebedee Quillfeather", "zebedee@school.test", "I sat behind the pillar"


@pytest.fixture
def somebody(world, student, settings):
    """The world's student under a name that is found nowhere else, with a row in every table."""
    settings.FACE_ENGINE = "fake"
    User.objects.filter(pk=student.pk).update(full_name=NAME, email=EMAIL, department="Zoology")
    student.refresh_from_db()
    FaceTemplate.objects.all().delete()
    Device.objects.filter(user=student).delete()
    StudentPhone(student).enrol()
    now = clock.now()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=world.people["admin"],
        content_type=kind,
        object_id=str(student.pk),
        object_repr=str(student),
        action_flag=CHANGE,
    )
    Passkey.objects.create(
        user=student,
        credential_digest="d",
        credential_id="c",
        public_key="k",
        trust="synced",
        backed_up=True,
        name=NAME,
        created_at=now,
    )
    RosterEntry.objects.create(email=EMAIL, institution_number="S1", full_name=NAME)
    Invitation.objects.create(
        code_digest="d",
        role="student",
        email=EMAIL,
        created_at=now,
        expires_at=now,
        used_by=student,
    )
    Warning.objects.update(appeal=SAID, measured={"said": SAID}, verdict_note=SAID)
    AttendanceNotice.objects.create(
        student=student, number=1, courses=[SAID], last_absence="2026-03-02", sent_at=now
    )
    StrikeNotice.objects.create(student=student, strikes=3, sent_at=now)
    session = student.check_in_decisions.first().session
    SparedCheck.objects.create(
        student=student, session=session, term="2026-02-01", number=1, at=now
    )
    FaceLot.objects.create(
        student=student,
        session=session,
        course=session.course,
        ask="lot",
        passkey=False,
        drawn_at=now,
    )
    student.excuses.update(note=SAID)
    student.attendance_marks.update(reason=SAID)
    return student


def told(words: str) -> list[str]:
    """The places in any of our tables where the words stand."""
    found = []
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for row in model._default_manager.all():
                values = {f.attname: getattr(row, f.attname) for f in model._meta.fields}
                found += [
                    f"{model.__name__}.{name}"
                    for name, value in values.items()
                    if words
                    in (value if isinstance(value, str) else json.dumps(value, default=str))
                ]
    return found


def erase(number: str = "S1", *more: str) -> str:
    out = StringIO()
    call_command("erase_person", number, *more, stdout=out)
    wait_for_mails()
    return out.getvalue()


def ask(student) -> None:
    ErasureRequest.objects.create(user=student, asked_at=clock.now())


def test_nothing_that_tells_who_it_was_is_left(somebody):
    before = {words: told(words) for words in (NAME, EMAIL, SAID, "Zoology")}
    assert {place for places in before.values() for place in places} >= {
        *("User.full_name", "User.email", "User.department", "RosterEntry.email"),
        *(
            "Passkey.name",
            "LogEntry.object_repr",
            "Warning.appeal",
            "Warning.measured",
            "Warning.verdict_note",
        ),
        *("Invitation.email", "Excuse.note", "AttendanceMark.reason", "AttendanceNotice.courses"),
    }
    ask(somebody)
    assert erase() == "Erased.\n"
    assert {words: told(words) for words in before} == {words: [] for words in before}
    assert not User.objects.filter(institution_number="S1").exists()
    for model in (Device, Passkey, RefreshToken):
        assert not model.objects.filter(user=somebody).exists()
    assert not FaceTemplate.objects.filter(student=somebody).exists()
    assert not StrikeNotice.objects.exists()
    assert not SparedCheck.objects.exists()
    assert not FaceLot.objects.exists()


def test_the_account_is_shut(somebody, client):
    phone = StudentPhone(somebody)
    ask(somebody)
    erase()
    assert phone.get("/devices").status_code == 401
    body = {"email": EMAIL, "password": PASSWORD}
    assert phone.client.post("/api/v1/login", body, format="json").status_code == 401


def test_the_erasure_is_in_the_log_of_the_face_and_on_record(somebody):
    ask(somebody)
    erase()
    last = TemplateAccess.objects.filter(student=somebody).order_by("-at").first()
    assert (last.purpose, last.actor) == ("erased", None)
    request = ErasureRequest.objects.get(user=somebody)
    assert (request.state, request.is_open) == ("done", False)
    assert request.closed_at is not None


def test_the_last_mail_goes_to_the_address_that_is_gone(somebody):
    mail.outbox.clear()
    ask(somebody)
    erase()
    sent = mail.outbox[-1]
    assert sent.to == [EMAIL]
    assert NAME in sent.body


def test_the_register_counts_as_before_without_the_name(somebody, open_session, admin_user, client):
    Attendance.objects.create(
        session=open_session,
        student=somebody,
        course_id=open_session.course_id,
        subject_id=open_session.subject_id,
        class_group_id=open_session.class_group_id,
        teacher_id=open_session.teacher_id,
        local_date=open_session.local_start.date().isoformat(),
        status="present",
        source="check_in",
        marked_at=open_session.starts_at,
    )
    ask(somebody)
    erase()
    assert Attendance.objects.filter(student=somebody, status="present").count() == 1
    client.force_login(admin_user)
    page = client.get(f"/reports/courses/{open_session.course_id}/").content.decode()
    assert "Erased student" in page
    assert NAME not in page
    assert not Enrolment.objects.filter(student=somebody, is_active=True).exists()


@pytest.mark.parametrize("stop_at", ["face and check-ins", "words in the register", "account"])
def test_after_a_crash_the_same_number_finishes_it(somebody, monkeypatch, stop_at):
    def crash(*_args: object, **_more: object) -> None:
        raise RuntimeError("power cut")

    ask(somebody)
    with monkeypatch.context() as patch:
        if stop_at == "account":
            patch.setattr("accounts.services.erasure._erase_account", crash)
        else:
            patch.setitem(hooks.erasures, stop_at, crash)
        with pytest.raises(RuntimeError):
            erase()
    assert not User.objects.get(pk=somebody.pk).is_active
    assert ErasureRequest.objects.get().state == "begun"
    assert erase() == "Erased.\n"
    assert told(NAME) == told(SAID) == told(EMAIL) == []


def test_a_crash_after_the_name_is_gone_is_finished_by_the_number_in_its_place(
    somebody, monkeypatch
):
    ask(somebody)
    with monkeypatch.context() as patch:
        patch.setattr("accounts.services.erasure.send_later", lambda sent: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase()
    number = User.objects.get(pk=somebody.pk).institution_number
    assert number == f"ERASED-{somebody.pk.hex}".upper()
    assert erase(number) == "Erased.\n"
    assert ErasureRequest.objects.get().state == "done"


def test_nobody_is_erased_who_has_not_asked_or_took_it_back(somebody):
    with pytest.raises(CommandError, match="has not requested"):
        erase()
    ErasureRequest.objects.create(
        user=somebody,
        state="withdrawn",
        is_open=False,
        asked_at=clock.now() - timedelta(days=1),
    )
    with pytest.raises(CommandError, match="has not requested"):
        erase()
    assert User.objects.get(pk=somebody.pk).full_name == NAME
    assert erase("S1", "--unasked") == "Erased.\n"


@pytest.mark.parametrize("number", ["T1", "A1", "NOBODY"])
def test_only_a_student_can_be_erased(somebody, number):
    with pytest.raises(CommandError):
        erase(number, "--unasked")
    assert User.objects.filter(is_active=False).count() == 0
