"""A file with another teacher is a change of the course that is there, never a second course."""

from datetime import timedelta

import pytest

from accounts.models import Role, User
from conftest import NOW, make_user
from sessions_app import imports, services
from sessions_app.imports import Action, ImportRefused
from sessions_app.models import Course, CourseStaff, Enrolment, Session, StaffRole
from sessions_app.tests.import_files import TEACHING, csv_of, names, plan, refused, run

HEAD = "student_number,subject_code,class_code,teacher_number\n"


def file(*lines: str) -> bytes:
    return (HEAD + "".join(f"{line}\n" for line in lines)).encode()


def session_of(course: Course) -> Session:
    at = NOW + timedelta(days=7)
    return services.create_session(course, starts_at=at, ends_at=at + timedelta(hours=1))


def test_another_teacher_is_a_change_and_planned_sessions_follow(db, course, student, colleague):
    session = session_of(course)
    made = run(file("S1,OS,CSE-A,T2"))
    assert names(made, Action.CHANGED) == [
        "course OS · CSE-A · T1 (teacher_number: Teacher T1 (T1) → Teacher T2 (T2); "
        "1 planned session follows)"
    ]
    course.refresh_from_db()
    session.refresh_from_db()
    assert (course.teacher, session.teacher_id, course.time_zone) == (
        colleague,
        colleague.pk,
        "Europe/Paris",
    )
    assert Course.objects.count() == 1
    assert Enrolment.objects.filter(student=student).count() == 1
    assert plan(file("S1,OS,CSE-A,T2")).steps[0].change.action == Action.KEPT


def test_a_teacher_who_is_new_takes_the_course_over(db, course):
    run(csv_of(TEACHING | {"subject_name": "Operating Systems"}))
    assert Course.objects.get().teacher.institution_number == "T7"


def test_who_taught_goes_on_while_the_new_teacher_waits_for_approval(db, course, teacher):
    """An account that waits for approval can do nothing, so that the course would have nobody."""
    session = session_of(course)
    made = run(csv_of(TEACHING | {"subject_name": "Operating Systems"}))
    course.refresh_from_db()
    new = course.teacher
    assert (new.institution_number, new.is_approved) == ("T7", False)
    assert [row.person for row in CourseStaff.objects.all()] == [teacher]
    assert session in Session.objects.run_by(teacher)
    assert course in Course.objects.managed_by(teacher)
    assert "Teacher T1 (T1) teaches it too, since the account of" in " ".join(
        names(made, Action.CHANGED)
    )
    assert plan("".join(imports.export_enrolments()).encode()).steps == []


def test_two_lecturers_of_one_course_in_one_file_are_both_its_teachers(db, course, colleague):
    made = run(file("S1,OS,CSE-A,T2", "S2,os,cse-a,t1"))
    assert names(made, Action.ADDED) == ["further teacher Teacher T2 (T2) in OS · CSE-A · T1"]
    course.refresh_from_db()
    assert course.teacher.institution_number == "T1"
    staff = CourseStaff.objects.get()
    assert (staff.person, staff.role) == (colleague, StaffRole.TEACHER)
    for line in ("S1,OS,CSE-A,T2", "S1,OS,CSE-A,T1"):
        assert plan(file(line)).writes == []


def test_an_assistant_whom_a_file_names_as_teacher_becomes_one(db, course, colleague):
    services.add_staff(course, person=colleague, role=StaffRole.ASSISTANT, by=None, now=NOW)
    run(file("S1,OS,CSE-A,T1", "S2,OS,CSE-A,T2"))
    assert CourseStaff.objects.get().role == StaffRole.TEACHER


def test_two_lecturers_of_a_new_course_are_both_its_teachers(db, teacher, colleague):
    make_user(Role.STUDENT, "S1")
    data = csv_of(
        {"subject_code": "DB", "subject_name": "Data", "class_code": "X", "class_name": "X"}
        | {"student_number": "S1", "teacher_number": "T1"},
        {"subject_code": "DB", "class_code": "X", "teacher_number": "T2"},
    )
    run(data)
    course = Course.objects.get()
    assert course.teacher == teacher
    assert [row.person for row in course.staff.all()] == [colleague]
    exported = "".join(imports.export_enrolments()).encode()
    assert plan(exported, drop_missing=True).steps == []


def test_a_course_that_is_there_needs_no_teacher_in_the_file(db, course):
    make_user(Role.STUDENT, "S7")
    run(b"student_number,subject_code,class_code\nS7,OS,CSE-A\n")
    assert course.enrolments.count() == 3
    problems = refused(
        b"student_number,subject_code,class_code,class_name\nS7,OS,CSE-B,Computer Science B\n"
    )
    assert problems == [
        "line 2, teacher_number: is empty: a new course needs a teacher. Give their number."
    ]


def test_courses_that_are_doubled_already_are_told_apart_by_their_teacher(db, course, colleague):
    double = Course.objects.create(
        subject=course.subject, class_group=course.class_group, teacher=colleague
    )
    make_user(Role.STUDENT, "S7")
    run(file("S7,OS,CSE-A,T2"))
    assert [e.student.institution_number for e in double.enrolments.all()] == ["S7"]
    assert "taught by T1, T2. Name one" in refused(file("S7,OS,CSE-A,"))[0]
    exported = "".join(imports.export_enrolments()).encode()
    assert plan(exported, drop_missing=True).steps == []


def test_a_teacher_that_somebody_changed_meanwhile_stops_the_import(db, course, colleague):
    late = plan(file("S1,OS,CSE-A,T2"))
    other = make_user(Role.TEACHER, "T3")
    Course.objects.update(teacher=other)
    with pytest.raises(ImportRefused, match="somebody else changed it during the import"):
        imports.apply(late)
    assert Course.objects.get().teacher == other


def test_a_student_in_the_column_of_teachers_takes_no_course_over(db, course):
    assert "never changes a role" in refused(file("S1,OS,CSE-A,S2"))[0]
    User.objects.filter(institution_number="T1").update(is_active=False)
    assert "is inactive" in refused(file("S1,OS,CSE-A,T1"))[0]
