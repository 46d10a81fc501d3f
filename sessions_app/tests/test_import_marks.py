"""Marks from files: lists, reports of online meetings, events of card readers."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Role, User
from conftest import make_user
from sessions_app import imports, services
from sessions_app.imports import Action, ImportRefused
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    Course,
    Enrolment,
    ImportRecord,
    MarkSource,
    Session,
)
from sessions_app.services.marks import record_absence

PAGE = "/imports/marks/"
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Paris
HEAD = "student_number,date,status\n"


def session_at(course: Course, start: datetime = START, state: str = "closed") -> Session:
    end = start + timedelta(minutes=90)
    session = services.create_session(course, starts_at=start, ends_at=end)
    over = end if state == "closed" else None
    Session.objects.filter(pk=session.pk).update(
        state=state, opened_at=start, closed_at=end, finished_at=over
    )
    session.refresh_from_db()
    return session


@pytest.fixture
def lecture(course) -> Session:
    return session_at(course)


def plan(
    data: str | bytes, by: User, *, now: datetime = NOW, leave_out_faults: bool = False, **wanted
) -> imports.Plan:
    chosen = imports.Wanted(
        sessions=Session.objects.run_by(by), courses=Course.objects.run_by(by), **wanted
    )
    data = data if isinstance(data, bytes) else data.encode()
    return imports.plan_marks(data, chosen, by=by, now=now, leave_out_faults=leave_out_faults)


def run(data: str | bytes, by: User, **wanted) -> imports.Plan:
    made = plan(data, by, **wanted)
    imports.apply(made)
    return made


def statuses() -> dict[str, str]:
    rows = Attendance.objects.select_related("student")
    return {row.student.institution_number: row.status for row in rows}


def refused(data: str, by: User, **wanted) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        plan(data, by, **wanted)
    return [str(problem) for problem in caught.value.problems]


# Lists


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        ("A", "F", ("present", "absent")),
        ("A", "P", ("absent", "present")),
        ("A.", "L", ("absent", "late")),
        ("a", "anwesend", ("absent", "present")),
    ],
)
def test_a_letter_means_what_the_others_of_its_column_leave(
    course, lecture, teacher, first, second, read
):
    run(f"{HEAD}S1,2026-11-23,{first}\nS2,2026-11-23,{second}\n", teacher, course=course)
    assert statuses() == dict(zip(("S1", "S2"), read, strict=True))


def test_an_a_that_may_mean_either_is_told(course, lecture, teacher):
    made = plan(f"{HEAD}S1,2026-11-23,A\nS2,2026-11-23,E\n", teacher, course=course)
    assert "A is read as absent" in made.notes[0]
    clear = plan(f"{HEAD}S1,2026-11-23,A\nS2,2026-11-23,P\n", teacher, course=course)
    assert not any("is read as absent" in note for note in clear.notes)


@pytest.mark.parametrize(
    "date", ["2026-11-23", "23/11/2026", "11/23/2026", "23.11.26", "23 Nov 2026", "Nov 23, 2026"]
)
def test_a_list_is_a_diff_first_and_then_signed_for(course, lecture, teacher, date):
    text = f'student_number,date,status\nS1,"{date}",P\ns2,"{date}",late\n'
    made = plan(text, teacher, course=course)
    assert [str(change) for change in made.changes(Action.ADDED)] == [
        "mark Student S1 (S1), Operating Systems · CSE-A, 23 November 2026, 10:00 (Present)",
        "mark Student S2 (S2), Operating Systems · CSE-A, 23 November 2026, 10:00 (Late)",
    ]
    assert not AttendanceMark.objects.exists()
    imports.apply(made)
    assert statuses() == {"S1": "present", "S2": "late"}
    mark = AttendanceMark.objects.first()
    assert (mark.source, mark.by) == (MarkSource.IMPORT, teacher)
    record = ImportRecord.objects.get()
    assert (record.kind, record.by, len(record.changes)) == ("marks", teacher, 2)
    assert plan(text, teacher, course=course).writes == []


def test_a_mark_by_hand_stays_whatever_a_file_says(course, lecture, student, classmate, teacher):
    for person, status in ((student, "absent"), (classmate, "present")):
        services.mark_by_hand(
            lecture, person, status=status, reason="seen", by=teacher, now=NOW, key=status
        )
    made = run(HEAD + "S1,2026-11-23,present\nS2,2026-11-23,present\n", teacher, course=course)
    assert made.writes == []
    assert [str(change) for change in made.changes(Action.LEFT)] == [
        "mark Student S1 (S1), Operating Systems · CSE-A, 23 November 2026, 10:00 (Absent by hand)"
    ]
    assert statuses() == {"S1": "absent", "S2": "present"}
    services.record_imported(lecture, student=student, status="present", by=teacher, now=NOW)
    assert statuses()["S1"] == "absent"


ALL_DAY = {"from_date": START.date(), "until_date": START.date()}


def test_an_absence_in_a_list_leaves_who_is_excused(course, lecture, student, teacher):
    """The list is a door's: whoever did not come has a 0, whatever the reason."""
    record_absence(lecture, student, now=NOW)
    services.give_excuse(course, student, **ALL_DAY, note="Ill.", by=teacher, now=NOW)
    text = HEAD + "S1,2026-11-23,0\nS2,2026-11-23,0\n"
    made = run(text, teacher, course=course)
    assert [change.detail for change in made.changes(Action.LEFT)] == ["not absent: is excused"]
    assert statuses() == {"S1": "excused", "S2": "absent"}
    Attendance.objects.filter(student=student).delete()
    AttendanceMark.objects.filter(student=student).delete()
    assert plan(text, teacher, course=course).writes == [], "also where it is not noted yet"
    run(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    assert statuses()["S1"] == "present"


def test_an_excuse_that_comes_after_the_list_counts(course, student, classmate, teacher):
    closed, still_open = session_at(course), session_at(course, START + timedelta(hours=3), "open")
    Session.objects.filter(pk=still_open.pk).update(closed_at=None)
    for session in (closed, still_open):
        run("student_number,status\nS1,a\nS2,a\n", teacher, session=session)
    excuse = services.give_excuse(course, student, **ALL_DAY, note="Ill.", by=teacher, now=NOW)
    services.close_session(
        Session.objects.get(pk=still_open.pk), by=teacher, now=still_open.ends_at
    )
    rows = Attendance.objects.filter(student=student)
    assert [row.status for row in rows] == ["excused"] * 2
    assert {row.status for row in Attendance.objects.filter(student=classmate)} == {"absent"}
    services.revoke_excuse(excuse, by=teacher, now=NOW)
    assert {row.status for row in Attendance.objects.filter(student=student)} == {"absent"}


def test_an_absence_in_a_list_leaves_who_came_to_the_course_later(course, lecture, teacher):
    late = make_user(Role.STUDENT, "S9")
    gone = make_user(Role.STUDENT, "S8")
    Enrolment.objects.create(course=course, student=late, enrolled_at=START + timedelta(days=1))
    Enrolment.objects.create(
        course=course,
        student=gone,
        enrolled_at=START - timedelta(days=9),
        withdrawn_at=START - timedelta(days=1),
        is_active=False,
    )
    services.record_imported(lecture, student=gone, status="present", by=teacher, now=NOW)
    made = run(HEAD + "S9,2026-11-23,a\nS8,2026-11-23,a\n", teacher, course=course)
    assert {change.detail for change in made.changes(Action.LEFT)} <= {
        "not absent: was not expected in this session"
    }
    assert made.writes == []
    assert statuses() == {"S8": "present"}
    run(HEAD + "S9,2026-11-23,late\n", teacher, course=course)
    assert statuses()["S9"] == "late", "who was seen there was there"


def test_a_mark_by_hand_that_comes_later_counts(course, lecture, student, teacher):
    run(HEAD + "S1,2026-11-23,absent\n", teacher, course=course)
    services.mark_by_hand(
        lecture, student, status="present", reason="was there", by=teacher, now=NOW, key="1"
    )
    assert statuses() == {"S1": "present"}


def test_what_was_noted_on_closing_is_changed_and_named(course, lecture, student, teacher):
    record_absence(lecture, student, now=NOW)
    made = run(HEAD + "S1,2026-11-23,excused\n", teacher, course=course)
    assert "Absent, Not checked in when the session closed → Excused" in str(
        made.changes(Action.CHANGED)[0]
    )
    assert statuses() == {"S1": "excused"}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("P", "present"), ("1", "present"), ("✓", "present"), ("+", "present"), ("X", "present")),
        *(("L", "late"), ("Tardy", "late"), ("E", "excused"), ("entschuldigt", "excused")),
        *(
            ("A", "absent"),
            ("0", "absent"),
            ("(A)", "absent"),
            ("[P]", "present"),
            ("1.0", "present"),
            ('"0,0"', "absent"),
            ("No", "absent"),
            ("P (2/2)", "present"),
        ),
    ],
)
def test_words_of_other_systems_are_statuses(course, lecture, teacher, word, status):
    run(HEAD + f"S1,2026-11-23,{word}\n", teacher, course=course)
    assert statuses() == {"S1": status}


@pytest.mark.parametrize("word", ["-", "–", "--", ".", "n/a", "?", "…"])
def test_a_cell_that_stands_for_nothing_is_no_mark(course, lecture, teacher, word):
    """A dash was an absence, and a dot a presence."""
    made = run(HEAD + f"S1,2026-11-23,{word}\nS2,2026-11-23,P\n", teacher, course=course)
    assert statuses() == {"S2": "present"}
    assert "line 2 “S1”, no status" in made.notes[0]


@pytest.mark.parametrize("minus", ["-", "–", "−"])
def test_a_minus_beside_a_plus_is_an_absence(course, lecture, teacher, minus):
    run(HEAD + f"S1,2026-11-23,{minus}\nS2,2026-11-23,+\n", teacher, course=course)
    assert statuses() == {"S1": "absent", "S2": "present"}


@pytest.mark.parametrize("word", ["()", "(x y)", "[ ]", "(here-ish)"])
def test_brackets_with_no_status_in_them_are_refused(course, lecture, teacher, word):
    """Whoever had such a cell was present."""
    text = HEAD + f"S1,2026-11-23,{word}\n"
    assert "is no status" in refused(text, teacher, course=course)[0]


def test_lines_that_cannot_be_meant_are_refused_by_line(course, lecture, teacher):
    assert (
        "line 2: 'perhaps' is no status"
        in refused(HEAD + "S1,2026-11-23,perhaps\n", teacher, course=course)[0]
    )
    text = HEAD + "S1,2026-11-23,present\nS1,2026-11-23,absent\n"
    assert "line 3, status: is 'absent', but line 2" in refused(text, teacher, course=course)[0]
    assert "does not say which course" in refused(HEAD + "S1,2026-11-23,P\n", teacher)[0]
    assert "No column is known" in refused("Status,Date\nP,2026-11-23\n", teacher, course=course)[0]
    session_at(course, START + timedelta(hours=4))
    assert (
        "may be several sessions" in refused(HEAD + "S1,2026-11-23,P\n", teacher, course=course)[0]
    )


def test_two_sessions_of_a_day_are_told_apart_by_the_time(course, lecture, teacher):
    other = session_at(course, START + timedelta(hours=4))
    text = "student_number,date,time,status\nS1,2026-11-23,14:00,P\nS2,2026-11-23,2:05 PM,P\n"
    run(text, teacher, course=course)
    assert set(Attendance.objects.values_list("session_id", flat=True)) == {other.pk}


def test_a_day_that_may_be_two_is_the_one_with_a_session(course, teacher):
    session_at(course, datetime(2026, 11, 12, 9, 0, tzinfo=UTC))
    run(HEAD + "S1,11/12/2026,P\n", teacher, course=course)
    assert statuses() == {"S1": "present"}
    session_at(course, datetime(2026, 12, 11, 9, 0, tzinfo=UTC))
    assert (
        "may be several sessions" in refused(HEAD + "S2,11/12/2026,P\n", teacher, course=course)[0]
    )
    made = plan(HEAD + "S2,11/12/2026,P\nS2,11/23/2026,P\n", teacher, course=course)
    assert "12 November 2026" in made.steps[0].change.name


def test_people_and_days_that_are_not_ours_are_left_out_and_named(
    course, lecture, teacher, outsider
):
    session_at(course, START + timedelta(days=14), "planned")
    session_at(course, START + timedelta(days=1), "cancelled")
    text = HEAD + (
        "S9,2026-11-23,P\nS1,2026-11-25,P\nS1,2026-12-07,P\nS1,2026-11-24,P\nS2,2026-11-23,P\n"
    )
    notes = "\n".join(run(text, teacher, course=course).notes)
    assert "line 2 “S9”, not on the register" in notes
    assert "line 3 “S1”, no session of Operating Systems · CSE-A on “2026-11-25”" in notes
    assert "line 4 “S1”, the session on 7 December 2026, 10:00 is Planned" in notes
    assert "line 5 “S1”, no session" in notes
    assert statuses() == {"S2": "present"}


def test_nobody_marks_in_anothers_sessions(course, lecture, colleague):
    assert (
        "does not say which course"
        in refused(
            "student_number,subject_code,class_code,date,status\nS1,OS,CSE-A,2026-11-23,P\n",
            colleague,
        )[0]
    )
    made = plan(HEAD + "S1,2026-11-23,P\n", colleague, course=course)
    assert made.writes == []


def test_numbers_are_mended_as_in_other_imports(course, lecture, student, teacher):
    User.objects.filter(pk=student.pk).update(institution_number="00123")
    run("Student ID,Date,Attendance\n123.0,2026-11-23,Present\nTotal,1,\n", teacher, course=course)
    assert statuses() == {"00123": "present"}


def test_a_mark_that_was_cleared_by_hand_stays_cleared(course, lecture, student, teacher):
    services.mark_by_hand(
        lecture, student, status="", reason="not ours", by=teacher, now=NOW, key="1"
    )
    made = run(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    assert "(No mark by hand)" in str(made.changes(Action.LEFT)[0])
    assert statuses() == {}


def test_a_line_of_several_days_marks_nobody(course, lecture, teacher):
    """It marked in the session of the first day."""
    data = HEAD + "S1,23.11.2026 - 29.11.2026,absent\nS2,2026-11-23,P\n"
    for chosen in ({"course": course}, {"session": lecture}):
        made = plan(data, teacher, **chosen)
        assert [step.change.name.partition(",")[0] for step in made.steps] == ["Student S2 (S2)"]
        assert "line 2 “S1”" in made.notes[0]


def test_a_column_of_a_week_is_no_column_of_its_first_day(course, lecture, teacher):
    data = "student_number;23.11.2026;23.11.2026 - 29.11.2026\nS1;P;A\n"
    run(data, teacher, course=course)
    assert statuses() == {"S1": "present"}


@pytest.mark.parametrize(
    ("word", "status"),
    [("100%", "present"), ("100,0 %", "present"), ("2/2", "present"), ("0%", "absent")],
)
def test_all_or_none_of_a_session_is_a_status(course, lecture, teacher, word, status):
    run(f'{HEAD}S1,2026-11-23,"{word}"\n', teacher, course=course)
    assert statuses() == {"S1": status}


@pytest.mark.parametrize("word", ["50%", "1%", "1/2", "0/0", "3/2"])
def test_a_part_of_a_session_is_no_status(course, lecture, teacher, word):
    assert "is no status" in refused(f"{HEAD}S1,2026-11-23,{word}\n", teacher, course=course)[0]


def test_who_is_left_out_of_several_columns_for_one_reason_is_told_once(course, lecture, teacher):
    session_at(course, START + timedelta(days=1))
    sheet = "student_number,2026-11-23,2026-11-24\nS1,P,P\nS99,P,P\n"
    (told,) = (n for n in plan(sheet, teacher, course=course).notes if n.startswith("Left out"))
    assert told == "Left out: line 3 “S99”, not on the register."


def test_arrival_and_departure_tell_who_was_there(course, lecture, teacher):
    head = "Student ID,Date,Arrival,Departure\n"
    run(f"{head}S1,2026-11-23,10:02,11:30\nS2,2026-11-23,10:25,11:30\n", teacher, course=course)
    assert statuses() == {"S1": "present", "S2": "late"}
