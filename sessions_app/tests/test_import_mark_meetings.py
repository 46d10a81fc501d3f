"""Marks from reports of online meetings, and from events of card readers."""

import pytest

from sessions_app.models import Session
from sessions_app.tests.test_import_marks import refused, run, session_at, statuses


@pytest.fixture
def lecture(course) -> Session:
    return session_at(course)


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
