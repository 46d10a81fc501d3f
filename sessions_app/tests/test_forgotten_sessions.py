"""Sessions that nobody opened: listed, and recorded from a list."""

from datetime import timedelta

import pytest
from django.urls import reverse

from attendance_project import clock
from attendance_project.refusals import Refusal
from sessions_app import imports, queries, services
from sessions_app.api.serializers.sessions import MOST_LISTED
from sessions_app.models import Attendance, AttendanceMark, Course, Enrolment, Session
from sessions_app.services import lifecycle, marks
from sessions_app.tests.session_states import absences, moved, state_of

API = "/api/v1"


def test_a_forgotten_session_is_listed_and_recorded_from_a_list(
    api_as, teacher, session, student, classmate
):
    moved(session, hours=-30)
    api = api_as(teacher)
    [listed] = api.get(f"{API}/sessions?forgotten=true").json()["results"]
    assert (listed["id"], listed["is_forgotten"]) == (str(session.pk), True)
    marks = {"marks": [{"institution_number": "s1", "status": "late"}]}
    answer = api.post(f"{API}/sessions/{session.pk}/record", marks, "json")
    assert (answer.status_code, answer.json()["state"]) == (200, "closed")
    found = dict(Attendance.objects.values_list("student__institution_number", "status"))
    assert found == {"S1": "late", "S2": "absent"}
    session.refresh_from_db()
    assert (session.recorded_by, session.opened_at) == (teacher, None)
    assert AttendanceMark.objects.get(student=student).by == teacher
    again = api.post(f"{API}/sessions/{session.pk}/record", marks, "json")
    assert (again.status_code, again.json()["code"]) == (409, "session_not_planned")


@pytest.mark.parametrize(
    "marks",
    [
        [{"institution_number": "S9", "status": "present"}],
        [{"status": "present"}],
        [{"institution_number": "S1", "status": "there"}],
        [{"institution_number": "S1", "status": "late"}] * 2,
        "S1",
    ],
)
def test_a_list_that_is_wrong_records_nothing(api_as, teacher, session, outsider, marks):
    moved(session, hours=-30)
    url = f"{API}/sessions/{session.pk}/record"
    assert api_as(teacher).post(url, {"marks": marks}, "json").status_code == 400
    assert state_of(session) == "planned"
    assert not Attendance.objects.exists()


def test_a_list_without_end_records_nothing(api_as, teacher, session, student):
    moved(session, hours=-30)
    marks = [{"student": str(student.pk), "status": "present"}] * (MOST_LISTED + 1)
    url = f"{API}/sessions/{session.pk}/record"
    answer = api_as(teacher).post(url, {"marks": marks}, "json")
    assert answer.status_code == 400
    assert "more than 2000 elements" in answer.json()["fields"]["marks"][0]
    assert state_of(session) == "planned"


def test_recording_names_nobody_absent_who_came_later(session, course, teacher, outsider):
    moved(session, hours=-30)
    services.enrol(course, [outsider], now=clock.now())
    services.record_session(session, statuses={}, by=teacher, now=clock.now())
    assert absences() == 2


def test_the_list_of_forgotten_sessions_says_how_each_counts(client, teacher, session):
    moved(session, hours=-30)
    Session.objects.filter(pk=session.pk).update(offering="Lab 1", weight_h=1.5)
    client.force_login(teacher)
    for page in (reverse("course", args=[session.course_id]), reverse("sessions-forgotten")):
        text = client.get(page).content.decode()
        assert "one of: Lab 1" in text
        assert "weight: 1.5 h" in text


def test_a_session_to_come_cannot_be_recorded(api_as, teacher, session):
    moved(session, hours=5)
    answer = api_as(teacher).post(f"{API}/sessions/{session.pk}/record", {}, "json")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_not_over")


def test_the_page_says_why_a_session_is_not_recorded(client, teacher, session, student):
    client.force_login(teacher)
    body = {"csrfmiddlewaretoken": "x", f"status-{student.pk}": "present"}
    answer = client.post(f"/sessions/{session.pk}/record/", body)
    assert answer.status_code == 409
    assert "This session is not over yet" in answer.content.decode()
    assert not AttendanceMark.objects.exists()


def test_a_session_from_before_anybody_was_enrolled_is_recorded_by_an_import_of_marks(
    client, session, course, teacher, student
):
    moved(session, -48)
    Enrolment.objects.filter(course=course).update(enrolled_at=clock.now())
    client.force_login(teacher)
    page = client.get(f"/sessions/{session.pk}/record/").content.decode()
    assert "Nobody was on the course on that day" in page
    assert f"/imports/marks/?session={session.pk}" in page
    assert ">Record session</button>" not in page
    assert client.post(f"/sessions/{session.pk}/record/", {"x": "y"}).status_code == 400
    assert state_of(session) == "planned"
    wanted = imports.Wanted(
        sessions=Session.objects.all(), courses=Course.objects.all(), session=session
    )
    table = f"student_number,status\n{student.institution_number},present\n".encode()
    imports.apply(imports.plan_marks(table, wanted, by=teacher, now=clock.now()))
    assert Attendance.objects.get(session=session, student=student).status == "present"
    assert state_of(session) == "closed"


def test_recording_that_was_cut_short_is_made_again(session, teacher, student, monkeypatch):
    moved(session, -2)
    given = {"statuses": {student.pk: "present"}, "by": teacher, "now": clock.now()}
    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "note_absences", raising)
        with pytest.raises(RuntimeError):
            services.record_session(session, **given)
    services.record_session(Session.objects.get(pk=session.pk), **given)
    assert dict(Attendance.objects.values_list("student__institution_number", "status")) == {
        "S1": "present",
        "S2": "absent",
    }


def raising(*_given, **_more):
    raise RuntimeError("The process was killed.")


def test_recording_that_loses_a_race_leaves_no_mark(session, teacher, student, monkeypatch):
    moved(session, -2)
    record_mark = marks.record_mark

    def opened_meanwhile(**about):
        Session.objects.filter(pk=session.pk).update(state="cancelled")
        return record_mark(**about)

    monkeypatch.setattr(marks, "record_mark", opened_meanwhile)
    with pytest.raises(Refusal, match="cancelled already"):
        services.record_session(
            session, statuses={student.pk: "present"}, by=teacher, now=clock.now()
        )
    assert not Attendance.objects.exists()
    assert not AttendanceMark.objects.filter(undone_at=None).exists()


def test_a_recorded_session_that_is_reopened_lets_check_ins_in(session, teacher):
    moved(session, -2)
    services.record_session(session, statuses={}, by=teacher, now=clock.now())
    services.open_session(session, by=teacher, now=clock.now())
    assert session.let_in_at(clock.now() + timedelta(minutes=1))
    assert not session.let_in_at(clock.now() - timedelta(minutes=1))


def test_who_left_since_is_on_the_list_of_a_forgotten_session(session, course, teacher, student):
    moved(session, -24)
    place = Enrolment.objects.filter(course=course, student=student)
    place.update(
        enrolled_at=session.starts_at - timedelta(days=9), is_active=False, withdrawn_at=clock.now()
    )
    assert student in queries.to_record(session)
