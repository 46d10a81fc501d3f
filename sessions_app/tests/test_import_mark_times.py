"""Lines of marks with a time of day and no date: of which session they are, and what is said."""

from datetime import timedelta

import pytest

from sessions_app import imports
from sessions_app.imports import ImportRefused
from sessions_app.models import Attendance, Course
from sessions_app.tests import test_import_marks as marks
from sessions_app.tests.test_import_marks import START, session_at

HEAD = "student_number,date,joined\n"


@pytest.fixture
def two(course):
    """Two sessions of one day: from 10:00 to 11:30 and from 14:00 to 15:30 in Paris."""
    return session_at(course), session_at(course, START + timedelta(hours=4))


def plan(text, by, **wanted):
    """All lines are of the one course, unless a session is chosen."""
    chosen = wanted or {"course": Course.objects.get()}
    return marks.plan(text, by, **chosen)


def run(text, by, **wanted):
    made = plan(text, by, **wanted)
    imports.apply(made)
    return made


def marked(session) -> dict[str, str]:
    rows = Attendance.objects.filter(session=session).select_related("student")
    return {row.student.institution_number: row.status for row in rows}


def test_the_time_of_a_person_chooses_among_the_sessions_of_the_day(two, teacher):
    run(HEAD + "S1,2026-11-23,10:02\nS2,2026-11-23,13:55\n", teacher)
    assert marked(two[0]) == {"S1": "present"}
    assert marked(two[1]) == {"S2": "present"}


def test_a_time_far_from_each_session_is_asked_about(two, teacher):
    with pytest.raises(ImportRefused, match="may be several sessions"):
        plan(HEAD + "S1,2026-11-23,20:00\n", teacher)


def test_a_time_as_near_to_two_sessions_is_asked_about(course, teacher):
    session_at(course)
    session_at(course, START + timedelta(minutes=60))
    with pytest.raises(ImportRefused, match="may be several sessions"):
        plan(HEAD + "S1,2026-11-23,10:30\n", teacher)


def test_a_line_without_a_day_is_of_the_only_day_in_the_file_which_is_said(two, teacher):
    made = run(HEAD + "S1,2026-11-23,10:02\nS2,,14:20\n", teacher)
    assert marked(two[1]) == {"S2": "late"}
    assert "the file's only day: line 3 “14:20”" in " ".join(made.notes)


def test_a_line_without_a_day_is_left_out_where_the_file_has_several(two, course, teacher):
    session_at(course, START + timedelta(days=1))
    made = run(HEAD + "S1,2026-11-23,10:02\nS1,2026-11-24,10:00\nS2,,14:20\n", teacher)
    assert not Attendance.objects.filter(student__institution_number="S2").exists()
    assert "line 4 “S2”, a time without a day" in " ".join(made.notes)


def test_a_file_without_any_day_says_what_to_do(two, teacher):
    made = plan("student_number,joined\nS1,10:02\n", teacher)
    assert not made.writes
    assert "choose the session, or add the day" in " ".join(made.notes)


def test_a_line_with_neither_day_nor_time_is_not_of_the_only_day(two, teacher):
    made = plan(HEAD + "S1,2026-11-23,10:02\nS2,,\n", teacher)
    assert len(made.writes) == 1


def test_the_start_of_a_session_without_a_day_chooses_it(two, teacher):
    head = "student_number,date,time,status\n"
    run(head + "S1,2026-11-23,10:00,present\nS2,,14:00,late\n", teacher)
    assert marked(two[1]) == {"S2": "late"}


def test_a_time_past_midnight_is_of_the_session_that_lasts_until_then(course, teacher):
    evening = session_at(course, START + timedelta(hours=13))  # 23:00 to 00:30 in Paris
    run(HEAD + "S1,2026-11-23,00:25\nS2,2026-11-23,22:58\n", teacher)
    assert marked(evening) == {"S1": "late", "S2": "present"}


def test_the_time_in_a_file_for_a_chosen_session_is_on_its_day(two, teacher):
    run("student_number,joined\nS1,14:20\n", teacher, session=two[1])
    assert marked(two[1]) == {"S1": "late"}
