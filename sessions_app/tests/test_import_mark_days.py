"""Days of a sheet of marks that have no year, or are numbers of a spreadsheet."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_app.models import Attendance, Session
from sessions_app.tests.test_import_marks import START, plan, refused, run, session_at, statuses

WEEK = timedelta(days=7)
YEAR = timedelta(days=365)


@pytest.fixture
def lecture(course) -> Session:
    return session_at(course)


@pytest.mark.parametrize(
    "name",
    ["23.11.", "Mo 23.11.", "23.11", "23/11", "11/23", "Nov 23", "23. November", "23.11. 10:00"],
)
def test_a_day_without_a_year_is_that_of_the_courses_session(lecture, course, teacher, name):
    made = run(f"student_number,{name}\nS1,present\nS2,absent\n", teacher, course=course)
    assert statuses() == {"S1": "present", "S2": "absent"}
    assert made.notes == [
        f"Days without a year are those of the course's sessions: “{name}”: 23 November 2026."
    ]


def test_each_day_without_a_year_is_its_own_session(lecture, course, teacher):
    before = session_at(course, START - WEEK)
    run("student_number;16.11.;23.11.\nS1;x;late\n", teacher, course=course)
    found = {row.session_id: row.status for row in Attendance.objects.all()}
    assert found == {before.pk: "present", lecture.pk: "late"}


def test_a_column_of_days_without_a_year_is_read_too(lecture, course, teacher):
    run("student_number,date,status\nS1,23.11.,late\n", teacher, course=course)
    assert statuses() == {"S1": "late"}


def test_a_day_of_two_years_is_asked_about(lecture, course, teacher):
    session_at(course, START - YEAR)
    assert refused("student_number,23.11.\nS1,present\n", teacher, course=course) == [
        "line 2, date: may be several sessions: 23 November 2025, 10:00, 23 November 2026, 10:00. "
        "Add the time, or write YYYY-MM-DD."
    ]


def test_a_day_that_is_to_come_in_another_year_is_not_meant(lecture, course, teacher):
    session_at(course, START + YEAR, state="planned")
    run("student_number,23.11.\nS1,present\n", teacher, course=course)
    assert statuses() == {"S1": "present"}


def test_a_day_without_a_session_is_listed(lecture, course, teacher):
    made = plan("student_number,24.11.\nS1,present\n", teacher, course=course)
    assert made.writes == []
    assert "no session of Operating Systems · CSE-A on “24.11.”" in made.notes[0]


def test_days_without_a_year_of_another_session_than_the_chosen_one_are_listed(lecture, teacher):
    session_at(lecture.course, START - WEEK)
    sheet = "student_number;16.11.;23.11.\nS1;x;late\n"
    run(sheet, teacher, session=lecture)
    assert statuses() == {"S1": "late"}


@pytest.mark.parametrize("name", ["46349", "46349.4167"])
def test_a_number_of_a_spreadsheet_is_the_day_that_it_keeps(lecture, course, teacher, name):
    made = run(f"student_number,date,status\nS1,{name},late\n", teacher, course=course)
    assert statuses() == {"S1": "late"}
    assert made.notes == [
        "Numbers by which a spreadsheet keeps days were read as days: "
        f"line 2 “{name}” as 23 November 2026."
    ]


def test_a_number_out_of_reach_is_no_day(lecture, course, teacher):
    made = plan("student_number,date,status\nS1,99999,late\n", teacher, course=course)
    assert made.writes == []


def test_names_of_columns_may_be_such_numbers(lecture, course, teacher):
    run("student_number,46349\nS1,late\n", teacher, course=course)
    assert statuses() == {"S1": "late"}


def test_columns_beside_a_status_are_no_days_without_a_year(lecture, course, teacher):
    sheet = "student_number,status,1.2\nS1,late,5\n"
    run(sheet, teacher, session=lecture)
    assert statuses() == {"S1": "late"}


def test_a_moment_of_a_card_reader_may_be_such_a_number(lecture, course, teacher):
    run("student_number,joined\nS1,46349.4375\n", teacher, course=course)
    assert statuses() == {"S1": "late"}


def test_afternoon_is_read_in_arabic(course, teacher):
    session_at(course, datetime(2026, 11, 23, 13, tzinfo=UTC))
    run("student_number,joined\nS1,23.11.2026 ٢:٠٥ م\n", teacher, course=course)
    assert statuses() == {"S1": "present"}
