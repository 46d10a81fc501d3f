"""Sessions that are annulled, and restored."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from attendance_project import clock
from attendance_project.refusals import Refusal
from sessions_app import queries, services
from sessions_app.models import Attendance, Enrolment, Guest, Session, SessionEvent
from sessions_app.tests.session_states import absences, moved, state_of

API = "/api/v1"


def test_an_open_session_is_annulled_in_one_act_and_its_code_dies(api_as, teacher, open_session):
    api, url = api_as(teacher), f"{API}/sessions/{open_session.pk}"
    assert api.get(f"{API}/qr/generate/{open_session.pk}").status_code == 200
    answer = api.post(f"{url}/annul", {"reason": " Wrong week "}, "json")
    assert (answer.status_code, answer.json()["state"]) == (200, "annulled")
    assert api.get(f"{API}/qr/generate/{open_session.pk}").json()["code"] == "session_not_open"
    open_session.refresh_from_db()
    assert (open_session.annul_reason, open_session.annulled_by) == ("Wrong week", teacher)
    assert open_session.state_before_annulled == "open"
    assert not open_session.let_in_at(clock.now())
    [event] = api.get(f"{url}/events").json()["results"]
    assert (event["kind"], event["reason"]) == ("annulled", "Wrong week")
    assert event["by_name"] == teacher.full_name


def test_annulling_twice_is_harmless_and_keeps_the_first_reason(open_session, teacher):
    now = clock.now()
    services.annul(open_session, by=teacher, reason="First", now=now)
    services.annul(open_session, by=teacher, reason="Second", now=now)
    assert Session.objects.get().annul_reason == "First"
    assert SessionEvent.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_reason_is_required(api_as, teacher, open_session, reason):
    url = f"{API}/sessions/{open_session.pk}/annul"
    answer = api_as(teacher).post(url, {"reason": reason}, "json")
    assert (answer.status_code, answer.json()["code"]) == (400, "reason_required")
    assert state_of(open_session) == "open"


@pytest.mark.parametrize(("hours", "may"), [(23, True), (25, False)])
def test_a_teacher_annuls_until_a_day_after_the_closing_and_an_admin_always(
    open_session, teacher, admin_user, hours, may
):
    services.close_session(open_session, by=teacher, now=open_session.ends_at)
    later = open_session.ends_at + timedelta(hours=hours)
    if may:
        services.annul(open_session, by=teacher, reason="Drill", now=later)
    else:
        with pytest.raises(Refusal) as caught:
            services.annul(open_session, by=teacher, reason="Drill", now=later)
        assert caught.value.code == "annulling_too_late"
        services.annul(open_session, by=admin_user, reason="Drill", now=later)
    assert state_of(open_session) == "annulled"


def test_marks_of_an_annulled_session_stay_and_come_back(open_session, teacher, student, client):
    services.record_mark(
        session=open_session,
        student=student,
        status="present",
        source="check_in",
        key="k",
        now=clock.now(),
    )
    end = open_session.ends_at
    services.close_session(open_session, by=teacher, now=end)
    before = sorted(Attendance.objects.values_list("student_id", "status"))
    services.annul(open_session, by=teacher, reason="Fire drill", now=end)
    assert sorted(Attendance.objects.values_list("student_id", "status")) == before
    client.force_login(teacher)
    page = client.get(reverse("session-register", args=[open_session.pk])).content.decode()
    assert "Fire drill" in page
    services.restore(open_session, by=teacher, now=end + timedelta(hours=1))
    assert (state_of(open_session), absences()) == ("closed", 1)


@pytest.mark.parametrize("state", ["closed", "annulled", "cancelled"])
def test_who_came_to_the_course_later_is_not_on_a_register_where_nobody_checks_in(
    open_session, course, teacher, state
):
    end = open_session.ends_at
    services.close_session(open_session, by=teacher, now=end)
    later = User.objects.create_user("late@example.org", full_name="Lou Later", role="student")
    Enrolment.objects.create(course=course, student=later, enrolled_at=end + timedelta(days=1))
    Session.objects.update(state=state)
    session = Session.objects.get()
    assert [row.name for row in queries.register_of(session)].count("Lou Later") == 0
    assert queries.counts(session)["enrolled"] == 2


ACTS = ["mark", "open", "close", "cancel", "change", "heads", "guest"]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_an_annulled_session_but_restoring(open_session, teacher, student, act):
    now = clock.now()
    services.annul(open_session, by=teacher, reason="Drill", now=now)
    acts = {
        "mark": lambda: services.mark_by_hand(
            open_session,
            student,
            status="present",
            reason="Seen",
            by=teacher,
            now=now,
            key="key-one-1",
        ),
        "open": lambda: services.open_session(open_session, by=teacher, now=now),
        "close": lambda: services.close_session(open_session, by=teacher, now=now),
        "cancel": lambda: services.cancel_session(open_session, by=teacher, now=now),
        "change": lambda: services.change_session(open_session, room="C-1"),
        "heads": lambda: services.count_heads(open_session, 3, now=now),
        "guest": lambda: services.add_guest(
            open_session, name="Ada", number="", by=teacher, now=now, key="key-one-1"
        ),
    }
    with pytest.raises(Refusal):
        acts[act]()
    assert state_of(open_session) == "annulled"
    assert not Attendance.objects.exists()
    assert not Guest.objects.exists()


def test_an_excuse_that_was_given_meanwhile_holds_after_restoring(
    open_session, course, teacher, student
):
    end = open_session.ends_at
    services.close_session(open_session, by=teacher, now=end)
    services.annul(open_session, by=teacher, reason="Drill", now=end)
    day = open_session.local_start.date()
    services.give_excuse(
        course, student, from_date=day, until_date=day, note="Ill", by=teacher, now=end
    )
    services.restore(open_session, by=teacher, now=end)
    assert Attendance.objects.get(student=student).status == "excused"


def test_what_was_open_is_open_again_or_closes_where_its_time_is_over(open_session, teacher):
    now = clock.now()
    services.annul(open_session, by=teacher, reason="Drill", now=now)
    services.restore(open_session, by=teacher, now=now)
    assert state_of(open_session) == "open"
    services.annul(open_session, by=teacher, reason="Drill", now=now)
    services.restore(open_session, by=teacher, now=open_session.ends_at + timedelta(hours=2))
    assert (state_of(open_session), absences()) == ("closed", 2)


def test_a_planned_session_is_cancelled_and_not_annulled(api_as, teacher, session):
    url = f"{API}/sessions/{session.pk}"
    answer = api_as(teacher).post(f"{url}/annul", {"reason": "Wrong"}, "json")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_not_opened")
    assert api_as(teacher).post(f"{url}/cancel").json()["state"] == "cancelled"
    assert api_as(teacher).post(f"{url}/restore").json()["state"] == "planned"


def test_a_session_opened_before_its_day_is_planned_again_when_it_is_restored(session, teacher):
    moved(session, 72)
    now = clock.now()
    services.open_session(session, by=teacher, now=now, early=True)
    services.annul(session, by=teacher, reason="Wrong day", now=now)
    services.restore(session, by=teacher, now=now + timedelta(hours=48))
    assert (session.state, session.opened_at) == ("planned", None)
    services.restore(session, by=teacher, now=now + timedelta(hours=48))
    services.open_session(session, by=teacher, now=session.starts_at)
    assert session.is_open


def test_an_excuse_that_is_taken_back_while_the_session_is_open_again_counts_no_more(
    open_session, course, teacher, student
):
    day = open_session.local_start.date()
    span = {"from_date": day, "until_date": day, "note": "Ill", "by": teacher}
    now = open_session.starts_at + timedelta(minutes=10)
    excuse = services.give_excuse(course, student, **span, now=now)
    services.close_session(open_session, by=teacher, now=now)
    services.open_session(open_session, by=teacher, now=now)
    services.revoke_excuse(excuse, by=teacher, now=now)
    services.close_session(open_session, by=teacher, now=now)
    assert Attendance.objects.get(student=student).status == "absent"
