"""Planning, changing, opening, closing and reopening a session."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from attendance_project import clock
from attendance_project.refusals import Refusal
from conftest import NOW
from sessions_app import hooks, services
from sessions_app.models import Attendance, AttendanceMark, Enrolment, Session

API = "/api/v1"


@pytest.fixture
def plan(course) -> dict:
    starts_at = clock.now() + timedelta(days=1)
    return {
        "course": str(course.pk),
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
    }


def test_a_teacher_plans_a_session_of_their_course(api_as, teacher, course, plan):
    plan |= {"room": "B-204", "level": "standard", "qr_slot_s": 5, "late_after_min": 0}
    response = api_as(teacher).post(f"{API}/sessions", plan, "json")
    assert response.status_code == 201
    session = Session.objects.get(pk=response.json()["id"])
    assert session.subject_id == course.subject_id
    assert session.class_group_id == course.class_group_id
    assert session.teacher_id == teacher.pk
    assert (session.time_zone, session.state) == ("Europe/Paris", "planned")
    assert (session.room, session.level, session.qr_slot_s) == ("B-204", "standard", 5)
    assert session.late_after_min == 0


def test_a_colleague_cannot_plan_for_anothers_course(api_as, colleague, plan):
    response = api_as(colleague).post(f"{API}/sessions", plan, "json")
    assert response.status_code == 400
    assert "course" in response.json()["fields"]
    assert not Session.objects.exists()


def test_what_the_client_says_of_state_and_teacher_is_not_read(api_as, teacher, colleague, plan):
    plan |= {"state": "open", "teacher": str(colleague.pk), "code": 1, "opened_at": NOW.isoformat()}
    api_as(teacher).post(f"{API}/sessions", plan, "json")
    session = Session.objects.get()
    assert (session.state, session.teacher_id, session.opened_at) == ("planned", teacher.pk, None)
    assert session.code != 1


@pytest.mark.parametrize(
    ("hours", "field"),
    [(0, "ends_at"), (-1, "ends_at"), (25, "ends_at"), (24 * 365 * 200, "starts_at")],
)
def test_a_session_of_impossible_length_is_refused(api_as, teacher, plan, hours, field):
    starts_at = clock.now()
    plan |= {"starts_at": starts_at.isoformat()}
    plan |= {"ends_at": (starts_at + timedelta(hours=hours)).isoformat()}
    response = api_as(teacher).post(f"{API}/sessions", plan, "json")
    assert response.status_code == 400
    assert field in response.json()["fields"]


def test_a_session_of_a_whole_day_is_possible(api_as, teacher, plan):
    starts_at = clock.now()
    plan |= {"starts_at": starts_at.isoformat()}
    plan |= {"ends_at": (starts_at + timedelta(hours=24)).isoformat()}
    assert api_as(teacher).post(f"{API}/sessions", plan, "json").status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"face": "off"},
        {"bluetooth": "required"},
        {"qr_slot_s": 30},
        {"qr_slots_needed": 1},
        {"late_after_min": 600},
        {"starts_at": "2026-11-22T10:00:00Z"},
        {"time_zone": "Asia/Tokyo"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_policy_is_frozen_once_opened(api_as, teacher, session, state, change):
    Session.objects.update(state=state)
    before = Session.objects.values().get()
    response = api_as(teacher).patch(f"{API}/sessions/{session.pk}", change, "json")
    assert response.status_code == 409
    assert response.json()["code"] == "session_frozen"
    assert Session.objects.values().get() == before


def test_a_planned_session_can_be_changed_and_an_open_one_moved_to_another_room(
    api_as, teacher, session
):
    api, path = api_as(teacher), f"{API}/sessions/{session.pk}"
    assert api.patch(path, {"face": "off", "qr_slots_needed": 3}, "json").status_code == 200
    Session.objects.update(state="open")
    assert api.patch(path, {"room": "C-1"}, "json").json()["room"] == "C-1"
    session.refresh_from_db()
    assert (session.level, session.qr_slots_needed, session.room) == ("room", 3, "C-1")


def test_a_change_that_meets_an_opening_is_refused(session):
    """The row that was read was planned. Meanwhile somebody opened the session."""
    Session.objects.filter(pk=session.pk).update(state="open")
    with pytest.raises(Refusal) as caught:
        services.change_session(session, level="room")
    assert caught.value.code == "session_frozen"
    assert Session.objects.get().level == "strict"


def test_opening_says_when_and_by_whom_and_twice_is_harmless(session, teacher, admin_user):
    start = session.starts_at
    services.open_session(session, by=teacher, now=start)
    services.open_session(session, by=admin_user, now=start + timedelta(minutes=5))
    session.refresh_from_db()
    assert (session.state, session.opened_at, session.opened_by_id) == ("open", start, teacher.pk)


def test_closing_notes_everyone_not_seen_as_absent(open_session, teacher, student, classmate):
    services.record_mark(
        session=open_session, student=student, status="present", source="check_in", key="k", now=NOW
    )
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    found = {row.student_id: (row.status, row.source) for row in Attendance.objects.all()}
    assert found == {
        student.pk: ("present", "check_in"),
        classmate.pk: ("absent", "closing"),
    }


def test_closing_twice_adds_nothing(open_session, teacher):
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    services.close_session(
        open_session, by=teacher, now=open_session.ends_at + timedelta(minutes=1)
    )
    assert AttendanceMark.objects.count() == 2
    assert Session.objects.get().closed_at == open_session.ends_at


def test_closing_again_finishes_what_a_crash_left_undone(open_session, teacher):
    Session.objects.update(state="closed", closed_at=open_session.ends_at)
    services.close_session(
        open_session, by=teacher, now=open_session.ends_at + timedelta(minutes=1)
    )
    assert Attendance.objects.filter(status="absent").count() == 2


def test_who_left_the_course_is_not_noted_as_absent(open_session, teacher, classmate):
    Enrolment.objects.filter(student=classmate).update(is_active=False)
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    assert not Attendance.objects.filter(student=classmate).exists()


def test_a_planned_session_cannot_be_closed(session, teacher):
    with pytest.raises(Refusal) as caught:
        services.close_session(session, by=teacher, now=NOW)
    assert caught.value.code == "session_not_open"
    assert not Attendance.objects.exists()


def test_hooks_run_after_the_doors_are_shut_and_before_absences(
    open_session, teacher, student, monkeypatch
):
    seen = []

    def decide_pending(session, now):
        seen.append((Session.objects.get().state, Attendance.objects.count(), now))
        services.record_mark(
            session=session, student=student, status="late", source="check_in", key="p", now=now
        )

    monkeypatch.setattr(hooks, "on_closing", [decide_pending])
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    assert seen == [("closed", 0, open_session.ends_at)]
    assert Attendance.objects.get(student=student).status == "late"


def test_a_closed_session_opens_again_within_a_day_and_takes_check_ins(
    open_session, teacher, student
):
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    services.open_session(
        open_session, by=teacher, now=open_session.ends_at + timedelta(hours=23, minutes=59)
    )
    assert open_session.is_open
    assert open_session.closed_at is None
    row = services.record_mark(
        session=open_session, student=student, status="late", source="check_in", key="k", now=NOW
    )
    assert row.status == "late"


def test_a_session_of_last_week_does_not_open_again(closed_session, teacher):
    with pytest.raises(Refusal) as caught:
        services.open_session(
            closed_session, by=teacher, now=closed_session.ends_at + timedelta(hours=24)
        )
    assert caught.value.code == "reopening_too_late"
    assert Session.objects.get().state == "closed"


@pytest.mark.django_db(transaction=True)
def test_eight_threads_closing_leave_one_mark_a_student(open_session, teacher):
    def close(_):
        try:
            services.close_session(Session.objects.get(), by=teacher, now=open_session.ends_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(close, range(8)))
    assert AttendanceMark.objects.count() == Attendance.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_check_ins_that_race_with_closing_are_never_lost(open_session, teacher, student, classmate):
    def act(number):
        try:
            if number % 2:
                services.close_session(Session.objects.get(), by=teacher, now=open_session.ends_at)
            else:
                services.record_mark(
                    session=open_session,
                    student=(student, classmate)[number % 4 // 2],
                    status="present",
                    source="check_in",
                    key=f"k{number % 4}",
                    now=NOW,
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    assert [row.status for row in Attendance.objects.all()] == ["present", "present"]


def test_marks_that_a_crash_left_on_the_day_before_follow_when_the_session_is_closed(
    session, student, teacher, monkeypatch
):
    now, planned = clock.now(), session.starts_at
    services.mark_by_hand(
        session, student, status="excused", reason="Ill.", by=teacher, now=now, key="ahead"
    )
    later = {name: getattr(session, name) + timedelta(days=1) for name in ("starts_at", "ends_at")}
    with monkeypatch.context() as ending:
        ending.setattr("sessions_app.services.teaching.move_attendance", lambda session: sys.exit())
        with pytest.raises(SystemExit):
            services.change_session(session, now=now, **later)
    session.refresh_from_db()
    assert session.starts_at == planned + timedelta(days=1)
    assert Attendance.objects.get().local_date != session.local_start.date().isoformat()
    services.open_session(session, by=teacher, now=session.starts_at)
    services.close_session(session, by=teacher, now=session.ends_at)
    days = Attendance.objects.values_list("local_date", flat=True)
    assert set(days) == {session.local_start.date().isoformat()}
