"""A table of sessions: who takes them, and how they count."""

import pytest

from accounts.models import Role
from attendance_project.tables import Row
from conftest import make_user
from sessions_app import imports
from sessions_app.imports import Action, ImportRefused
from sessions_app.imports.session_teachers import Teachers
from sessions_app.models import Course, Session
from sessions_app.tests.calendar_files import planned
from sessions_app.tests.table_files import NOW, changes, plan, refused, run
from sessions_app.tests.test_overlaps import course_of

STAFFED = "subject_code,class_code,date,begin,end,teacher_number,substitute,weight_h,offering\n"


@pytest.fixture
def other_teacher(db):
    return make_user(Role.TEACHER, number="T9", full_name="Nina Nine")


def test_substitute_weight_and_offering_are_set_and_said(course, other_teacher):
    made = run(STAFFED + 'OS,CSE-A,2026-12-01,09:00,10:30,,Nina Nine,"1,5",Lab 1\n')
    session = Session.objects.get()
    assert (session.substitute, session.weight_h, session.offering) == (other_teacher, 1.5, "Lab 1")
    (change,) = made.changes(Action.ADDED)
    assert change.told == "weight in hours: 1.5, offering: Lab 1, substitute: Nina Nine"
    assert "Nina" not in str(made.record.changes)


@pytest.mark.parametrize("weight", ["1_0", "1.5.0", "inf", "1e1", "-1", "heavy"])
def test_what_is_no_weight_is_refused_with_its_line(course, weight):
    with pytest.raises(ImportRefused) as refused:
        plan(STAFFED + f"OS,CSE-A,2026-12-01,09:00,10:30,,,{weight},\n")
    assert str(refused.value.problems[0]).startswith("line 2, weight_h: ")


def test_a_teacher_of_the_line_who_is_not_the_courses_takes_the_session(course, other_teacher):
    run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,,\nOS,CSE-A,2026-12-02,09:00,10:30,T1,,,\n")
    assert [s.substitute for s in Session.objects.order_by("starts_at")] == [other_teacher, None]
    made = run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T1,,,\n")
    assert changes(made, Action.CHANGED) == ["substitute: –"]
    assert Session.objects.order_by("starts_at")[0].substitute is None


def test_the_teacher_of_the_line_and_not_the_substitute_tells_between_courses(
    course, other_teacher
):
    course_of(other_teacher, "OS", "CSE-B")
    head = "subject_code,date,begin,end,teacher_number,substitute\n"
    made = run(head + "OS,2026-12-01,09:00,10:30,T1,Nina Nine\n")
    session = Session.objects.get()
    assert (session.course, session.substitute) == (course, other_teacher)
    assert made.unused == []
    [unsure] = plan(head + "OS,2026-12-02,09:00,10:30,,Nina Nine\n").unused
    assert len(unsure.choices) == 2


def test_what_a_person_set_stays(course, other_teacher, colleague):
    run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,2,\n")
    session = Session.objects.get()
    Session.objects.update(substitute=colleague, weight_h=3)
    made = run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,1,\n")
    assert changes(made, Action.LEFT) == [
        "a person set it otherwise and it stays so: substitute, weight in hours"
    ]
    session.refresh_from_db()
    assert (session.substitute, session.weight_h) == (colleague, 3)


def test_a_teacher_nobody_knows_is_refused_by_number_and_told_by_name(course):
    assert refused(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T77,,,\n") == [
        "line 2, teacher_number: 'T77' is no teacher's. Correct it, or register them first."
    ]
    made = run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,,Dr Who,,\n")
    assert made.notes == [
        "Nobody known for sure, so that the course's own teacher stays: line 2 “Dr Who”."
    ]
    assert Session.objects.get().substitute is None


def test_each_column_is_read_by_what_it_holds(course, other_teacher):
    email = other_teacher.email
    line = "OS,CSE-A,2026-12-01,09:00,10:30"
    head = "subject_code,class_code,date,begin,end,{}\n{},{}\n"
    for column, cell in (
        *(("teacher_number", email), ("teacher_number", "Nina Nine")),
        *(("teacher_email", "T9"), ("teacher_email", "Nina Nine")),
    ):
        (told_,) = refused(head.format(column, line, cell))
        assert told_.startswith(f"line 2, {column}: ")
    for column, cell in (
        *(("teacher_number", "t9"), ("teacher_email", email.upper())),
        *(("teacher_name", "nina nine"), ("teacher_name", "T9"), ("teacher_name", email)),
        *(("substitute", "t9"), ("substitute", email), ("substitute", "NINA NINE")),
    ):
        (change,) = plan(head.format(column, line, cell)).changes(Action.ADDED)
        assert change.told == "substitute: Nina Nine", (column, cell)


def test_only_teachers_whom_the_file_names_are_looked_up(
    course, other_teacher, django_assert_num_queries
):
    rows = [Row(2, {"teacher_number": "T9"}), Row(3, {"teacher_number": "T1"})]
    with django_assert_num_queries(1):
        found = Teachers(rows)
    assert sorted(found.by_number) == ["T1", "T9"]
    with django_assert_num_queries(0):
        Teachers([Row(2, {"room": "B-204"})])


def test_a_name_that_two_teachers_have_is_nobodys(course, other_teacher):
    make_user(Role.TEACHER, number="T8", full_name="Nina Nine")
    made = plan(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,,Nina Nine,,\n")
    assert "line 2 “Nina Nine”" in made.notes[0]


@pytest.mark.parametrize("weight", ["0", "25", "-1", "much", "inf"])
def test_a_weight_that_is_none_is_refused(course, weight):
    (told_,) = refused(STAFFED + f"OS,CSE-A,2026-12-01,09:00,10:30,,,{weight},\n")
    assert told_.startswith("line 2, weight_h: ")


def test_who_only_runs_a_course_sets_neither_weight_nor_substitute(course, other_teacher):
    data = STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,2,Lab\n"
    made = run(data, managed=Course.objects.none())
    session = Session.objects.get()
    assert (session.substitute, session.weight_h, session.offering) == (None, None, "")
    assert made.notes == [
        "Weights, offerings and substitutes were left out where you may not set them: "
        "Operating Systems · CSE-A."
    ]


def test_an_import_of_a_table_is_taken_back_as_a_whole(course, other_teacher):
    run(STAFFED + "OS,CSE-A,2026-12-01,09:00,10:30,T9,,2,Lab\n")
    later = "OS,CSE-A,2026-12-01,09:00,11:00,T1,,3,\nOS,CSE-A,2026-12-02,9:00,10:00,,,,\n"
    made = run(STAFFED + later)
    imports.take_back(made.record, by=None, now=NOW)
    session = Session.objects.get()
    assert planned() == ["12-01 09:00–10:30"]
    assert (session.substitute, session.weight_h, session.offering) == (other_teacher, 2, "Lab")
