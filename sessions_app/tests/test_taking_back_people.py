"""Imports of people and marks are taken back as far as nothing was built on them."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import User
from attendance_project.refusals import Refusal
from sessions_app import imports, services
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    ClassGroup,
    Course,
    CourseStaff,
    Enrolment,
    ImportRecord,
    Session,
    SessionState,
    Subject,
)
from sessions_app.tests.import_files import ANN, BO, EXISTING, TEACHING, csv_of, plan
from sessions_app.tests.import_files import NOW as TERM
from sessions_app.tests.test_import_marks import HEAD, NOW, session_at
from sessions_app.tests.test_import_marks import run as run_marks

LATER = NOW + timedelta(hours=1)
NEW = csv_of(TEACHING | {"class_code": "CSE-Z", "class_name": "Z"} | ANN)


def do(data: bytes, **options) -> ImportRecord:
    made = plan(data, **options)
    imports.apply(made)
    return made.record


def take_back(record: ImportRecord, by: User | None = None) -> list[tuple[str, str, int]]:
    done = imports.take_back(ImportRecord.objects.get(pk=record.pk), by=by, now=LATER)
    assert done.taken_back_at == LATER
    return [(one["kind"], one["why"], one["number"]) for one in done.stayed]


def there() -> list[int]:
    models = (User, Subject, ClassGroup, Course, CourseStaff, Enrolment)
    return [model.objects.count() for model in models]


def newest() -> ImportRecord:
    return ImportRecord.objects.order_by("-at", "-pk")[0]


# People


def test_all_that_an_import_made_is_gone_if_nobody_used_it(course):
    before = there()
    helper = {"teacher_number": "T8", "teacher_email": "t8@x.example", "teacher_name": "Two"}
    two = TEACHING | {"class_code": "CSE-Z", "class_name": "Z"}
    record = do(csv_of(two | ANN, {**two, **helper} | BO))
    assert there() != before
    assert take_back(record) == []
    assert there() == before
    assert do(csv_of(two | ANN)).changes


def test_accounts_that_were_used_stay_and_are_told(course):
    record = do(csv_of(EXISTING | ANN, EXISTING | BO))
    ann = User.objects.get(institution_number="S7")
    ann.set_password("correct horse battery")
    ann.save()
    assert take_back(record) == [("student", "logged_in", 1)]
    assert User.objects.filter(institution_number="S7").exists()
    assert not User.objects.filter(institution_number="S8").exists()
    assert course.enrolments.count() == 2


def test_somebody_with_marks_stays_on_the_course(course, teacher):
    record = do(csv_of(EXISTING | ANN))
    session = session_at(course)
    ann = User.objects.get(institution_number="S7")
    services.record_imported(session, student=ann, status="present", by=teacher, now=NOW)
    assert take_back(record) == [("enrolment", "has_marks", 1), ("student", "used", 1)]
    assert Enrolment.objects.filter(student=ann).exists()


def test_a_course_with_sessions_stays_with_its_teacher_and_class(course):
    record = do(NEW)
    made = Course.objects.exclude(pk=course.pk).get()
    services.create_session(made, starts_at=LATER, ends_at=LATER + timedelta(hours=1))
    stayed = take_back(record)
    assert stayed == [("class", "used", 1), ("course", "used", 1), ("teacher", "used", 1)]
    assert made.enrolments.count() == 0


def test_who_was_withdrawn_is_on_the_course_again(course, student):
    before = Enrolment.objects.order_by("pk").values()
    before = [dict(row) for row in before]
    record = do(csv_of(EXISTING | {"student_number": "S2"}), drop_missing=True)
    assert not Enrolment.objects.get(student=student).is_active
    assert take_back(record) == []
    assert [dict(row) for row in Enrolment.objects.order_by("pk").values()] == before


def test_who_came_back_is_off_the_course_again(course, student):
    Enrolment.objects.filter(student=student).update(is_active=False, withdrawn_at=TERM)
    before = [dict(row) for row in Enrolment.objects.order_by("pk").values()]
    record = do(csv_of(EXISTING | {"student_number": "S1"}))
    assert Enrolment.objects.get(student=student).is_active
    assert take_back(record) == []
    assert [dict(row) for row in Enrolment.objects.order_by("pk").values()] == before


def test_what_was_changed_since_stays(course, student):
    record = do(csv_of(EXISTING | {"student_number": "S2"}), drop_missing=True)
    Enrolment.objects.filter(student=student).update(is_active=True, withdrawn_at=None)
    assert take_back(record) == []  # somebody has put it right already
    record = do(csv_of({"subject_code": "OS", "subject_name": "Systems"}))
    Subject.objects.update(name="By hand")
    assert take_back(record) == [("subject", "changed", 1)]
    assert Subject.objects.get().name == "By hand"


def test_names_of_subjects_are_as_before_and_those_of_people_stay(course, student):
    row = {"subject_code": "OS", "subject_name": "Systems", "class_code": "CSE-A"}
    record = do(csv_of(row | {"student_number": "S1", "student_name": "Ann New"}))
    assert "Ann New" not in str(record.changes)
    assert take_back(record) == [("student", "not_kept", 1)]
    assert Subject.objects.get().name == "Operating Systems"
    assert User.objects.get(pk=student.pk).full_name == "Ann New"


def test_a_change_of_teacher_stays_and_is_told(course, colleague):
    record = do(csv_of(EXISTING | {"teacher_number": "T2"}))
    assert take_back(record) == [("course", "teachers", 1)]
    assert Course.objects.get().teacher == colleague


def test_only_an_admin_takes_back_people(course, teacher, admin_user):
    record = do(NEW, by=teacher)
    with pytest.raises(Refusal) as caught:
        imports.take_back(record, by=teacher, now=LATER)
    assert caught.value.code == "import_not_yours"
    assert take_back(record, by=admin_user) == []
    with pytest.raises(Refusal) as caught:
        imports.take_back(record, by=admin_user, now=LATER)
    assert caught.value.code == "import_taken_back"


def test_the_page_tells_what_stays(client: Client, course, admin_user, student):
    record = do(csv_of({"student_number": "S1", "student_name": "Ann New"}), by=admin_user)
    client.force_login(admin_user)
    address = f"/imports/{record.pk}/"
    assert "accounts that nobody has used" in client.get(address).content.decode()
    page = client.post(f"{address}take-back/", follow=True).content.decode()
    assert "as far as possible" in page
    assert "student (1): what was there before is personal, and is not kept" in page


# Marks


def by_number() -> dict[str, str]:
    rows = Attendance.objects.select_related("student")
    return {row.student.institution_number: row.status for row in rows}


def test_marks_that_nobody_changed_no_longer_count(course, teacher):
    session = session_at(course)
    for person in (e.student for e in course.enrolments.select_related("student")):
        services.marks.record_absence(session, person, now=NOW)
    run_marks(HEAD + "S1,2026-11-23,present\nS2,2026-11-23,late\n", teacher, course=course)
    assert by_number() == {"S1": "present", "S2": "late"}
    assert take_back(newest(), by=teacher) == []
    assert by_number() == {"S1": "absent", "S2": "absent"}
    assert AttendanceMark.objects.filter(undone_at=LATER, undone_by=teacher).count() == 2


def test_a_mark_that_was_changed_since_stays(course, student, teacher):
    session = session_at(course)
    run_marks(HEAD + "S1,2026-11-23,present\nS2,2026-11-23,present\n", teacher, course=course)
    services.mark_by_hand(
        session, student, status="late", reason="seen", by=teacher, now=LATER, key="1"
    )
    assert take_back(newest(), by=teacher) == [("mark", "changed", 1)]
    assert by_number()["S1"] == "late"
    assert by_number().get("S2", "absent") == "absent"


def forgotten(course) -> Session:
    start = session_at(course).starts_at
    Session.objects.all().delete()
    return services.create_session(course, starts_at=start, ends_at=start + timedelta(hours=1))


def as_it_stands(session: Session) -> dict:
    told = Session.objects.filter(pk=session.pk).values()[0]
    return {name: value for name, value in told.items() if name != "change_stamp"}


@pytest.mark.parametrize("signed", [True, False])
def test_a_session_that_only_the_import_recorded_is_as_before(course, teacher, signed):
    session = forgotten(course)
    before = as_it_stands(session)
    for minutes in range(2):
        now = NOW + timedelta(minutes=minutes)
        run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course, now=now)
        assert by_number() == {"S1": "present", "S2": "absent"}
        assert Session.objects.get().state == SessionState.CLOSED
        assert take_back(newest(), by=teacher if signed else None) == []
        assert as_it_stands(session) == before
        assert Session.objects.get().is_forgotten(LATER)
        assert by_number() == {}
        assert not AttendanceMark.objects.filter(undone_at=None).exists()
    kinds = list(session.events.order_by("at", "kind").values_list("kind", "by"))
    by = teacher.pk if signed else None
    assert sorted(kinds, key=str) == sorted(
        [("recorded", teacher.pk), ("unrecorded", by)] * 2, key=str
    )


def test_what_was_excused_in_a_recorded_session_is_excused_when_it_is_recorded_again(
    course, teacher, classmate
):
    session = forgotten(course)
    services.give_excuse(
        course,
        classmate,
        from_date=date(2026, 11, 23),
        until_date=date(2026, 11, 23),
        note="ill",
        by=teacher,
        now=NOW,
    )
    for minutes in range(2):
        now = NOW + timedelta(minutes=minutes)
        run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course, now=now)
        assert by_number() == {"S1": "present", "S2": "excused"}
        take_back(newest(), by=teacher)
        assert by_number() == {}
    services.record_session(session, statuses={}, by=teacher, now=LATER)
    assert by_number() == {"S1": "absent", "S2": "excused"}


def test_a_mark_from_before_the_import_stays_in_a_session_that_is_planned_again(
    course, teacher, classmate
):
    session = forgotten(course)
    services.mark_by_hand(
        session,
        classmate,
        status="late",
        reason="seen",
        by=teacher,
        now=NOW - timedelta(hours=1),
        key="1",
    )
    run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    assert take_back(newest(), by=teacher) == []
    assert (Session.objects.get().state, by_number()) == (SessionState.PLANNED, {"S2": "late"})


def test_a_recorded_session_that_was_annulled_since_stays_annulled(course, teacher, admin_user):
    session = forgotten(course)
    run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    session.refresh_from_db()
    services.annul(session, by=admin_user, reason="not held", now=LATER)
    assert take_back(newest(), by=teacher) == [("session", "changed", 1)]
    assert Session.objects.get().state == SessionState.ANNULLED
    assert Session.objects.get().annul_reason == "not held"


def test_a_recorded_session_in_which_somebody_marked_stays(course, classmate, teacher):
    session = forgotten(course)
    run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    services.mark_by_hand(
        session, classmate, status="late", reason="seen", by=teacher, now=LATER, key="1"
    )
    assert take_back(newest(), by=teacher) == [("session", "has_marks", 1)]
    assert Session.objects.get().state == SessionState.CLOSED
    assert by_number() == {"S1": "present", "S2": "late"}


def test_marks_of_sessions_that_one_no_longer_runs_stay(course, teacher, colleague):
    session_at(course)
    run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    Session.objects.update(teacher=colleague)
    Course.objects.update(teacher=colleague)
    with pytest.raises(Refusal) as caught:
        imports.take_back(newest(), by=teacher, now=LATER)
    assert caught.value.code == "import_not_yours"
    assert by_number() == {"S1": "present"}
    assert ImportRecord.objects.get().taken_back_at is None
