"""Merging two accounts of one student and undoing it: what follows, and what is refused."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import hooks, services
from accounts.models import (
    AccountMerge,
    ConsentEvent,
    ErasureRequest,
    Passkey,
    RefreshToken,
    User,
)
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests import world
from attendance_project.tests.merging import enrolment, mark, merge, statuses, undo
from attendance_project.tests.threads import wait_for_mails
from reports.models import AttendanceNotice
from sessions_app import imports
from sessions_app.models import AttendanceMark, Enrolment, Excuse
from verification.models import CheckInDecision, Warning

STAYS = {
    "accounts.RefreshToken.user": "the log-ins end",
    "accounts.PasskeyChallenge.user": "good for minutes",
    "verification.EnrolmentChallenge.student": "good for less than a minute",
    "accounts.ReservedEmail.user": "kept for the account that gave the address up",
    "accounts.ErasureRequest.user": "a merge is refused while one is open",
    "accounts.NameRequest.user": "the merged account's name is no longer shown",
    "accounts.Invitation.used_by": "history",
    "accounts.AccountMerge.kept": "the merge itself",
    "accounts.AccountMerge.merged": "the merge itself",
    "sessions_app.StaffEvent.person": "history",
    "sessions_app.WaitingFile.owner": "good for two hours",
    "reports.ErrorEvent.user": "history",
}
"""Columns that name a person whom a row is about, and that stay as they are."""


FOLLOWS = {
    *("accounts.Device.user", "accounts.Passkey.user", "accounts.ConsentEvent.user"),
    *("sessions_app.Enrolment.student", "sessions_app.Attendance.student"),
    *("sessions_app.AttendanceMark.student", "sessions_app.Excuse.student"),
    "sessions_app.Guest.enrolled_as",
    *("sessions_app.Course.teacher", "sessions_app.CourseStaff.person"),
    *("sessions_app.Session.teacher", "sessions_app.Session.substitute"),
    *("sessions_app.Attendance.teacher", "sessions_app.CalendarSubscription.owner"),
    *("verification.CheckInAttempt.student", "verification.EvidenceRecord.student"),
    *("verification.CheckInDecision.student", "verification.Warning.student"),
    *("verification.StrikeNotice.student", "verification.FaceTemplate.student"),
    *("verification.SparedCheck.student", "verification.FaceLot.student"),
    "verification.PhotoTemplate.student",
    *("verification.TemplateAccess.student", "reports.AttendanceNotice.student"),
}


def test_each_column_that_names_a_student_follows_or_is_said_to_stay():
    """A new model with a student in it has to say here what becomes of it."""
    about = (
        *("user", "student", "person", "teacher", "kept", "merged", "substitute", "used_by"),
        *("enrolled_as", "owner"),
    )
    named = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for app in ("accounts", "sessions_app", "verification", "reports")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if field.related_model is User and field.name in about
    }
    assert named == set(STAYS) | FOLLOWS


def test_marks_excuses_enrolments_and_the_rest_follow(student, twin, course, session):
    Enrolment.objects.filter(student=student).update(student=twin)
    mark(session, twin, "late")
    excuse = Excuse.objects.create(
        student=twin,
        course=course,
        from_date="2026-03-02",
        until_date="2026-03-02",
        note="Ill.",
        by=course.teacher,
        at=clock.now(),
    )
    world._warning(world._decision(session, twin))
    ConsentEvent.objects.create(user=twin, version="1", action="given", at=clock.now())
    AttendanceNotice.objects.create(
        student=twin, number=1, courses=[], last_absence="2026-03-02", sent_at=clock.now()
    )
    row = merge(student, twin)
    assert statuses(student) == {session.pk: "late"}
    assert statuses(twin) == {}
    for rows in (
        CheckInDecision.objects,
        *(Enrolment.objects, AttendanceMark.objects, Excuse.objects, Warning.objects),
        AttendanceNotice.objects,
    ):
        assert not rows.filter(student=twin).exists()
        assert rows.filter(student=student).exists()
    assert ConsentEvent.objects.get().user == student
    twin.refresh_from_db()
    assert not twin.is_active
    undo(row)
    assert statuses(twin) == {session.pk: "late"}
    assert statuses(student) == {}
    excuse.refresh_from_db()
    twin.refresh_from_db()
    assert (excuse.student, twin.is_active) == (twin, True)
    assert Enrolment.objects.get(course=course, student=twin).is_active


@pytest.mark.parametrize("crashed", list(range(1, 11)))
def test_the_same_merge_again_finishes_what_a_crash_left(
    student, twin, course, session, monkeypatch, crashed
):
    mark(session, student, "absent", "closing")
    mark(session, twin, "present")
    enrolment(course, twin, from_days=60)
    names = list(hooks.merges)
    broken = names[min(crashed, len(names) - 1)]

    class Broken:
        plan = staticmethod(hooks.merges[broken].plan)

        @staticmethod
        def move(*_):
            raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setitem(hooks.merges, broken, Broken())
        with pytest.raises(RuntimeError):
            merge(student, twin)
    row = merge(student, twin)
    assert row.done_at is not None
    assert AccountMerge.objects.count() == 1
    assert statuses(student) == {session.pk: "present"}
    undo(row)
    assert statuses(student) == {session.pk: "absent"}
    assert statuses(twin) == {session.pk: "present"}


def refused(kept, merged) -> str:
    with pytest.raises(Refusal) as refusal:
        merge(kept, merged)
    assert not AccountMerge.objects.filter(kept=kept, merged=merged, done_at=None).exists()
    return refusal.value.code


def test_what_cannot_be_merged_is_refused(student, twin, classmate, teacher, admin_user):
    assert refused(student, student) == "same_account"
    assert refused(student, teacher) == "roles_differ"
    assert refused(admin_user, student) == "roles_differ"
    ErasureRequest.objects.create(user=classmate, asked_at=clock.now())
    assert refused(student, classmate) == "erasure_open"
    merge(student, twin)
    assert refused(student, twin) == "already_merged"
    assert refused(twin, student) == "account_off"
    assert refused(classmate, twin) in ("erasure_open", "already_merged")


def test_the_administration_does_not_switch_a_merged_account_on(client, admin_user, student, twin):
    row = merge(student, twin)
    client.force_login(admin_user)
    names = ("email", "full_name", "institution_number", "department", "role")
    form = {name: getattr(twin, name) for name in names} | {"is_active": "on"}
    answer = client.post(f"/admin/accounts/user/{twin.pk}/change/", form)
    assert "Undo the merge instead." in answer.content.decode()
    twin.refresh_from_db()
    assert not twin.is_active
    undo(row)
    twin.refresh_from_db()
    assert twin.is_active


def test_a_merge_can_be_undone_for_thirty_days(student, twin):
    began = clock.now()
    row = merge(student, twin, now=began)
    with pytest.raises(Refusal) as refusal:
        undo(row, now=began + timedelta(days=30))
    assert refusal.value.code == "undo_too_late"
    undo(row, now=began + timedelta(days=30, seconds=-1))
    with pytest.raises(Refusal) as refusal:
        undo(row)
    assert refusal.value.code == "merge_undone"
    assert merge(student, twin).is_standing, "and be made again"


def test_of_two_merges_the_later_is_undone_first(student, twin, classmate, session):
    mark(session, twin, "late")
    first = merge(student, twin)
    second = merge(classmate, student)
    assert statuses(classmate) == {session.pk: "late"}
    with pytest.raises(Refusal) as refusal:
        undo(first)
    assert refusal.value.code == "undo_later_first"
    undo(second)
    undo(first)
    assert statuses(twin) == {session.pk: "late"}


def test_the_command_merges_says_and_undoes(student, twin, session):
    mark(session, twin, "late")

    def run(*arguments) -> str:
        out = StringIO()
        call_command("merge_accounts", *arguments, stdout=out)
        return out.getvalue()

    assert "Nothing was changed" in run("s1", "S1X", "--dry-run")
    assert statuses(student) == {}
    assert "Merged" in run("s1", "s1x@school.test")
    assert statuses(student) == {session.pk: "late"}
    assert "Undone" in run("s1", "s1x", "--undo")
    assert statuses(student) == {}
    for wrong in (("s1", "nobody"), ("s1", "s1"), ("s1", "S1X", "--undo")):
        with pytest.raises(CommandError):
            run(*wrong)


def test_log_ins_of_the_emptied_account_end(student, twin):
    now = clock.now()
    RefreshToken.objects.create(
        jti="j", family=twin.pk, user=twin, issued_at=now, expires_at=now + timedelta(days=1)
    )
    merge(student, twin)
    assert RefreshToken.objects.get().revoked_at is not None


def test_both_addresses_are_told_of_the_merge_and_of_its_undoing(student, twin):
    named = {(person.email, f"Hello {person.full_name},") for person in (student, twin)}
    row = merge(student, twin)
    wait_for_mails()
    assert {(m.to[0], m.body.splitlines()[0]) for m in mail.outbox} == named
    assert all("30 days" in m.body and student.email in m.body for m in mail.outbox)
    mail.outbox.clear()
    undo(row)
    wait_for_mails()
    assert {(m.to[0], m.body.splitlines()[0]) for m in mail.outbox} == named


def test_erasing_the_kept_account_erases_what_was_merged(student, twin, classmate):
    for each in (student, twin):
        Passkey.objects.create(
            user=each,
            credential_digest=each.email,
            credential_id="c",
            public_key="k",
            trust="synced",
            backed_up=True,
            created_at=clock.now(),
        )
    undone = merge(student, classmate)
    undo(undone)
    row = merge(student, twin)
    services.erase_person(student, now=clock.now(), unasked=True)
    twin.refresh_from_db()
    classmate.refresh_from_db()
    assert twin.full_name == "Erased student"
    assert classmate.full_name != "Erased student", "that merge was a mistake, and undone"
    assert not Passkey.objects.exists()
    with pytest.raises(Refusal) as refusal:
        undo(AccountMerge.objects.get(pk=row.pk))
    assert refusal.value.code == "account_erased"


def test_a_file_that_names_the_emptied_account_is_told_which_number_to_write(
    student, twin, course, client, admin_user
):
    merge(student, twin)
    line = "subject_code,class_code,teacher_number,student_number\nOS,CSE-A,T1,S1X\n"
    with pytest.raises(imports.ImportRefused) as refusal:
        imports.plan_enrolments(line.encode(), now=clock.now())
    said = " ".join(str(problem) for problem in refusal.value.problems)
    assert "was merged into" in said
    assert "S1)" in said
