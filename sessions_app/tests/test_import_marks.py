"""Marks from files: lists, reports of online meetings, events of card readers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Role, User
from attendance_project.tests.page_client import PageClient
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
from sessions_app.tests.test_import_pages import digest_of, upload
from sessions_app.tests.test_overlaps import course_of

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


def plan(data: str | bytes, by: User, *, now: datetime = NOW, **wanted) -> imports.Plan:
    chosen = imports.Wanted(
        sessions=Session.objects.run_by(by), courses=Course.objects.run_by(by), **wanted
    )
    data = data if isinstance(data, bytes) else data.encode()
    return imports.plan_marks(data, chosen, by=by, now=now)


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
        "mark Student S1 (S1), Operating Systems · CSE-A, 23 November 2026 10:00 (Present)",
        "mark Student S2 (S2), Operating Systems · CSE-A, 23 November 2026 10:00 (Late)",
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
        "mark Student S1 (S1), Operating Systems · CSE-A, 23 November 2026 10:00 (Absent by hand)"
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
            ("-", "absent"),
            ("No", "absent"),
            ("P (2/2)", "present"),
        ),
    ],
)
def test_words_of_other_systems_are_statuses(course, lecture, teacher, word, status):
    run(HEAD + f"S1,2026-11-23,{word}\n", teacher, course=course)
    assert statuses() == {"S1": status}


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
    assert "line 4 “S1”, the session on 7 December 2026 10:00 is Planned" in notes
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


# Online meetings


def filled(text: str) -> str:
    """The report with its days and the ends of its addresses, which keeps the lines below short."""
    for name, value in (("day4", "11/23/2026,"), ("day", "11/23/26,"), ("at", "@school.test")):
        text = text.replace(f"{{{name}}}", value)
    return text


TEAMS = """1. Summary
Meeting title\tOperating Systems
Attended participants\t4
Start time\t{day} 9:55:12 AM
End time\t{day} 11:31:02 AM
Meeting duration\t1h 35m 50s
Average attendance time\t1h 10m

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Teacher T1\t{day} 9:55:12 AM\t{day} 11:31:02 AM\t1h 35m\tt1{at}\tt1{at}\tOrganizer
Student S1\t{day} 9:58:00 AM\t{day} 11:30:00 AM\t1h 20m 3s\tS1{at}\ts1{at}\tAttendee
Student S2\t{day} 10:20:00 AM\t{day} 11:30:00 AM\t1h 10m\t\t\tAttendee
Guest (Unverified)\t{day} 10:00:00 AM\t{day} 10:05:00 AM\t5m 2s\t\t\tPresenter

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Student S1\t{day} 9:58:00 AM\t{day} 10:10:00 AM\t12m\ts1{at}\tAttendee
Student S1\t{day} 10:15:00 AM\t{day} 11:30:00 AM\t1h 15m\ts1{at}\tAttendee
"""
OLD_TEAMS = """Meeting Summary
Total Number of Participants\t2
Meeting Title\tOS
Meeting Start Time\t{day4} 9:55:12 AM
Meeting End Time\t{day4} 11:31:02 AM

Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)
Student S1\t{day4} 9:58:00 AM\t{day4} 11:30:00 AM\t1h 32m\ts1{at}\tAttendee\ts1{at}
Student S2\t{day4} 10:20:00 AM\t{day4} 11:30:00 AM\t1h 10m\ts2{at}\tAttendee\ts2{at}
"""
ACTIONS = """Full Name\tUser Action\tTimestamp
Student S1\tJoined\t11/23/2026, 9:58:00 AM
Student S2\tJoined\t11/23/2026, 10:20:00 AM
Student S1\tLeft\t11/23/2026, 11:20:00 AM
"""
ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
812 3456 7890,OS,11/23/2026 09:50:00 AM,11/23/2026 11:35:00 AM,t1@school.test,105,3,

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room
Student S1 (Sam),,11/23/2026 09:58:00 AM,11/23/2026 10:20:00 AM,22,Yes,No
Student S1 (Sam),,11/23/2026 10:22:00 AM,11/23/2026 11:30:00 AM,68,Yes,No
Student S2,s2@school.test,11/23/2026 10:20:00 AM,11/23/2026 11:30:00 AM,70,No,No
"""
ZOOM_UNIQUE = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
812 3456 7890,OS,11/23/2026 09:50:00 AM,11/23/2026 11:35:00 AM,t1@school.test,105,3,

Name (Original Name),User Email,Total Duration (Minutes),Guest
Student S1,s1@school.test,90,No
Student S2,,70,No
"""


@pytest.mark.parametrize(
    ("text", "encoding", "second"),
    [
        (TEAMS, "utf-16", "late"),
        (TEAMS, "utf-8", "late"),
        (OLD_TEAMS, "utf-16", "late"),
        (ACTIONS, "utf-16", "late"),
        (ZOOM, "utf-8-sig", "late"),
        (ZOOM_UNIQUE, "utf-8", "present"),
    ],
    ids=["teams", "teams-utf8", "teams-2020", "teams-actions", "zoom", "zoom-unique"],
)
def test_reports_of_online_meetings_are_read(course, lecture, teacher, text, encoding, second):
    run(filled(text).encode(encoding), teacher, course=course)
    assert statuses() == {"S1": "present", "S2": second}


def test_who_was_there_too_short_a_time_is_named_and_not_marked(course, lecture, teacher):
    text = "Name,User Email,Total Duration (Minutes)\nX,s1@school.test,44\nY,s2@school.test,46\n"
    made = run(text, teacher, session=lecture)
    assert "too short a time, and not marked: line 2 Student S1 (S1)" in "\n".join(made.notes)
    assert statuses() == {"S2": "present"}
    run(text, teacher, session=lecture, least_minutes=10)
    assert statuses() == {"S1": "present", "S2": "present"}
    assert (
        "is no length of time" in refused(text.replace("44", "long"), teacher, session=lecture)[0]
    )


def test_events_of_a_card_reader_are_read(course, lecture, teacher):
    text = (
        "Access log\nCard No;User ID;Name;Date/Time;Door;Event\n"
        "1;S1;Sam;2026-11-23 09:52:11;B12;Granted\n1;S1;Sam;2026-11-23 11:30:00;B12;Granted\n"
        "2;S2;Bo;2026-11-23 10:25:00;B12;Granted\n2;S2;Bo;2026-11-23 18:00:00;B12;Granted\n"
    )
    made = run(text, teacher, course=course)
    assert statuses() == {"S1": "present", "S2": "late"}
    assert "line 6 “S2”, no session" in "\n".join(made.notes)


# Page and command


@pytest.fixture
def client_of_teacher(teacher) -> PageClient:
    client = PageClient()
    client.force_login(teacher)
    return client


def test_the_page_marks_in_the_session_that_it_was_opened_from(client_of_teacher, lecture):
    register = client_of_teacher.get(
        reverse("session-register", args=[lecture.pk])
    ).content.decode()
    assert f"{PAGE}?session={lecture.pk}" in register
    html = client_of_teacher.get(f"{PAGE}?session={lecture.pk}").content.decode()
    assert "23 November 2026, 10:00" in html
    assert 'name="course"' not in html
    html = upload(client_of_teacher, PAGE, b"student_number\nS1\n", session=str(lecture.pk))
    assert "1 change. Nothing has been saved yet." in html
    response = client_of_teacher.post(f"{PAGE}apply/", {"digest": digest_of(html)})
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["Imported: 1 added, 0 changed, 0 removed."]
    assert statuses() == {"S1": "present"}


def applied_at(client: PageClient, html: str) -> str:
    """Where applying the changes of this preview leads."""
    return client.post(f"{PAGE}apply/", {"digest": digest_of(html)}).headers["Location"]


def test_the_preview_says_that_applying_is_signing(client_of_teacher, course, lecture):
    data = (HEAD + "S1,2026-11-23,present\n").encode()
    html = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    signing = (
        "Applying these changes is signing for them: each mark will say that Teacher T1 (T1) "
        "imported it. Registers: Operating Systems · CSE-A, 23 November 2026 10:00."
    )
    assert signing in html
    assert "Apply and sign" in html
    client_of_teacher.post(f"{PAGE}apply/", {"digest": digest_of(html)})
    again = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    assert "is signing" not in again


def test_marks_of_one_session_lead_to_its_register(client_of_teacher, course, lecture):
    data = (HEAD + "S1,2026-11-23,present\n").encode()
    html = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    assert applied_at(client_of_teacher, html) == reverse("session-register", args=[lecture.pk])


def test_marks_of_several_sessions_lead_to_their_course(client_of_teacher, course, lecture):
    session_at(course, START + timedelta(days=1))
    data = (HEAD + "S1,2026-11-23,present\nS1,2026-11-24,present\n").encode()
    html = upload(client_of_teacher, PAGE, data, course=str(course.pk))
    assert applied_at(client_of_teacher, html) == reverse("course", args=[course.pk])


def test_marks_of_several_courses_lead_to_what_was_changed(
    client_of_teacher, course, lecture, student, teacher
):
    other = course_of(teacher, "MA", "CSE-A")
    Enrolment.objects.create(course=other, student=student, enrolled_at=START)
    session_at(other, START + timedelta(days=1))
    head = b"subject_code,student_number,date,status\n"
    lines = b"OS,S1,2026-11-23,present\nMA,S1,2026-11-24,present\n"
    html = upload(client_of_teacher, PAGE, head + lines)
    led = applied_at(client_of_teacher, html)
    assert led == reverse("import-record", args=[ImportRecord.objects.get().pk])


def test_a_substitute_is_led_where_they_may_look(lecture, colleague):
    Session.objects.filter(pk=lecture.pk).update(substitute=colleague)
    client = PageClient()
    client.force_login(colleague)
    html = upload(client, PAGE, b"student_number,status\nS1,present\n", session=str(lecture.pk))
    assert client.get(applied_at(client, html)).status_code == 200


def test_columns_of_marks_are_chosen_and_remembered(client_of_teacher, lecture):
    data = b"Wer,Da\nS1,P\n"
    html = upload(client_of_teacher, PAGE, data, session=str(lecture.pk))
    assert "Choose columns" in html
    chosen = {"column-0": "student_number", "column-1": "status"}
    html = client_of_teacher.post(f"{PAGE}columns/", chosen, follow=True).content.decode()
    assert "1 change." in html
    assert "1 change." in upload(client_of_teacher, PAGE, data, session=str(lecture.pk))


def test_no_page_marks_in_anothers_session(colleague, lecture):
    client = PageClient()
    client.force_login(colleague)
    assert client.get(f"{PAGE}?session={lecture.pk}").status_code == 404
    assert client.get(f"{PAGE}?session=x").status_code == 404
    html = upload(client, PAGE, b"student_number\nS1\n", session=str(lecture.pk))
    assert "1 change." not in html
    assert not AttendanceMark.objects.exists()


def test_the_command_is_signed_for(course, lecture, teacher, tmp_path, capsys):
    path = tmp_path / "marks.csv"
    path.write_text(HEAD + "S1,2026-11-23,P\n")
    about = ["import_marks", str(path), "--by", "t1", "--course", "OS/CSE-A"]
    call_command(*about, "--dry-run")
    out = capsys.readouterr().out
    assert "+ mark Student S1 (S1)" in out
    assert "! Applying these changes is signing for them" in out
    assert not AttendanceMark.objects.exists()
    call_command(*about)
    assert AttendanceMark.objects.get().by == teacher
    for number in ("S1", "nobody"):
        with pytest.raises(CommandError, match="no teacher or admin"):
            call_command("import_marks", str(path), "--by", number)
    with pytest.raises(CommandError, match="no session"):
        call_command(*about, "--session", "00000000-0000-0000-0000-000000000000")


def test_a_mark_that_was_cleared_by_hand_stays_cleared(course, lecture, student, teacher):
    services.mark_by_hand(
        lecture, student, status="", reason="not ours", by=teacher, now=NOW, key="1"
    )
    made = run(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    assert "(No mark by hand)" in str(made.changes(Action.LEFT)[0])
    assert statuses() == {}
