"""Marks for sessions that nobody opened, and sheets with a column for each session."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_app import imports, services
from sessions_app.imports import Action
from sessions_app.models import (
    Attendance,
    ImportRecord,
    MarkSource,
    Session,
    SessionEvent,
    SessionEventKind,
)
from sessions_app.tests.test_import_marks import (
    HEAD,
    NOW,
    START,
    plan,
    refused,
    run,
    session_at,
    statuses,
)

WEEK = timedelta(days=7)


@pytest.fixture
def forgotten(course) -> Session:
    """Planned, over, and never opened."""
    return services.create_session(course, starts_at=START, ends_at=START + timedelta(minutes=90))


def test_a_session_that_was_never_opened_is_recorded_with_its_marks(forgotten, course, teacher):
    made = plan(HEAD + "S1,2026-11-23,late\n", teacher, course=course)
    assert [str(change) for change in made.changes(Action.CHANGED)] == [
        "session Operating Systems · CSE-A, 23 November 2026, 10:00 (was never opened, and is "
        "recorded as held. 1 student who is expected and not in the file is noted as absent or "
        "excused.)"
    ]
    assert Session.objects.get().state == "planned"
    imports.apply(made)
    session = Session.objects.get()
    assert (session.state, session.recorded_by, session.recorded_at) == ("closed", teacher, NOW)
    assert statuses() == {"S1": "late", "S2": "absent"}
    assert Attendance.objects.get(status="late").source == MarkSource.IMPORT
    assert SessionEvent.objects.filter(kind=SessionEventKind.RECORDED).count() == 1
    assert plan(HEAD + "S1,2026-11-23,late\n", teacher, course=course).writes == []


def test_a_file_that_names_everybody_says_nothing_of_absences(forgotten, course, teacher):
    made = plan(HEAD + "S1,2026-11-23,late\nS2,2026-11-23,present\n", teacher, course=course)
    [change] = made.changes(Action.CHANGED)
    assert change.detail == "was never opened, and is recorded as held."


def test_a_session_that_is_opened_meanwhile_is_not_recorded(forgotten, course, teacher):
    made = plan(HEAD + "S1,2026-11-23,late\n", teacher, course=course)
    Session.objects.update(state="open", opened_at=NOW)
    with pytest.raises(imports.ImportRefused):
        imports.apply(made)
    assert statuses() == {}
    assert not ImportRecord.objects.exists()


def test_a_session_is_not_recorded_by_lines_that_mark_nobody(forgotten, course, teacher):
    made = run("student_number,date,minutes\nS1,2026-11-23,5\n", teacher, course=course)
    assert made.writes == []
    assert Session.objects.get().state == "planned"


def test_a_session_that_is_not_over_is_left_out(course, teacher):
    soon = NOW + timedelta(hours=1)
    services.create_session(course, starts_at=soon, ends_at=soon + timedelta(hours=1))
    made = run(HEAD + "S1,2026-11-28,present\n", teacher, course=course)
    assert made.writes == []
    assert "is Planned" in made.notes[0]


def test_a_session_over_but_cancelled_is_left_out(forgotten, course, teacher):
    Session.objects.update(state="cancelled")
    assert run(HEAD + "S1,2026-11-23,present\n", teacher, course=course).writes == []


# An empty cell is no mark


@pytest.mark.parametrize("cell", ["", "?", " "])
def test_a_line_without_a_status_marks_nobody(course, teacher, cell):
    session_at(course)
    made = run(HEAD + f"S1,2026-11-23,{cell}\nS2,2026-11-23,P\n", teacher, course=course)
    assert statuses() == {"S2": "present"}
    assert any("no status" in note for note in made.notes)


def test_a_list_of_those_who_were_there_needs_no_status(course, teacher):
    session_at(course)
    run("student_number,date\nS1,2026-11-23\n", teacher, course=course)
    assert statuses() == {"S1": "present"}


def test_lines_of_other_days_are_not_of_the_chosen_session(course, teacher):
    session = session_at(course)
    data = HEAD + "S1,2026-11-23,P\nS1,2026-11-16,A\nS2,16/11/2026,A\n"
    made = run(data, teacher, session=session)
    assert statuses() == {"S1": "present"}
    assert "line 3 “S1”, of another day; line 4 “S2”, of another day" in made.notes[0]


# A column for each session

MOODLE = """\
Course,Operating Systems
Group,All participants

Last name,First name,ID number,Email address,16 Nov 2026 10.00AM All students,\
23 Nov 2026 10.00AM All students,P,L,E,A,Taken sessions,Points,Percentage
One,Student,S1,s1@school.test,P (2/2),L (1/2),1,1,0,0,2,3/4,75.0%
Two,Student,S2,s2@school.test,A (0/2),?,0,0,0,1,1,0/2,0.0%
"""


@pytest.fixture
def two_weeks(course) -> list[Session]:
    return [session_at(course, START - WEEK), session_at(course)]


def by_day() -> dict[tuple[str, int], str]:
    rows = Attendance.objects.select_related("student", "session")
    return {(r.student.institution_number, r.session.starts_at.day): r.status for r in rows}


def test_an_attendance_sheet_of_moodle_is_read(two_weeks, course, teacher):
    made = run(MOODLE, teacher, course=course)
    assert by_day() == {("S1", 16): "present", ("S1", 23): "late", ("S2", 16): "absent"}
    assert any("line 6 “S2”, no status" in note for note in made.notes)
    assert run(MOODLE, teacher, course=course).writes == []


@pytest.mark.parametrize(
    "head", ["student_number,2026-11-16,2026-11-23", "Roll no;16/11/2026;23/11/2026"]
)
def test_a_sheet_of_ones_own_is_read(two_weeks, course, teacher, head):
    sign = ";" if ";" in head else ","
    rows = [head, sign.join(["S1", "1", "0"]), sign.join(["S2", "", "x"])]
    run("\n".join(rows) + "\n", teacher, course=course)
    assert by_day() == {("S1", 16): "present", ("S1", 23): "absent", ("S2", 23): "present"}


@pytest.mark.parametrize(
    "days", [("1 - 16.11.2026", "2 - 23.11.2026"), ("08 - 16. November 2026", "09 - 23 Nov 2026")]
)
def test_numbers_of_meetings_in_front_of_their_days_are_no_days(two_weeks, course, teacher, days):
    made = run(f"student_number;{days[0]};{days[1]}\nS1;1;0\nS2;;x\n", teacher, course=course)
    assert by_day() == {("S1", 16): "present", ("S1", 23): "absent", ("S2", 23): "present"}
    assert not any("several days" in note for note in made.notes)


def test_a_column_of_several_days_is_said(two_weeks, course, teacher):
    head = "student_number;16.11.2026;16.11.2026 + 23.11.2026"
    made = run(f"{head}\nS1;1;0\n", teacher, course=course)
    assert by_day() == {("S1", 16): "present"}
    assert (
        "Columns of several days were not read: “16.11.2026 + 23.11.2026”. Make a column for each "
        "day."
    ) in made.notes


def test_two_sessions_of_one_day_are_told_apart_by_the_time(course, teacher):
    session_at(course)
    session_at(course, datetime(2026, 11, 23, 13, 0, tzinfo=UTC))  # 14:00 in Paris
    run(
        "student_number,23.11.2026 10:00,23.11.2026 14:00\nS1,P,A\n",
        teacher,
        course=course,
    )
    rows = Attendance.objects.order_by("session__starts_at")
    assert [row.status for row in rows] == ["present", "absent"]


def test_of_a_sheet_the_column_of_the_chosen_session_counts(two_weeks, teacher):
    run(MOODLE, teacher, session=two_weeks[1])
    assert by_day() == {("S1", 23): "late"}


def test_a_word_that_is_no_status_is_named_with_its_line(two_weeks, course, teacher):
    problems = refused("student_number,2026-11-16\nS1,perhaps\n", teacher, course=course)
    assert problems[0].startswith("line 2")
    assert "perhaps" in problems[0]
