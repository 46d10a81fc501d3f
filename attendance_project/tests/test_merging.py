"""Merging two accounts of one student, undoing it, and what each of them then has."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import hooks, services
from accounts.models import (
    AccountMerge,
    ConsentEvent,
    Device,
    ErasureRequest,
    Passkey,
    RefreshToken,
    Role,
    User,
)
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.spans import Span
from attendance_project.tests import world
from attendance_project.tests.threads import wait_for_mails
from conftest import make_user
from reports.models import AttendanceNotice
from reports.queries.students import student_overall
from reports.tests.conftest import days_ago, meet
from sessions_app import imports
from sessions_app import services as teaching
from sessions_app.models import Attendance, AttendanceMark, Course, Enrolment, Excuse, Session
from sessions_app.services import marks
from verification.engines.base import Template
from verification.models import CheckInDecision, FaceTemplate, TemplateAccess, Warning
from verification.services.consequences import strikes_of
from verification.services.faces import sealing

STAYS = {
    "accounts.RefreshToken.user": "the log-ins end",
    "accounts.PasskeyChallenge.user": "good for minutes",
    "accounts.ReservedEmail.user": "kept for the account that gave the address up",
    "accounts.ErasureRequest.user": "a merge is refused while one is open",
    "accounts.Invitation.used_by": "history",
    "accounts.AccountMerge.kept": "the merge itself",
    "accounts.AccountMerge.merged": "the merge itself",
    "sessions_app.Course.teacher": "students only are merged",
    "sessions_app.CourseStaff.person": "students only are merged",
    "sessions_app.StaffEvent.person": "students only are merged",
    "sessions_app.Session.teacher": "students only are merged",
    "sessions_app.Session.substitute": "students only are merged",
    "sessions_app.Attendance.teacher": "students only are merged",
    "reports.ErrorEvent.user": "history",
}
"""Columns that name a person whom a row is about, and that stay as they are."""
FOLLOWS = {
    *("accounts.Device.user", "accounts.Passkey.user", "accounts.ConsentEvent.user"),
    *("sessions_app.Enrolment.student", "sessions_app.Attendance.student"),
    *("sessions_app.AttendanceMark.student", "sessions_app.Excuse.student"),
    "sessions_app.Guest.enrolled_as",
    *("verification.CheckInAttempt.student", "verification.EvidenceRecord.student"),
    *("verification.CheckInDecision.student", "verification.Warning.student"),
    *("verification.StrikeNotice.student", "verification.FaceTemplate.student"),
    *("verification.PhotoTemplate.student", "verification.EnrolmentFrame.student"),
    *("verification.TemplateAccess.student", "reports.AttendanceNotice.student"),
}


@pytest.fixture
def twin(db) -> User:
    """The student's second account."""
    return make_user(Role.STUDENT, "S1X")


def merge(kept, merged, **how) -> AccountMerge:
    return services.merge_accounts(kept, merged, by=None, now=how.get("now", clock.now()))


def undo(row, **how) -> AccountMerge:
    return services.undo_merge(row, by=None, now=how.get("now", clock.now()))


def mark(session, student, status, source="check_in", now=None):
    return teaching.record_mark(
        session=session,
        student=student,
        status=status,
        source=source,
        key=f"{session.pk.hex[:8]}:{student.pk.hex}:{source}",
        now=now or clock.now(),
    )


def statuses(student) -> dict:
    rows = Attendance.objects.filter(student=student)
    return dict(rows.values_list("session_id", "status"))


def test_each_column_that_names_a_student_follows_or_is_said_to_stay():
    """A new model with a student in it has to say here what becomes of it."""
    about = (
        *("user", "student", "person", "teacher", "kept", "merged", "substitute", "used_by"),
        "enrolled_as",
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


@pytest.mark.parametrize(
    ("mine", "others", "better"),
    [
        (("absent", "closing"), ("present", "check_in"), "present"),
        (("present", "check_in"), ("absent", "closing"), "present"),
        (("absent", "manual"), ("present", "check_in"), "present"),
        (("late", "check_in"), ("excused", "excuse"), "late"),
        (("absent", "closing"), ("excused", "excuse"), "excused"),
        (("late", "manual"), ("present", "manual"), "present"),
        (("absent", "closing"), ("absent", "closing"), "absent"),
    ],
)
def test_of_two_marks_the_better_counts_stays_and_goes_back(
    student, twin, session, mine, others, better
):
    mark(session, student, *mine)
    mark(session, twin, *others)
    row = merge(student, twin)
    assert statuses(student) == {session.pk: better}
    assert statuses(twin) == {}
    assert AttendanceMark.objects.filter(student=student).count() >= 2, "both stay readable"
    assert marks.update_attendance(session, student).status == better
    undo(row)
    assert statuses(student) == {session.pk: mine[0]}
    assert statuses(twin) == {session.pk: others[0]}


@pytest.mark.parametrize(
    ("mine", "others", "cleared", "shown"),
    [
        ("present", "absent", "twin", "present"),
        ("absent", "present", "student", "present"),
        ("absent", "late", "twin", "absent"),
        ("present", "absent", "both", None),
        ("present", None, "student", None),
        (None, "present", "twin", None),
    ],
)
def test_a_status_counts_more_than_a_cleared_mark_of_the_other_account(
    student, twin, session, mine, others, cleared, shown
):
    for person, name, status in ((student, "student", mine), (twin, "twin", others)):
        if status:
            mark(session, person, status, "closing" if status == "absent" else "check_in")
        if status and cleared in (name, "both"):
            mark(session, person, "", "manual", now=clock.now())
    before = statuses(student), statuses(twin)
    row = merge(student, twin)
    expected = {session.pk: shown} if shown else {}
    assert (statuses(student), statuses(twin)) == (expected, {})
    from sessions_app.services import marks

    marks.update_attendance(session, student)
    assert statuses(student) == expected, "and the marks say the same"
    undo(row)
    assert (statuses(student), statuses(twin)) == before


def test_who_is_marked_and_enrolled_while_a_merge_is_planned_is_no_hindrance(
    student, twin, course, session, monkeypatch
):
    """The kept account checks in, and is enrolled, between the plan and its move."""
    mark(session, twin, "late")
    enrolment(course, twin, from_days=60)
    Enrolment.objects.filter(student=student).delete()

    class Late:
        def __init__(self, follower, meanwhile):
            self.follower, self.meanwhile = follower, meanwhile
            self.move, self.move_back = follower.move, follower.move_back

        def plan(self, row):
            planned = self.follower.plan(row)
            self.meanwhile()
            return planned

    late = {
        teaching.Marks: lambda: mark(session, student, "present"),
        teaching.Enrolments: lambda: enrolment(course, student, from_days=1),
    }
    with monkeypatch.context() as patch:
        for name, follower in list(hooks.merges.items()):
            if type(follower) in late:
                patch.setitem(hooks.merges, name, Late(follower, late[type(follower)]))
        row = merge(student, twin)
    assert row.done_at is not None
    assert (statuses(student), statuses(twin)) == ({session.pk: "present"}, {})
    assert [e.student for e in Enrolment.objects.filter(course=course, is_active=True)].count(
        student
    ) == 1
    undo(row)
    assert statuses(student) == {session.pk: "present"}
    assert statuses(twin) == {session.pk: "late"}
    assert Enrolment.objects.get(student=twin).is_active


def excuse_of(student, course, day) -> Excuse:
    return teaching.give_excuse(
        course,
        student,
        from_date=day,
        until_date=day,
        note="Ill.",
        by=course.teacher,
        now=day_of(day),
    )


def day_of(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize("kept_has_it", [True, False])
def test_an_excuse_of_one_account_counts_for_the_absence_of_the_other(
    student, twin, course, session, kept_has_it
):
    Session.objects.update(state="closed", closed_at=session.ends_at)
    session.refresh_from_db()
    day = session.local_start.date()
    with_excuse, absent = (student, twin) if kept_has_it else (twin, student)
    Enrolment.objects.filter(student=student).update(student=absent)
    given = excuse_of(with_excuse, course, day)
    mark(session, absent, "absent", "closing")
    row = merge(student, twin)
    assert statuses(student) == {session.pk: "excused"}
    undo(row)
    assert (statuses(absent), statuses(with_excuse)) == ({session.pk: "absent"}, {})
    merge(student, twin)
    assert statuses(student) == {session.pk: "excused"}, "also where it was undone before"
    given.refresh_from_db()
    teaching.revoke_excuse(given, by=course.teacher, now=clock.now())
    assert statuses(student) == {session.pk: "absent"}


def test_the_times_that_the_merged_account_was_off_are_no_times_on_the_course(
    student, twin, course, classmate
):
    elsewhere = Course.objects.create(
        subject=course.subject,
        class_group=course.class_group,
        teacher=make_user(Role.TEACHER, "T8"),
    )
    ago = {days: clock.now() - timedelta(days=days) for days in (60, 30, 20)}
    teaching.enrol(elsewhere, [twin], now=ago[60])
    services.switch_off(twin, now=ago[30])
    services.switch_on(twin, now=ago[20])
    row = merge(student, twin)
    kept = Enrolment.objects.get(course=elsewhere, student=student)
    assert kept.spans == [Span(ago[60], ago[30]), Span(ago[20])]
    undo(row)
    assert Enrolment.objects.get(course=elsewhere, student=twin).spans == [Span(ago[60])]


def test_who_was_marked_after_the_merge_keeps_a_place_on_the_course(student, twin, course, session):
    Enrolment.objects.filter(student=student).update(student=twin)
    row = merge(student, twin)
    mark(session, student, "present", "manual")
    undo(row)
    assert Enrolment.objects.get(student=twin).is_active
    place = Enrolment.objects.get(student=student)
    assert (place.is_active, place.enrolled_at) == (False, row.at)
    [shown] = student_overall(student, viewer=student, now=clock.now()).courses
    assert shown.course.course_id == course.pk


def test_attendance_that_no_mark_explains_follows_and_goes_back_too(student, twin, session):
    about = teaching_row(session)
    Attendance.objects.create(student=student, status="absent", source="closing", **about)
    Attendance.objects.create(student=twin, status="present", source="check_in", **about)
    row = merge(student, twin)
    assert statuses(student) == {session.pk: "present"}
    undo(row)
    assert statuses(student) == {session.pk: "absent"}
    assert statuses(twin) == {session.pk: "present"}


def teaching_row(session) -> dict:
    return {
        "session": session,
        "course_id": session.course_id,
        "subject_id": session.subject_id,
        "class_group_id": session.class_group_id,
        "teacher_id": session.teacher_id,
        "local_date": "2026-03-02",
        "marked_at": clock.now(),
    }


def test_a_mark_made_after_the_merge_stays_with_the_kept_account(student, twin, session):
    mark(session, twin, "late")
    row = merge(student, twin)
    mark(session, student, "present", "manual", now=clock.now() + timedelta(seconds=1))
    undo(row)
    assert statuses(student) == {session.pk: "present"}
    assert statuses(twin) == {session.pk: "late"}


def enrolment(course, student, from_days, until_days=None, **values):
    now = clock.now()
    until = now - timedelta(days=until_days) if until_days is not None else None
    Enrolment.objects.filter(course=course, student=student).delete()
    return Enrolment.objects.create(
        course=course,
        student=student,
        enrolled_at=now - timedelta(days=from_days),
        withdrawn_at=until,
        is_active=until is None,
        **values,
    )


def test_two_enrolments_on_one_course_cover_the_times_of_both(student, twin, course):
    kept = enrolment(course, student, from_days=10)
    merged = enrolment(course, twin, from_days=60, until_days=30)
    row = merge(student, twin)
    kept.refresh_from_db()
    assert kept.is_active
    assert len(kept.spans) == 2
    assert kept.spans[0].from_at == merged.enrolled_at
    assert not Enrolment.objects.get(pk=merged.pk).is_active
    undo(row)
    for before in (kept, merged):
        now = Enrolment.objects.get(pk=before.pk)
        assert now.spans == (merged.spans if before is merged else now.spans[-1:])
    assert Enrolment.objects.get(pk=kept.pk).earlier_spans is None


def test_an_enrolment_that_lasts_goes_on_and_overlaps_are_one_time(student, twin, course):
    kept = enrolment(course, student, from_days=60, until_days=20)
    merged = enrolment(course, twin, from_days=30)
    merge(student, twin)
    kept_now = Enrolment.objects.get(pk=kept.pk)
    assert kept_now.is_active
    assert [(span.from_at, span.until_at) for span in kept_now.spans] == [(kept.enrolled_at, None)]
    assert not Enrolment.objects.get(pk=merged.pk).is_active


def test_nobody_is_absent_twice_after_a_merge(student, twin, course, open_session):
    enrolment(course, student, from_days=10)
    enrolment(course, twin, from_days=10)
    merge(student, twin)
    teaching.close_session(open_session, by=course.teacher, now=clock.now())
    names = {row.student.institution_number for row in Attendance.objects.all()}
    assert names == {"S1", "S2"}


def device(user, status) -> Device:
    return Device.objects.create(
        user=user,
        jkt=f"{user.institution_number}-{status}",
        public_jwk={},
        status=status,
        registered_at=clock.now(),
    )


def test_phones_follow_and_one_is_active(student, twin):
    mine, others = device(student, "active"), device(twin, "active")
    row = merge(student, twin)
    found = {d.pk: (d.user, d.status) for d in Device.objects.all()}
    assert found == {mine.pk: (student, "active"), others.pk: (student, "revoked")}
    undo(row)
    found = {d.pk: (d.user, d.status) for d in Device.objects.all()}
    assert found == {mine.pk: (student, "active"), others.pk: (twin, "active")}


def test_an_only_phone_stays_active_in_the_kept_account(student, twin):
    others = device(twin, "active")
    merge(student, twin)
    others.refresh_from_db()
    assert (others.user, others.status) == (student, "active")


def face(user, status="approved") -> FaceTemplate:
    template = Template(engine="fake", vector=(0.1, 0.2))
    return FaceTemplate.objects.create(
        student=user,
        engine="fake",
        ciphertext=sealing.seal_template(user.pk, sealing.FACE, template),
        consent_version="1",
        status=status,
        enrolled_at=clock.now(),
    )


def test_a_face_follows_and_opens_for_its_new_owner_only(student, twin):
    row = face(twin)
    done = merge(student, twin)
    row.refresh_from_db()
    assert row.student == student
    assert sealing.open_template(row).engine == "fake"
    assert TemplateAccess.objects.get(student=student).purpose == "merged"
    row.student_id = twin.pk
    with pytest.raises(Refusal):
        sealing.open_template(row)
    undo(done)
    row.refresh_from_db()
    assert row.student == twin
    assert sealing.open_template(row).engine == "fake"


@pytest.mark.parametrize("status", ["approved", "waiting"])
def test_a_second_face_follows_as_replaced_and_counts_again_when_it_is_undone(
    student, twin, status
):
    mine, others = face(student, status), face(twin, status)
    row = merge(student, twin)
    assert faces() == {mine.pk: (student, status), others.pk: (student, "replaced")}
    assert sealing.open_template(FaceTemplate.objects.get(pk=others.pk)).engine == "fake"
    undo(row)
    assert faces() == {mine.pk: (student, status), others.pk: (twin, status)}


def faces() -> dict:
    return {row.pk: (row.student, row.status) for row in FaceTemplate.objects.all()}


def test_a_second_warning_of_one_session_follows_and_is_no_further_strike(
    student, twin, open_session
):
    mine, others = (
        world._warning(world._decision(open_session, person)) for person in (student, twin)
    )
    row = merge(student, twin)
    assert set(Warning.objects.filter(student=student)) == {mine, others}
    assert strikes_of(student) == 1
    undo(row)
    others.refresh_from_db()
    assert (others.student, others.from_merge) == (twin, "")
    assert strikes_of(student) == strikes_of(twin) == 1


def test_log_ins_of_the_emptied_account_end(student, twin):
    now = clock.now()
    RefreshToken.objects.create(
        jti="j", family=twin.pk, user=twin, issued_at=now, expires_at=now + timedelta(days=1)
    )
    merge(student, twin)
    assert RefreshToken.objects.get().revoked_at is not None


def test_both_addresses_are_told_of_the_merge_and_of_its_undoing(student, twin):
    row = merge(student, twin)
    wait_for_mails()
    assert {m.to[0] for m in mail.outbox} == {student.email, twin.email}
    assert all("30 days" in m.body and student.email in m.body for m in mail.outbox)
    mail.outbox.clear()
    undo(row)
    wait_for_mails()
    assert {m.to[0] for m in mail.outbox} == {student.email, twin.email}


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
    assert refused(student, teacher) == "students_only"
    assert refused(admin_user, student) == "students_only"
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


def test_figures_after_a_merge_are_those_of_one_student(student, twin, course):
    mark(meet(course, days_ago(3)), student, "present")
    mark(meet(course, days_ago(2)), twin, "late")
    both = meet(course, days_ago(1))
    mark(both, student, "absent", "closing")
    mark(both, twin, "present")
    merge(student, twin)
    assert sorted(statuses(student).values()) == ["late", "present", "present"]
    assert Session.objects.count() == 3
    assert Course.objects.count() == 1


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
