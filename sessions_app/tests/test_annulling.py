"""Sessions that were opened by mistake, too early, never, or left open."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Role, User
from attendance_project import clock
from attendance_project.refusals import Refusal
from conftest import make_user
from sessions_app import queries, services
from sessions_app.api.serializers.sessions import MOST_LISTED
from sessions_app.models import Attendance, AttendanceMark, Enrolment, Session, SessionEvent
from sessions_app.services import lifecycle, marks

API = "/api/v1"


def state_of(session) -> str:
    return Session.objects.get(pk=session.pk).state


def moved(session, hours: float, **fields) -> Session:
    """The session so many hours from now."""
    starts_at = clock.now() + timedelta(hours=hours)
    fields |= {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=50)}
    Session.objects.filter(pk=session.pk).update(**fields)
    session.refresh_from_db()
    return session


def absences() -> int:
    return Attendance.objects.filter(status="absent").count()


# --- annulled, and restored -----------------------------------------------------------


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


@pytest.mark.parametrize("act", ["mark", "open", "close", "cancel", "change", "heads"])
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
    }
    with pytest.raises(Refusal):
        acts[act]()
    assert state_of(open_session) == "annulled"
    assert not Attendance.objects.exists()


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


def test_the_pages_annul_and_restore(client, teacher, open_session):
    client.force_login(teacher)
    url = reverse("session-annul", args=[open_session.pk])
    assert "Annul the session" in client.get(url).content.decode()
    assert client.post(url, {"reason": ""}).status_code == 200
    assert state_of(open_session) == "open"
    assert client.post(url, {"reason": "By mistake"}).status_code == 302
    assert state_of(open_session) == "annulled"
    client.post(reverse("session-restore", args=[open_session.pk]))
    assert state_of(open_session) == "open"


# --- opened before its day ------------------------------------------------------------


def test_opening_before_its_day_asks_first_by_api(api_as, teacher, session):
    moved(session, hours=72)
    api, url = api_as(teacher), f"{API}/sessions/{session.pk}/open"
    answer = api.post(url)
    assert (answer.status_code, answer.json()["code"]) == (409, "opening_early")
    assert state_of(session) == "planned"
    assert api.post(url, {"early": True}, "json").json()["state"] == "open"
    assert SessionEvent.objects.get().kind == "early"


def test_opening_before_its_day_may_be_told_in_the_address(api_as, teacher, session):
    moved(session, hours=72)
    url = f"{API}/sessions/{session.pk}/open?early=true"
    assert api_as(teacher).post(url).json()["state"] == "open"


def test_opening_before_its_day_asks_first_by_page(client, teacher, session):
    moved(session, hours=72)
    client.force_login(teacher)
    url = reverse("session-open", args=[session.pk])
    assert 'name="early"' in client.post(url).content.decode()
    assert state_of(session) == "planned"
    assert client.post(url, {"early": "1"}).status_code == 302
    assert state_of(session) == "open"


def test_the_day_is_that_of_the_sessions_own_place(session, teacher):
    """At 20:00 in UTC it is the next day in Auckland already, where the session is at 08:00."""
    at_eight = clock.now().replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=9)
    fields = {"time_zone": "Pacific/Auckland", "starts_at": at_eight}
    Session.objects.update(**fields, ends_at=at_eight + timedelta(hours=1))
    session.refresh_from_db()
    with pytest.raises(Refusal):
        services.open_session(session, by=teacher, now=at_eight - timedelta(hours=10))
    services.open_session(session, by=teacher, now=at_eight - timedelta(hours=7))
    assert state_of(session) == "open"


# --- never opened ---------------------------------------------------------------------


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


def test_a_session_to_come_cannot_be_recorded(api_as, teacher, session):
    moved(session, hours=5)
    answer = api_as(teacher).post(f"{API}/sessions/{session.pk}/record", {}, "json")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_not_over")


def test_the_pages_list_and_record_what_was_forgotten(client, teacher, session, course, student):
    moved(session, hours=-30)
    client.force_login(teacher)
    assert reverse("sessions-forgotten") in client.get("/").content.decode()
    url = reverse("session-record", args=[session.pk])
    for page in (reverse("sessions-forgotten"), reverse("course", args=[course.pk])):
        assert url in client.get(page).content.decode()
    found = client.get(reverse("sessions-forgotten"), {"q": "os nowhere"})
    assert url not in found.content.decode()
    assert student.full_name in client.get(url).content.decode()
    assert client.post(url, {f"status-{student.pk}": "present"}).status_code == 302
    assert dict(Attendance.objects.values_list("student__institution_number", "status")) == {
        "S1": "present",
        "S2": "absent",
    }
    assert url not in client.get(reverse("sessions-forgotten")).content.decode()


def test_a_colleague_sees_no_forgotten_session_of_another(client, colleague, session):
    moved(session, hours=-30)
    client.force_login(colleague)
    text = client.get(reverse("sessions-forgotten")).content.decode()
    assert str(session.pk) not in text
    assert client.get(reverse("session-record", args=[session.pk])).status_code == 404


# --- left open ------------------------------------------------------------------------


def close_by(command: str) -> None:
    call_command(command, stdout=StringIO())


@pytest.mark.parametrize("command", ["close_overdue", "settle_attempts"])
def test_a_session_that_was_left_open_closes_by_itself_and_tells_its_teacher(
    open_session, teacher, command
):
    moved(open_session, hours=-1)  # it ended ten minutes ago
    close_by(command)
    assert (state_of(open_session), mail.outbox) == ("open", [])
    moved(open_session, hours=-2)
    close_by(command)
    close_by(command)
    assert (state_of(open_session), absences()) == ("closed", 2)
    [sent] = mail.outbox
    assert sent.to == [teacher.email]
    assert "Operating Systems" in sent.body
    assert str(open_session.pk) in sent.body
    assert SessionEvent.objects.get().by is None


def test_everybody_who_teaches_a_session_is_told_that_it_closed_by_itself(
    open_session, course, teacher, colleague, admin_user
):
    stands_in, assists, gone = (make_user(Role.TEACHER, f"T{n}") for n in (3, 4, 5))
    for person, role in ((colleague, "teacher"), (assists, "assistant"), (gone, "teacher")):
        services.add_staff(course, person=person, role=role, by=teacher, now=clock.now())
    services.name_substitute(open_session, person=stands_in, by=teacher, now=clock.now())
    User.objects.filter(pk=gone.pk).update(is_active=False)
    moved(open_session, hours=-2)
    close_by("close_overdue")
    told = {sent.to[0]: sent.body for sent in mail.outbox}
    assert set(told) == {teacher.email, colleague.email, stands_in.email}
    assert all(len(sent.to) == 1 for sent in mail.outbox)
    assert f"Hello {stands_in.full_name}," in told[stands_in.email]


def test_the_wait_is_a_setting(open_session, settings):
    settings.AUTO_CLOSE_AFTER_MIN = 5
    moved(open_session, hours=-1)
    close_by("close_overdue")
    assert state_of(open_session) == "closed"


def test_the_code_and_the_beacon_die_with_the_time_though_no_job_runs(
    api_as, client, teacher, open_session
):
    token, _ = services.issue_session_token(open_session, by=teacher, now=clock.now())
    end = open_session.ends_at + timedelta(minutes=30)
    assert services.assignment_of(token, now=end - timedelta(seconds=1)).key
    token.refresh_from_db()
    assert services.assignment_of(token, now=end).key is None
    moved(open_session, hours=-2)
    answer = api_as(teacher).get(f"{API}/qr/generate/{open_session.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_not_open")
    client.force_login(teacher)
    url = reverse("session-live-state", args=[open_session.pk])
    kinds = {message["type"] for message in client.get(f"{url}?show=code").json()["messages"]}
    assert kinds == {"register"}
    assert not open_session.let_in_at(clock.now())


def test_a_session_that_was_opened_again_has_its_time_anew(open_session, teacher):
    end = open_session.ends_at
    services.close_session(open_session, by=teacher, now=end)
    later = end + timedelta(hours=5)
    services.open_session(open_session, by=teacher, now=later)
    assert open_session.shows_code_at(later + timedelta(minutes=29))
    assert services.close_overdue(now=later + timedelta(minutes=29)) == []
    assert len(services.close_overdue(now=later + timedelta(minutes=30))) == 1


def test_a_mail_that_fails_leaves_the_session_closed(open_session, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # no mail server listens there
    moved(open_session, hours=-2)
    close_by("close_overdue")
    assert (state_of(open_session), absences()) == ("closed", 2)


# --- opened too late, and cut short ---------------------------------------------------


def test_a_session_whose_time_is_over_is_recorded_and_not_opened(
    api_as, client, course, teacher, outsider, session
):
    moved(session, -24 * 18)
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=clock.now())
    answer = api_as(teacher).post(f"{API}/sessions/{session.pk}/open")
    assert (answer.status_code, answer.json()["code"]) == (409, "session_over")
    assert state_of(session) == "planned"
    client.force_login(teacher)
    page = client.get(reverse("session-register", args=[session.pk])).text
    assert reverse("session-record", args=[session.pk]) in page
    assert reverse("session-open", args=[session.pk]) not in page.partition("for-closed")[0]


def test_a_session_opened_just_after_its_end_took_place_at_its_own_time(
    course, teacher, outsider, student, session
):
    moved(session, -1)
    Enrolment.objects.create(course=course, student=outsider, enrolled_at=session.ends_at)
    services.open_session(session, by=teacher, now=session.ends_at + timedelta(minutes=1))
    services.close_session(session, by=teacher, now=session.ends_at + timedelta(minutes=5))
    absent = set(Attendance.objects.values_list("student__institution_number", flat=True))
    assert absent == {"S1", "S2"}


def test_what_a_crash_cut_short_is_finished_by_the_next_run(open_session, monkeypatch):
    at = open_session.closes_itself_at

    def crash(*_given, **_more):
        raise RuntimeError("The process was killed.")

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "note_absences", crash)
        services.close_overdue(now=at)
    assert (state_of(open_session), absences(), len(mail.outbox)) == ("closed", 0, 0)
    services.close_overdue(now=at + timedelta(minutes=4))
    assert absences() == 0  # whoever closed it may be at it still
    services.close_overdue(now=at + timedelta(minutes=6))
    assert (absences(), len(mail.outbox)) == (2, 1)
    services.close_overdue(now=at + timedelta(minutes=12))
    assert len(mail.outbox) == 1


def test_one_session_that_cannot_be_finished_stops_no_other(
    course, teacher, open_session, monkeypatch
):
    other = Session.objects.get(pk=open_session.pk)
    other.pk, other.code = None, 7
    other.save(force_insert=True)
    note = lifecycle.note_absences

    def note_some(session, *, now):
        if session.pk == open_session.pk:
            raise RuntimeError("This one cannot be finished.")
        note(session, now=now)

    monkeypatch.setattr(lifecycle, "note_absences", note_some)
    services.close_overdue(now=open_session.closes_itself_at)
    assert set(Attendance.objects.values_list("session_id", flat=True)) == {other.pk}


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
