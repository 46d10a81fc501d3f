"""Merging two accounts of one teacher, undoing it, and who teaches what then."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command

from accounts import services
from accounts.models import Role, User
from attendance_project import clock
from attendance_project.refusals import Refusal
from attendance_project.tests.merging import mark, merge, undo
from attendance_project.tests.threads import wait_for_mails
from conftest import make_user
from reports.tests.conftest import days_ago, meet
from sessions_app import imports
from sessions_app import services as teaching
from sessions_app.models import (
    Attendance,
    CalendarMapping,
    CalendarSubscription,
    ColumnMapping,
    Course,
    CourseStaff,
    Session,
    StaffEvent,
    Subject,
)


@pytest.fixture
def double(db) -> User:
    """The teacher's second account, as a file with another address made it."""
    return make_user(Role.TEACHER, "T1X")


@pytest.fixture
def other_course(double, course) -> Course:
    """A course of the second account."""
    subject = Subject.objects.create(code="DB", name="Databases")
    return Course.objects.create(
        subject=subject, class_group=course.class_group, teacher=double, time_zone="Europe/Paris"
    )


def taught_by(person) -> set:
    return set(Course.objects.taught_by(person))


def staff(course) -> dict:
    return {row.person: row.role for row in CourseStaff.objects.filter(course=course)}


def test_courses_sessions_and_their_register_follow_and_go_back(
    teacher, double, course, other_course, student
):
    held, planned = meet(other_course, days_ago(3)), meet(other_course, state="planned")
    mark(held, student, "present")
    row = merge(teacher, double)
    assert taught_by(teacher) == {course, other_course}
    assert set(Session.objects.values_list("teacher", flat=True)) == {teacher.pk}
    assert Attendance.objects.get().teacher == teacher
    later = teaching.create_session(
        Course.objects.get(pk=other_course.pk),
        starts_at=planned.ends_at,
        ends_at=planned.ends_at + (planned.ends_at - planned.starts_at),
    )
    double.refresh_from_db()
    assert not double.is_active
    undo(row)
    assert (taught_by(teacher), taught_by(double)) == ({course}, {other_course})
    for session in (held, planned, later):
        session.refresh_from_db()
        assert session.teacher == double
    assert Attendance.objects.get().teacher == double
    events = StaffEvent.objects.filter(course=other_course).order_by("at")
    assert [(e.person, e.former) for e in events] == [(teacher, double), (double, teacher)]


@pytest.mark.parametrize(
    ("own", "others", "then"),
    [
        (None, "assistant", "assistant"),
        (None, "teacher", "teacher"),
        ("assistant", "teacher", "teacher"),
        ("teacher", "assistant", "teacher"),
    ],
)
def test_of_two_places_on_a_staff_the_better_counts_and_both_come_back(
    teacher, double, colleague, course, own, others, then
):
    Course.objects.update(teacher=colleague)
    course.refresh_from_db()
    roles = {teacher: own, double: others}
    for person, role in roles.items():
        if role:
            teaching.add_staff(course, person=person, role=role, by=None, now=clock.now())
    row = merge(teacher, double)
    assert staff(course) == {teacher: then}
    undo(row)
    assert staff(course) == {person: role for person, role in roles.items() if role}


def test_who_assists_their_own_other_account_is_its_main_teacher_alone(
    teacher, double, other_course
):
    teaching.add_staff(other_course, person=teacher, by=None, now=clock.now())
    row = merge(teacher, double)
    other_course.refresh_from_db()
    assert (other_course.teacher, staff(other_course)) == (teacher, {})
    undo(row)
    other_course.refresh_from_db()
    assert (other_course.teacher, staff(other_course)) == (double, {teacher: "teacher"})


def test_a_course_that_both_teach_twice_is_taught_by_the_kept_account_too(teacher, double, course):
    twice = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=double
    )
    session = meet(twice, state="planned")
    row = merge(teacher, double)
    twice.refresh_from_db()
    session.refresh_from_db()
    assert (twice.teacher, session.teacher) == (double, double)
    assert taught_by(teacher) == {course, twice}
    undo(row)
    assert (taught_by(teacher), staff(twice)) == ({course}, {})


def test_substitutions_and_calendars_by_address_follow_and_go_back(
    teacher, double, colleague, session
):
    Session.objects.update(teacher=colleague, substitute=double)
    CalendarSubscription.objects.create(
        owner=double, address="https://x.test/a", created_at=clock.now()
    )
    row = merge(teacher, double)
    session.refresh_from_db()
    assert (session.substitute, CalendarSubscription.objects.get().owner) == (teacher, teacher)
    undo(row)
    session.refresh_from_db()
    assert (session.substitute, CalendarSubscription.objects.get().owner) == (double, double)


def test_choices_for_imports_follow_but_for_those_that_the_kept_account_has_made(
    teacher, double, course
):
    def chosen() -> tuple[dict, dict]:
        columns = {(c.owner, c.signature): c.by for c in ColumnMapping.objects.all()}
        return columns, {(t.owner, t.text): t.by for t in CalendarMapping.objects.all()}

    for person, names in ((double, ("one", "both")), (teacher, ("both",))):
        for name in names:
            kept = {"owner": str(person.pk), "by": person, "at": clock.now()}
            ColumnMapping.objects.create(kind="marks", signature=name, **kept)
            CalendarMapping.objects.create(source="term.ics", text=name, course=course, **kept)
    before = chosen()
    row = merge(teacher, double)
    own, emptied = str(teacher.pk), str(double.pk)
    after = {(own, "one"): teacher, (own, "both"): teacher, (emptied, "both"): double}
    assert chosen() == (after, after)
    undo(row)
    assert chosen() == before


def test_a_course_that_somebody_else_took_over_since_stays_theirs(
    teacher, double, colleague, other_course
):
    row = merge(teacher, double)
    other_course.refresh_from_db()
    teaching.change_teacher(other_course, to=colleague, by=None, now=clock.now())
    undo(row)
    assert (taught_by(double), taught_by(colleague)) == (set(), {other_course})


def test_the_same_merge_again_after_a_crash_adds_nothing(teacher, double, course, other_course):
    meet(other_course, days_ago(3))
    row = merge(teacher, double)
    plan = row.moved["teaching"]
    teaching.Teaching().move(row, plan, clock.now())
    assert taught_by(teacher) == {course, other_course}
    assert StaffEvent.objects.count() == 1
    undo(row)
    teaching.Teaching().move_back(row, plan, clock.now())
    assert taught_by(double) == {other_course}
    assert StaffEvent.objects.count() == 2


def test_who_waits_for_approval_is_not_kept(teacher, double):
    User.objects.filter(pk=teacher.pk).update(is_approved=False)
    with pytest.raises(Refusal) as refusal:
        merge(teacher, double)
    assert refusal.value.code == "not_approved"
    merge(double, teacher)


def test_an_admin_merges_teachers_by_page_and_both_addresses_are_told(
    client, admin_user, teacher, double, other_course
):
    client.force_login(admin_user)
    page = f"/people/{teacher.pk}/merge/"
    assert page in client.get(f"/people/{teacher.pk}/").content.decode()
    shown = client.get(page, {"other": "T1X"}).content.decode()
    assert "courses, sessions, substitutions" in shown
    assert "1 course taught" in shown
    client.post(page, {"other": "T1X", "keep": str(teacher.pk)})
    assert other_course in taught_by(teacher)
    wait_for_mails()
    assert {sent.to[0] for sent in mail.outbox} == {teacher.email, double.email}
    call_command("merge_accounts", "T1", "T1X", "--undo", stdout=StringIO())
    assert other_course in taught_by(double)


def test_a_student_and_a_teacher_are_not_one_person(teacher, student):
    with pytest.raises(Refusal) as refusal:
        services.check_merge(teacher, student)
    assert refusal.value.code == "roles_differ"


def test_a_file_that_names_the_emptied_account_is_told_which_number_to_write(
    teacher, double, course
):
    merge(teacher, double)
    line = "subject_code,class_code,teacher_number\nOS,CSE-A,T1X\n"
    with pytest.raises(imports.ImportRefused) as refusal:
        imports.plan_enrolments(line.encode(), now=clock.now())
    said = " ".join(str(problem) for problem in refusal.value.problems)
    assert "was merged into" in said
    assert "T1)" in said
